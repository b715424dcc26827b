package runtime

import (
	"slices"

	"github.com/bxmlflow/bxmlflow/flow"
)

// Bounds of what a machine keeps. Of the keys of events, by which duplicates are recognised, the oldest are forgotten first;
// a step that would pass one of the others fails.
const (
	MaxKeys    = 500
	MaxLegs    = 100       // made in one call
	MaxTimers  = 100       // set at the same time
	MaxPending = 200       // effects that actions left to be performed
	MaxWaiting = 160 << 10 // bytes that these take; with the variables they fit into a record
)

// Phase is how far a call has come.
type Phase uint8

// The phases.
const (
	Dialing Phase = iota // made by us and not yet answered; also the phase of a zero Machine
	Live                 // the call is up, or rings inbound
	Ended                // disconnected; kept for late events
)

// String returns the phase in a word.
func (p Phase) String() string {
	switch p {
	case Dialing:
		return "dialing"
	case Live:
		return "live"
	case Ended:
		return "ended"
	}
	return "unknown"
}

// Machine is everything that is kept of one call. The zero Machine is a new one. Values inside it are never changed in
// place, so that machines may share them; a Machine itself must not be used from two goroutines while one changes it.
type Machine struct {
	Key  string    // the callId, the conferenceId, or of a leg that was made here "leg-" and a hash; "" of a new machine
	Flow string    // name of the flow that made it
	Hash flow.Hash // version of that flow
	// Phase is how far the call has come.
	Phase Phase
	// Turn is the number of the last document handed out, 0 before the first. It never falls.
	Turn uint32
	// AnswerTurn is the turn of the document that the store keeps as the answer; the one kept as the previous answer is of
	// the turn before.
	AnswerTurn uint32
	// Steps counts the events taken.
	Steps uint32
	Call  Call
	// Frames holds the flow that made the machine and, above it, one frame for every sub-flow that runs.
	Frames []Frame
	// Keys are the events taken, oldest first, at most MaxKeys.
	Keys []Key
	// Effects are actions still to be performed, in order. LastEffect is the number of the last one ever made.
	Effects    []Effect
	LastEffect uint32
	// Timers are the alarms that are set, oldest first, at most MaxTimers. LastTimer is the number of the last one ever set.
	Timers    []Timer
	LastTimer uint32
	// Legs are the legs that the machine made, oldest first, at most MaxLegs; of one name the last is meant.
	Legs []Leg
	// More is what few machines have; nil for the others. It is never changed in place.
	More *More
	// Started is when the first event came and Touched when the last one did, in Unix milliseconds by our clock.
	Started, Touched int64

	// head holds the encoded form of Hash, Key, Flow and Call, as decoded; nil once one of them was changed.
	head  []byte
	arena []byte   // texts that Decode had to build
	boxes []string // texts that Decode made values of
}

// Call is what is known of the call, as the carrier spelt it; what is not known is "".
type Call struct {
	ID, From, To, Direction, Tag string
	AccountID, ApplicationID     string
	StartTime, AnswerTime        string
	Parent, Root, Leg            string
	Cause                        string // of disconnect
}

// Leg is what a machine knows of a leg that it made.
type Leg struct {
	Name     string
	Key      string // of its machine
	CallID   string // "" until it is known
	To       string
	Answered bool
	Ended    bool
	Cause    string // why it ended
}

// More is what only machines of certain kinds have: legs, members of conferences, and conferences themselves.
type More struct {
	Maker  string // key of the machine that made this leg; "" for other machines
	Keep   bool   // the leg goes on dialing when its maker ends
	Target string // state that `answer` of a dialing leg enters; "" for the flow's start.answer
	Rings  uint16 // seconds that the leg may ring; 0 for the carrier's default
	// Bridging is the callId that the last Bridge verb named, or of the call that is bridging this leg, until it is told that
	// the bridge failed.
	Bridging string
	// Conference is the conferenceId that this call is in, and With what its Conference verb carries. The machine of a
	// conference has its own key there.
	Conference string
	With       map[string]any
	// Name, Creator and Members are those of a conference's machine.
	Name, Creator string
	Members       []string
}

