package runtime

import (
	"encoding/binary"
	"math"
	"time"

	"github.com/bxmlflow/bxmlflow/flow"
)

// The first byte of a request holds the kind of its action and, above it, which of the parts there are that only effects on
// calls have.
const (
	hasOperation = 1 << 4 // Operation, Target and Last
	hasDial      = 1 << 5
	hasTell      = 1 << 6
	kindBits     = hasOperation - 1
)

// append appends the request of an effect.
func (r *Request) append(dst []byte) []byte {
	first := byte(r.Kind) & kindBits
	if r.Operation != "" || r.Target != "" || r.Last {
		first |= hasOperation
	}
	if r.Dial != nil {
		first |= hasDial
	}
	if r.Tell != nil {
		first |= hasTell
	}
	dst = append(dst, first)
	dst = appendText(dst, r.Name)
	dst = appendText(dst, r.Source)
	dst = appendText(dst, r.Method)
	dst = appendText(dst, r.URL)
	dst = appendPairs(dst, r.Headers)
	dst = appendPairs(dst, r.Query)
	dst = appendText(dst, string(r.Body))
	dst = binary.AppendVarint(dst, int64(r.Timeout))
	dst = appendValue(dst, r.Args, nil)
	if first&hasOperation != 0 {
		dst = append(appendPacked(appendText(dst, r.Operation), r.Target, ""), flagged(r.Last))
	}
	if r.Dial != nil {
		dst = r.Dial.append(dst)
	}
	if r.Tell != nil {
		dst = r.Tell.append(dst)
	}
	return dst
}

// appendPairs appends the number of pairs, in its lowest bit whether there are secrets among them, and the pairs.
func appendPairs(dst []byte, pairs []Pair) []byte {
	secrets := uint64(0)
	for i := range pairs {
		if pairs[i].Secret != "" {
			secrets = 1
		}
	}
	dst = binary.AppendUvarint(dst, uint64(len(pairs))<<1|secrets)
	for i := range pairs {
		p := &pairs[i]
		dst = appendText(appendText(dst, p.Name), p.Value)
		if secrets != 0 {
			dst = appendText(appendText(dst, p.Secret), p.After)
		}
	}
	return dst
}

func (d *decoder) request() Request {
	first := d.byte()
	r := Request{
		Kind: flow.ActionKind(first & kindBits), Name: d.text(), Source: d.text(), Method: d.text(), URL: d.text(),
		Headers: d.pairs(), Query: d.pairs(),
	}
	if body := d.text(); body != "" {
		r.Body = []byte(body)
	}
	r.Timeout = time.Duration(d.varint())
	r.Args, _ = d.value(nil, 0).(map[string]any)
	if first&hasOperation != 0 {
		r.Operation, r.Target, r.Last = d.text(), d.packed(""), d.byte() != 0
	}
	if first&hasDial != 0 {
		r.Dial = d.dial()
	}
	if first&hasTell != 0 {
		r.Tell = d.tell()
	}
	return r
}

func (d *decoder) pairs() []Pair {
	head := d.uvarint()
	n := head >> 1
	if n > uint64(len(d.data)) {
		d.bad, d.data = true, nil
		return nil
	}
	var pairs []Pair
	for ; n > 0 && !d.bad; n-- {
		p := Pair{Name: d.text(), Value: d.text()}
		if head&1 != 0 {
			p.Secret, p.After = d.text(), d.text()
		}
		pairs = append(pairs, p)
	}
	return pairs
}

func (a *Dial) append(dst []byte) []byte {
	dst = append(dst, flagged(a.Keep, !a.Asked.IsZero(), a.Detection != nil, a.Vars != nil, a.Params != nil))
	for _, s := range a.texts() {
		dst = appendPacked(dst, *s, "")
	}
	dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(a.CallTimeout))
	if !a.Asked.IsZero() {
		dst = binary.AppendVarint(dst, a.Asked.UnixMilli())
	}
	for _, m := range a.maps() {
		if *m != nil {
			dst = appendValue(dst, *m, nil)
		}
	}
	return dst
}

// texts returns the texts of a, in the order of the record.
func (a *Dial) texts() [8]*string {
	return [...]*string{&a.Machine, &a.Name, &a.Flow, &a.Hash, &a.Target, &a.To, &a.From, &a.Tag}
}

func (a *Dial) maps() [3]*map[string]any {
	return [...]*map[string]any{&a.Detection, &a.Vars, &a.Params}
}

func (d *decoder) dial() *Dial {
	flags := d.byte()
	a := &Dial{Keep: flags&1 != 0}
	for _, s := range a.texts() {
		*s = d.packed("")
	}
	if b := d.bytes(8); b != nil {
		a.CallTimeout = math.Float64frombits(binary.LittleEndian.Uint64(b))
	}
	if flags&2 != 0 {
		a.Asked = time.UnixMilli(d.varint()).UTC()
	}
	for i, m := range a.maps() {
		if flags&(4<<i) != 0 {
			*m, _ = d.value(nil, 0).(map[string]any)
		}
	}
	return a
}

func (t *Tell) append(dst []byte) []byte {
	e := &t.Event
	dst = append(dst, flagged(e.Answered, e.Bridged, e.With != nil))
	dst = appendPacked(dst, t.To, "")
	for _, s := range e.texts() {
		dst = appendPacked(dst, *s, "")
	}
	for _, n := range [...]uint32{e.Effect, e.Timer, e.ID} {
		dst = binary.AppendUvarint(dst, uint64(n))
	}
	if e.With != nil {
		dst = appendValue(dst, e.With, nil)
	}
	return dst
}

// texts returns the texts of e, in the order of the record.
func (e *InternalEvent) texts() [11]*string {
	return [...]*string{
		&e.Name, &e.Reason, &e.Message, &e.Source, &e.From, &e.Leg, &e.CallID, &e.Cause, &e.Target, &e.Conference, &e.Title,
	}
}

func (d *decoder) tell() *Tell {
	flags := d.byte()
	t := &Tell{To: d.packed("")}
	e := &t.Event
	e.Answered, e.Bridged = flags&1 != 0, flags&2 != 0
	for _, s := range e.texts() {
		*s = d.packed("")
	}
	e.Effect, e.Timer, e.ID = d.uint32(), d.uint32(), d.uint32()
	if flags&4 != 0 {
		e.With, _ = d.value(nil, 0).(map[string]any)
	}
	return t
}
