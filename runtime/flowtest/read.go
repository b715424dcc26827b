package flowtest

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/internal/yamlsrc"
)

// The rules of problems in test files.
const (
	ruleUnknownKey = "unknown-key"
	ruleWrongType  = "wrong-type"
	ruleMissingKey = "missing-key"
	ruleEvent      = "unknown-event"
	ruleField      = "unknown-field"
	ruleValue      = "field-value"
	ruleStep       = "unknown-step"
	ruleFlow       = "unknown-flow"
	ruleDuplicate  = "duplicate-test"
	ruleState      = "unknown-state"
	ruleName       = "unknown-name"
	ruleFunction   = "missing-function"
	ruleNothing    = "nothing-expected"
	ruleUnused     = "unused-mock"
)

type node = yamlsrc.Node

// text is a scalar with its place.
type text struct {
	value string
	span  diag.Span
}

// reader reads one test file and collects its problems.
type reader struct {
	problems diag.List
	refs     []ref
}

// keys maps the keys that a map may have to what is done with their values.
type keys map[string]func(key, value *node)

// object reads a map with strict keys. A value that is not there counts as an empty map.
func (r *reader) object(n *node, what string, known keys) {
	if isNull(n) {
		return
	}
	if n.Kind != yamlsrc.Map {
		r.wrongType(n, what, "a map")
		return
	}
	for _, e := range n.Entries {
		if read, ok := known[e.Key.Value]; ok {
			read(e.Key, e.Value)
			continue
		}
		r.unknown(ruleUnknownKey, e.Key.Span, what+" has no key", e.Key.Value, slices.Sorted(maps.Keys(known)))
	}
}

// unknown reports a name that does not exist, and the nearest one that does.
func (r *reader) unknown(rule string, span diag.Span, what, name string, known []string) {
	d := r.problems.Errorf(rule, span, "%s %q", what, name)
	if near, ok := diag.Nearest(name, known); ok {
		d.WithHelp("did you mean %q?", near)
		return
	}
	d.WithHelp("it takes %s", strings.Join(known, ", "))
}

func (r *reader) wrongType(n *node, what, want string) {
	r.problems.Errorf(ruleWrongType, n.Span, "%s must be %s, not %s", what, want, describe(n))
}

func describe(n *node) string {
	switch {
	case n.Kind == yamlsrc.Map:
		return "a map"
	case n.Kind == yamlsrc.List:
		return "a list"
	case isNull(n):
		return "empty"
	}
	return strconv.Quote(n.Value)
}

func isNull(n *node) bool {
	return n.Kind == yamlsrc.Scalar && n.Style == yamlsrc.Plain && n.Resolved == yamlsrc.Null
}

// scalar reads a text as it is written.
func (r *reader) scalar(n *node, what string) (text, bool) {
	if n.Kind != yamlsrc.Scalar || isNull(n) {
		r.wrongType(n, what, "a text")
		return text{span: n.Span}, false
	}
	return text{n.Value, n.Span}, true
}

func (r *reader) boolean(n *node, what string) bool {
	if n.Kind == yamlsrc.Scalar && n.Resolved == yamlsrc.Bool {
		return strings.EqualFold(n.Value, "true")
	}
	r.wrongType(n, what, "true or false")
	return false
}

func (r *reader) integer(n *node, what string) int {
	v, ok := value(n).(int)
	if !ok {
		r.wrongType(n, what, "a whole number")
	}
	return v
}

func (r *reader) list(n *node, what string, read func(*node)) {
	if n.Kind != yamlsrc.List {
		r.wrongType(n, what, "a list")
		return
	}
	for _, item := range n.Items {
		read(item)
	}
}

// named reads a map whose keys are names chosen by the author.
func (r *reader) named(n *node, what string, read func(name text, value *node)) {
	if isNull(n) {
		return
	}
	if n.Kind != yamlsrc.Map {
		r.wrongType(n, what, "a map of names")
		return
	}
	for _, e := range n.Entries {
		read(text{e.Key.Value, e.Key.Span}, e.Value)
	}
}

// value returns what YAML says, as the types that flows know. A plain text that only looks like a number to YAML, such as
// +15551112222 or 0123, stays a text.
func value(n *node) any {
	switch n.Kind {
	case yamlsrc.Map:
		m := make(map[string]any, len(n.Entries))
		for _, e := range n.Entries {
			m[e.Key.Value] = value(e.Value)
		}
		return m
	case yamlsrc.List:
		list := make([]any, len(n.Items))
		for i, item := range n.Items {
			list[i] = value(item)
		}
		return list
	}
	switch n.Resolved {
	case yamlsrc.Bool:
		return strings.EqualFold(n.Value, "true")
	case yamlsrc.Null:
		return nil
	case yamlsrc.Int:
		if i, err := strconv.Atoi(n.Value); err == nil && strconv.Itoa(i) == n.Value {
			return i
		}
	case yamlsrc.Float:
		if f, err := strconv.ParseFloat(n.Value, 64); err == nil && !math.IsInf(f, 0) && !math.IsNaN(f) && n.Value[0] != '+' {
			return f
		}
	}
	return n.Value
}
