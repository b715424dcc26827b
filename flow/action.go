package flow

import (
	"time"

	"github.com/bxmlflow/bxmlflow/flow/diag"
)

// ActionKind tells what an action does.
type ActionKind uint8

// The kinds of action.
const (
	ActionSet        ActionKind = iota // assign variables
	ActionLog                          // write a log line
	ActionHTTP                         // an HTTP request
	ActionCustom                       // an action of the kit
	ActionCreateCall                   // a new leg
	ActionUpdateCall                   // move another leg to a state of its flow
	ActionEndCall                      // end another leg
	ActionSend                         // a signal to another machine
	ActionREST                         // another operation of the carrier's REST API, named by Action.Name
)

var actionNames = [...]string{
	ActionSet: "set", ActionLog: "log", ActionHTTP: "http", ActionCustom: "custom", ActionCreateCall: "createCall",
	ActionUpdateCall: "updateCall", ActionEndCall: "endCall", ActionSend: "send", ActionREST: "rest",
}

// String returns the name of the kind.
func (k ActionKind) String() string { return actionNames[k] }

// Action is one action with its modifiers.
type Action struct {
	Kind  ActionKind
	Name  string // of a custom action; else the name of the kind
	Span  diag.Span
	Guard *Guard    // nil: always; asked for every item of Each
	Each  *Template // nil: once; else a list, with item and index in scope, in the guard too
	Depth int       // of the `each`, for RootItem and RootIndex
	As    int       // variable that takes the result; -1 for none
	// Timeout bounds a look-up; 0 means the runtime's default.
	Timeout time.Duration
	// OnError is the target taken when the action fails before the answer; nil raises `error`.
	OnError *Transition
	// Effect says that the action runs after the answer, at least once; otherwise it runs before it.
	Effect bool
	// Sensitive says that the result must not be shown.
	Sensitive bool

	Set  []Assignment // of ActionSet: all values are taken before any is assigned
	Log  *Template    // of ActionLog
	HTTP *HTTP        // of ActionHTTP
	// With is what an ActionCustom takes, the values that an ActionSend carries, and the fields of an ActionREST with its
	// document under "bxml": a map, nil when there is none.
	With *Value
	Leg  *Leg        // of ActionCreateCall
	Move *Move       // of ActionUpdateCall and ActionEndCall
	Send *Signalling // of ActionSend
	// Returns is what the result of an ActionCustom must have, as the flow declares it; empty when it declares nothing.
	Returns []Return
}

// Return is a declared value of a result.
type Return struct {
	Name string
	Type Type
}

// Assignment gives a variable a value.
type Assignment struct {
	Var   int // index into Flow.Vars
	Value *Value
}

// HTTP is a request of the `http` action.
type HTTP struct {
	Method  string
	URL     *Template
	Headers []Field
	Query   []Field
	JSON    *Value // nil for no body
}

// Field is a named value.
type Field struct {
	Name  string
	Value *Value
	// Secret is set when the value is, in part, a secret, which is looked up when the value is used: Value is nil then.
	Secret *Secret
}

// Secret is a text around a secret that the deployment knows by name: `Bearer ${secret("crm")}`.
type Secret struct{ Before, Name, After string }

// Leg is what `createCall` asks for.
type Leg struct {
	Name     int   // index into Flow.Legs of the flow that makes it
	Flow     *Flow // that the leg runs; nil for the flow that makes it
	FlowName string
	// Target is the transition that `answer` takes; nil for the flow's start.answer.
	Target   *Transition
	To, From *Template // From is never nil: the flow's `outbound` may have given it
	Vars     []Assignment
	Params   []Argument
	// CallTimeout (seconds, a number), Detection (a map, machineDetection of the REST API) and Tag are nil when not given.
	CallTimeout, Detection *Value
	Tag                    *Template
	Keep                   bool // the leg goes on dialing when its maker ends
}

// Move names another leg, and where it is moved to.
type Move struct {
	// Leg is the name of a leg, "parent", or what gives a callId.
	Leg *Template
	// Target is the full name of the state; "" to end the leg. Flow.Goto of the leg's own flow has the transition.
	Target string
}

// Signalling is what `send` asks for; what the signal carries is Action.With.
type Signalling struct {
	To     *Template // "parent", the name of a leg, a callId, or "conference"
	Signal string
}
