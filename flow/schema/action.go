package schema

import "slices"

// Definitions of actions.
const (
	defActions   = "actions"
	defAction    = "action"
	defDetection = "machineDetection"
	defTo        = "to"
	defFrom      = "from"
	defRings     = "callTimeout"
	defHeaders   = "headers"
)

// modifiers may stand beside an action.
func modifiers() members {
	return members{
		key("guard", "a condition; the action is left out when it is false", ref(defGuard)),
		key("each", "a list; the action is done for every item of it, with item and index in scope", ref(defEach)),
		key("as", "the variable that takes the result", &node{Type: types{text}, Pattern: identifier}),
		key("timeout", "how long a look-up may take", ref(defDuration)),
		key("onError", "the state to go to when the action fails; without it the event error is raised", ref(defStateRef)),
	}
}

func modifierNames() []string { return modifiers().names() }

// builtIn are the actions of the language.
func builtIn() members {
	return slices.Concat(members{
		key("set", "assign variables; all values are taken before any is assigned", &node{Type: types{object}}),
		key("log", "write a structured log line with the fields of the call", &node{Type: types{text, number, boolean}}),
		key("http", "an HTTP request: GET and HEAD before the answer, other methods after it", request()),
		key("createCall", "make a leg: a call that is a machine of its own", closed(slices.Concat(members{
			key("leg", "name of the leg", &node{Type: types{text}, Pattern: identifier, Not: &node{Enum: anys([]string{"parent", "conference"})}}),
			key("to", "number or SIP URI to call", ref(defTo)),
			key("target", "the state that the leg enters when it answers; without it start.answer of its flow", ref(defStateRef)),
			key("flow", "the flow that the leg runs; without it this one", &node{Type: types{text}, Pattern: flowName}),
			key("vars", "first values of its variables", ref(defValues)),
			key("params", "values of its params", ref(defValues)),
			key("keep", "true: it rings on when its maker ends", ref(defExact)),
		}, outboundKeys()), "leg", "to")),
		key("updateCall", "move a leg to a state of its flow, and send that document", closed(members{
			key("leg", "name of a leg, parent, or what gives the id of a call", ref(defText)),
			key("target", "the state", ref(defStateRef)),
		}, "leg", "target")),
		key("endCall", "end a leg: its name, parent, or what gives the id of a call", &node{Type: types{text}}),
		key("send", "send a signal to another machine", closed(members{
			key("to", "name of a leg, parent, conference, or what gives the id of a call", &node{Type: types{text}}),
			key("signal", "name of the signal, as the receiver declares it", &node{Type: types{text}, Pattern: identifier}),
			key("with", "what it carries", ref(defValues)),
		}, "to", "signal")),
	}, operations())
}

// actionNames are the names of the actions of the language.
func actionNames() []string { return builtIn().names() }

// request is the value of `http`.
func request() *node {
	return closed(members{
		key("method", "GET when left out", oneOf("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")),
		key("url", "address; its host is written out, or the url begins with a param. Computed parts are percent-escaped",
			&node{Type: types{text}, Pattern: `^(https?://[^/?#\\${} ]+|\$\{\s*params\.[A-Za-z_][A-Za-z0-9_]*\s*\}([/?#]|$))`,
				Examples: []any{"https://api.example.com/v1/customers"}}),
		key("headers", "header lines by name", ref(defHeaders)),
		key("query", "values of the query by name", ref(defValues)),
		key("json", "the body, sent as JSON", &node{}),
		key("lookup", "true: it runs before the answer whatever the method is, so that it has a result", ref(defExact)),
	}, "url")
}

// actions are lists of actions: one name each, and modifiers beside it.
func actions() members {
	known := builtIn()
	n := &node{Type: types{object}, Properties: slices.Concat(known, modifiers())}
	n.Additional = about("an action that the flow declares under uses.actions, with what it takes", &node{})
	effects := slices.DeleteFunc(known.names(), func(name string) bool { return name == "http" })
	noResult := &node{Properties: members{{"as", never}, {"timeout", never}, {"onError", never}}}
	posts := &node{Required: []string{"http"}, Properties: members{{"http", &node{
		Required: []string{"method"}, Properties: members{{"method", oneOf("POST", "PUT", "PATCH", "DELETE")}, {"lookup", &node{Const: false}}},
	}}}}
	n.AllOf = []*node{
		exactlyOne(known.names(), modifierNames()),
		{If: &node{AnyOf: has(effects...)}, Then: noResult},
		{If: posts, Then: noResult},
	}
	return members{{defActions, listOf(ref(defAction))}, {defAction, n}}
}
