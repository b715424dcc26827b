package flowtest

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/bxmlflow/bxmlflow/internal/yamlsrc"
)

// file is a test file as it was read.
type file struct {
	path   string
	flow   text // path of the flow file, relative to the test file
	params map[string]any
	mocks  mocks
	tests  []*test
	refs   []ref           // what the file names and the flow must have
	told   map[string]bool // look-ups that nothing answers and that a failure explained
}

// test is one call.
type test struct {
	name   text
	params map[string]any
	mocks  mocks
	steps  []step
	never  []*expectation
	replay text // path of a recording, relative to the test file
}

// expects reports whether the test compares anything.
func (t *test) expects() bool {
	return t.replay.value != "" || len(t.never) > 0 || slices.ContainsFunc(t.steps, func(s step) bool {
		return s.expect != nil || s.event != nil && s.event.apology
	})
}

// step is an event or an expectation.
type step struct {
	name   text
	event  *eventStep
	expect *expectation
}

// eventStep is a webhook with the fields that the author gave.
type eventStep struct {
	typ        *event.Type
	fields     map[string]any // by dotted name; nil leaves a field out
	time       time.Time      // zero when not given
	unexpected bool
	apology    bool // the flow does not handle the error that the event raises
}

// peopleSteps and faultSteps are the steps of the language that this version does not play.
var (
	peopleSteps = []string{"call", "pickUp", "press", "say", "hangUp", "refuse", "busy", "silence", "wait"}
	faultSteps  = []string{"duplicate", "drop", "delay", "reorder", "restart"}
)

// parse reads a test file. The file is nil when nothing of it can be used.
func parse(path string, src []byte) (*file, diag.List) {
	root, problems := yamlsrc.Parse(path, src)
	if root == nil {
		return nil, problems
	}
	if isFlow(root) {
		flowInstead(&problems, path, root)
		return nil, problems
	}
	r := &reader{problems: problems}
	f := &file{path: path, told: map[string]bool{}}
	r.object(root, "a test file", keys{
		"flow":   func(_, n *node) { f.flow, _ = r.scalar(n, `"flow"`) },
		"params": func(_, n *node) { f.params = r.params(n) },
		"mocks":  func(_, n *node) { f.mocks = r.mocks(n) },
		"tests":  func(_, n *node) { r.list(n, `"tests"`, func(n *node) { f.add(r, n) }) },
	})
	whole := diag.Span{File: path, Start: root.Span.Start, End: root.Span.Start}
	if f.flow.value == "" && !r.problems.HasErrors() {
		r.problems.Errorf(ruleMissingKey, whole, "a test file needs %q", "flow").WithHelp("name the flow file, as in `flow: front-desk.yaml`")
	}
	if len(f.tests) == 0 && !r.problems.HasErrors() {
		r.problems.Errorf(ruleMissingKey, whole, "a test file needs %q", "tests")
	}
	r.problems.Sort()
	f.refs = r.refs
	return f, r.problems
}

// isFlow reports whether a file is a flow rather than the tests of one.
func isFlow(root *node) bool {
	return root.Kind == yamlsrc.Map && root.Get("tests") == nil && (root.Get("states") != nil || root.Get("start") != nil)
}

// flowInstead reports a flow where its tests are expected.
func flowInstead(problems *diag.List, path string, root *node) {
	tests := strings.TrimSuffix(path, filepath.Ext(path)) + flow.TestSuffix
	message := "this is a flow, its tests are in "
	if _, err := os.Stat(tests); err != nil {
		message = "this is a flow, its tests belong in "
	}
	*problems = nil // they speak of a test file
	problems.Errorf(ruleFlow, diag.Span{File: path, Start: root.Span.Start, End: root.Span.Start}, "%s%s", message, tests)
}

func (r *reader) params(n *node) map[string]any {
	params := map[string]any{}
	r.named(n, `"params"`, func(name text, n *node) { params[name.value] = value(n) })
	return params
}

