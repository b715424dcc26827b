package simulator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

// live is a carrier in real time with an application that takes its time to answer.
type live struct {
	*Carrier
	t       *testing.T
	mu      sync.Mutex
	log     []string // what came, and that it was answered when answers take time
	events  []*event.Event
	feed    []Event
	answers map[string]string
	takes   map[string]time.Duration
}

// inRealTime plays do against an application, in a bubble.
func inRealTime(t *testing.T, answers map[string]string, takes map[string]time.Duration, do func(w *live, id string)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &live{t: t, answers: answers, takes: takes}
		c, err := New(Config{
			Seed: 7, Transport: Direct(http.HandlerFunc(w.serve)), Observe: func(e Event) { w.feed = append(w.feed, e) },
			Numbers: map[string]Application{desk: {URL: "https://app.example/initiate", StatusURL: "https://app.example/disconnect"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		w.Carrier = c
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- c.Run(ctx) }()
		synctest.Wait()
		id, err := c.Place(Inbound{From: caller, To: desk})
		if err != nil {
			t.Fatal(err)
		}
		w.pass(time.Second)
		do(w, id)
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("run: %v", err)
		}
	})
}

func (w *live) serve(rw http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	e := new(event.Event)
	if err := e.DecodeJSON(body); err != nil {
		w.t.Errorf("%s: %v", r.URL, err)
	}
	name := e.Str(event.FieldEventType) + e.Str(event.FieldDigit)
	w.mu.Lock()
	w.log, w.events = append(w.log, name), append(w.events, e)
	w.mu.Unlock()
	if d := w.takes[name]; d > 0 {
		time.Sleep(d)
		w.mu.Lock()
		w.log = append(w.log, name+" answered")
		w.mu.Unlock()
	}
	if answer := w.answers[r.URL.Path]; answer != "" {
		_, _ = fmt.Fprintf(rw, "<Response>%s</Response>", answer)
	}
}

// pass lets time pass.
func (w *live) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func (w *live) came() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Join(w.log, "; ")
}

func (w *live) want(want string) {
	w.t.Helper()
	if diff := cmp.Diff(want, w.came()); diff != "" {
		w.t.Errorf("what came (-want +got):\n%s", diff)
	}
}

func (w *live) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Error(err)
	}
}

// times returns the eventTimes of an event type, as distances from the first one.
func times(events []*event.Event, name string) (out []time.Duration) {
	var first time.Time
	for _, e := range events {
		if e.Str(event.FieldEventType) != name {
			continue
		}
		at, _ := time.Parse(time.RFC3339Nano, e.Str(event.FieldEventTime))
		if first.IsZero() {
			first = at
		}
		out = append(out, at.Sub(first))
	}
	return out
}

func TestKeysOfOnePressArriveInOrder(t *testing.T) {
	answers := map[string]string{"/initiate": `<StartGather dtmfUrl="/d"/><Pause duration="60"/>`}
	inRealTime(t, answers, map[string]time.Duration{"dtmf1": time.Second}, func(w *live, id string) {
		w.check(w.Press(id, "123"))
		w.check(w.HangUp(id))
		w.pass(10 * time.Second)
		w.want("initiate; dtmf1; dtmf1 answered; dtmf2; dtmf3; disconnect")
		if got := times(w.events, "dtmf"); !slices.Equal(got, []time.Duration{0, 100 * time.Millisecond, 200 * time.Millisecond}) {
			t.Errorf("keys at %s", got)
		}
	})
}

func TestKeysOfOneInstantHaveTimesOfTheirOwn(t *testing.T) {
	w := newWorld(t, map[string]string{"/initiate": `<StartGather dtmfUrl="/d"/><Pause duration="9"/>`})
	id := w.call()
	w.check(w.Press(id, "123"))
	w.settle()
	if got := times(w.got, "dtmf"); !slices.Equal(got, []time.Duration{0, time.Millisecond, 2 * time.Millisecond}) {
		t.Errorf("keys at %s", got)
	}
}

func TestTheEndOfATransferIsToldInOrder(t *testing.T) {
	answers := map[string]string{"/initiate": `<Transfer transferCompleteUrl="/c"><PhoneNumber transferDisconnectUrl="/d">` + callee + `</PhoneNumber></Transfer>`}
	answers["/c"] = `<Hangup/>`
	inRealTime(t, answers, map[string]time.Duration{"transferDisconnect": time.Second}, func(w *live, _ string) {
		w.check(w.Busy(w.Calls()[1].ID))
		w.pass(10 * time.Second)
		w.want("initiate; transferDisconnect; transferDisconnect answered; transferComplete; disconnect")
	})
}

