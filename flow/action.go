package flow

import (
	"time"

	"github.com/bxmlflow/bxmlflow/flow/diag"
)

// ActionKind tells what an action does.
type ActionKind uint8

// The kinds of action.
const (
	ActionSet    ActionKind = iota // assign variables
	ActionLog                      // write a log line
	ActionHTTP                     // an HTTP request
	ActionCustom                   // an action of the kit
)

var actionNames = [...]string{ActionSet: "set", ActionLog: "log", ActionHTTP: "http", ActionCustom: "custom"}

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
	With *Value       // of ActionCustom: a map, nil when it takes nothing
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
}
