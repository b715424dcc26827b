// Package flow is the flow language: it loads YAML flows, checks them and compiles them into immutable values that the
// runtime executes.
//
// Load and Parse return a Set of flows and the problems found. A Flow is immutable and safe for concurrent use; what a
// running call needs beside it (its state, its variables) lives with the caller, who evaluates guards, templates and
// documents through an Evaluator. The package reads files and does no other I/O.
package flow

import (
	"encoding/hex"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/diag"
)

// Defaults of the limits and times that a flow may set for itself.
const (
	DefaultVisits    = 50                  // entries of one state in one call
	DefaultSteps     = 500                 // steps of one call
	DefaultRetention = 24 * time.Hour      // how long an ended machine is kept
	RecordRetention  = 31 * 24 * time.Hour // the same for a flow that records: Bandwidth keeps recordings for 30 days
	DefaultExpiry    = 24 * time.Hour      // how long a machine lives without an event
	MaxInvokeDepth   = 8                   // sub-flows inside sub-flows
	MaxAlways        = 100                 // `always` transitions in a row
)

// NoLimit stands for a limit that was switched off (`visits: none`).
const NoLimit = 0

// Hash identifies the content of a flow: its text, the flows it invokes, the language version and its resolved params.
type Hash [16]byte

// String returns the hash in hexadecimal, 32 characters.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// Flow is one compiled flow.
type Flow struct {
	Name        string
	Description string
	Path        string // of its file, for messages
	Hash        Hash
	Params      []Param
	Vars        []Var
	// Start holds the transitions of `start` by event: "initiate", "answer", "transferAnswer", "conferenceCreated", "invoke".
	Start map[string][]*Transition
	// Root is the flow level: the owner of flow-level handlers, parent of the outermost states. It is no state of its own.
	Root *State
	// States lists all states, outer before inner, in the order of the file; State.ID is the index here.
	States []*State
	// Transitions lists all transitions, Transition.ID is the index here.
	Transitions []*Transition
	Limits      Limits
	Retention   time.Duration
	Expiry      time.Duration
	// Functions and Actions name what a kit must bring.
	Functions []string
	Actions   []string
	// Hosts are the hosts that the http actions of the flow ask, sorted, in lower case, with a port that is neither 80 nor 443:
	// those written in a URL and those of the params that begin one. A host in a param without a value is not known.
	Hosts []string
	// Reads tells which values under `call` the flow and those that it invokes read, and what their actions are given;
	// others need not be kept.
	Reads CallFields
	// Output is the shape of what the final states of an invoked flow return.
	Output []string
	// Legs names the legs that createCall makes, for RootLeg: those of this flow, then those of flows that it invokes or that
	// invoke it, which run on the same machine.
	Legs []string
	// Signals are the signals that the flow declares and so can receive, by name.
	Signals map[string]*Signal
	// SignalFields lists the fields of all signals, for RootSignal.
	SignalFields []Return
	// Afters lists the timers of all states; After.ID is the index here.
	Afters []*After
	// Goto holds the transitions into states that a leg can be moved to from outside of the flow (the targets of createCall
	// and updateCall), by the full name of the state. Their Owner is Root, their Event "goto" and their Name "goto/STATE".
	Goto map[string]*Transition
	// Outbound are the defaults for calls that are started from outside.
	Outbound Outbound
	// Needs says what a deployment must have to run the flow and those that it invokes.
	Needs Needs
}

// Signal is a declared event that machines send each other. Its fields are SignalFields[First : First+Count].
type Signal struct {
	Name         string
	First, Count int
}

// Outbound are defaults for calls that are started from outside; what is not given is nil. They read params only.
type Outbound struct {
	From, Tag              *Template
	CallTimeout, Detection *Value
}

// Needs says what a flow needs of its deployment.
type Needs struct {
	REST    bool     // a client for the carrier's REST API, and a public URL
	Reason  string   // the first thing that needs it, for messages: `createCall in state "connecting"`
	Secrets []string // names that are given to secret(), sorted
}

