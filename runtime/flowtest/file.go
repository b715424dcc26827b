package flowtest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/diag"
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
	people bool // it is made of what people do
	astray bool // its first step cannot be one
}

// expects reports whether the test compares anything.
func (t *test) expects() bool {
	return t.replay.value != "" || len(t.never) > 0 || slices.ContainsFunc(t.steps, func(s step) bool {
		return s.expect != nil || s.apology
	})
}

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
	if list := root.Get("tests"); len(f.tests) == 0 && !r.problems.HasErrors() {
		if list == nil {
			r.problems.Errorf(ruleMissingKey, whole, "a test file needs %q", "tests")
		} else {
			r.problems.Errorf(ruleMissingKey, list.Span, "there is no test under %q", "tests")
		}
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
		"never":  func(_, n *node) { r.list(n, `"never"`, func(n *node) { t.never = append(t.never, r.neverItem(n)) }) },
		"replay": func(_, n *node) { t.replay, _ = r.scalar(n, `"replay"`) },
	})
	f.tests = append(f.tests, t)
	r.faultsFit(t)
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
	case n.Get("never") != nil && t.replay.value != "":
		r.problems.Errorf(ruleUnknownKey, n.Get("never").Span, "%q does not stand beside %q", "never", "replay").
			WithHelp("what is recorded is compared as it was; write steps to say what must never be")
	}
	for _, other := range f.tests[:len(f.tests)-1] {
		if other.name.value == t.name.value {
			r.problems.Errorf(ruleDuplicate, t.name.span, "two tests are named %q", t.name.value).WithRelated(other.name.span, "the first one")
		}
	}
}
