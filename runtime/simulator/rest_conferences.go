package simulator

import (
	"net/http"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

// conferenceState is a conference as listConferences shows it.
type conferenceState struct {
	ID                    string  `json:"id"`
	Name                  string  `json:"name"`
	CreatedTime           string  `json:"createdTime"`
	CompletedTime         *string `json:"completedTime"`
	ConferenceEventURL    *string `json:"conferenceEventUrl"`
	ConferenceEventMethod string  `json:"conferenceEventMethod"`
	Tag                   *string `json:"tag"`
}

// conferenceDetails is a conference as getConference shows it.
type conferenceDetails struct {
	conferenceState
	ActiveMembers []*memberState `json:"activeMembers"`
}

// memberState is a member of a conference.
type memberState struct {
	CallID         string   `json:"callId"`
	ConferenceID   string   `json:"conferenceId"`
	MemberURL      string   `json:"memberUrl"`
	Mute           bool     `json:"mute"`
	Hold           bool     `json:"hold"`
	CallIDsToCoach []string `json:"callIdsToCoach"`
}

func (r *conference) listedAs() string { return r.id }

// visible reports whether GET shows a conference, which it does for as long as it shows calls.
func (r *conference) visible() bool { return !r.over() || r.c.now().Sub(r.completed) < keepCalls }

func (r *conference) state() conferenceState {
	s := conferenceState{
		ID: r.id, Name: r.name, CreatedTime: string(event.TimeOf(r.created)), CompletedTime: instant(r.completed),
		ConferenceEventMethod: http.MethodPost, Tag: optional(r.tag),
	}
	if t := r.events.primary; t.url != nil {
		s.ConferenceEventURL, s.ConferenceEventMethod = optional(t.url.String()), t.method
	}
	return s
}

func (s *seat) state() *memberState {
	return &memberState{
		CallID: s.leg.id, ConferenceID: s.room.id, Mute: s.mute, Hold: s.hold, CallIDsToCoach: append([]string(nil), s.coached...),
		MemberURL: s.room.url() + "/members/" + s.leg.id,
	}
}

func (r *conference) url() string { return r.c.accountURL() + "/conferences/" + r.id }

// conference finds a conference that GET shows.
func (c *Carrier) conference(id string) (*conference, error) {
	for _, r := range c.conferences {
		if r.id == id && r.visible() {
			return r, nil
		}
	}
	return nil, &refusal{http.StatusNotFound, typeValidation, "Conference [" + id + "] not found"}
}

// restListConferences lists conferences, oldest first.
func restListConferences(c *Carrier, q *restRequest) (any, error) {
	created, err := q.span("minCreatedTime", "maxCreatedTime")
	if err != nil {
		return nil, err
	}
	var found []*conference
	for _, r := range c.conferences {
		if r.visible() && q.has("name", r.name) && created.holds(r.created) {
			found = append(found, r)
		}
	}
	found, err = page(c, q, found, maxConferencePage)
	if err != nil {
		return nil, err
	}
	states := make([]conferenceState, len(found))
	for i, r := range found {
		states[i] = r.state()
	}
	return states, nil
}

// maxConferencePage is the largest page of conferences.
const maxConferencePage = 1000

func restGetConference(c *Carrier, q *restRequest) (any, error) {
	r, err := c.conference(q.id())
	if err != nil {
		return nil, err
	}
	d := &conferenceDetails{conferenceState: r.state(), ActiveMembers: []*memberState{}}
	for _, s := range r.seats {
		d.ActiveMembers = append(d.ActiveMembers, s.state())
	}
	return d, nil
}

func restUpdateConference(c *Carrier, q *restRequest) (any, error) {
	var u conferenceUpdate
	if err := decode(q.body, &u); err != nil {
		return nil, err
	}
	return nil, c.updateConference(q.id(), u)
}

func restUpdateConferenceBxml(c *Carrier, q *restRequest) (any, error) {
	return nil, c.updateConferenceBxml(q.id(), q.body)
}

func restGetMember(c *Carrier, q *restRequest) (any, error) {
	r, err := c.conference(q.id())
	if err != nil {
		return nil, err
	}
	for _, s := range r.seats {
		if s.leg.id == q.ids[1] {
			return s.state(), nil
		}
	}
	return nil, &refusal{http.StatusNotFound, typeValidation, "Member [" + q.ids[1] + "] not found"}
}

func restUpdateMember(c *Carrier, q *restRequest) (any, error) {
	var u memberUpdate
	if err := decode(q.body, &u); err != nil {
		return nil, err
	}
	return nil, c.updateMember(q.id(), q.ids[1], u)
}