func (f *file) add(r *reader, n *node) {
	t := &test{}
	before := len(r.problems)
	r.object(n, "a test", keys{
		"name":   func(_, n *node) { t.name, _ = r.scalar(n, `"name"`) },
		"params": func(_, n *node) { t.params = r.params(n) },
		"mocks":  func(_, n *node) { t.mocks = r.mocks(n) },
		"steps":  func(_, n *node) { r.list(n, `"steps"`, func(n *node) { r.step(t, n) }) },
		"never":  func(_, n *node) { r.list(n, `"never"`, func(n *node) { t.never = append(t.never, r.expectation(n)) }) },
		"replay": func(_, n *node) { t.replay, _ = r.scalar(n, `"replay"`) },
	})
	f.tests = append(f.tests, t)
	if len(r.problems) > before || n.Kind != yamlsrc.Map {
		return
	}
	switch {
	case t.name.value == "":
		r.problems.Errorf(ruleMissingKey, n.Span, "a test needs %q", "name").WithHelp("say what happens, as in `name: a busy agent sends the caller to voicemail`")
	case n.Get("steps") == nil && t.replay.value == "":
		r.problems.Errorf(ruleMissingKey, t.name.span, "a test needs %q or %q", "steps", "replay")
	case n.Get("steps") != nil && t.replay.value != "":
		r.problems.Errorf(ruleUnknownKey, t.replay.span, "a test has either %q or %q", "steps", "replay")
	}
	r.first(t)
	for _, other := range f.tests[:len(f.tests)-1] {
		if other.name.value == t.name.value {
			r.problems.Errorf(ruleDuplicate, t.name.span, "two tests are named %q", t.name.value).WithRelated(other.name.span, "the first one")
		}
	}
}

// first checks that a test begins with the event that makes the machine.
func (r *reader) first(t *test) {
	if len(t.steps) == 0 {
		return
	}
	if s := t.steps[0]; s.event == nil || !s.event.typ.Starts {
		r.problems.Errorf(ruleStep, s.name.span, "a test begins with an event that starts a call, not with %q", s.name.value).
			WithHelp("begin with `initiate: {}` (an inbound call) or `answer: {}` (an outbound call)")
	}
}

// step reads one step: a name with what belongs to it, and modifiers beside it.
func (r *reader) step(t *test, n *node) {
	var name, body *node
	var beside eventStep
	var modifier *node
	switch n.Kind {
	case yamlsrc.Scalar:
		name, body = n, &node{Span: n.Span, Resolved: yamlsrc.Null}
	case yamlsrc.List:
		r.wrongType(n, "a step", "an event or `expect`")
		return
	}
	for _, e := range n.Entries {
		switch e.Key.Value {
		case "leg", "fail":
			r.later(e.Key.Span, e.Key.Value)
			return
		case "unexpected":
			modifier, beside.unexpected = e.Key, r.boolean(e.Value, `"unexpected"`)
		case "apology":
			modifier, beside.apology = e.Key, r.boolean(e.Value, `"apology"`)
		default:
			if name != nil {
				r.problems.Errorf(ruleStep, e.Key.Span, "a step is one thing, but this one has %q and %q", name.Value, e.Key.Value).
					WithHelp("give each its own dash")
				return
			}
			name, body = e.Key, e.Value
		}
	}
	if name == nil {
		r.problems.Errorf(ruleStep, n.Span, "a step needs an event or %q", "expect")
		return
	}
	s := step{name: text{name.Value, name.Span}}
	switch {
	case name.Value == "expect" && modifier != nil:
		r.problems.Errorf(ruleUnknownKey, modifier.Span, "%q stands beside events only", modifier.Value)
	case name.Value == "expect":
		s.expect = r.expectation(body)
	default:
		s.event = r.event(s.name, body)
		if s.event == nil {
			return
		}
		s.event.unexpected, s.event.apology = beside.unexpected, beside.apology
	}
	t.steps = append(t.steps, s)
}

// event reads a webhook.
func (r *reader) event(name text, body *node) *eventStep {
	typ := event.Lookup(name.value)
	switch {
	case slices.Contains(peopleSteps, name.value):
		r.later(name.span, name.value).WithHelp("write the webhook that comes of it, as in `gather: {digits: \"1\"}` or `disconnect: {cause: hangup}`")
		return nil
	case slices.Contains(faultSteps, name.value):
		r.later(name.span, name.value).WithHelp("the faults of a network cannot be played in this version")
		return nil
	case typ == nil:
		r.unknown(ruleEvent, name.span, "there is no event", name.value, stepNames())
		return nil
	case typ.Machine != event.MachineCall || typ.Name == "transferAnswer":
		r.later(name.span, name.value).WithHelp("it belongs to a machine of its own")
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
	names := map[string]bool{"expect": true}
	for _, t := range event.Types() {
		if t.Machine == event.MachineCall {
			names[t.Name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}
