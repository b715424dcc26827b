package event

import (
	"fmt"
	"slices"
)

// Trouble says what is unexpected about an event.
type Trouble uint8

// The troubles.
const (
	UnknownType  Trouble = iota // the event type is not in the table
	Missing                     // a field that is always sent is absent or null
	WrongType                   // the value is not of the field's kind
	UnknownValue                // the value is not one of a closed enumeration
)

var troubles = [...]string{"unknown type", "missing", "wrong type", "unknown value"}

// String returns the trouble in words, such as "wrong type".
func (t Trouble) String() string { return label(troubles[:], uint8(t), "trouble") }

// Problem is a difference between an event and its documentation. Bandwidth adds fields and values at any time and its
// documents contradict each other, so a Problem is worth a log line and no more.
type Problem struct {
	Field   string // dotted name, "" when the event as a whole is meant
	Trouble Trouble
	Message string // for people; holds no value of a Sensitive field
}

// Problems compares the event with its row of the table. It is empty for an empty Event.
func (e *Event) Problems() []Problem {
	if len(e.nodes) == 0 {
		return nil
	}
	var found []Problem
	t := e.Type()
	if t.Name == "" {
		found = append(found, Problem{"", UnknownType, fmt.Sprintf("unknown event type %.60q", e.TypeName())})
	}
	for i := range t.Fields {
		f := &t.Fields[i]
		if p := e.problem(t, f); p.Message != "" {
			found = append(found, p)
		}
	}
	return found
}

func (e *Event) problem(t *Type, f *Field) Problem {
	k := e.slot(f.ID)
	if k == 0 || e.nodes[k].shape == null {
		if f.Optional || !e.expected(f) {
			return Problem{}
		}
		return Problem{f.Name, Missing, fmt.Sprintf("%s without %q", t.Name, f.Name)}
	}
	if !e.fits(f.Kind, k) {
		return Problem{f.Name, WrongType, fmt.Sprintf("%q is not of type %s", f.Name, f.Kind)}
	}
	if value, ok := e.stranger(f, k); ok {
		return Problem{f.Name, UnknownValue, fmt.Sprintf("%q has the unknown value %.60q", f.Name, value)}
	}
	return Problem{}
}

// expected reports whether the object that holds the field is there; what is not at the top is missing only then.
func (e *Event) expected(f *Field) bool {
	for i := len(f.Name) - 1; i >= 0; i-- {
		if f.Name[i] == '.' {
			return e.shape(FieldNamed(f.Name[:i])) == object
		}
	}
	return true
}

// fits reports whether node k can be read as the kind.
func (e *Event) fits(kind Kind, k int) bool {
	s := e.nodes[k].shape
	switch kind {
	case Bool:
		text := e.text(k)
		return s == yes || s == no || s == quoted && (text == "true" || text == "false")
	case Int:
		_, ok := whole(e.text(k))
		return ok && s == number
	case List:
		return s == array
	case Map:
		return s == object
	case Timestamp:
		_, ok := Time(e.text(k)).Time()
		return ok && s == quoted
	case Duration:
		_, ok := ISODuration(e.text(k)).Duration()
		return ok && s == quoted
	}
	return s == quoted
}

// stranger returns the value of node k, or the element of it, that a closed enumeration does not have.
func (e *Event) stranger(f *Field, k int) (string, bool) {
	if f.Open || len(f.Values) == 0 {
		return "", false
	}
	if f.Kind != List {
		return e.text(k), !slices.Contains(f.Values, e.text(k))
	}
	for c := range e.children(k) {
		if !slices.Contains(f.Values, e.text(c)) {
			return e.text(c), true
		}
	}
	return "", false
}
