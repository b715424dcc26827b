package event

import (
	"strconv"
)

// Value returns the field as a Go value of its Kind: string, bool, int, time.Duration, []any or map[string]any, and the
// zero value of that type when the field is absent, null or malformed. Timestamps, URLs, call ids and enumerations are
// strings. Absent fields, single characters and enumerated strings cost no allocation, other strings one. A FieldID that no
// field has gives "".
func (e *Event) Value(id FieldID) any {
	if int(id) >= len(table.facts) {
		return ""
	}
	f := &table.facts[id]
	k := e.slot(id)
	if k == 0 || e.nodes[k].shape <= null {
		return f.zero
	}
	switch f.kind {
	case Bool:
		return e.text(k) == "true"
	case Int:
		n, _ := whole(e.text(k))
		return n
	case Duration:
		d, _ := ISODuration(e.text(k)).Duration()
		return d
	case List:
		return e.list(k)
	case Map:
		return e.dict(k)
	}
	return boxed(e.text(k), f.enum || id == FieldEventType)
}

// boxed returns s as an interface value, a shared one where possible.
func boxed(s string, enum bool) any {
	if s == "" {
		return ""
	}
	if len(s) == 1 && s[0] < byte(len(characters)) {
		return characters[s[0]]
	}
	if enum {
		if v, ok := table.shared[s]; ok {
			return v
		}
	}
	return s
}

// characters are the strings of one ASCII character, such as the digits a caller presses.
var characters = func() (all [128]any) {
	for i := range all {
		all[i] = string(rune(i))
	}
	return all
}()

func (e *Event) list(k int) []any {
	if e.nodes[k].shape != array {
		return nil
	}
	out := []any{}
	for c := range e.children(k) {
		out = append(out, e.generic(c))
	}
	return out
}

func (e *Event) dict(k int) map[string]any {
	if k >= len(e.nodes) || e.nodes[k].shape != object {
		return nil
	}
	out := map[string]any{}
	for c := range e.children(k) {
		out[e.nodeName(c)] = e.generic(c)
	}
	return out
}

// generic returns any JSON value as a Go value.
func (e *Event) generic(k int) any {
	switch e.nodes[k].shape {
	case quoted:
		return e.text(k)
	case yes:
		return true
	case no:
		return false
	case number:
		return numeric(e.text(k))
	case array:
		return e.list(k)
	case object:
		return e.dict(k)
	}
	return nil
}

func numeric(s string) any {
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	f, _ := strconv.ParseFloat(s, 64) // out of range gives an infinity of the right sign
	return f
}

// Raw returns the whole event, members that the table does not know included: strings, bools, nil, []any and map[string]any
// as in encoding/json; numbers without fraction or exponent are int, others float64. The strings refer to the Event's
// memory, as all strings of an Event do. It is nil for an empty Event.
func (e *Event) Raw() map[string]any { return e.dict(0) }
