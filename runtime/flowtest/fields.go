package flowtest

import (
	"slices"
	"strings"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/bxmlflow/bxmlflow/internal/yamlsrc"
)

// fields reads the fields of an event below prefix into e, by dotted name.
func (r *reader) fields(e *eventStep, n *node, prefix string) {
	r.named(n, "the fields of "+e.typ.Name, func(name text, n *node) {
		dotted := prefix + name.value
		f := e.typ.Field(dotted)
		switch {
		case f == nil || dotted == "eventType":
			r.unknown(ruleField, name.span, e.typ.Name+" has no field", dotted, fieldNames(e.typ, prefix))
		case isNull(n):
			e.fields[dotted] = nil
		case f.Kind == event.Map && len(fieldNames(e.typ, dotted+".")) > 0:
			e.fields[dotted] = map[string]any{} // there although all its members may be left out
			r.fields(e, n, dotted+".")
		default:
			if v, ok := r.field(f, n); ok {
				e.fields[dotted] = v
			}
		}
	})
}

// fieldNames returns the names of the fields directly below prefix.
func fieldNames(t *event.Type, prefix string) []string {
	var names []string
	for i := range t.Fields {
		rest, ok := strings.CutPrefix(t.Fields[i].Name, prefix)
		if ok && !strings.Contains(rest, ".") && t.Fields[i].Name != "eventType" {
			names = append(names, t.Fields[i].Name)
		}
	}
	slices.Sort(names)
	return names
}

// field reads the value of one field by its kind.
func (r *reader) field(f *event.Field, n *node) (any, bool) {
	switch f.Kind {
	case event.Map:
		if n.Kind != yamlsrc.Map {
			return r.badField(f, n)
		}
		return value(n), true
	case event.List:
		if n.Kind != yamlsrc.List {
			return r.badField(f, n)
		}
		return value(n), true
	}
	if n.Kind != yamlsrc.Scalar {
		return r.badField(f, n)
	}
	switch f.Kind {
	case event.Bool:
		return r.kept(f, n, n.Resolved == yamlsrc.Bool)
	case event.Int:
		_, ok := value(n).(int)
		return r.kept(f, n, ok)
	case event.Timestamp:
		t, err := time.Parse(time.RFC3339, n.Value)
		if f.Name != "eventTime" || err != nil {
			return r.text(f, n, err == nil)
		}
		return t, true
	case event.Duration:
		return r.duration(f, n)
	case event.Enum:
		if !f.Open && !slices.Contains(f.Values, n.Value) {
			r.unknown(ruleValue, n.Span, f.Name+" cannot be", n.Value, f.Values)
			return nil, false
		}
	}
	return n.Value, true
}

// duration reads a duration as Bandwidth spells it, PT9S, or as Go and flows do, 9s.
func (r *reader) duration(f *event.Field, n *node) (any, bool) {
	if d, err := time.ParseDuration(n.Value); err == nil {
		return d, true
	}
	_, ok := event.ISODuration(n.Value).Duration()
	return r.text(f, n, ok)
}

func (r *reader) kept(f *event.Field, n *node, ok bool) (any, bool) {
	if !ok {
		return r.badField(f, n)
	}
	return value(n), true
}

func (r *reader) text(f *event.Field, n *node, ok bool) (any, bool) {
	if !ok {
		return r.badField(f, n)
	}
	return n.Value, true
}

var kindHelp = map[event.Kind]string{
	event.Timestamp: `write it as in "2026-03-10T14:00:00.000Z"`,
	event.Duration:  "write it as in PT9S",
}

func (r *reader) badField(f *event.Field, n *node) (any, bool) {
	d := r.problems.Errorf(ruleValue, n.Span, "%q must be of the type %s, not %s", f.Name, f.Kind, describe(n))
	if help := kindHelp[f.Kind]; help != "" {
		d.WithHelp("%s", help)
	}
	return nil, false
}
