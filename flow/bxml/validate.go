package bxml

import (
	"fmt"
	"slices"
	"strings"
)

// Validator judges documents. The zero Validator is ready, and judges finished documents for a call.
type Validator struct {
	Context Context
	// Computed, when not nil, tells of a text that its value is not known yet, as that of a template is not. Such a value
	// counts as there and legal.
	Computed func(text string) bool
}

// Validate returns everything that is wrong or doubtful in d, in the order of the document, when it runs on c.
func (d *Document) Validate(c Context) []Problem {
	v := Validator{Context: c}
	return v.Validate(d)
}

// Validate returns everything that is wrong or doubtful in d, in the order of the document.
func (v *Validator) Validate(d *Document) []Problem {
	c := &check{context: v.Context, computed: v.Computed}
	if c.computed == nil {
		c.computed = func(string) bool { return false }
	}
	if size := len(d.Append(nil)); size > MaxBytes {
		c.add("", Error, RuleSize, "%d bytes are more than the %d that the carrier takes", size, MaxBytes)
	}
	for i, e := range d.Verbs {
		path := step("", e.Name, i)
		if row := Lookup(e.Name); row == nil {
			c.unknown(path, e.Name)
		} else if row.Level == Child {
			c.add(path, Error, RuleMisplaced, "%s stands inside %s only", e.Name, strings.Join(row.Parents, " or "))
		} else {
			c.permission(path, row)
			c.element(path, row, e)
		}
	}
	c.sequence(d.Verbs)
	return c.problems
}

// check collects the problems of one document.
type check struct {
	context  Context
	computed func(string) bool
	problems []Problem
}

func (c *check) add(path string, s Severity, r Rule, format string, args ...any) *Problem {
	c.problems = append(c.problems, Problem{Path: path, Severity: s, Rule: r, Message: fmt.Sprintf(format, args...)})
	return &c.problems[len(c.problems)-1]
}

func step(path, name string, i int) string {
	if path != "" {
		path += "/"
	}
	return fmt.Sprintf("%s%s[%d]", path, name, i)
}

func (c *check) unknown(path, name string) {
	names := make([]string, len(table))
	for i, v := range table {
		names[i] = v.Name
	}
	c.add(path, Error, RuleUnknownVerb, "there is no verb %s", quote(name)).Help = didYouMean(name, names)
}

func (c *check) permission(path string, v *Verb) {
	switch p := v.In(c.context); {
	case p == Forbidden && c.context == Conference:
		c.add(path, Error, RuleContext, "%s is not allowed in a document for a conference: the carrier refuses the whole document", v.Name)
	case p == Forbidden:
		c.add(path, Error, RuleContext, "%s is not allowed on a transfer leg before it is connected", v.Name)
	case p == Unlisted:
		c.add(path, Warning, RuleContext, "the carrier's pages do not say whether %s may run on %s", v.Name, c.context)
	}
}

// element judges an element in its right place, and its children.
func (c *check) element(path string, v *Verb, e *Element) {
	c.attributes(path, v, e)
	c.text(path, v, e)
	c.children(path, v, e)
	c.combinations(path, e)
}

func (c *check) attributes(path string, v *Verb, e *Element) {
	for i, given := range e.Attributes {
		at := path + "@" + given.Name
		a := v.Attribute(given.Name)
		switch {
		case repeats(e.Attributes, i):
			c.add(at, Error, RuleUnknownAttribute, "%q is there twice", given.Name)
		case a == nil:
			c.stranger(at, v, given.Name)
		default:
			c.value(at, a, given.Value)
			c.effect(at, a, e)
		}
	}
	for i := range v.Attributes {
		if a := &v.Attributes[i]; a.Required {
			if _, ok := e.Attr(a.Name); !ok {
				c.add(path, Error, RuleMissingAttribute, "%s needs the attribute %q", v.Name, a.Name)
			}
		}
	}
}

func (c *check) stranger(at string, v *Verb, name string) {
	for i := range v.Attributes {
		if slices.Contains(v.Attributes[i].Misspelt, name) {
			c.add(at, Warning, RuleUnknownAttribute, "%q is misspelt, the carrier ignores it", name).Help = `write "` + v.Attributes[i].Name + `"`
			return
		}
	}
	c.add(at, Error, RuleUnknownAttribute, "%s has no attribute %q", v.Name, name).Help = orList(name, attributeNames(v.Attributes))
}

