package schema

import (
	"slices"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
)

// Definitions of documents.
const (
	defDocument           = "document"
	defConferenceDocument = "conferenceDocument"
	defFragmentEntries    = "fragmentEntries"
	defMember             = "bareTarget"
)

// documents are the definitions of lists of verbs.
func documents() members {
	var top, all, conference []string
	for _, v := range bxml.Verbs() {
		all = append(all, v.Name)
		if v.Level == bxml.Child {
			continue
		}
		top = append(top, v.Name)
		if v.AllowedIn(bxml.Conference) {
			conference = append(conference, v.Name)
		}
	}
	document := func(names []string) *node {
		n := listOf(entry(names, false))
		n.MinItems = 1
		return n
	}
	return members{
		{defDocument, document(top)},
		{defConferenceDocument, document(conference)},
		{defFragmentEntries, listOf(entry(all, false))},
		{defMember, bareTarget()},
	}
}

// bareTarget is a SIP address that takes no attributes.
func bareTarget() *node {
	full := verb(bxml.Lookup("SipUri"))
	n := *full
	n.Properties = nil
	for _, m := range full.Properties {
		if m.name == "text" || m.name == "uri" {
			n.Properties = append(n.Properties, m)
		}
	}
	return &n
}

// entry is one entry of a document: the name of a verb, or a map with a verb or a fragment and what stands beside it.
func entry(names []string, withoutAttributes bool) *node {
	n := &node{Type: types{object, text}, Additional: never}
	var alone []string
	for _, name := range names {
		def := ref(verbDef(name))
		if withoutAttributes && name == "SipUri" {
			def = ref(defMember)
		}
		n.Properties = append(n.Properties, member{name, def})
		if bare(bxml.Lookup(name)) {
			alone = append(alone, name)
		}
	}
	n.Properties = append(n.Properties,
		key("use", "a fragment, which stands here in place of a verb", &node{Type: types{text}}),
		key("guard", "a condition; the entry is left out when it is false", ref(defGuard)),
		key("each", "a list; the entry is repeated for every item of it, with item and index in scope", ref(defEach)),
		key("with", "the arguments of the fragment; beside Conference what event.with tells of the member", ref(defValues)),
	)
	if len(alone) == 0 {
		n.Type = types{object}
	}
	n.AllOf = []*node{
		exactlyOne(append(slices.Clone(names), "use"), []string{"guard", "each", "with"}),
		{If: &node{Type: types{object}, Required: []string{"with"}}, Then: &node{AnyOf: has("use", "Conference")}},
	}
	if len(alone) > 0 {
		n.AllOf = append(n.AllOf, &node{If: &node{Type: types{text}}, Then: oneOf(alone...)})
	}
	return n
}
