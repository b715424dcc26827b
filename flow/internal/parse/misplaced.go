package parse

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/internal/yamlsrc"
)

// stateKeys are the keys of a state.
var stateKeys = []string{
	"after", "always", "bxml", "description", "entry", "exit", "initial", "invoke", "limits", "on", "output", "sensitive", "states", "type",
}

// transitionKeys are the keys of a transition.
var transitionKeys = []string{"actions", "description", "guard", "reenter", "target"}

// foreign are the words for the keys of a transition elsewhere.
var foreign = map[string]string{
	"goto": "target", "then": "target", "next": "target", "to": "target",
	"if": "guard", "when": "guard", "condition": "guard", "cond": "guard",
}

// isTest reports a test file that was given for a flow.
func (p *parser) isTest(root *node) bool {
	if root.Get("tests") == nil || root.Get("states") != nil {
		return false
	}
	for _, e := range root.Entries {
		if e.Key.Value == "tests" {
			p.problems.Errorf(RuleUnknownKey, e.Key.Span, "this is a test file, not a flow").
				WithHelp("end its name in _test.yaml: such files are passed over when flows are loaded")
		}
	}
	return true
}

func (p *parser) isEvent(name string) bool { return p.words.Event != nil && p.words.Event(name) }

var tightKey = regexp.MustCompile(`^([A-Za-z]+):(\S.*)$`)

// tight takes a key without a value apart that is a key and its value, without the space between them.
func tight(e yamlsrc.Entry, names []string) (key, value string, ok bool) {
	m := tightKey.FindStringSubmatch(e.Key.Value)
	if m == nil || !isNull(e.Value) || !slices.Contains(names, m[1]) {
		return "", "", false
	}
	return m[1], m[2], true
}

// noSpace reports a colon without a space behind it, which YAML takes for a part of the word.
func (p *parser) noSpace(n *node, key, value string) {
	p.problems.Errorf(RuleUnknownKey, n.Span, "%q is one word to YAML", n.Value).WithHelp("put a space after the colon: `%s: %s`", key, value)
}

// asList writes a value that should have been a list as one, as far as it fits on a line.
func asList(n *node, what string) string {
	first := func(key string, v *node) string {
		if v.Kind == yamlsrc.Scalar && !isNull(v) {
			return fmt.Sprintf("[{%s: %s}]", key, v.Value)
		}
		return fmt.Sprintf("[{%s: ...}]", key)
	}
	if n.Kind == yamlsrc.Map && len(n.Entries) > 0 {
		return first(n.Entries[0].Key.Value, n.Entries[0].Value)
	}
	verbs := what == "bxml" || what == "nested" || what == "entries"
	switch key, rest, ok := strings.Cut(n.Value, " "); {
	case ok && !strings.ContainsAny(n.Value, "\n:"):
		return fmt.Sprintf("[{%s: %s}]", key, rest)
	case n.Kind == yamlsrc.Scalar && verbs && !ok:
		return fmt.Sprintf("[%s]", n.Value)
	case verbs:
		return "[{SpeakSentence: Hello.}]"
	case what == "params":
		return "[string]"
	}
	return "[{log: hello}]"
}

// misplaced reports a key at the level of the states that belongs into one, for it is read as the name of a state. Those
// that follow are the same mistake.
func (p *parser) misplaced(name ast.Text, n *node, again bool) bool {
	keyOf := func(keys []string) bool {
		return slices.ContainsFunc(n.Entries, func(e yamlsrc.Entry) bool { return slices.Contains(keys, e.Key.Value) })
	}
	isState := n.Kind == yamlsrc.Map && (len(n.Entries) == 0 || keyOf(stateKeys))
	help := ""
	switch {
	case isState || isNull(n):
		return false
	case slices.Contains(stateKeys, name.Value):
		help = "it is a key of a state: indent it, below the name of the state"
	case p.isEvent(name.Value) && (n.Kind != yamlsrc.Map || keyOf(transitionKeys)):
		help = "it is an event: put it under `on` of a state"
	default:
		return false
	}
	if !again {
		p.problems.Errorf(RuleUnknownKey, name.Span, "%q is read as a state", name.Value).WithHelp("%s", help)
	}
	return true
}

// outdented reads a key beside a verb that belongs to it: `- Gather:` with `maxDigits: 1` below, two columns too far left.
func (p *parser) outdented(e *ast.Entry, entry yamlsrc.Entry, again bool) bool {
	key := entry.Key.Value
	inner := key == "nested" || key == "text"
	if !inner && (p.words.Attribute == nil || !p.words.Attribute(e.Verb.Value, key)) {
		return false
	}
	if !again {
		d := p.problems.Errorf(RuleUnknownKey, entry.Key.Span, "%q stands beside the verb %q", key, e.Verb.Value)
		switch {
		case e.Content != nil && !inner:
			d.WithHelp("text and attributes go together into a map: `%s: {text: ..., %s: ...}`", e.Verb.Value, key)
		case inner:
			d.WithHelp("indent it: it is a key of %s", e.Verb.Value)
		default:
			d.WithHelp("indent it: it is an attribute of %s", e.Verb.Value)
		}
	}
	p.attribute(e, entry)
	return true
}
