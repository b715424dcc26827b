package simulator

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Call is a call as it stood when it was asked for. Times that have not come are zero.
type Call struct {
	ID, Parent                           string // Parent is the call that dialled this one
	From, To, Direction, Application     string
	State                                State
	Ringing                              bool
	Cause, ErrorMessage, ErrorID         string // of a call that ended
	Tag                                  string
	Enqueued, Started, Answered, EndedAt time.Time
	LastUpdate                           time.Time
	TransferCallerID, TransferTo         string   // of the called leg of a Transfer
	Verb                                 string   // that runs now, "" when the call waits for a document or has none
	Waiting                              string   // the synchronous event whose answer the call waits for
	Document                             string   // the last one, as it came
	With                                 string   // the other leg of its bridge, or its conference
	Heard                                []string // the last 1000 things that the party heard: texts, URLs
}

// Calls returns all calls in the order of their creation. Those that ended are there for 7 days.
func (c *Carrier) Calls() []Call {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]Call, len(c.order))
	for i, l := range c.order {
		out[i] = l.snapshot()
	}
	return out
}

// Call returns one call.
func (c *Carrier) Call(id string) (Call, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if l := c.legs[id]; l != nil {
		return l.snapshot(), true
	}
	return Call{}, false
}

func (l *leg) snapshot() Call {
	s := Call{
		ID: l.id, Parent: l.parent, From: l.from, To: l.to, Direction: l.direction, Application: l.app, State: l.state, Ringing: l.ringing,
		Cause: l.cause, ErrorMessage: l.errorMessage, ErrorID: l.errorID, Tag: l.tag,
		Enqueued: l.enqueued, Started: l.started, Answered: l.answeredAt, EndedAt: l.endedAt, LastUpdate: l.updated,
		TransferCallerID: l.transferCallerID, TransferTo: l.transferTo,
		Document: l.document, With: l.with, Heard: slices.Clone(l.heard),
	}
	if l.running != nil {
		s.Verb = l.running.element.Name
	}
	if l.asked != nil {
		s.Waiting = l.asked.name
	}
	return s
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
