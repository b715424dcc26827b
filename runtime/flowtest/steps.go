package flowtest

import (
	"slices"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/bxmlflow/bxmlflow/internal/yamlsrc"
)

// step is one thing of a test: an event, what somebody does, a fault, or what is expected. One of its pointers is not nil.
type step struct {
	name   text
	event  *eventStep
	act    *act
	fault  *fault
	expect *expectation

	leg        text // whose step it is; "" for the first call
	as         text // what the caller of `call` is called from now on
	fail       []failing
	unexpected bool
	apology    bool // the flow does not handle the error that follows
	named      []yamlsrc.Entry
}

// eventStep is a webhook with the fields that the author gave.
type eventStep struct {
	typ    *event.Type
	fields map[string]any // by dotted name; nil leaves a field out
	time   time.Time      // zero when not given
}

// step reads one step: a name with what belongs to it, and what stands beside it.
func (r *reader) step(t *test, n *node) {
	if n.Kind == yamlsrc.List {
		r.wrongType(n, "a step", "an event, something that people do, or `expect`")
		return
	}
	s := step{}
	name, body := r.parts(&s, n)
	if name == nil {
		return
	}
	s.name = text{name.Value, name.Span}
	before := len(r.problems)
	switch {
	case name.Value == "expect":
		s.expect = r.expectation(body)
	case faultKinds[name.Value] != nil:
		s.fault = r.fault(s.name, body)
	case acts[name.Value] != nil:
		s.act = r.act(s.name, body)
	default:
		s.event = r.event(s.name, body)
	}
	r.modify(&s)
	if len(r.problems) == before || len(t.steps) == 0 {
		r.fits(t, &s)
	}
	t.steps = append(t.steps, s)
}

// besides are the keys that may stand beside a step.
var besides = []string{"leg", "as", "fail", "unexpected", "apology"}

// parts takes a step apart: its name, what belongs to it, and in s what stands beside it. The name is nil when it has none.
func (r *reader) parts(s *step, n *node) (name, body *node) {
	if n.Kind == yamlsrc.Scalar {
		return n, &node{Span: n.Span, Resolved: yamlsrc.Null}
	}
	for _, e := range n.Entries {
		switch {
		case slices.Contains(besides, e.Key.Value):
			s.named = append(s.named, e)
		case name != nil:
			r.problems.Errorf(ruleStep, e.Key.Span, "a step is one thing, but this one has %q and %q", name.Value, e.Key.Value).
				WithHelp("give each its own dash")
			return nil, nil
		default:
			name, body = e.Key, e.Value
		}
	}
	if name == nil {
		r.problems.Errorf(ruleStep, n.Span, "a step needs an event, something that people do, or %q", "expect")
	}
	return name, body
}

// modify reads what stands beside a step.
func (r *reader) modify(s *step) {
	for _, e := range s.named {
		if !s.takes(e.Key.Value) {
			r.problems.Errorf(ruleUnknownKey, e.Key.Span, "%q does not stand beside %q", e.Key.Value, s.name.value)
			continue
		}
		switch what := `"` + e.Key.Value + `"`; e.Key.Value {
		case "leg":
			s.leg, _ = r.scalar(e.Value, what)
		case "as":
			s.as, _ = r.scalar(e.Value, what)
		case "fail":
			s.fail = r.failings(e.Value)
		case "unexpected":
			s.unexpected = r.boolean(e.Value, what)
		case "apology":
			s.apology = r.boolean(e.Value, what)
		}
	}
	s.named = nil
}

// takes reports whether a key may stand beside a step.
func (s *step) takes(key string) bool {
	switch {
	case key == "leg":
		return s.name.value != "call" && s.name.value != "start" && s.name.value != "restart"
	case key == "as":
		return s.name.value == "call" || s.name.value == "start"
	}
	return s.name.value != "expect" && faultKinds[s.name.value] == nil
}

// fits checks that a step belongs into its test: the first one decides whether it is made of events or of what people do.
func (r *reader) fits(t *test, s *step) {
	if s.fault != nil || s.expect == nil && s.event == nil && s.act == nil {
		return
	}
	if !slices.ContainsFunc(t.steps, func(o step) bool { return o.fault == nil }) {
		r.begins(t, s)
		return
	}
	switch first := t.first(); {
	case t.astray:
	case t.people && s.event != nil && !t.acted():
		t.people = false // a call started from outside, told in events
	case t.people && s.event != nil:
		r.problems.Errorf(ruleStep, s.name.span, "%q is an event, but this test is made of what people do: it begins with %q", s.name.value, first).
			WithHelp("say what somebody does, as in `press: \"1\"` or `hangUp`, or begin the test with an event, as in `initiate: {}`")
	case !t.people && s.act != nil && !s.act.anywhere():
		d := r.problems.Errorf(ruleStep, s.name.span, "%q is what people do, but this test is made of events: it begins with %q", s.name.value, first)
		d.WithHelp("write the webhook that comes of it, as in `gather: {digits: \"1\"}`, or begin the test with `call: {}`")
	}
}

// first returns the name of the step that a test begins with.
func (t *test) first() string {
	for i := range t.steps {
		if t.steps[i].fault == nil {
			return t.steps[i].name.value
		}
	}
	return ""
}

// acted reports whether the test so far has something that only people do. To start a call from outside is none.
func (t *test) acted() bool {
	return slices.ContainsFunc(t.steps, func(s step) bool { return s.act != nil && !s.act.anywhere() && s.act.kind != "start" })
}

// begins checks that a test begins with what makes a machine.
func (r *reader) begins(t *test, s *step) {
	t.people = s.act != nil && (s.act.kind == "call" || s.act.kind == "start")
	if t.people || s.event != nil && s.event.typ.Starts && s.event.typ.Bearer == event.OwnCall {
		return
	}
	t.astray = true
	r.problems.Errorf(ruleStep, s.name.span, "a test begins with an event that starts a call, or with a person who calls, not with %q", s.name.value).
		WithHelp("begin with `initiate: {}` (an inbound call), `answer: {}` (an outbound call), `call: {}` or `start: {to: ...}`")
}

// event reads a webhook.
func (r *reader) event(name text, body *node) *eventStep {
	typ := event.Lookup(name.value)
	if typ == nil || typ.Machine == event.MachineNone {
		r.unknown(ruleEvent, name.span, "there is no step", name.value, stepNames())
		return nil
	}
	e := &eventStep{typ: typ, fields: map[string]any{}}
	r.fields(e, body, "")
	if t, ok := e.fields["eventTime"].(time.Time); ok {
		e.time = t
	}
	return e
}

// stepNames returns what a step can be named.
func stepNames() []string {
	names := []string{"expect"}
	for name := range acts {
		names = append(names, name)
	}
	for name := range faultKinds {
		names = append(names, name)
	}
	for _, t := range event.Types() {
		if t.Machine != event.MachineNone {
			names = append(names, t.Name)
		}
	}
	slices.Sort(names)
	return names
}

// lasting reads a time such as 20s.
func (r *reader) lasting(n *node, what string) time.Duration {
	d, err := time.ParseDuration(n.Value)
	if n.Kind != yamlsrc.Scalar || err != nil || d < 0 || d > longestWait {
		r.wrongType(n, what, "a time of at most 30 days, as in 20s or 1m30s")
		return 0
	}
	return d
}

// longestWait bounds how far a test moves its clock at once.
const longestWait = 30 * 24 * time.Hour
