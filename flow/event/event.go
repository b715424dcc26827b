package event

import (
	"iter"
	"time"
	"unsafe"
)

// Event is one webhook, indexed over the bytes in which it came. The zero Event is ready for decoding, and decoding into a
// used one allocates nothing once its memory has grown to the size of the events.
//
// After DecodeJSON the Event, and every string it returns, refers to the caller's body, which must stay unchanged for as
// long as they are used; the strings become invalid with the next decode or Reset. Clone makes a copy without these ties.
// An Event may be read from several goroutines at a time, but not while it is decoded or reset.
type Event struct {
	body    []byte
	scratch []byte // texts and names that have escapes
	nodes   []node // nodes[0] is the event itself
	slots   [fieldCount]uint16
	typ     *Type
	own     []byte  // memory for bodies that DecodeQuery, New and Clone make
	orders  *orders // in which members came before; nil in an event that has read one body only
}

// Reset forgets the event and keeps the memory.
func (e *Event) Reset() {
	if len(e.nodes) > 0 { // without nodes there are no slots either
		e.slots = [fieldCount]uint16{}
	}
	e.body, e.typ = nil, nil
	e.scratch, e.nodes = e.scratch[:0], e.nodes[:0]
}

// Clone returns a copy that owns its memory.
func (e *Event) Clone() *Event {
	c := &Event{slots: e.slots, typ: e.typ}
	c.own = append([]byte(nil), e.body...)
	c.body = c.own
	c.scratch = append([]byte(nil), e.scratch...)
	c.nodes = append([]node(nil), e.nodes...)
	return c
}

// DecodeJSON reads the body of a POST delivery. It keeps body, which must not change while the Event is used.
//
// The body must be one JSON object by RFC 8259 in valid UTF-8, within MaxBody, MaxDepth and MaxMembers, with an eventType
// (or event, which takes its part in endpoint events) and without duplicate names in any object. Names are case-sensitive. What
// the members say is not judged here, see Problems. Errors wrap ErrEmpty, ErrSyntax, ErrNotObject, ErrTooLarge, ErrTooDeep,
// ErrTooMany, ErrDuplicate or ErrNoEventType, and leave the Event empty.
func (e *Event) DecodeJSON(body []byte) error {
	e.Reset()
	e.body = body
	if err := e.finish(); err != nil {
		e.Reset()
		return err
	}
	return nil
}

// finish indexes the body and finds the type.
func (e *Event) finish() error {
	if err := e.index(); err != nil {
		return err
	}
	name := e.TypeName()
	if name == "" {
		return refuse(ErrNoEventType, "object", 0)
	}
	if e.typ = Lookup(name); e.typ == nil {
		e.typ = table.unknown
	}
	if e.typ.transcript {
		e.alias(FieldTranscription, FieldRealTimeTranscription)
	}
	return nil
}

// alias makes the members of the object named from readable under the name to, unless to is there itself.
func (e *Event) alias(from, to FieldID) {
	k := e.slots[from]
	if k == 0 || e.slots[to] != 0 {
		return
	}
	e.slots[to] = k
	for c := range e.children(int(k)) {
		if id := nestedField(to, e.nodeName(c)); id != 0 {
			e.slots[id] = uint16(c)
		}
	}
}

// Type returns the event's row of the table; Unknown for event types that are not in it and for an empty Event.
func (e *Event) Type() *Type {
	if e.typ == nil {
		return table.unknown
	}
	return e.typ
}

// TypeName returns the event type as it came, which may be an alias or unknown.
func (e *Event) TypeName() string {
	if name := e.Str(FieldEventType); name != "" {
		return name
	}
	return e.Str(FieldEvent)
}

// CallID returns the callId, "" when the event has none.
func (e *Event) CallID() string { return e.Str(FieldCallID) }

// Key returns the value that names the event's machine: callId, conferenceId or parentCallId, "" when it is missing.
func (e *Event) Key() string { return e.Str(e.Type().Key) }

// Time returns the eventTime, or the timestamp of an endpoint event. It reports false when there is none that can be read.
func (e *Event) Time() (time.Time, bool) {
	if t, ok := Time(e.Str(FieldEventTime)).Time(); ok {
		return t, true
	}
	if ms, ok := whole(e.Str(FieldTimestamp)); ok {
		return time.UnixMilli(int64(ms)).UTC(), true
	}
	return time.Time{}, false
}

// Has reports whether the field is present and not null.
func (e *Event) Has(id FieldID) bool { return e.shape(id) > null }

// Str returns the text of a string field, or the literal of a number or boolean, and "" for everything else.
func (e *Event) Str(id FieldID) string {
	if k := e.slot(id); k != 0 {
		return e.text(k)
	}
	return ""
}

func (e *Event) slot(id FieldID) int {
	if int(id) < len(e.slots) {
		return int(e.slots[id])
	}
	return 0
}

func (e *Event) shape(id FieldID) shape {
	if k := e.slot(id); k != 0 {
		return e.nodes[k].shape
	}
	return absent
}

// text returns the text of a scalar node.
func (e *Event) text(k int) string {
	n := &e.nodes[k]
	switch n.shape {
	case quoted:
		if n.flags&textInScratch != 0 {
			return view(e.scratch[n.textFrom:n.textTo])
		}
		return view(e.body[n.from+1 : n.to-1])
	case number, yes, no:
		return view(e.body[n.from:n.to])
	}
	return ""
}

func (e *Event) nodeName(k int) string { return e.name(&e.nodes[k]) }

func (e *Event) name(n *node) string {
	if n.flags&nameInScratch != 0 {
		return view(e.scratch[n.nameFrom:n.nameTo])
	}
	return view(e.body[n.nameFrom:n.nameTo])
}

// children yields the members or elements of node k.
func (e *Event) children(k int) iter.Seq[int] {
	return func(yield func(int) bool) {
		if k >= len(e.nodes) {
			return
		}
		end := int(e.nodes[k].next)
		for c := k + 1; c < end; c = int(e.nodes[c].next) {
			if !yield(c) {
				return
			}
		}
	}
}

// view returns b as a string without copying it.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
