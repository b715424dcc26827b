package bandwidth_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/bxmlflow/bxmlflow/runtime/bandwidth"
	"github.com/bxmlflow/bxmlflow/runtime/simulator"
)

// app answers webhooks with the document for their path.
type app map[string]string

func (a app) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if doc, ok := a[r.URL.Path]; ok {
		_, _ = io.WriteString(w, "<Response>"+doc+"</Response>")
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// world is a carrier in virtual time and a client of its REST API.
type world struct {
	t       *testing.T
	carrier *simulator.Carrier
	client  *bandwidth.Client
}

const applicationID = "93de2206-9669-4e07-948d-329f4b722ee2"

func newWorld(t *testing.T, a app) *world {
	carrier, err := simulator.New(simulator.Config{
		Start: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC), Transport: simulator.Direct(a),
		Users:        []simulator.User{{Name: "client", Password: "secret", Client: true}},
		Applications: []simulator.Application{{ID: applicationID, URL: "http://app.test/initiate"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	client, err := bandwidth.New(bandwidth.Config{
		AccountID: "9900000", ClientID: "client", ClientSecret: "secret", Clock: carrier.Now, Attempts: 1,
		BaseURL: "http://voice.test/api/v2", TokenURL: "http://voice.test/api/v1/oauth2/token",
		HTTP: &http.Client{Transport: simulator.Direct(carrier.Handler())},
	})
	if err != nil {
		t.Fatal(err)
	}
	return &world{t, carrier, client}
}

// dial makes a call and lets it be picked up.
func (w *world) dial() string {
	w.t.Helper()
	created, err := w.client.CreateCall(w.t.Context(), &bandwidth.CreateCall{
		To: "+15551112222", From: "+15559990000", ApplicationID: applicationID, AnswerURL: "http://app.test/answer", Tag: "a",
	})
	w.must(err)
	w.advance(3 * time.Second)
	w.must(w.carrier.PickUp(created.CallID))
	w.advance(time.Second)
	return created.CallID
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) advance(d time.Duration) {
	w.t.Helper()
	w.must(w.carrier.Advance(context.Background(), d))
}

func TestCallsOfTheSimulator(t *testing.T) {
	w := newWorld(t, app{"/answer": "<Pause duration='60'/>", "/moved": "<SpeakSentence>moved</SpeakSentence><Pause duration='60'/>"})
	id := w.dial()
	call, err := w.client.Call(t.Context(), id)
	w.must(err)
	if call.State != "answered" || call.To != "+15551112222" || call.Direction != "outbound" {
		t.Errorf("the call reads %+v", call)
	}
	var listed []string
	for call, err := range w.client.Calls(t.Context(), &bandwidth.CallFilter{To: "+15551112222"}) {
		w.must(err)
		listed = append(listed, call.CallID)
	}
	if !slices.Equal(listed, []string{id}) {
		t.Errorf("listed %q, want only %s", listed, id)
	}
	w.must(w.client.UpdateCall(t.Context(), id, &bandwidth.UpdateCall{RedirectURL: "http://app.test/moved"}))
	w.advance(2 * time.Second)
	w.must(w.client.UpdateCallBXML(t.Context(), id, []byte("<Response><SpeakSentence>sent</SpeakSentence><Pause duration='60'/></Response>")))
	w.advance(2 * time.Second)
	if now, _ := w.carrier.Call(id); !slices.Equal(now.Heard, []string{"moved", "sent"}) {
		t.Errorf("the person heard %q", now.Heard)
	}
	w.must(w.client.UpdateCall(t.Context(), id, &bandwidth.UpdateCall{State: "completed"}))
	err = w.client.UpdateCallBXML(t.Context(), id, []byte("<Response/>"))
	var refused *bandwidth.Error
	if !errors.As(err, &refused) || !refused.NotFound() || refused.Description == "" {
		t.Errorf("a document for an ended call: %v, want a 404 with a description", err)
	}
}

func TestConferencesOfTheSimulator(t *testing.T) {
	w := newWorld(t, app{"/answer": "<Conference>room</Conference><Pause duration='60'/>"})
	first, second := w.dial(), w.dial()
	var ids []string
	for conference, err := range w.client.Conferences(t.Context(), nil) {
		w.must(err)
		ids = append(ids, conference.ID)
	}
	if len(ids) != 1 {
		t.Fatalf("conferences %q, want one", ids)
	}
	mute := true
	w.must(w.client.UpdateConferenceMember(t.Context(), ids[0], second, &bandwidth.UpdateConferenceMember{Mute: &mute}))
	member, err := w.client.ConferenceMember(t.Context(), ids[0], second)
	w.must(err)
	if !member.Mute || member.CallID != second {
		t.Errorf("the member reads %+v, want it muted", member)
	}
	w.must(w.client.UpdateConferenceBXML(t.Context(), ids[0], []byte("<Response><SpeakSentence>hello all</SpeakSentence></Response>")))
	w.advance(2 * time.Second)
	for _, id := range []string{first, second} {
		if now, _ := w.carrier.Call(id); !slices.Contains(now.Heard, "hello all") {
			t.Errorf("member %s heard %q", id, now.Heard)
		}
	}
	w.must(w.client.UpdateConference(t.Context(), ids[0], &bandwidth.UpdateConference{Status: "completed"}))
}

func TestFaultsOfTheSimulator(t *testing.T) {
	w := newWorld(t, app{})
	w.carrier.Fault(simulator.Fault{Kind: simulator.REST, Operation: "createCall", Status: http.StatusTooManyRequests, RetryAfter: 7 * time.Second, Count: 1})
	_, err := w.client.CreateCall(t.Context(), &bandwidth.CreateCall{
		To: "+15551112222", From: "+15559990000", ApplicationID: applicationID, AnswerURL: "http://app.test/answer",
	})
	var limited *bandwidth.Error
	if !errors.As(err, &limited) || limited.Status != http.StatusTooManyRequests || limited.RetryAfter != 7*time.Second || limited.Ambiguous() {
		t.Fatalf("createCall: %v, want a 429 that asks for 7 s", fmt.Sprint(err))
	}
}
