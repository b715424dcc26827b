package schema

// A flow names its signals and the actions of its kit itself. Where it declares none, only the names of the language can be
// meant. These definitions walk a flow a second time and look at names only; they say so in patterns, because editors take
// what stands under properties for something to offer.
const (
	defKnownEvents  = "knownEvents"
	defKnownActions = "knownActions"
	defPlain        = "plainTransitions"
	defPlainActions = "plainActions"
)

// withoutSignals is what holds for a flow that declares no signals.
func withoutSignals() *node {
	return &node{If: &node{Not: &node{Required: []string{"signals"}}}, Then: ref(defKnownEvents)}
}

// withoutActions is what holds for a flow that declares no actions of its own.
func withoutActions() *node {
	declares := &node{Required: []string{"uses"}, Properties: members{{"uses", &node{Required: []string{"actions"}}}}}
	return &node{If: &node{Not: declares}, Then: ref(defKnownActions)}
}

func overlays() members {
	below := func(def string) *node { return &node{Additional: ref(def)} }
	known := eventNames()
	plain := ref(defPlainActions)
	return members{
		{defKnownEvents, &node{PatternProperties: members{
			{"^on$", &node{PropertyNames: &node{Enum: anys(known)}}},
			{"^states$", below(defKnownEvents)},
		}}},
		{defKnownActions, &node{PatternProperties: members{
			{"^(on|after|start)$", below(defPlain)}, {"^always$", ref(defPlain)}, {"^(entry|exit)$", plain}, {"^states$", below(defKnownActions)},
		}}},
		{defPlain, &node{PatternProperties: members{{"^actions$", plain}}, Items: ref(defPlain)}},
		{defPlainActions, &node{Items: &node{PropertyNames: &node{Enum: anys(append(actionNames(), modifierNames()...))}}}},
	}
}

// eventNames are the names that may stand under `on` of a flow without signals.
func eventNames() []string {
	for _, m := range handlers() {
		if m.name == defHandlers {
			return m.node.Properties.names()
		}
	}
	return nil
}
