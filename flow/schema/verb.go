package schema

import (
	"slices"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
)

func verbDef(name string) string { return "verb." + name }

// verbs are the definitions of all elements: what stands behind the name of one.
func verbs() members {
	var defs members
	for _, v := range bxml.Verbs() {
		defs = append(defs, member{verbDef(v.Name), verb(v)})
	}
	return defs
}

// verb is the value of a verb: nothing, its text, or a map of attributes.
func verb(v *bxml.Verb) *node {
	n := &node{Type: types{object}, Description: plainDoc(v), Markdown: markedDoc(v), Additional: never}
	if c := v.Content; c != nil {
		n.content(v, c)
	}
	for i := range v.Attributes {
		a := &v.Attributes[i]
		n.Properties = append(n.Properties, member{a.Name, attribute(a)})
		if a.Required && a.Type != bxml.TypeURL {
			n.Required = append(n.Required, a.Name)
		}
	}
	if c := v.Children; len(c.Allowed) > 0 {
		n.Properties = append(n.Properties, member{"nested", nested(v)})
		if c.Min > 0 {
			n.Required = append(n.Required, "nested")
		}
	}
	if bare(v) {
		n.Type = append(n.Type, null)
	}
	return n
}

// bare reports whether a verb may stand without a value.
func bare(v *bxml.Verb) bool {
	return (v.Content == nil || !v.Content.Required) && v.Children.Min == 0 && !slices.ContainsFunc(v.Attributes, func(a bxml.Attribute) bool {
		return a.Required && a.Type != bxml.TypeURL
	})
}

// content adds the text between the tags: the value itself, or one of two keys.
func (n *node) content(v *bxml.Verb, c *bxml.Content) {
	form := written(c.Type, c.Charset, c.Relative)
	if form.Ref == "#/$defs/"+defText {
		form = &node{Type: types{text, number}}
	}
	if c.Required {
		form.MinLength = 1
	}
	n.Type = append(n.Type, form.Type...)
	n.Pattern, n.MinLength = form.Pattern, form.MinLength
	description := "text: " + c.Doc
	if c.Max > 0 {
		description += "; at most " + decimal(float64(c.Max)) + " characters"
	}
	keys := []string{"text"}
	if c.Name != "text" && v.Attribute(c.Name) == nil {
		keys = append(keys, c.Name)
	}
	for _, k := range keys {
		n.Properties = append(n.Properties, key(k, description, form))
	}
	if len(keys) > 1 {
		n.Not = &node{Type: types{object}, Required: keys}
	}
	switch {
	case !c.Required:
	case len(keys) == 1:
		n.Required = keys
	default:
		n.AnyOf = has(keys...)
	}
}

// nested are the children that a verb takes.
func nested(v *bxml.Verb) *node {
	c := v.Children
	n := listOf(entry(c.Allowed, c.Bare))
	n.Description = "child elements: " + strings.Join(c.Allowed, ", ")
	n.MinItems = c.Min
	if c.Max > 0 { // entries with a condition are counted when the document is made
		n.AnyOf = []*node{{MaxItems: c.Max}, {Contains: &node{Type: types{object}, AnyOf: has("guard", "each", "use")}}}
	}
	return n
}

// plainDoc describes a verb.
func plainDoc(v *bxml.Verb) string {
	parts := []string{v.Doc}
	if v.Status != bxml.GA {
		parts = append(parts, "status "+string(v.Status))
	}
	if list := events(v); len(list) > 0 {
		parts = append(parts, "raises "+strings.Join(list, ", "))
	}
	return strings.Join(parts, "; ")
}

// markedDoc describes a verb with all that the table tells.
func markedDoc(v *bxml.Verb) string {
	text := "**" + v.Name + "** " + v.Doc
	if v.Status != bxml.GA {
		text += " (" + string(v.Status) + ")"
	}
	if list := events(v); len(list) > 0 {
		text += "\n\nIt raises `" + strings.Join(list, "`, `") + "`."
	}
	if v.Level != bxml.Child {
		text += "\n\nThe next verb waits: " + v.Blocking.String() + ". Later verbs never run: " + v.Dead.String() + "."
	}
	facts := slices.Concat(v.Rules, v.Notes)
	if v.Absent != "" {
		facts = append([]string{"without URL: " + v.Absent}, facts...)
	}
	for i, f := range facts {
		if i == 0 {
			text += "\n"
		}
		text += "\n- " + f
	}
	return text
}

func events(v *bxml.Verb) []string {
	var list []string
	for _, w := range v.Webhooks {
		if !slices.Contains(list, w.Event) {
			list = append(list, w.Event)
		}
	}
	return list
}
