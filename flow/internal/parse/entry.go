package parse

import (
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/internal/yamlsrc"
)

// document reads the value of `bxml`.
func (p *parser) document(n *node) []*ast.Entry {
	if n.Kind == yamlsrc.List && len(n.Items) == 0 {
		p.problems.Errorf(RuleWrongType, n.Span, "bxml is empty").WithHelp("to end the call write [Hangup]; to let the document go on that runs, leave bxml out")
	}
	return p.entries(n, "bxml")
}

func (p *parser) entries(n *node, what string) []*ast.Entry {
	var list []*ast.Entry
	p.list(n, what, func(item *node) {
		if e := p.entry(item); e != nil {
			list = append(list, e)
		}
	})
	return list
}

// entry reads one verb: its name alone, or a map with the verb and, beside it, guard and each.
func (p *parser) entry(n *node) *ast.Entry {
	e := &ast.Entry{Span: n.Span}
	if n.Kind == yamlsrc.Scalar {
		if p.text(n, "a verb") == nil {
			return nil
		}
		e.Verb = textOf(n)
		return e
	}
	if n.Kind != yamlsrc.Map {
		p.wrongType(n, "an entry of a document", "a verb")
		return nil
	}
	beside := keys{
		"guard": func(_, v *node) { e.Guard = p.guard(v) },
		"each":  func(_, v *node) { e.Each = p.text(v, "each") },
		"use":   func(_, v *node) { e.Use = p.text(v, "use") },
		"with":  func(_, v *node) { e.With = p.value(v) },
	}
	outdented := false
	for _, entry := range n.Entries {
		switch read, ok := beside[entry.Key.Value]; {
		case ok:
			read(entry.Key, entry.Value)
		case e.Verb.Value != "" && p.outdented(e, entry, outdented):
			outdented = true
		case e.Verb.Value != "":
			p.second(entry, e.Verb, "verb")
		default:
			p.verb(e, entry)
		}
	}
	if e.Verb.Value == "" && e.Use == nil {
		p.problems.Errorf(RuleMissingKey, n.Span, "an entry of a document needs a verb").WithHelp("as in `SpeakSentence: Hello.`")
		return nil
	}
	return e
}

// verb reads the value of a verb: nothing, its text content, or a map of attributes.
func (p *parser) verb(e *ast.Entry, entry yamlsrc.Entry) {
	e.Verb = textOf(entry.Key)
	n := entry.Value
	switch {
	case n.Kind == yamlsrc.List:
		p.wrongType(n, e.Verb.Value, "a text or a map of attributes")
	case n.Kind == yamlsrc.Map:
		p.attributes(e, n)
	case isNull(n):
		if n.Comment != "" {
			p.cut(n, e.Verb.Value)
		}
	default:
		p.cut(n, e.Verb.Value)
		e.Content = p.value(n)
	}
}

func (p *parser) attributes(e *ast.Entry, n *node) {
	for _, a := range n.Entries {
		p.attribute(e, a)
	}
}

// attribute reads one key of a verb.
func (p *parser) attribute(e *ast.Entry, a yamlsrc.Entry) {
	switch a.Key.Value {
	case "nested":
		e.NestedAt = a.Key.Span
		e.Nested = p.entries(a.Value, "nested")
	case "text":
		key := textOf(a.Key)
		p.cut(a.Value, "text")
		if !isNull(a.Value) { // else it is missing, as the compiler says
			e.Content, e.ContentKey = p.value(a.Value), &key
		}
	default:
		m := tightKey.FindStringSubmatch(a.Key.Value)
		switch {
		case p.split(a, e.Verb):
		case m != nil && isNull(a.Value) && p.words.Attribute != nil && p.words.Attribute(e.Verb.Value, m[1]):
			p.noSpace(a.Key, m[1], m[2])
		default:
			e.Attributes = append(e.Attributes, ast.Pair{Key: textOf(a.Key), Value: p.value(a.Value)})
		}
	}
}

// second reports a second key where there can be but one. Mostly it is text with a comma that was not quoted.
func (p *parser) second(e yamlsrc.Entry, first ast.Text, what string) {
	if p.split(e, first) {
		return
	}
	d := p.problems.Errorf(RuleUnknownKey, e.Key.Span, "%q stands beside the %s %q", e.Key.Value, what, first.Value)
	if what == "verb" {
		d.WithHelp("begin a new entry with `- %s`; beside a verb stand guard and each only", e.Key.Value)
		return
	}
	d.WithHelp("begin a new entry with `- %s`; beside an action stand %s", e.Key.Value, strings.Join(modifiers, ", "))
}

// split reports a key without a value that has a space or a template in it: `{SpeakSentence: Hello, press 1}` is two keys to YAML.
func (p *parser) split(e yamlsrc.Entry, first ast.Text) bool {
	if !isNull(e.Value) || !strings.ContainsAny(e.Key.Value, " $") {
		return false
	}
	p.problems.Errorf(RuleQuote, e.Key.Span, "the comma makes %q a key of its own", e.Key.Value).
		WithHelp("quote the text of %q", first.Value)
	return true
}

// cut reports an unquoted text that ends in the middle of a sentence because a comment follows it.
func (p *parser) cut(n *node, what string) bool {
	if n.Kind != yamlsrc.Scalar || n.Style != yamlsrc.Plain || n.Comment == "" || strings.Contains(n.Comment, Mark) {
		return false
	}
	if n.Value != "" && (strings.HasSuffix(n.Value, ".") || strings.HasSuffix(n.Value, "!") || strings.HasSuffix(n.Value, "?")) {
		return false
	}
	if what == "guard" && strings.Count(n.Value, "(") == strings.Count(n.Value, ")") {
		return false
	}
	p.problems.Errorf(RuleQuote, n.Span, "the text of %q ends here: everything after # is a comment", what).
		WithHelp("quote the text, or end it with a full stop and put the comment on a line of its own")
	return true
}
