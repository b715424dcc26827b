package runtime

import (
	"errors"
	"fmt"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/bxmlflow/bxmlflow/runtime/internal/token"
)

// answer renders the document of the active state for a synchronous event. An asynchronous event has no answer: when it
// leads to a state that has something to say, that is sent with the REST API. Where that cannot be, the caller would not hear
// it, so the event fails and moves nothing. In a conference nothing has to be said.
func (r *stepRun) answer() error {
	top := len(r.m.Frames) - 1
	r.env.at = top
	state := r.m.Frames[top].State
	has := state != nil && state.Document != nil
	switch {
	case (!r.sync || r.conference()) && !(r.moved && has):
		return nil
	case r.sync && !has:
		return &stepFailure{reason: flow.ReasonDocument, message: "the state has no bxml to answer with", source: r.where()}
	case !r.sync && !r.s.config.Push:
		return &stepFailure{
			reason: flow.ReasonDocument, source: r.where(), silent: true,
			message: "an asynchronous event led to a state with bxml, which cannot be delivered",
		}
	}
	if err := r.render(state.Document); err != nil {
		return err
	}
	if !r.sync {
		r.push()
	}
	return nil
}

// render makes the document of the next turn. A state that was not entered in this step sees the event that entered it.
func (r *stepRun) render(d *flow.Document) error {
	r.m.Turn++
	r.env.saved = !r.moved
	doc, err := r.ev.Append(r.doc[:0], d, &r.env)
	r.env.saved = false
	r.doc = doc
	if err == nil {
		r.turn = r.m.Turn
		r.supersede()
		if d.Tells {
			err = r.rendered()
		}
	}
	if err == nil {
		return nil
	}
	reason := flow.ReasonTemplate
	if errors.Is(err, flow.ErrDocument) {
		reason = flow.ReasonDocument
	}
	return r.failure(reason, err)
}

// supersede forgets the documents that wait to be sent: there is a newer one.
func (r *stepRun) supersede() {
	if len(r.m.Effects) > 0 {
		r.m.dropPush(0)
	}
}

// rendered notes what the document is about to do with other calls: bridge one, or join a conference.
func (r *stepRun) rendered() error {
	if to := r.ev.Bridged(); to != "" && r.bridges() {
		r.bridging, r.m.more().Bridging = to, to
	}
	switch member := r.ev.Member(); {
	case len(member) == 0 && member != nil && r.m.More != nil && r.m.More.With != nil:
		r.m.more().With = nil
	case len(member) > 0:
		v, err := plain(member, 0)
		if err == nil {
			err = r.keepable(v)
		}
		if err != nil {
			return fmt.Errorf("with of Conference: %w", err)
		}
		r.m.more().With = v.(map[string]any)
	}
	return nil
}

// bridges reports whether anybody can care who is bridged: where nothing is sent by REST, no timer or signal can disturb the
// bridge, and only a flow that says so wants to hear of it.
func (r *stepRun) bridges() bool {
	f := &r.m.Frames[0]
	return r.s.config.Push || r.m.More != nil || len(r.m.Legs) > 0 || r.m.Call.Parent != "" || r.hearsBridges(f)
}

// hearsBridges reports whether a flow handles what tells of bridges. It is the same in every state, so what was found out last is
// remembered.
func (r *stepRun) hearsBridges(f *Frame) bool {
	if r.hearsOf != f.Flow {
		r.hearsOf, r.hears = f.Flow, handledBy(f, flow.EventBridged, false) || handledBy(f, flow.EventBridgeFailed, false)
	}
	return r.hears
}

// push leaves the document to be sent with the REST API.
func (r *stepRun) push() {
	e := r.in.Internal
	r.add(Request{
		Kind: flow.ActionREST, Name: opPush, Source: r.where(), Operation: opPush,
		Last: e != nil && e.Name == flow.EventUpdateFailed,
	})
}

// AppendURL appends the attributes of a callback URL.
func (e *stepEnv) AppendURL(dst []byte, u *flow.URL) []byte {
	r := e.run
	if !u.Always && !r.wanted(u) {
		return dst
	}
	c := &r.s.config
	public := ""
	if c.FallbackURL != "" || !r.sync { // what is sent by REST answers no request to whose URL another could be relative
		public = c.PublicURL
	}
	dst = r.appendURL(dst, u, u.Attribute, public)
	dst = appendCredentials(dst, u.Username, u.Password, &c.Credentials)
	if c.FallbackURL != "" && u.Fallback != "" {
		dst = r.appendURL(dst, u, u.Fallback, c.FallbackURL)
		dst = appendCredentials(dst, u.FallbackUsername, u.FallbackPassword, &c.Credentials)
	}
	return dst
}

// appendURL appends one attribute: relative without a base, so that the prefix of a proxy survives.
func (r *stepRun) appendURL(dst []byte, u *flow.URL, attribute, base string) []byte {
	dst = append(append(append(dst, ' '), attribute...), `="`...)
	if base != "" {
		dst = bxml.AppendAttr(dst, base)
		dst = append(append(dst, PathPrefix...), r.m.Flow...)
	}
	dst = append(append(append(dst, '?'), tokenParameter...), '=')
	r.claims = token.Claims{Machine: r.m.Key, Flow: r.m.Flow, Turn: r.m.Turn, Verb: u.Verb, Event: u.Events[0]}
	return append(r.s.config.AppendToken(dst, &r.claims), '"')
}

func appendCredentials(dst []byte, username, password string, c *Credential) []byte {
	if c.Username == "" || username == "" || password == "" {
		return dst
	}
	dst = append(append(append(dst, ' '), username...), `="`...)
	dst = append(bxml.AppendAttr(dst, c.Username), `" `...)
	dst = append(append(dst, password...), `="`...)
	return append(bxml.AppendAttr(dst, c.Password), '"')
}

// wanted reports whether a flow around the one that runs handles an event of the URL, or starts machines by it.
func (r *stepRun) wanted(u *flow.URL) bool {
	for _, name := range u.Events {
		if t := event.Lookup(name); t != nil && t.Starts && len(r.m.Frames[0].Flow.Start[name]) > 0 {
			return true
		}
	}
	for i := range len(r.m.Frames) - 1 {
		for _, name := range u.Events {
			if handledBy(&r.m.Frames[i], name, u.Sync) {
				return true
			}
		}
	}
	return false
}

// handledBy reports whether a flow handles an event: one that ends a verb in the active state or around it, one that may come
// later anywhere.
func handledBy(f *Frame, name string, sync bool) bool {
	if f.State != nil && f.State.Handles(name) {
		return true
	}
	if sync {
		return false
	}
	for _, s := range f.Flow.States {
		if len(s.On[name]) > 0 {
			return true
		}
	}
	return false
}
