// Package parse turns YAML into the syntax tree of a flow. It checks shapes only: keys, kinds of values, what must be
// there. Names, expressions and verbs are the compiler's business.
package parse

import (
	"slices"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/internal/yamlsrc"
)

// The rules of this package.
const (
	RuleUnknownKey = "unknown-key"
	RuleWrongType  = "wrong-type"
	RuleMissingKey = "missing-key"
	RuleQuote      = "quote-text"
)

// Mark is what comments contain that speak to the checker.
const Mark = "bxmlflow:"

// Words tell what names mean, so that the parser can say where a key belongs that stands in the wrong place. What stands in
// the right one is not asked about.
type Words struct {
	Event     func(name string) bool
	Attribute func(verb, name string) bool
}

// File parses one flow. The file is nil when nothing of it can be used.
func File(path string, src []byte, words Words) (*ast.File, diag.List) {
	root, problems := yamlsrc.Parse(path, src)
	if root == nil {
		return nil, problems
	}
	p := &parser{problems: problems, words: words, mended: problems.HasErrors(), meant: map[string]bool{}}
	if p.isTest(root) {
		return nil, p.problems
	}
	file := p.file(path, root)
	if file != nil {
		for _, c := range root.Comments(Mark) {
			file.Comments = append(file.Comments, ast.Comment(c))
		}
	}
	return file, p.problems
}

// parser collects the problems of one file.
type parser struct {
	problems diag.List
	words    Words
	mended   bool            // the text is no YAML: what seems to be missing may stand in what could not be read
	meant    map[string]bool // keys that a misspelt one stands for, with what they belong to
}

// node is a YAML value with the words that name it in messages.
type node = yamlsrc.Node

// keys maps the keys that a map may have to what is done with their values.
type keys map[string]func(key, value *node)

// object reads a map with strict keys. It reports whether n is a map.
func (p *parser) object(n *node, what string, known keys) bool {
	if n.Kind != yamlsrc.Map {
		p.wrongType(n, what, "a map of keys")
		return false
	}
	for _, e := range n.Entries {
		read, ok := known[e.Key.Value]
		if !ok {
			p.unknownKey(e, what, known)
			continue
		}
		read(e.Key, e.Value)
	}
	return true
}

func (p *parser) unknownKey(e yamlsrc.Entry, what string, known keys) {
	names := make([]string, 0, len(known))
	for name := range known {
		names = append(names, name)
	}
	slices.Sort(names)
	if key, value, ok := tight(e, names); ok {
		p.meant[what+"/"+key] = true
		p.noSpace(e.Key, key, value)
		return
	}
	d := p.problems.Errorf(RuleUnknownKey, e.Key.Span, "%s has no key %q", what, e.Key.Value)
	near, ok := diag.Nearest(e.Key.Value, names)
	if other := foreign[e.Key.Value]; what == "a transition" && other != "" {
		near, ok = other, true
	}
	switch {
	case ok:
		p.meant[what+"/"+near] = true
		d.WithHelp("did you mean %q?", near)
	case (what == "a state" || what == "a flow") && p.isEvent(e.Key.Value):
		d.WithHelp("it is an event: put it under `on`")
	case what == "a flow" && slices.Contains(stateKeys, e.Key.Value):
		d.WithHelp("it belongs to a state: put it under one of `states`")
	default:
		d.WithHelp("it takes %s", strings.Join(names, ", "))
	}
}

func (p *parser) wrongType(n *node, what, want string) *diag.Diagnostic {
	d := p.problems.Errorf(RuleWrongType, n.Span, "%s must be %s, not %s", what, want, describe(n))
	if n.Kind == yamlsrc.Scalar && n.Resolved == yamlsrc.Null && n.Comment != "" && !strings.Contains(n.Comment, Mark) {
		d.WithHelp("everything after # is a comment; quote the text: \"%s\"", n.Comment)
	}
	return d
}

func describe(n *node) string {
	switch n.Kind {
	case yamlsrc.Map:
		return "a map"
	case yamlsrc.List:
		return "a list"
	}
	if n.Resolved == yamlsrc.Null && n.Style == yamlsrc.Plain {
		return "empty"
	}
	return `"` + n.Value + `"`
}

