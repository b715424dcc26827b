package event

import "fmt"

// Kind is the type of a field's value.
type Kind uint8

// The kinds. In JSON all but Bool, Int, List and Map are strings; in a GET delivery everything is text.
const (
	String    Kind = iota
	Bool           // also accepted as the strings "true" and "false", which Bandwidth's examples send for stabilized
	Int            // a JSON number without fraction
	Timestamp      // ISO 8601 date and time, kept as it came
	Duration       // ISO 8601 duration such as PT13.67S
	URL            // an absolute URL
	CallID         // the id of a call, c-...
	Enum           // one of Field.Values; more may come when Field.Open is set
	List           // an array, of strings as far as the documentation goes
	Map            // an object
)

var kinds = [...]string{"string", "bool", "int", "timestamp", "duration", "url", "callId", "enum", "list", "map"}

// String returns the kind as the documentation spells it, such as "timestamp".
func (k Kind) String() string { return label(kinds[:], uint8(k), "kind") }

// Machine says what kind of machine an event belongs to.
type Machine uint8

// The machines. Endpoint events belong to none.
const (
	MachineNone Machine = iota
	MachineCall
	MachineConference
)

var machines = [...]string{"none", "call", "conference"}

// String returns "none", "call" or "conference".
func (m Machine) String() string { return label(machines[:], uint8(m), "machine") }

// Bearer says who may bear the token of the machine that asked for the event.
type Bearer uint8

// The bearers.
const (
	Nobody       Bearer = iota // the event is never asked for by a document
	OwnCall                    // the call that executed the verb
	BridgeTarget               // the call that the Bridge named
	ChildLeg                   // a call whose parentCallId is the call that executed Transfer
	Conference                 // the conference that the verb made
)

var bearers = [...]string{"nobody", "own call", "bridge target", "child leg", "conference"}

// String returns the bearer in words, such as "child leg".
func (b Bearer) String() string { return label(bearers[:], uint8(b), "bearer") }

func label(names []string, i uint8, what string) string {
	if int(i) < len(names) {
		return names[i]
	}
	return fmt.Sprintf("%s(%d)", what, i)
}