func TestAJumpWaitsForTheApplication(t *testing.T) {
	answers := map[string]string{
		"/initiate": `<Record maxDuration="10" transcribe="true" recordCompleteUrl="/r" recordingAvailableUrl="/ra" transcriptionAvailableUrl="/ta"/>`,
		"/r":        `<Pause duration="30"/>`,
	}
	takes := map[string]time.Duration{"recordComplete": time.Second, "recordingAvailable": time.Second, "transcriptionAvailable": time.Second}
	inRealTime(t, answers, takes, func(w *live, _ string) {
		before := w.Now()
		w.Skip(time.Hour)
		w.pass(5 * time.Second)
		w.want("initiate; recordComplete; recordComplete answered; recordingAvailable; recordingAvailable answered; transcriptionAvailable; " +
			"transcriptionAvailable answered; disconnect")
		if got := w.Now().Sub(before); got != time.Hour+5*time.Second {
			t.Errorf("the clock moved by %s", got)
		}
	})
}

func TestWhoSpeaksDoesTheRestAfterwards(t *testing.T) {
	answers := map[string]string{"/initiate": `<Record recordingAvailableUrl="/ra"/>`}
	inRealTime(t, answers, nil, func(w *live, id string) {
		w.check(w.Say(id, "one two three four five"))
		w.check(w.Press(id, "5"))
		w.check(w.Say(id, "six seven"))
		w.check(w.HangUp(id))
		w.pass(time.Minute)
		g := w.Recordings()[0]
		if want := 3800 * time.Millisecond; g.Length != want || g.Ended.Sub(g.Started) != want {
			t.Errorf("the recording lasts %s, from %s to %s", g.Length, g.Started, g.Ended)
		}
		if want := []string{"one two three four five", "six seven"}; !slices.Equal(g.Said, want) {
			t.Errorf("said %q", g.Said)
		}
	})
}

func TestDocumentsThatAskForEachOtherEndInRealTime(t *testing.T) {
	answers := map[string]string{"/initiate": `<Redirect redirectUrl="/initiate"/>`}
	inRealTime(t, answers, map[string]time.Duration{"redirect": 5 * time.Millisecond}, func(w *live, id string) {
		w.pass(time.Minute)
		if call, _ := w.Call(id); call.Cause != "error" || len(times(w.events, "redirect")) > 1000 {
			t.Errorf("cause %q after %d redirects", call.Cause, len(times(w.events, "redirect")))
		}
	})
}

func TestOutcomesOfMachineDetection(t *testing.T) {
	for mode, name := range map[string]string{"sync": "answer", "async": "machineDetectionComplete"} {
		w := newWorld(t, map[string]string{"/answer": `<Pause duration="60"/>`})
		w.SetPhone(callee, Phone{Answers: true})
		w.Fault(Fault{Kind: Outcome, Event: name, Result: "silence"})
		w.dial(detects(mode))
		w.advance(30 * second)
		if got := w.last(name).Str(event.FieldMachineDetectionResultValue); got != "silence" {
			t.Errorf("%s: %q", mode, got)
		}
	}
}

func TestWhoSaysNothingIsSilence(t *testing.T) {
	for quiet, want := range map[time.Duration]string{5 * second: "human", 11 * second: "silence"} {
		w := newWorld(t, map[string]string{"/answer": `<Pause duration="60"/>`})
		w.SetPhone(callee, Phone{Answers: true, Quiet: quiet})
		w.dial(detects("async"))
		w.advance(30 * second)
		if got := w.last("machineDetectionComplete").Str(event.FieldMachineDetectionResultValue); got != want {
			t.Errorf("quiet for %s: %q", quiet, got)
		}
	}
}

func TestOutcomesThatCannotBeAreProblems(t *testing.T) {
	w := newWorld(t, nil)
	w.Fault(Fault{Kind: Outcome, Event: "gather", Result: "silence"})
	w.Fault(Fault{Kind: Outcome, Event: "machineDetectionComplete", Result: "robot"})
	var problems []string
	for _, e := range w.feed {
		problems = append(problems, e.Text)
	}
	want := []string{
		`fault: the outcome of "gather" cannot be changed`,
		`fault: machineDetectionResult.value of machineDetectionComplete is never "robot", but one of human, answering-machine, tone-detected, silence, timeout, error`,
	}
	if diff := cmp.Diff(want, problems); diff != "" || len(w.faults) != 0 {
		t.Errorf("problems (-want +got), %d faults:\n%s", len(w.faults), diff)
	}
}

func TestErrorMessagesHaveNoWordsOfOurOwn(t *testing.T) {
	tests := map[string]error{
		"connection refused":         reachable(&net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}),
		"host not found":             reachable(&net.DNSError{Err: "no such host", Name: "app.example"}),
		"connection failed":          reachable(io.ErrUnexpectedEOF),
		"no answer in time":          reachable(context.DeadlineExceeded),
		"status 500":                 errors.New("status 500"),
		"the url cannot be resolved": errors.New("the url cannot be resolved"),
	}
	for want, err := range tests {
		if got := wording(err); got != want {
			t.Errorf("%v: %q, not %q", err, got, want)
		}
	}
}

func TestTonesAreInTheFeed(t *testing.T) {
	w := newWorld(t, map[string]string{"/initiate": `<SendDtmf>12</SendDtmf>`})
	w.call()
	if !slices.ContainsFunc(w.feed, func(e Event) bool { return e.Kind == Played && e.URL == "dtmf 12" }) {
		t.Error("nobody hears the tones")
	}
}
