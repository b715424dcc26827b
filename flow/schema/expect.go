package schema

import (
	"slices"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/flow/event"
)

// eventTypes are the names that a fault may have for a webhook.
func eventTypes() []string {
	var names []string
	for _, t := range event.Types() {
		names = append(append(names, t.Name), t.Aliases...)
	}
	return names
}

// eventFields are the definitions of what events carry in tests.
func eventFields() members {
	var defs members
	for _, t := range event.Types() {
		if t.Machine != event.MachineNone {
			n := fieldsBelow(t, "")
			n.Type = append(n.Type, null)
			defs = append(defs, member{defFields + t.Name, n})
		}
	}
	return defs
}

// fieldsBelow are the fields of an event whose dotted names begin with a prefix.
func fieldsBelow(t *event.Type, prefix string) *node {
	n := closed(nil)
	for i := range t.Fields {
		f := &t.Fields[i]
		name, ok := strings.CutPrefix(f.Name, prefix)
		if !ok || strings.Contains(name, ".") || f.Name == "eventType" {
			continue
		}
		value := field(f)
		if f.Kind == event.Map {
			if below := fieldsBelow(t, f.Name+"."); len(below.Properties) > 0 {
				below.Type = types{object, null}
				value = below
			}
		}
		value.Description = f.Doc
		n.Properties = append(n.Properties, member{name, value})
	}
	return n
}

// field is a value as tests write it; null leaves the field out.
func field(f *event.Field) *node {
	switch f.Kind {
	case event.Bool:
		return &node{Type: types{boolean, null}}
	case event.Int:
		return &node{Type: types{integer, null}}
	case event.List:
		return &node{Type: types{list, null}}
	case event.Map:
		return &node{Type: types{object, null}}
	case event.Timestamp:
		return &node{Type: types{text, null}, Pattern: `^[0-9]{4}-[0-9]{2}-[0-9]{2}T`}
	case event.Duration:
		return &node{Type: types{text, null}, Pattern: `^([-+]?(` + goDuration + `)+|[-+]?0|-?` + isoDuration + `)$`}
	case event.Enum:
		words := oneOf(f.Values...)
		if f.Open {
			return &node{AnyOf: []*node{words, {Type: types{text, number, null}}}}
		}
		return &node{AnyOf: []*node{words, {Type: types{null}}}}
	}
	return &node{Type: types{text, number, null}}
}

// Definitions of what is expected.
const (
	defExpect   = "expect"
	defNever    = "never"
	defPatterns = "patterns"
	defPattern  = "pattern"
)

func expectations() members {
	keys := members{
		key("state", "full name of the active state; \"\" for none", &node{Type: types{text}}),
		key("bxml", "the last document: a list is all verbs, a map some of them, a text XML", &node{AnyOf: []*node{ref(defPatterns), {Type: types{text}}}}),
		key("hears", "a part of what was said since the last step; \"\" for nothing", ref(defText)),
		key("vars", "some variables", ref(defValues)),
		key("legs", "what became of calls", &node{Type: types{object, null}, Additional: oneOf("dialing", "answered", "ended")}),
		key("effects", "names of the effects since the last step, all of them in order", listOf(ref(defName))),
		key("ended", "whether the machine has ended", ref(defExact)),
		key("members", "who is in the conference, in the order in which they came", listOf(ref(defText))),
	}
	expect, forbid := closed(keys), closed(append(slices.Clone(keys), key("leg", "whose state of things it is", ref(defText))))
	expect.MinProperties, forbid.MinProperties = 1, 1
	return append(members{{defExpect, expect}, {defNever, forbid}}, patterns()...)
}

// patterns are the definitions of verbs as far as a test describes them.
func patterns() members {
	one := closed(nil)
	var names []string
	var defs members
	for _, v := range bxml.Verbs() {
		n := &node{Type: types{text, number, boolean, object, null}, Description: v.Doc, Additional: never}
		for i := range v.Attributes {
			n.Properties = append(n.Properties, key(v.Attributes[i].Name, v.Attributes[i].Doc, ref(defText)))
		}
		if v.Content != nil && v.Attribute(v.Content.Name) == nil && v.Content.Name != "text" {
			n.Properties = append(n.Properties, key(v.Content.Name, v.Content.Doc, ref(defText)))
		}
		n.Properties = append(n.Properties,
			key("text", "the text between the tags, without SSML", ref(defText)),
			key("nested", "a list is all children, a map some of them", &node{AnyOf: []*node{ref(defPatterns), {Type: types{text}}}}))
		one.Properties = append(one.Properties, member{v.Name, ref(defPattern + "." + v.Name)})
		defs = append(defs, member{defPattern + "." + v.Name, n})
		names = append(names, v.Name)
	}
	single := *one
	single.MinProperties, single.MaxProperties = 1, 1
	all := *one
	all.Type, all.Items = types{object, list}, &node{AnyOf: []*node{oneOf(names...), &single}}
	return append(members{{defPatterns, &all}}, defs...)
}
