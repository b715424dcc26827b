package runtime

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

// admit settles the events that no state is asked about. It returns nil for all others.
func (r *stepRun) admit() *Outcome {
	if r.in.Internal != nil {
		return r.admitInternal()
	}
	if !r.mayBear() {
		r.note(NoteForeign)
		return r.unchanged(Refused)
	}
	r.key = r.eventKey()
	if k := r.orig.taken(r.key); k != nil {
		return r.duplicate(k)
	}
	switch {
	case r.orig.New() && !r.starts():
		return r.stranger()
	case r.orig.New():
		return nil
	case r.sync && r.orig.Phase == Ended && r.conference():
		r.note(NoteLate)
		return r.unchanged(Empty)
	case r.sync && r.orig.Phase == Ended:
		r.note(NoteLate)
		out := r.unchanged(Document)
		out.Document, out.Turn = r.s.config.Hangup, r.orig.Turn
		return out
	case r.stale():
		r.note(NoteStale)
		return r.overtaken()
	}
	return nil
}

// starts reports whether the event makes a machine. A conference has one also when its flow does not care, to tell its members.
func (r *stepRun) starts() bool {
	f := r.flow()
	return f != nil && r.typ.Starts && r.in.Event.Key() != "" && (r.conference() || len(f.Start[r.name]) > 0)
}

// overtaken answers an event of an earlier document with the current one. When that one still waits to be sent by REST, it is
// handed out now, and not sent a second time.
func (r *stepRun) overtaken() *Outcome {
	turn := r.orig.Turn
	if !slices.ContainsFunc(r.orig.Effects, func(e Effect) bool { return e.Request.Operation == opPush && e.Turn == turn }) {
		return r.again(turn)
	}
	r.m.CopyFrom(r.orig)
	r.m.dropPush(turn)
	r.m.Touched = r.in.Now.UnixMilli()
	r.m.take(Key{Hash: r.key, Turn: turn})
	out := r.outcome(Again, r.m)
	out.Turn, out.Changed = turn, true
	return r.traced()
}

// mayBear reports whether the event may bear its token: whose machine issued it is one thing, who is allowed to come with
// it another, and the event table says which.
func (r *stepRun) mayBear() bool {
	c, e := r.in.Token, r.in.Event
	if c == nil {
		return true
	}
	if !sameURL(c.Event, r.typ) {
		return false
	}
	switch r.typ.Bearer {
	case event.BridgeTarget, event.Conference:
		return true
	case event.ChildLeg:
		return r.isParent(c.Machine, e.Str(event.FieldParentCallID))
	case event.OwnCall:
		return c.Machine == r.callID || c.Machine == e.Key() || c.Machine == r.orig.Key && r.orig.mayBe(r.callID)
	}
	return false
}

// isParent reports whether the machine of a key is the one of the call parentID. A leg that was made here has another key than
// its callId.
func (r *stepRun) isParent(key, parentID string) bool {
	if key == parentID {
		return true
	}
	p := r.in.Parent
	if p == nil {
		p = r.orig
	}
	return p.Key == key && p.Call.ID == parentID && parentID != ""
}

// mayBe reports whether the machine may be that of the call: a leg that was made here learns its callId from the call.
func (m *Machine) mayBe(callID string) bool {
	return m.Key != "" && (m.Call.ID == "" || m.Call.ID == callID)
}

// sameURL reports whether an event may come to the URL that was given for the event of the token. One that a verb raises
// once has a URL of its own; others may share one, as those of a media stream do.
func sameURL(given string, t *event.Type) bool {
	if given == t.Name {
		return true
	}
	named := event.Lookup(given)
	if named == nil || t.Name == "" || named == t {
		return true
	}
	return !named.Once && !t.Once
}

// The kinds of event keys, their first byte.
const (
	keyOnce     = iota + 1 // an event that begins or ends a machine: there is one of each
	keyToken               // one that a verb raises once: the token names the verb
	keyContent             // any other: all that it says
	keyInternal            // one of another machine: who sent it, and its number
)

// eventKey returns what identifies the event among those of its machine, however often and wherever it is delivered.
func (r *stepRun) eventKey() [16]byte {
	c, t := r.in.Token, r.typ
	switch {
	case t.Name != "" && (t.Starts || t.Ends):
		return packKey(keyOnce, t.Name, "", 0, 0)
	case c != nil && t.Once:
		issuer := c.Machine
		if issuer == r.callID {
			issuer = ""
		}
		return packKey(keyToken, t.Name, issuer, c.Turn, c.Verb)
	}
	r.text = r.in.Event.AppendCanonical(r.text[:0])
	sum := sha256.Sum256(r.text)
	sum[0] = keyContent
	return [16]byte(sum[:16])
}

// packKey makes a key of what is known without reading the event. Only whoever holds a valid token or credentials gets this
// far, and can choose nothing of it but the type.
func packKey(kind byte, name, issuer string, turn uint32, verb uint16) [16]byte {
	const offset, prime = 14695981039346656037, 1099511628211 // FNV-1a
	h := uint64(offset)
	for i := range len(name) {
		h = (h ^ uint64(name[i])) * prime
	}
	h *= prime
	for i := range len(issuer) {
		h = (h ^ uint64(issuer[i])) * prime
	}
	k := [16]byte{kind}
	binary.BigEndian.PutUint64(k[1:], h)
	binary.BigEndian.PutUint32(k[9:], turn)
	binary.BigEndian.PutUint16(k[13:], verb)
	return k
}

// duplicate answers an event that was taken before as it was answered then.
func (r *stepRun) duplicate(k *Key) *Outcome {
	r.note(NoteDuplicate)
	if k.Turn == 0 {
		return r.unchanged(Empty)
	}
	return r.again(k.Turn)
}

func (r *stepRun) again(turn uint32) *Outcome {
	out := r.unchanged(Again)
	out.Turn = turn
	return out
}

// stale reports whether a synchronous event belongs to a document that is no longer the current one. `initiate` is the
// first event of a call: another one with other words is the first one delivered again.
func (r *stepRun) stale() bool {
	if !r.sync || r.orig.Turn == 0 || r.orig.Phase == Dialing { // what a leg was answered before its call was up counts for nothing
		return false
	}
	c := r.in.Token
	return c != nil && c.Machine == r.orig.Key && c.Turn != r.orig.Turn || r.name == "initiate"
}

// stranger answers an event of a call that has no machine and gets none by it.
func (r *stepRun) stranger() *Outcome {
	r.note(NoteUnknown)
	if !r.sync || r.conference() {
		return r.unchanged(Empty)
	}
	out := r.unchanged(Document)
	out.Document = r.s.config.Apology
	return out
}
