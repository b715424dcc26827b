package schema

import (
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

// Definitions of states, handlers and transitions.
const (
	defStates      = "states"
	defState       = "state"
	defHandlers    = "handlers"
	defStart       = "start"
	defTransition  = "transition"
	defTransitions = "transitions"
	defMoves       = "moves" // a target is needed
	defStays       = "stays" // a target is refused
)

func states() members {
	n := named(stateName, ref(defState))
	n.MinProperties = 1
	return members{{defStates, n}, {defState, state()}}
}

func state() *node {
	n := closed(members{
		key("bxml", "the document that is heard on entering the state, a list of verbs; to end the call write [Hangup]", ref(defDocument)),
		key("on", "handlers by event; the levels around the state are asked when none fits", ref(defHandlers)),
		key("always", "transitions taken at once on entry; a state that only decides has no bxml", ref(defMoves)),
		key("after", "timers: a duration, and what happens when the machine has been in the state that long",
			&node{Type: types{object}, PropertyNames: ref(defDelay), Additional: ref(defTransitions)}),
		key("entry", "actions on entering the state", ref(defActions)),
		key("exit", "actions on leaving the state", ref(defActions)),
		key("invoke", "another flow that runs here, on the same call", &node{
			Type: types{text, object}, Pattern: flowName, Additional: never, Required: []string{"flow"},
			Properties: members{
				key("flow", "name of the flow to run", &node{Type: types{text}, Pattern: flowName}),
				key("with", "its params", ref(defValues)),
			},
		}),
		key("initial", "the inner state that the state begins with", ref(defStateRef)),
		key("states", "inner states; their full names join with a dot", ref(defStates)),
		key("type", "final: the conversation ends here", oneOf("final")),
		key("output", "what a final state of a sub-flow returns, as event.output of done", ref(defValues)),
		key("sensitive", "true: the digits that are entered here are kept nowhere", ref(defExact)),
		key("limits", "how often the state may be entered", closed(members{key("visits", "a number or none", ref(defLimit))})),
		key("description", "for people", ref(defText)),
	})
	n.AllOf = []*node{
		{If: &node{Required: []string{"states"}}, Then: &node{
			Required: []string{"initial"}, Properties: members{{"bxml", never}, {"invoke", never}, {"type", never}}}},
		{If: &node{Required: []string{"initial"}}, Then: &node{Required: []string{"states"}}},
		{If: &node{Required: []string{"invoke"}}, Then: &node{Properties: members{{"bxml", never}, {"always", never}, {"type", never}}}},
		{If: &node{Required: []string{"output"}}, Then: &node{Required: []string{"type"}, Properties: members{{"bxml", never}}}},
		{If: &node{Required: []string{"type"}}, Then: final()},
	}
	return n
}

// final is what holds for a final state: nothing is expected in it any more.
func final() *node {
	refused := []string{"error", "done", "*"}
	for _, t := range event.Types() {
		if t.Sync && handled(t) {
			refused = append(refused, append([]string{t.Name}, t.Aliases...)...)
		}
	}
	on := &node{PropertyNames: &node{Not: &node{Enum: anys(refused)}}}
	for _, e := range internalEvents {
		if e.name != "error" && e.name != "done" {
			on.Properties = append(on.Properties, member{e.name, ref(defStays)})
		}
	}
	return &node{Properties: members{{"after", never}, {"always", never}, {"on", on}}}
}

// transitionKeys are the keys of a transition.
func transitionKeys() members {
	return members{
		key("guard", "a condition; without one the transition is always taken", ref(defGuard)),
		key("target", "the next state; without one the call stays where it is", ref(defStateRef)),
		key("actions", "what to do on the way", ref(defActions)),
		key("reenter", "true: leave and enter the outer state again when the target lies inside it", ref(defExact)),
		key("description", "for people", ref(defText)),
	}
}

// transitions are the three forms: the name of a state, one transition, a list of which the first true guard is taken.
func transitions() members {
	again := []*node{{
		If:   &node{Required: []string{"reenter"}, Properties: members{{"reenter", &node{Const: true}}}},
		Then: &node{Required: []string{"target"}},
	}}
	one, all := closed(transitionKeys()), closed(transitionKeys())
	one.AllOf, all.AllOf = again, again
	all.Type = types{text, object, list}
	all.Pattern, all.Items, all.MinItems = stateNames, ref(defTransition), 1
	target := []string{"target"}
	return members{
		{defTransition, one},
		{defTransitions, all},
		{defMoves, &node{Type: types{text, object, list}, AllOf: []*node{ref(defTransitions), {Required: target, Items: &node{Required: target}}}}},
		{defStays, &node{Type: types{object, list}, AllOf: []*node{ref(defTransitions), {
			Properties: members{{"target", never}}, Items: &node{Properties: members{{"target", never}}},
		}}}},
	}
}

// startEvents make a machine.
var startEvents = []struct{ name, doc string }{
	{"initiate", "an inbound call"},
	{"answer", "an outbound call that was created elsewhere, or that createCall made without a target, when it is answered"},
	{"transferAnswer", "the called party of a Transfer, before the calls are connected"},
	{"conferenceCreated", "a conference, which is a machine of its own"},
	{"invoke", "another flow, which runs this one on its call"},
}

// internalEvents are those that the runtime raises, with their meaning.
var internalEvents = []struct{ name, doc string }{
	{"error", "something failed and its step was undone; fields: reason, message, source"},
	{"done", "the invoked flow has ended; event.output is what it returns"},
	{"bridged", "a leg of the session is about to bridge this call; fields: leg, callId"},
	{"bridgeFailed", "the carrier refused that bridge; fields: leg, callId, cause"},
	{"legEnded", "a leg that this machine made has ended, for any reason; fields: leg, callId, cause, answered, bridged"},
	{"parentEnded", "the call that made this leg has ended; fields: cause"},
	{"joined", "this call is in a conference; fields: conferenceId, name, with"},
	{"left", "this call has left its conference; fields: conferenceId, name"},
	{"updateFailed", "a document could not be sent with the REST API; unhandled it raises error; fields: reason, message"},
}

// handled reports whether an event can come to a running machine.
func handled(t *event.Type) bool {
	return t.Machine != event.MachineNone && t.Name != "initiate" && t.Name != "transferAnswer" && t.Name != "conferenceCreated"
}

// reserved are the names that no signal can have.
func reserved() []string {
	names := []string{"invoke", "goto", "after", "always", "start", "onError"}
	for _, t := range event.Types() {
		names = append(append(names, t.Name), t.Aliases...)
	}
	for _, e := range internalEvents {
		names = append(names, e.name)
	}
	return names
}

func handlers() members {
	start := &node{Type: types{text, object}, Pattern: stateNames, Additional: never, MinProperties: 1}
	for _, e := range startEvents {
		start.Properties = append(start.Properties, key(e.name, e.doc, ref(defMoves)))
	}
	on := &node{Type: types{object}, Additional: about("a signal that the flow declares under signals", ref(defTransitions))}
	var elsewhere []string
	for _, t := range event.Types() {
		if !handled(t) {
			elsewhere = append(elsewhere, t.Name)
			continue
		}
		value := ref(defTransitions)
		if t.Ends {
			value = ref(defStays)
		}
		value.Description, value.Markdown = eventDoc(t), markedEvent(t)
		on.Properties = append(on.Properties, member{t.Name, value})
		for _, alias := range t.Aliases {
			also := about("another spelling of "+t.Name+": "+value.Description, value)
			also.Markdown, also.Deprecated = "", true
			on.Properties = append(on.Properties, member{alias, also})
		}
	}
	for _, e := range internalEvents {
		on.Properties = append(on.Properties, key(e.name, e.doc, ref(defTransitions)))
	}
	on.Properties = append(on.Properties,
		key("*", "every event of the carrier except disconnect, when nothing else of this level fits", ref(defTransitions)))
	on.PropertyNames = &node{Not: &node{Enum: anys(elsewhere)}}
	return members{{defStart, start}, {defHandlers, on}}
}

// answerable says how an event is answered.
func answerable(t *event.Type) string {
	if t.Sync {
		return "synchronous: answered with the document of the state that it leads to"
	}
	return "asynchronous: it cannot be answered"
}

// eventDoc describes an event.
func eventDoc(t *event.Type) string { return t.SentWhen + "; " + answerable(t) }

// markedEvent describes an event with its fields.
func markedEvent(t *event.Type) string {
	b := &strings.Builder{}
	b.WriteString("**" + t.Name + "** " + t.SentWhen + "\n\nIt is " + answerable(t) + ".\n\nFields: ")
	for i, name := range fieldNames(t) {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("`" + name + "`")
	}
	return b.String()
}

// fieldNames returns the dotted names of the fields, without the type of the event.
func fieldNames(t *event.Type) []string {
	var names []string
	for _, f := range t.Fields {
		if f.Name != "eventType" {
			names = append(names, f.Name)
		}
	}
	return names
}
