package runtime_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/runtime/bandwidth"
)

// carrier is a carrier in memory. Its answers can be scripted: the first of fail[operation] is taken off and returned.
type carrier struct {
	clock *clock

	mu      sync.Mutex
	made    []*made
	log     []string
	fail    map[string][]error
	lost    bool                // calls whose createCall fails exist all the same
	created func(callID string) // before createCall answers
	states  map[string]string   // of GET /calls/{id}; "" is not found
	pushed  map[string][]string // documents by callId
	times   []time.Time         // of documents
}

type made struct {
	id   string
	body bandwidth.CreateCall
	at   time.Time
}

// answerURL returns the path of a call's answerUrl.
func (m *made) url(t testing.TB, event string) string {
	t.Helper()
	if event == "disconnect" {
		return path(t, m.body.DisconnectURL)
	}
	return path(t, m.body.AnswerURL)
}

// take notes an operation and returns what it shall fail with.
func (c *carrier) take(operation, detail string) error {
	c.log = append(c.log, strings.TrimSpace(operation+" "+detail))
	list := c.fail[operation]
	if len(list) == 0 {
		return nil
	}
	c.fail[operation] = list[1:]
	return list[0]
}

// script has the next operations of a name fail; nil is one that does not.
func (c *carrier) script(operation string, errs ...error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fail == nil {
		c.fail = map[string][]error{}
	}
	c.fail[operation] = errs
}

func (c *carrier) CreateCall(_ context.Context, body *bandwidth.CreateCall) (*bandwidth.CreatedCall, error) {
	c.mu.Lock()
	err := c.take("createCall", body.To)
	if err != nil && !c.lost {
		c.mu.Unlock()
		return nil, err
	}
	m := &made{id: call(0x100 + len(c.made)), body: *body, at: c.clock.Now()}
	c.made = append(c.made, m)
	created := c.created
	c.mu.Unlock()
	if created != nil {
		created(m.id)
	}
	if err != nil {
		return nil, err
	}
	return &bandwidth.CreatedCall{CallID: m.id, To: body.To, From: body.From}, nil
}

func (c *carrier) Call(_ context.Context, callID string) (*bandwidth.CallState, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.take("getCall", callID); err != nil {
		return nil, err
	}
	state := c.states[callID]
	if state == "" {
		return nil, refused(http.StatusNotFound)
	}
	return &bandwidth.CallState{CallID: callID, State: state}, nil
}

func (c *carrier) Calls(_ context.Context, f *bandwidth.CallFilter) iter.Seq2[*bandwidth.CallState, error] {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.take("listCalls", f.To); err != nil {
		return func(yield func(*bandwidth.CallState, error) bool) { yield(nil, err) }
	}
	list := slices.Clone(c.made)
	return func(yield func(*bandwidth.CallState, error) bool) {
		for _, m := range list {
			if m.body.To != f.To || m.body.From != f.From || m.at.Before(f.MinStartTime) {
				continue
			}
			s := &bandwidth.CallState{CallID: m.id, To: m.body.To, From: m.body.From, Direction: "outbound", ApplicationID: m.body.ApplicationID}
			s.StartTime.Time = m.at
			if !yield(s, nil) {
				return
			}
		}
	}
}

func (c *carrier) UpdateCall(_ context.Context, callID string, u *bandwidth.UpdateCall) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.take("updateCall", callID+" "+u.State)
}

func (c *carrier) UpdateCallBXML(_ context.Context, callID string, document []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.take("updateCallBxml", callID); err != nil {
		return err
	}
	if c.pushed == nil {
		c.pushed = map[string][]string{}
	}
	c.times = append(c.times, time.Now())
	c.pushed[callID] = append(c.pushed[callID], string(document))
	return nil
}

func (c *carrier) note(operation, target string, body any) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return c.take(operation, target+" "+string(text))
}

func (c *carrier) UpdateConference(_ context.Context, id string, u *bandwidth.UpdateConference) error {
	return c.note("updateConference", id, u)
}

func (c *carrier) UpdateConferenceMember(_ context.Context, id, member string, u *bandwidth.UpdateConferenceMember) error {
	return c.note("updateConferenceMember", id+" "+member, u)
}

func (c *carrier) UpdateConferenceBXML(_ context.Context, id string, document []byte) error {
	return c.note("updateConferenceBxml", id, string(document))
}

func (c *carrier) UpdateCallRecordingState(_ context.Context, callID string, u *bandwidth.UpdateCallRecording) error {
	return c.note("updateCallRecordingState", callID, u)
}

func (c *carrier) DeleteRecording(_ context.Context, callID, recordingID string) error {
	return c.note("deleteRecording", callID, recordingID)
}

func (c *carrier) TranscribeRecording(_ context.Context, callID, recordingID string, r *bandwidth.TranscribeRecording) error {
	return c.note("transcribeRecording", callID+" "+recordingID, r)
}

// did returns the operations of a name, without it.
func (c *carrier) did(operation string) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var list []string
	for _, line := range c.log {
		if name, detail, _ := strings.Cut(line, " "); name == operation {
			list = append(list, detail)
		}
	}
	return list
}

// call returns the n-th call that was made.
func (c *carrier) call(t testing.TB, n int) *made {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if n >= len(c.made) {
		t.Fatalf("%d calls were made; %v", len(c.made), c.log)
	}
	return c.made[n]
}

// sent returns the last document that was sent to a call.
func (c *carrier) sent(t testing.TB, callID string) string {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	list := c.pushed[callID]
	if len(list) == 0 {
		t.Fatalf("no document was sent to %s; %v", callID, c.log)
	}
	return list[len(list)-1]
}

// spoken returns what a document says.
func spoken(t testing.TB, document string) string {
	t.Helper()
	d, err := bxml.Decode([]byte(document))
	if err != nil {
		t.Fatalf("%v: %s", err, document)
	}
	return d.Spoken()
}

// trip answers requests without a network.
type trip func(*http.Request) (*http.Response, error)

func (f trip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// failing returns the error that the client makes of what a round trip brings.
func failing(f trip) error {
	c, err := bandwidth.New(bandwidth.Config{
		AccountID: "9900000", Username: "u", Password: "p", Attempts: 1, HTTP: &http.Client{Transport: f},
	})
	if err != nil {
		return err
	}
	_, err = c.CreateCall(context.Background(), &bandwidth.CreateCall{
		To: "+15553334444", From: "+15550009999", ApplicationID: "app", AnswerURL: "https://voice.example.com/",
	})
	return err
}

// refused returns the error of an answer with a status. Headers are "Name: value".
func refused(status int, headers ...string) error {
	return failing(func(r *http.Request) (*http.Response, error) {
		h := http.Header{}
		for _, line := range headers {
			name, value, _ := strings.Cut(line, ": ")
			h.Set(name, value)
		}
		body := fmt.Sprintf(`{"type":"error","description":"status %d"}`, status)
		return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
	})
}

// cutOff returns the error of a request that was sent and never answered.
func cutOff() error {
	return failing(func(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF })
}
