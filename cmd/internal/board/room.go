package board

import (
	"encoding/json"

	"github.com/bxmlflow/bxmlflow/runtime/simulator"
)

// room returns the conference that an event without a call is about, nil when it is about none. It has no phone and is not among
// the legs, but a flow that has a state for it, and documents. A webhook makes it known; what comes later has its id, or its name.
func (b *Board) room(e simulator.Event) *Leg {
	for _, r := range b.rooms {
		if e.Call != "" && r.ID == e.Call || e.Call == "" && e.Other != "" && r.Name == e.Other {
			return r
		}
	}
	if e.Kind != simulator.WebhookSent {
		return nil
	}
	var told struct {
		ConferenceID string `json:"conferenceId"`
		Name         string `json:"name"`
	}
	if err := json.Unmarshal([]byte(e.Body), &told); err != nil || told.ConferenceID == "" {
		return nil
	}
	if r := b.room(simulator.Event{Call: told.ConferenceID}); r != nil {
		return r
	}
	r := &Leg{ID: told.ConferenceID, Name: Clean(told.Name), State: Answered, Began: e.Time}
	b.rooms = trim(append(b.rooms, r))
	return r
}
