package flow

import (
	"github.com/bxmlflow/bxmlflow/flow/event"
)

// Root is a place from which expressions read values.
type Root uint8

// The roots. The comment says what a slot's index means.
const (
	RootEvent      Root = iota // event.FieldID of the event at hand
	RootRaw                    // -: the whole event as a map (event.raw)
	RootInternal               // an InternalField of an internal event
	RootOutput                 // index into Flow.Output of the invoked flow whose end raised `done`
	RootCall                   // a CallField
	RootVar                    // index into Flow.Vars
	RootParam                  // index into Flow.Params
	RootArg                    // number of a fragment argument within its document; filled by the evaluator
	RootItem                   // depth of the `each`; filled by the evaluator
	RootIndex                  // depth of the `each`; filled by the evaluator
	RootState                  // -: name of the active state
	RootVisits                 // -: entries of the active state
	RootNow                    // -: the time of the step
	RootLeg                    // index into Flow.Legs times legFields plus a LegField; see SlotOfLeg
	RootConference             // a ConferenceField
	RootSignal                 // index into Flow.SignalFields
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

// The fields. Which event has which: docs/language.md.
const (
	ErrorReason         InternalField = iota // which kind of failure, one of the Reason constants
	ErrorMessage                             // why, in words
	ErrorSource                              // where: state, action or template
	FieldLeg                                 // name of the leg that the event is about; "" for one that has none, or no longer
	FieldCallID                              // its callId
	FieldCause                               // why it ended, or why the carrier refused
	FieldAnswered                            // bool: the leg was answered
	FieldBridged                             // bool: the leg was bridged
	FieldConference                          // conferenceId of `joined` and `left`
	FieldConferenceName                      // name of that conference
	FieldWith                                // map: `with` of the Conference verb, in conferenceMemberJoin and joined
)

// LegField is a value under `call.legs.NAME`.
type LegField int

// The values of a leg: texts, but for the two that say whether.
const (
	LegID       LegField = iota // callId, "" until it is known
	LegTo                       // number that was dialled
	LegAnswered                 // bool
	LegEnded                    // bool
	LegCause                    // why it ended
	legFields
)

var legNames = [legFields]string{LegID: "id", LegTo: "to", LegAnswered: "answered", LegEnded: "ended", LegCause: "cause"}

// String returns the name of the field as flows write it.
func (f LegField) String() string { return legNames[f] }

// SlotOfLeg returns the slot of a field of the leg with that index in Flow.Legs.
func SlotOfLeg(leg int, f LegField) Slot { return SlotOf(RootLeg, leg*int(legFields)+int(f)) }

// Leg returns the leg and the field of a slot of RootLeg.
func (s Slot) Leg() (leg int, f LegField) {
	return s.Index() / int(legFields), LegField(s.Index() % int(legFields))
}

// ConferenceField is a value under `conference`.
type ConferenceField int

// The values of a conference.
const (
	ConferenceID ConferenceField = iota
	ConferenceName
	ConferenceCreator // callId of the call that created it
	ConferenceMembers // list of the callIds in it
	conferenceFields
)

var conferenceNames = [conferenceFields]string{
	ConferenceID: "id", ConferenceName: "name", ConferenceCreator: "creator", ConferenceMembers: "members",
}

// String returns the name of the field as flows write it.
func (f ConferenceField) String() string { return conferenceNames[f] }

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
	ReasonUpdate    = "update"    // a document could not be sent with the REST API, and nobody handles updateFailed
)

// Names of the events that are not the carrier's.
const (
	EventError  = "error"  // something failed; handled from the state in which the step began
	EventDone   = "done"   // the invoked flow reached a final state
	EventInvoke = "invoke" // the event that starts an invoked flow
	EventAny    = "*"      // every carrier event but disconnect

	EventBridged      = "bridged"      // a leg of the session is about to bridge this call
	EventBridgeFailed = "bridgeFailed" // the carrier refused that bridge
	EventLegEnded     = "legEnded"     // a leg that this machine made has ended
	EventParentEnded  = "parentEnded"  // the machine that made this leg has ended
	EventJoined       = "joined"       // this call is in a conference
	EventLeft         = "left"         // this call has left a conference
	EventUpdateFailed = "updateFailed" // a document could not be sent with the REST API
	EventGoto         = "goto"         // pseudo event of the transitions of Flow.Goto
	EventAfter        = "after"        // pseudo event of the transitions of timers
)
