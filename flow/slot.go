package flow

import (
	"github.com/bxmlflow/bxmlflow/flow/event"
)

// Root is a place from which expressions read values.
type Root uint8

// The roots. The comment says what a slot's index means.
const (
	RootEvent    Root = iota // event.FieldID of the event at hand
	RootRaw                  // -: the whole event as a map (event.raw)
	RootInternal             // an InternalField of an internal event
	RootOutput               // index into Flow.Output of the invoked flow whose end raised `done`
	RootCall                 // a CallField
	RootVar                  // index into Flow.Vars
	RootParam                // index into Flow.Params
	RootArg                  // number of a fragment argument within its document; filled by the evaluator
	RootItem                 // depth of the `each`; filled by the evaluator
	RootIndex                // depth of the `each`; filled by the evaluator
	RootState                // -: name of the active state
	RootVisits               // -: entries of the active state
	RootNow                  // -: the time of the step
)

const rootShift = 16

// Slot names a value for an expression: a root and an index that the root explains.
type Slot int

// SlotOf returns the slot of a root and index; index must be below 65,536.
func SlotOf(root Root, index int) Slot { return Slot(int(root)<<rootShift | index) }

// Root returns the root of s.
func (s Slot) Root() Root { return Root(s >> rootShift) }

// Index returns the index of s within its root.
func (s Slot) Index() int { return int(s & (1<<rootShift - 1)) }

// Field returns the event field of a slot of RootEvent.
func (s Slot) Field() event.FieldID { return event.FieldID(s.Index()) }

// InternalField is a field of an event that the runtime raises itself.
type InternalField int

// The fields of the `error` event.
const (
	ErrorReason  InternalField = iota // which kind of failure, one of the Reason constants
	ErrorMessage                      // why, in words
	ErrorSource                       // where: state, action or template
)

// CallField is a value under `call`.
type CallField int

// The values under `call`. All are strings; what is not known yet is "".
const (
	CallID CallField = iota
	CallFrom
	CallTo
	CallDirection
	CallTag
	CallAccountID
	CallApplicationID
	CallStartTime
	CallAnswerTime
	CallParent
	CallRoot
	CallLeg
	callFields
)

// CallFields is a set of CallField.
type CallFields uint16

// Has reports whether f is in the set.
func (s CallFields) Has(f CallField) bool { return s&(1<<f) != 0 }

var callNames = [callFields]string{
	CallID: "id", CallFrom: "from", CallTo: "to", CallDirection: "direction", CallTag: "tag", CallAccountID: "accountId",
	CallApplicationID: "applicationId", CallStartTime: "startTime", CallAnswerTime: "answerTime", CallParent: "parent",
	CallRoot: "root", CallLeg: "leg",
}

// String returns the name of the field as flows write it.
func (f CallField) String() string { return callNames[f] }

// Reasons of the `error` event (event.reason).
const (
	ReasonUnhandled = "unhandled" // a synchronous event found no handler
	ReasonGuard     = "guard"     // a guard failed and no transition was found
	ReasonAction    = "action"    // an action failed
	ReasonTemplate  = "template"  // a template or an expression of a document failed
	ReasonDocument  = "document"  // the document is not valid BXML
	ReasonLimit     = "limit"     // visits, steps or `always` passed their limit
	ReasonTimeout   = "timeout"   // the step took longer than it may
	ReasonPanic     = "panic"     // code of the runtime or of a kit panicked
	ReasonEffect    = "effect"    // an effect was given up
)

// Names of the events that are not the carrier's.
const (
	EventError  = "error"  // something failed; handled from the state in which the step began
	EventDone   = "done"   // the invoked flow reached a final state
	EventInvoke = "invoke" // the event that starts an invoked flow
	EventAny    = "*"      // every carrier event but disconnect
)