// Param is a value set per deployment.
type Param struct {
	Name     string
	Type     Type
	Value    any // of this deployment, or the default; nil when required and not set
	Required bool
	Secret   bool
}

// Var is a variable of a machine. Default is its value in a new machine.
type Var struct {
	Name    string
	Type    Type
	Default any
	Secret  bool
}

// Limits bound one call. NoLimit switches a limit off.
type Limits struct {
	Visits int
	Steps  int
}

// State is one state of a flow.
type State struct {
	ID       int
	Name     string // in full: outer.inner
	Span     diag.Span
	Parent   *State // Flow.Root for the outermost
	Children []*State
	// Initial is the inner state that entering this one leads to; nil for an innermost state.
	Initial   *State
	Final     bool
	Output    []Output // of a final state of an invoked flow, in the order of Flow.Output
	Sensitive bool
	Visits    int // limit of entries; NoLimit for none
	Entry     []*Action
	Exit      []*Action
	Document  *Document // nil when the state has no bxml
	// On holds the handlers of this level by event name; Any those of "*".
	On     map[string][]*Transition
	Any    []*Transition
	Always []*Transition
	Invoke *Invoke
	// After are the timers that run while the state is active, in the order of the file.
	After []*After
}

// After is a timer of a state: when the machine has been in it for the delay, the first transition whose guard is true is
// taken.
type After struct {
	ID          int // index into Flow.Afters
	State       *State
	Source      string        // of the delay, as written
	Delay       *Value        // a duration, or a number of seconds
	Transitions []*Transition // Event is "after"
}

// Leaf returns the innermost state that entering s leads to.
func (s *State) Leaf() *State {
	for s.Initial != nil {
		s = s.Initial
	}
	return s
}

// IsRoot reports whether s is the flow level rather than a state.
func (s *State) IsRoot() bool { return s.Parent == nil }

// Within reports whether s is outer or lies inside it.
func (s *State) Within(outer *State) bool {
	for ; s != nil; s = s.Parent {
		if s == outer {
			return true
		}
	}
	return false
}

// Handles reports whether a handler of s or of a level around it in the same flow names the event; "*" does not count.
func (s *State) Handles(event string) bool {
	for ; s != nil; s = s.Parent {
		if len(s.On[event]) > 0 {
			return true
		}
	}
	return false
}

// Invoke is a sub-flow that runs while its state is active.
type Invoke struct {
	Flow *Flow
	With []Argument
}

// Argument gives a param of an invoked flow its value.
type Argument struct {
	Param int // index into Flow.Params of the invoked flow
	Value *Value
}

// Output is one value that a final state returns.
type Output struct {
	Name  string
	Value *Value
}

// Transition is one candidate of a handler, of `always` or of `start`.
type Transition struct {
	ID int
	// Name is unique in the flow: "menu/gather/0"; of the flow level "/disconnect/0"; of start "start/initiate/0".
	Name  string
	Event string // event name, "*", or one of the pseudo events "always", "start", "onError", "after" and "goto"
	Span  diag.Span
	Owner *State // the level that holds the handler; Flow.Root for the flow level and for start
	Guard *Guard // nil: always taken
	// Target is the state as named, nil when the machine stays. Leaf is the innermost state it leads to.
	Target *State
	Leaf   *State
	// Domain is the innermost level that is neither left nor entered by the transition. Nil when the machine stays.
	Domain  *State
	Actions []*Action
}

// Set is a number of flows that were loaded together; flows of a set may invoke each other. It is immutable.
type Set struct {
	flows     []*Flow
	byName    map[string]*Flow
	functions map[string]bool // that Options brought
}

// Flow returns the flow of that name, nil when there is none.
func (s *Set) Flow(name string) *Flow { return s.byName[name] }

// Flows returns the flows by name, in alphabetical order. The caller must not change the slice.
func (s *Set) Flows() []*Flow { return s.flows }

// HasFunction reports whether the flows were compiled with a function of that name, one of Options.Functions. A function that a
// flow declares and that was not brought fails when it is called.
func (s *Set) HasFunction(name string) bool { return s.functions[name] }
