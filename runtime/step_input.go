package runtime

import (
	"time"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/event"
)

// Input is an event and what the decision about it depends on.
type Input struct {
	// Event is the carrier's event; nil for an internal one.
	Event *event.Event
	// Internal is an event of the runtime; nil for the carrier's.
	Internal *InternalEvent
	// Token holds the claims of the verified token that the webhook bore; nil when it bore none.
	Token *Claims
	// Flow is the flow of a new machine; other machines have their own.
	Flow *flow.Flow
	// Parent is the machine whose document made a new one: of the call that dialled this one with Transfer, whose flow and
	// variables it gets, or of the call that created the conference. Nil for others, and when it is not known.
	Parent *Machine
	// Member is the machine of the call that joins or leaves a conference; nil when there is none.
	Member *Machine
	// Now is the time by the clock that received the event.
	Now time.Time
	// Results are the look-ups performed so far for this step, in order.
	Results []Result
	// Trace asks for a Trace in the Outcome.
	Trace bool
}

// InternalEvent is an event that the runtime raises itself, a timer or a signal. Whoever lets others name it, as for signals
// from outside, must see to it that the flow of the machine declares such a signal: the names of the runtime mean more.
type InternalEvent struct {
	Name    string `json:"name"`             // one of the flow.Event constants or a signal
	Reason  string `json:"reason,omitempty"` // of `error` and `updateFailed`, with Message and Source
	Message string `json:"message,omitempty"`
	Source  string `json:"source,omitempty"`
	Effect  uint32 `json:"effect,omitempty"` // the effect that it ends; 0 for none
	Timer   uint32 `json:"timer,omitempty"`  // of flow.EventAfter: Timer.ID

	// From and ID identify an event between machines: the key of the sender and a number that it gave. It is taken once. From
	// is "" for the runtime's own events and holds the caller's key for signals from outside.
	From string `json:"from,omitempty"`
	ID   uint32 `json:"id,omitempty"`
	// Leg is the machine key of the leg that the event is about; what it is called is known to the machine that made it.
	Leg        string         `json:"leg,omitempty"`
	CallID     string         `json:"callId,omitempty"`
	Cause      string         `json:"cause,omitempty"`
	Answered   bool           `json:"answered,omitempty"`
	Bridged    bool           `json:"bridged,omitempty"`
	Target     string         `json:"target,omitempty"`     // of flow.EventGoto: full name of the state
	Conference string         `json:"conference,omitempty"` // conferenceId of `joined` and `left`, with its name
	Title      string         `json:"title,omitempty"`
	With       map[string]any `json:"with,omitempty"` // of a signal and of `joined`
}

// Kind says what to do after a step.
type Kind uint8

// The kinds of outcome.
const (
	Empty    Kind = iota // answer without a document
	Document             // answer with Outcome.Document
	Again                // a duplicate or an event of an earlier document: answer with the stored document of Outcome.Turn
	Need                 // perform Outcome.Request, add its Result to the Input and call again from the same machine
	Refused              // the token belongs to somebody else: refuse the webhook and write nothing
)

// String returns the kind in a word.
func (k Kind) String() string {
	return [...]string{"empty", "document", "again", "need", "refused"}[k]
}

// Outcome is what a step decided.
type Outcome struct {
	Kind Kind
	// Machine is the machine after the step, the one before it when nothing Changed.
	Machine *Machine
	// Document is the answer of kind Document, and what is to be sent when Push is set.
	Document []byte
	// Turn is that of the document handed out, now or then; 0 when there is none.
	Turn uint32
	// Request is the look-up of kind Need.
	Request *Request
	// Changed says that Machine must be saved before the answer is given.
	Changed bool
	// New says that the machine did not exist before.
	New bool
	// Push says that Document is not the answer, which is Empty: an effect sends it with the REST API. It is stored as the
	// answer of Turn.
	Push bool
	// Handled says that a transition was taken, now or when the same internal event came before.
	Handled bool
	// Trace tells what happened. It is there when the Input asked for it, and when something was logged or went wrong.
	Trace *Trace
}
