package flow

import (
	"slices"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/flow/event"
)

// urls adds the URLs that the engine fills in.
func (el *element) urls() {
	if el.at.parent != nil && el.at.parent.Children.Bare {
		return
	}
	for i := range el.verb.Attributes {
		a := &el.verb.Attributes[i]
		if a.Type == bxml.TypeURL && len(a.Events) > 0 && a.FallbackOf == "" && !el.given[a.Name] {
			el.url(a)
		}
	}
}

func (el *element) url(a *bxml.Attribute) {
	b := el.b
	wanted := a.Required || slices.ContainsFunc(a.Events, b.handled)
	if !wanted && len(b.c.flow.Start[EventInvoke]) == 0 {
		return
	}
	free := func(name string) string {
		if el.given[name] {
			return ""
		}
		return name
	}
	u := &URL{
		Verb: el.index, Element: el.verb.Name, Span: el.entry.Verb.Span, Events: a.Events, Attribute: a.Name, Fallback: free(a.Fallback()),
		Username: free(a.Username()), Password: free(a.Password()), Always: wanted,
	}
	if t := event.Lookup(a.Events[0]); t != nil {
		u.Sync = t.Sync
	}
	if fallback := el.verb.Attribute(u.Fallback); fallback != nil {
		u.FallbackUsername, u.FallbackPassword = free(fallback.Username()), free(fallback.Password())
	}
	b.doc.URLs = append(b.doc.URLs, u)
	el.nodes = append(el.nodes, node{kind: nodeURL, url: u})
	if wanted {
		el.literal[a.Name] = "?"
	}
}

// handled reports whether somebody handles an event that a verb of this state raises, so that its URL has to be set.
func (b *builder) handled(name string) bool {
	t := event.Lookup(name)
	switch {
	case t == nil:
		return false
	case name == "bridgeTargetComplete":
		return b.c.linker.bridgeTargets
	case t.Sync:
		return b.state.Handles(name)
	}
	return handlesAnywhere(b.c.file, name)
}
