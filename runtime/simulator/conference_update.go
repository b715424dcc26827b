package simulator

import (
	"fmt"
	"slices"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/flow/event"
)

// Conference is a conference as it stood when it was asked for.
type Conference struct {
	ID, Name, Tag      string
	Created, Completed time.Time // Completed is zero while it lasts
	Members            []Member  // in the order in which they joined
	Recording          string    // the id of the recording that is being made, "" for none
}

// Member is a call in a conference.
type Member struct {
	Call       string
	Mute, Hold bool
	Coaches    []string // the calls that alone hear this one
}

// Conferences returns the conferences in the order of their creation. Those that are over are there for 7 days.
func (c *Carrier) Conferences() []Conference {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]Conference, len(c.conferences))
	for i, r := range c.conferences {
		out[i] = r.snapshot()
	}
	return out
}

func (r *conference) snapshot() Conference {
	s := Conference{ID: r.id, Name: r.name, Tag: r.tag, Created: r.created, Completed: r.completed}
	for _, m := range r.seats {
		s.Members = append(s.Members, Member{Call: m.leg.id, Mute: m.mute, Hold: m.hold, Coaches: slices.Clone(m.coached)})
	}
	if r.recording != nil {
		s.Recording = r.recording.id
	}
	return s
}

// open adds a conference, and drops those that were over long ago.
func (c *Carrier) open(r *conference) {
	limit := c.now().Add(-keepCalls)
	c.conferences = expire(c.conferences, func(old *conference) bool { return old.over() && old.completed.Before(limit) })
	c.conferences = append(c.conferences, r)
	if c.rooms == nil {
		c.rooms = map[string]*conference{}
	}
	c.rooms[r.name] = r
}

// fill sets those fields of an event that say which conference it concerns.
func (r *conference) fill(name string, w event.Webhook) {
	set := fieldsOf(w)
	set.text("EventType", name)
	set.text("EventTime", string(event.TimeOf(r.c.now())))
	set.text("AccountID", r.c.cfg.Account)
	set.text("ConferenceID", r.id)
	set.text("Name", r.name)
	set.text("Tag", r.tag)
}

// conferenceUpdate is the body of updateConference.
type conferenceUpdate struct {
	Status                 string `json:"status"`
	RedirectURL            string `json:"redirectUrl"`
	RedirectMethod         string `json:"redirectMethod"`
	Username               string `json:"username"`
	Password               string `json:"password"`
	RedirectFallbackURL    string `json:"redirectFallbackUrl"`
	RedirectFallbackMethod string `json:"redirectFallbackMethod"`
	FallbackUsername       string `json:"fallbackUsername"`
	FallbackPassword       string `json:"fallbackPassword"`
}

// meeting returns a conference that is not over. The error is a *refusal.
func (c *Carrier) meeting(id string) (*conference, error) {
	for _, r := range slices.Backward(c.conferences) {
		if r.id == id && !r.over() {
			return r, nil
		}
	}
	return nil, &refusal{404, "validation", fmt.Sprintf("Conference [%s] not found", id)}
}

// updateConference asks for a document for a conference, or ends it. The error is a *refusal.
func (c *Carrier) updateConference(id string, u conferenceUpdate) error {
	r, err := c.meeting(id)
	if err != nil {
		return err
	}
	switch u.Status {
	case "", "active":
		return r.redirect(u)
	case "completed":
		if u.RedirectURL != "" || u.RedirectMethod != "" {
			return invalid("redirectUrl and redirectMethod are forbidden when status is completed")
		}
		r.complete()
		return nil
	}
	return invalid("Invalid status. Supported statuses: [active, completed]")
}

func (r *conference) redirect(u conferenceUpdate) error {
	if u.RedirectURL == "" {
		return invalid("redirectUrl is required when status is active")
	}
	for _, check := range []error{
		r.c.webhook("redirectUrl", u.RedirectURL, &u.RedirectMethod, ""),
		r.c.webhook("redirectFallbackUrl", u.RedirectFallbackURL, &u.RedirectFallbackMethod, ""),
		credentials(u.Username, u.Password, u.FallbackUsername, u.FallbackPassword),
	} {
		if check != nil {
			return check
		}
	}
	r.ask("conferenceRedirect", &event.ConferenceRedirect{}, targets{
		primary:  locate(u.RedirectURL, u.RedirectMethod, u.Username, u.Password),
		fallback: locate(u.RedirectFallbackURL, u.RedirectFallbackMethod, u.FallbackUsername, u.FallbackPassword),
	})
	return nil
}

// updateConferenceBxml runs a document in a conference, after those that it has. The error is a *refusal.
func (c *Carrier) updateConferenceBxml(id string, body []byte) error {
	r, err := c.meeting(id)
	if err != nil {
		return err
	}
	doc, err := c.parse(body, bxml.Conference)
	if err != nil {
		return invalid("Invalid BXML: %s", err)
	}
	if ref := relative(doc.Verbs); ref != "" {
		return invalid("Invalid BXML: the url %q is relative, and nothing says to what", ref)
	}
	r.enqueue(doc, body, nil)
	return nil
}

// memberUpdate is the body of updateConferenceMember. What is nil stays as it is.
type memberUpdate struct {
	Mute           *bool     `json:"mute"`
	Hold           *bool     `json:"hold"`
	CallIDsToCoach *[]string `json:"callIdsToCoach"`
}

// updateMember changes a member of a conference. The error is a *refusal.
func (c *Carrier) updateMember(id, callID string, u memberUpdate) error {
	r, err := c.meeting(id)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(r.seats, func(s *seat) bool { return s.leg.id == callID })
	if i < 0 {
		return &refusal{404, "validation", fmt.Sprintf("Member [%s] not found", callID)}
	}
	s := r.seats[i]
	if u.CallIDsToCoach != nil {
		if coach := r.coach(); coach != nil && coach != s && len(*u.CallIDsToCoach) > 0 {
			return invalid("Call [%s] coaches in this conference already", coach.leg.id)
		}
		s.coached = nil
		s.coached = append(s.coached, *u.CallIDsToCoach...)
	}
	if u.Mute != nil {
		s.mute = *u.Mute
	}
	if u.Hold != nil {
		s.hold = *u.Hold
	}
	return nil
}
