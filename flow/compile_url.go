package flow

import (
	"slices"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/flow/event"
)

// urls adds the URLs that the engine fills in.
func (el *element) urls() {
	if el.at.parent != nil && el.at.parent.Children.Bare || el.b.unbound {
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
	events := slices.DeleteFunc(slices.Clone(a.Events), b.elsewhere)
	if len(events) == 0 {
		return
	}
	wanted := a.Required || slices.ContainsFunc(events, b.handled)
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
		Verb: el.index, Element: el.verb.Name, Span: el.entry.Verb.Span, Events: events, Attribute: a.Name, Fallback: free(a.Fallback()),
		Username: free(a.Username()), Password: free(a.Password()), Always: wanted,
	}
	if t := event.Lookup(events[0]); t != nil {
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
	case t.Starts: // conferenceCreated stands for all events of a conference
		return len(b.c.flow.Start[name]) > 0 || name == "conferenceCreated" && b.c.linker.conferences
	case t.Machine == event.MachineConference && t.Sync:
		return false
	case t.Sync:
		return b.state.Handles(name)
	case name == "transferDisconnect" && len(b.c.flow.Start["transferAnswer"]) > 0: // it ends the machine of the leg
		return true
	}
	return handlesAnywhere(b.c.file, name)
}

// elsewhere reports whether an event comes to another kind of machine than those of the document: StartRecording raises one event
// on calls and another on conferences. The URL of a Conference verb is another matter.
func (b *builder) elsewhere(name string) bool {
	t := event.Lookup(name)
	if t == nil || t.Machine != event.MachineConference {
		return b.kinds == kindConference
	}
	return t.Bearer == event.Conference && t.Late && b.kinds&kindConference == 0
}