func (c *check) value(at string, a *Attribute, value string) {
	if c.computed(value) {
		return
	}
	if err := a.Check(value); err != nil {
		c.add(at, Error, RuleValue, "%s", err)
	} else if warning := a.Warning(value); warning != "" {
		c.add(at, Warning, RuleValue, "%s", warning)
	}
}

// effect judges whether an attribute does anything beside the others of its element.
func (c *check) effect(at string, a *Attribute, e *Element) {
	if a.OnlyIf != nil && !c.holds(*a.OnlyIf, e) {
		c.add(at, Warning, RuleIgnored, "%q has an effect only %s", a.Name, *a.OnlyIf)
	}
	if c.context == Conference && a.ConferenceIgnores {
		c.add(at, Warning, RuleIgnored, "%q is ignored on a conference", a.Name)
	}
	served := len(a.AppliesTo) == 0
	for _, name := range a.AppliesTo {
		url, ok := e.Attr(name)
		served = served || ok
		if ok && a.HTTPS && !c.computed(url) && strings.EqualFold(scheme(url), "http") {
			c.add(at, Error, RuleHTTPS, "the carrier sends credentials over https only, and %s is %s", name, quote(url))
		}
	}
	if !served {
		c.add(at, Warning, RuleIgnored, "%q has no effect without %s", a.Name, strings.Join(a.AppliesTo, " or "))
	}
}

// holds is When.Holds, but a computed value makes every condition true.
func (c *check) holds(w When, e *Element) bool {
	value, ok := e.Attr(w.Attribute)
	return ok && c.computed(value) || w.Holds(e)
}

func (c *check) text(path string, v *Verb, e *Element) {
	text := e.Text
	if len(e.Nodes) > 0 {
		text = Spoken(&Element{Name: "SpeakSentence", Nodes: e.Nodes})
	}
	switch {
	case v.Content == nil && (text != "" || len(e.Nodes) > 0):
		c.add(path, Error, RuleText, "%s takes no text, here is %s", v.Name, quote(text))
	case v.Content == nil:
	case v.Content.Kind != SSML && len(e.Nodes) > 0:
		c.add(path, Error, RuleText, "%s takes no SSML", v.Name)
	default:
		// Markup without words, such as a break alone, is not blank.
		if !c.computed(text) && (text != "" || len(e.Nodes) == 0) {
			c.content(path, v.Content, text)
		}
		c.speech(path, e.Nodes)
	}
}

func (c *check) content(path string, content *Content, text string) {
	if err := content.Check(text); err != nil {
		c.add(path, Error, RuleText, "%s", err)
		return
	}
	limits := Attribute{MaxLen: content.Max, RejectLen: content.RejectLen}
	if warning := limits.Warning(text); warning != "" {
		c.add(path, Warning, RuleText, "%s", warning)
	}
}

// speech judges SSML. An element that the carrier does not list is spoken as if it were not there.
func (c *check) speech(path string, nodes []Node) {
	for i := range nodes {
		n := &nodes[i]
		if n.Element == "" {
			continue
		}
		here := step(path, n.Element, i)
		severity := Error
		if LookupMarkup(n.Element) == nil {
			severity = Warning
		}
		for _, f := range checkMarkup(n, c.computed) {
			at := here
			if f.attribute >= 0 {
				at += "@" + n.Attributes[f.attribute].Name
			}
			c.add(at, severity, RuleSSML, "%s", f.message).Help = f.help
		}
		c.speech(here, n.Children)
	}
}

func (c *check) children(path string, v *Verb, e *Element) {
	for i, child := range e.Children {
		at := step(path, child.Name, i)
		row := Lookup(child.Name)
		switch {
		case row == nil:
			c.unknown(at, child.Name)
		case len(v.Children.Allowed) == 0:
			c.add(at, Error, RuleMisplaced, "%s takes no children, here is %s", v.Name, child.Name)
		case !slices.Contains(v.Children.Allowed, child.Name):
			c.add(at, Error, RuleMisplaced, "%s does not stand inside %s, only %s", child.Name, v.Name, strings.Join(v.Children.Allowed, ", "))
		default:
			c.element(at, row, child)
		}
	}
	if n := len(e.Children); n < v.Children.Min {
		c.add(path, Error, RuleChildren, "%s needs %s", v.Name, strings.Join(v.Children.Allowed, " or "))
	} else if v.Children.Max > 0 && n > v.Children.Max {
		c.add(path, Error, RuleChildren, "%s has %d children, it takes at most %d", v.Name, n, v.Children.Max)
	}
}