// Frame is one active flow of a machine.
type Frame struct {
	Flow *flow.Flow
	// State is the innermost active state; nil before the first one is entered.
	State *flow.State
	// Vars holds the variables in the order of Flow.Vars.
	Vars []any
	// Params holds the params in the order of Flow.Params; empty in the outermost frame, whose params are the flow's own.
	Params []any
	// Visits counts the entries of states; a state that is not listed was never entered.
	Visits []Visit
	// Saved holds the fields of the event that entered State, as far as its document reads them.
	Saved []Saved
}

// Visit says how often a state was entered.
type Visit struct {
	State int // State.ID
	Count uint32
}

// Saved is the value of an event's field.
type Saved struct {
	Slot  flow.Slot
	Value any
}

// Key names an event that was taken.
type Key struct {
	Hash [16]byte
	Turn uint32 // of the document that answered it, 0 for none; 1 for an internal event that was handled
}

// Effect is an action that runs after the answer, at least once. Its number with the key of the machine is the same for
// every attempt.
type Effect struct {
	ID       uint32
	Turn     uint32 // current when it was made
	Attempts uint8  // made so far
	Next     int64  // earliest time of the next attempt in Unix milliseconds; 0 is at once
	Request  Request
}

// Timer is an alarm of the machine: it belongs to a state of one frame and is dropped when that state is left.
type Timer struct {
	ID    uint32
	Due   int64 // Unix milliseconds
	Frame int   // index into Frames
	After int   // After.ID in the flow of that frame
}

// New reports whether the machine has not taken an event yet.
func (m *Machine) New() bool { return m.Key == "" }

// State returns the full name of the innermost active state, "" when there is none.
func (m *Machine) State() string {
	if len(m.Frames) == 0 {
		return ""
	}
	return m.Frames[len(m.Frames)-1].name()
}

// name returns the name of the frame's state, "" before the first one is entered.
func (f *Frame) name() string {
	if f.State == nil {
		return ""
	}
	return f.State.Name
}

// Var returns the value of a variable of the outermost flow and whether there is such a variable.
func (m *Machine) Var(name string) (any, bool) {
	if len(m.Frames) == 0 {
		return nil, false
	}
	f := &m.Frames[0]
	i := slices.IndexFunc(f.Flow.Vars, func(v flow.Var) bool { return v.Name == name })
	if i < 0 || i >= len(f.Vars) {
		return nil, false
	}
	return f.Vars[i], true
}

// visits returns how often the state was entered.
func (f *Frame) visits(s *flow.State) uint32 {
	if s != nil {
		for _, v := range f.Visits {
			if v.State == s.ID {
				return v.Count
			}
		}
	}
	return 0
}

// visit counts one more entry and returns the number.
func (f *Frame) visit(s *flow.State) uint32 {
	for i := range f.Visits {
		if f.Visits[i].State == s.ID {
			f.Visits[i].Count++
			return f.Visits[i].Count
		}
	}
	f.Visits = append(f.Visits, Visit{State: s.ID, Count: 1})
	return 1
}

// param returns the value of a param.
func (f *Frame) param(i int) any {
	if i < len(f.Params) {
		return f.Params[i]
	}
	return f.Flow.Params[i].Value
}

// begin sets the frame up for a flow: nothing entered, the variables at their defaults.
func (f *Frame) begin(fl *flow.Flow) {
	f.Flow = fl
	for i := range fl.Vars {
		f.Vars = append(f.Vars, fl.Vars[i].Default)
	}
}

// taken returns the key of an event that was taken before.
func (m *Machine) taken(hash [16]byte) *Key {
	for i := range m.Keys {
		if m.Keys[i].Hash == hash {
			return &m.Keys[i]
		}
	}
	return nil
}

// take remembers an event and forgets the oldest when there are too many.
func (m *Machine) take(k Key) {
	if len(m.Keys) >= MaxKeys {
		m.Keys = append(m.Keys[:0], m.Keys[len(m.Keys)-MaxKeys+1:]...)
	}
	m.Keys = append(m.Keys, k)
}

// erase empties the variables that are secret: nothing needs them when the call has ended.
func (m *Machine) erase() {
	for i := range m.Frames {
		f := &m.Frames[i]
		f.Saved = cleared(f.Saved)
		for j := range f.Vars {
			if f.Flow.Vars[j].Secret {
				f.Vars[j] = f.Flow.Vars[j].Type.Zero()
			}
		}
		for j := range f.Params {
			if f.Flow.Params[j].Secret {
				f.Params[j] = f.Flow.Params[j].Type.Zero()
			}
		}
	}
}
