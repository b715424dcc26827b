package bandwidth

import (
	"context"
	"iter"
	"net/http"
	"net/url"
)

// Conference is what is known of a conference.
type Conference struct {
	ID                    string              `json:"id"`
	Name                  string              `json:"name"`
	CreatedTime           Time                `json:"createdTime,omitzero"`
	CompletedTime         Time                `json:"completedTime,omitzero"`
	ConferenceEventURL    string              `json:"conferenceEventUrl"`
	ConferenceEventMethod string              `json:"conferenceEventMethod"`
	Tag                   string              `json:"tag"`
	ActiveMembers         []*ConferenceMember `json:"activeMembers"` // absent in a list
}

// ConferenceMember is a call in a conference.
type ConferenceMember struct {
	CallID         string   `json:"callId"`
	ConferenceID   string   `json:"conferenceId"`
	MemberURL      string   `json:"memberUrl"`
	Mute           bool     `json:"mute"`
	Hold           bool     `json:"hold"`
	CallIDsToCoach []string `json:"callIdsToCoach"`
}

// UpdateConference ends a conference, or fetches a document for it.
type UpdateConference struct {
	// Status is active (default), which needs RedirectURL, or completed, with which RedirectURL and RedirectMethod are
	// forbidden: every member goes on with the verb after its Conference.
	Status                 string `json:"status,omitempty"`
	RedirectURL            string `json:"redirectUrl,omitempty"` // gets the conferenceRedirect event
	RedirectMethod         string `json:"redirectMethod,omitempty"`
	Username               string `json:"username,omitempty"` // at most 1024 characters, as of every credential here
	Password               string `json:"password,omitempty"`
	RedirectFallbackURL    string `json:"redirectFallbackUrl,omitempty"`
	RedirectFallbackMethod string `json:"redirectFallbackMethod,omitempty"`
	FallbackUsername       string `json:"fallbackUsername,omitempty"`
	FallbackPassword       string `json:"fallbackPassword,omitempty"`
}

// UpdateConferenceMember changes a member. What is nil stays as it is.
type UpdateConferenceMember struct {
	Mute           *bool    `json:"mute,omitempty"`
	Hold           *bool    `json:"hold,omitempty"`
	CallIDsToCoach []string `json:"callIdsToCoach,omitzero"` // empty, but not nil: coaches no one any longer
}

// Conferences returns the conferences that pass the filter, page after page. An error is the last thing that it yields. A nil
// filter lets all pass.
func (c *Client) Conferences(ctx context.Context, filter *ConferenceFilter) iter.Seq2[*Conference, error] {
	filter = or(filter, &ConferenceFilter{})
	return pages("listConferences", filter.query(), func(query url.Values) ([]*Conference, url.Values, error) {
		return list[Conference](ctx, c, c.get("listConferences", "conferences").checks(filter).with(query))
	})
}

// Conference returns what is known of a conference.
func (c *Client) Conference(ctx context.Context, conferenceID string) (*Conference, error) {
	return one[Conference](ctx, c, c.get("getConference", "conferences", conferenceID))
}

// UpdateConference ends a conference or redirects it.
func (c *Client) UpdateConference(ctx context.Context, conferenceID string, update *UpdateConference) error {
	r := at(c.voice, []string{"conferences", conferenceID}).is("updateConference", http.MethodPost)
	return c.send(ctx, r.json(update))
}

// UpdateConferenceBXML has a document of at most 64 KiB run in a conference, after those that wait already. It may hold the
// verbs of conferences only: PlayAudio, SpeakSentence, and those of recording.
func (c *Client) UpdateConferenceBXML(ctx context.Context, conferenceID string, document []byte) error {
	r := at(c.voice, []string{"conferences", conferenceID, "bxml"}).is("updateConferenceBxml", http.MethodPut)
	return c.send(ctx, r.bxml(document))
}

// ConferenceMember returns a member. memberID is the id of its call.
func (c *Client) ConferenceMember(ctx context.Context, conferenceID, memberID string) (*ConferenceMember, error) {
	r := c.get("getConferenceMember", "conferences", conferenceID, "members", memberID)
	return one[ConferenceMember](ctx, c, r)
}

// UpdateConferenceMember changes a member. memberID is the id of its call.
func (c *Client) UpdateConferenceMember(ctx context.Context, conferenceID, memberID string, update *UpdateConferenceMember) error {
	r := at(c.voice, []string{"conferences", conferenceID, "members", memberID}).is("updateConferenceMember", http.MethodPut)
	return c.send(ctx, r.twice().json(update))
}

func (f *ConferenceFilter) check(k *check) { k.within("pageSize", float64(f.PageSize), 1, 1000) }

func (b *UpdateConference) check(k *check) {
	if k.none(b == nil) {
		return
	}
	k.redirect("status", b.Status, b.RedirectURL, b.RedirectMethod)
	k.credentials("", b.Username, b.Password)
	k.url("redirectFallbackUrl", b.RedirectFallbackURL, 0)
	k.method("redirectFallbackMethod", b.RedirectFallbackMethod)
	k.credentials("fallback", b.FallbackUsername, b.FallbackPassword)
}

func (b *UpdateConferenceMember) check(k *check) { k.none(b == nil) }
