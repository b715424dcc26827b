package schema

import "slices"

// flowFile is the schema of a flow file.
func flowFile() *node {
	root := closed(flowKeys(), "flow", "start", "states")
	root.Schema, root.ID = dialect, flowID
	root.Title = "bxmlflow flow"
	root.Description = "A call flow for Bandwidth Programmable Voice: what a call hears in each state, and where it goes on each webhook."
	root.AllOf = []*node{withoutSignals(), withoutActions()}
	root.Examples = []any{example()}
	root.Defs = slices.Concat(values(), declarations(), states(), transitions(), handlers(), actions(), restFields(), documents(), verbs(), overlays())
	return root
}

// example is the smallest flow that says something.
func example() any {
	return map[string]any{
		"flow": "hello", "start": map[string]any{"initiate": "greeting"},
		"states": map[string]any{"greeting": map[string]any{
			"type": "final", "bxml": []any{map[string]any{"SpeakSentence": "Hello."}, "Hangup"},
		}},
	}
}

func flowKeys() members {
	return members{
		key("version", "version of the language; 1 when left out", &node{Enum: []any{1, "1"}}),
		key("flow", "name of the flow, also its URL: lower-case letters, digits and hyphens",
			&node{Type: types{text}, Pattern: flowName, Examples: []any{"front-desk"}}),
		key("description", "for people", ref(defText)),
		key("params", "values that a deployment sets; one that is written here is the default and gives the type", named(identifier, ref(defParam))),
		key("vars", "variables of one call, each with its first value", named(identifier, ref(defVar))),
		key("signals", "events that machines send each other, with what they carry", &node{
			Type: types{object}, PropertyNames: &node{Pattern: identifier, Not: &node{Enum: anys(reserved())}},
			Additional: &node{
				Type: types{object, null}, PropertyNames: &node{Pattern: identifier, Not: &node{Enum: anys([]string{"leg", "callId"})}},
				Additional: ref(defType),
			},
		}),
		key("start", "where a machine begins: a state, or the states by the event that makes the machine", ref(defStart)),
		key("on", "handlers for every state", ref(defHandlers)),
		key("outbound", "defaults for the calls that this flow makes and for those started from outside; they read params only", closed(outboundKeys())),
		key("limits", "how long a call may go on", closed(members{
			key("visits", "how often one state may be entered: a number or none", ref(defLimit)),
			key("steps", "how many webhooks one call may have: a number or none", ref(defLimit)),
		})),
		key("fragments", "document entries for reuse, each under its name", named("", closed(members{
			key("with", "names and types of the arguments: args.NAME", ref(defTypes)),
			key("entries", "the verbs of the fragment", ref(defFragmentEntries)),
		}, "entries"))),
		key("uses", "actions and functions written in Go", closed(members{
			key("actions", "actions of a kit", named(identifier, ref(defUsedAction))),
			key("functions", "functions of a kit, for expressions", named(identifier, ref(defUsedFunction))),
		})),
		key("retention", "how long an ended call is remembered for late events; 24h, or 744h when the flow records", ref(defDuration)),
		key("expiry", "how long a call without any event is kept; 24h when left out", ref(defDuration)),
		key("states", "the states by name", ref(defStates)),
	}
}

// outboundKeys are what calls have in common that the flow makes. The same keys of createCall mean the same.
func outboundKeys() members {
	return members{
		key("from", "number that the called party sees", ref(defFrom)),
		key("callTimeout", "seconds that the call may ring, 1 to 300; the carrier's default is 30", ref(defRings)),
		key("machineDetection", "find out whether a machine has answered", ref(defDetection)),
		key("tag", "sent with every webhook of the call, up to 4096 characters", ref(defText)),
	}
}

// Definitions of what a flow declares.
const (
	defParam        = "param"
	defVar          = "var"
	defDefault      = "default"
	defLimit        = "limit"
	defUsedAction   = "usedAction"
	defUsedFunction = "usedFunction"
)

func declarations() members {
	counted := &node{Type: types{integer, text}, Minimum: new(1.0), Pattern: `^(none|[1-9][0-9]*)$`}
	return members{
		{defParam, declaration(key("required", "the deployment must set it", ref(defExact)))},
		{defVar, declaration(member{"required", never})},
		{defDefault, defaults()},
		{defLimit, counted},
		{defUsedAction, closed(members{
			key("with", "names and types of what it takes", ref(defTypes)),
			key("returns", "names and types of its result", ref(defTypes)),
			key("effect", "true: it runs after the answer and returns nothing", ref(defExact)),
			key("sensitive", "true: its result stays out of logs and traces", ref(defExact)),
		})},
		{defUsedFunction, closed(members{
			key("params", "types of its arguments", listOf(ref(defType))),
			key("returns", "type of its result", ref(defType)),
		}, "returns")},
	}
}

// declaration is a param or a variable: a map with a type is one, anything else is a default.
func declaration(required member) *node {
	declared := closed(members{
		{"type", ref(defType)},
		{"default", &node{}},
		required,
		{"secret", ref(defExact)},
	})
	declared.AllOf = []*node{ref(defDefault)}
	return &node{
		Description: "a value, which gives the type, or a declaration: {type, default, required, secret}",
		Properties: members{
			key("type", "the type of the value", &node{}),
			key("default", "the value when nobody sets another", &node{}),
			key("required", "the deployment must set it; of params only", &node{}),
			key("secret", "true: the value is masked in logs, traces and recordings", &node{}),
		},
		If:   &node{Type: types{object}, Required: []string{"type"}},
		Then: declared,
	}
}

// defaults is what the default of a declaration may be, by its type: the value itself, or a text that reads as one.
func defaults() *node {
	all := &node{}
	for _, t := range []struct {
		name string
		node *node
	}{
		{"string", &node{Type: types{text}}},
		{"bool", &node{Type: types{boolean, text}, Pattern: `^(1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$`}},
		{"int", &node{Type: types{integer, text}, Pattern: `^[-+]?[0-9]+$`}},
		{"number", &node{Type: types{number, text}, Pattern: `^[-+]?[0-9a-fA-FxXpP._+-]+$`}},
		{"duration", &node{Type: types{text}, Pattern: someDuration}},
		{"phone", &node{Type: types{text}, Pattern: `^\+[0-9]{2,15}$`}},
		{"list", &node{Type: types{list, text}, Pattern: `^\s*(\[|null)`}},
		{"map", &node{Type: types{object, text}, Pattern: `^\s*(\{|null)`}},
	} {
		all.AllOf = append(all.AllOf, &node{
			If:   &node{Properties: members{{"type", &node{Const: t.name}}}},
			Then: &node{Properties: members{{"default", t.node}}},
		})
	}
	return all
}