// text reads a scalar. It returns nil after reporting anything else.
func (p *parser) text(n *node, what string) *ast.Text {
	if n.Kind != yamlsrc.Scalar || isNull(n) {
		p.wrongType(n, what, "a text")
		return nil
	}
	p.misread(n)
	t := textOf(n)
	return &t
}

func isNull(n *node) bool {
	return n.Kind == yamlsrc.Scalar && n.Style == yamlsrc.Plain && n.Resolved == yamlsrc.Null
}

func textOf(n *node) ast.Text { return ast.Text{Value: n.Value, Span: n.Span, Places: n} }

// misread reports an unquoted scalar that other readers of YAML take for something else than its characters.
func (p *parser) misread(n *node) {
	if n.Style != yamlsrc.Plain {
		return
	}
	what := ""
	switch n.Resolved {
	case yamlsrc.Timestamp:
		what = "a time"
	case yamlsrc.Int, yamlsrc.Float:
		digits := strings.TrimPrefix(n.Value, "-")
		if digits != "0" && strings.IndexAny(digits, "+0") == 0 && !strings.HasPrefix(digits, "0.") || strings.Contains(digits, "_") {
			what = "a number"
		}
	}
	if what != "" {
		p.problems.Errorf(RuleQuote, n.Span, "%q without quotes is %s to YAML, not this text", n.Value, what).
			WithHelp(`quote it: "%s"`, n.Value)
	}
}

// boolean reads true or false.
func (p *parser) boolean(n *node, what string) bool {
	if n.Kind == yamlsrc.Scalar && n.Resolved == yamlsrc.Bool {
		return strings.EqualFold(n.Value, "true")
	}
	p.wrongType(n, what, "true or false")
	return false
}

// list reads a list and calls read for every item.
func (p *parser) list(n *node, what string, read func(item *node)) {
	if n.Kind != yamlsrc.List {
		if d := p.wrongType(n, what, "a list"); !isNull(n) {
			d.WithHelp("write every entry behind a hyphen, as in `%s: %s`", what, asList(n, what))
		}
		return
	}
	for _, item := range n.Items {
		read(item)
	}
}

// named reads a map whose keys are names chosen by the author.
func (p *parser) named(n *node, what string, read func(name ast.Text, value *node)) {
	if n.Kind != yamlsrc.Map {
		p.wrongType(n, what, "a map of names")
		return
	}
	for _, e := range n.Entries {
		read(textOf(e.Key), e.Value)
	}
}

// require reports a key that is missing.
func (p *parser) require(ok bool, at diag.Span, what, key, help string) {
	if !ok && !p.mended && !p.meant[what+"/"+key] {
		p.problems.Errorf(RuleMissingKey, at, "%s needs %q", what, key).WithHelp("%s", help)
	}
}

var scalarKinds = map[yamlsrc.Resolved]ast.Scalars{
	yamlsrc.Str: ast.String, yamlsrc.Int: ast.Int, yamlsrc.Float: ast.Float, yamlsrc.Bool: ast.Bool,
	yamlsrc.Null: ast.Null, yamlsrc.Timestamp: ast.Timestamp,
}

// value reads any value.
func (p *parser) value(n *node) *ast.Value {
	v := &ast.Value{Span: n.Span}
	switch n.Kind {
	case yamlsrc.Map:
		v.Kind = ast.Map
		for _, e := range n.Entries {
			v.Pairs = append(v.Pairs, ast.Pair{Key: textOf(e.Key), Value: p.value(e.Value)})
		}
	case yamlsrc.List:
		v.Kind = ast.List
		for _, item := range n.Items {
			v.Items = append(v.Items, p.value(item))
		}
	default:
		p.misread(n)
		v.Text, v.Cut, v.Quoted = textOf(n), n.Comment, n.Style != yamlsrc.Plain
		if !v.Quoted {
			v.Scalar = scalarKinds[n.Resolved]
		}
	}
	return v
}
