package simulator

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

func TestSequencesOfAnOutboundCall(t *testing.T) {
	tests := []struct {
		name   string
		phone  Phone
		acts   []act
		want   string
		lasted time.Duration
	}{
		{"somebody picks up", Phone{Answers: true, AnswerAfter: 4 * second}, nil, "answer; disconnect hangup", 4400 * time.Millisecond},
		{"it is picked up by hand", Phone{}, []act{wait(second), func(w *world, id string) { w.check(w.PickUp(id)) }}, "answer; disconnect hangup", 1400 * time.Millisecond},
		{"it is busy", Phone{Busy: true}, nil, "disconnect busy", 0},
		{"it is busy by hand", Phone{}, []act{func(w *world, id string) { w.check(w.Busy(id)) }}, "disconnect busy", 0},
		{"it is refused", Phone{Refuse: true, AnswerAfter: 3 * second}, nil, "disconnect rejected", 3 * second},
		{"it is refused by hand", Phone{}, []act{func(w *world, id string) { w.check(w.Refuse(id)) }}, "disconnect rejected", 0},
		{"nobody answers", Phone{RingAfter: 5 * second}, nil, "disconnect timeout", 35 * second},
		{"it never rings", Phone{NoRinging: true}, nil, "disconnect cancel", 30 * second},
		{"the party acts by a script", Phone{Answers: true, Script: []Cue{{After: 100 * time.Millisecond, Press: "1", Say: "x", HangUp: true}}}, nil,
			"answer; disconnect hangup", 100 * time.Millisecond},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, map[string]string{"/answer": `<SpeakSentence>hello</SpeakSentence>`})
			w.SetPhone(callee, tt.phone)
			id := w.dial()
			if call, _ := w.Call(id); call.State != StateQueued {
				t.Errorf("state %s before it is dialled", call.State)
			}
			w.settle()
			for _, a := range tt.acts {
				a(w, id)
			}
			w.advance(10 * minute)
			w.want(tt.want)
			if call, _ := w.Call(id); call.EndedAt.Sub(call.Started) != tt.lasted {
				t.Errorf("lasted %s, not %s", call.EndedAt.Sub(call.Started), tt.lasted)
			}
		})
	}
}

func TestFieldsOfABusyDisconnect(t *testing.T) {
	w := newWorld(t, nil)
	w.SetPhone(callee, Phone{Busy: true})
	w.dial(func(x *creation) { x.Tag = "t1"; x.DisconnectMethod = "GET" })
	w.advance(second)
	e := w.last("disconnect")
	if e.Str(event.FieldSIPResponseCode) != "486" || e.Str(event.FieldTag) != "t1" || e.Has(event.FieldAnswerTime) ||
		!e.Has(event.FieldEnqueuedTime) || e.Str(event.FieldErrorMessage) != "Callee is busy" || w.requests[0].Method != "GET" {
		t.Errorf("%s %v", w.requests[0].Method, e.Raw())
	}
}

func TestTimeoutOfCreateCall(t *testing.T) {
	w := newWorld(t, map[string]string{"/answer": `<Hangup/>`})
	w.SetPhone(callee, Phone{Answers: true})
	w.Fault(Fault{Kind: Slow, Delay: 3 * second})
	id := w.dial(func(x *creation) { x.CallbackTimeout = new(2.5) })
	w.advance(minute)
	w.want("answer; disconnect callback-error")
	if call, _ := w.Call(id); call.EndedAt.Sub(call.Answered) != 2500*time.Millisecond {
		t.Errorf("ended %s after the answer", call.EndedAt.Sub(call.Answered))
	}
}

func TestQueue(t *testing.T) {
	w := newWorld(t, map[string]string{"/answer": `<Hangup/>`}, func(cfg *Config) { cfg.CallsPerSecond = 2 })
	var all []string
	for i := range 5 {
		all = append(all, w.dial(func(x *creation) { x.Priority = new(5 - i) }))
	}
	w.check(w.Advance(t.Context(), 0))
	started := func() (n int) {
		for _, id := range all {
			if call, _ := w.Call(id); call.State == StateInitiated {
				n++
			}
		}
		return n
	}
	for i, want := range []int{2, 4, 5} {
		if got := started(); got != want {
			t.Errorf("after %d s %d calls are dialled, not %d", i, got, want)
		}
		w.advance(second)
	}
	slices.Reverse(all)
	for i, id := range all {
		if call, _ := w.Call(id); call.Started.Sub(began) != time.Duration(i/2)*second {
			t.Errorf("call of priority %d started at %v", i+1, call.Started)
		}
	}
}

func TestLimits(t *testing.T) {
	w := newWorld(t, map[string]string{"/initiate": `<Pause duration="60"/>`}, func(cfg *Config) { cfg.MaxCalls, cfg.CallsPerSecond = 1, 1 })
	id := w.dial()
	w.dial()
	for range 298 {
		w.dial()
	}
	if status := w.create(creation{To: callee, From: desk, ApplicationID: appID, AnswerURL: "https://app.example/answer"}); status != 429 {
		t.Errorf("a call above the queue's capacity: %d", status)
	}
	w.advance(second)
	if status := w.create(creation{To: callee, From: desk, ApplicationID: appID, AnswerURL: "https://app.example/answer"}); status != 429 {
		t.Errorf("a call above the limit of calls: %d", status)
	}
	if _, err := w.Place(Inbound{From: caller, To: desk}); err == nil || !strings.Contains(err.Error(), "concurrent") {
		t.Errorf("place above the limit: %v", err)
	}
	w.want("disconnect account-limit")
	w.advance(minute)
	if call, _ := w.Call(id); call.Cause != "timeout" {
		t.Errorf("first call %+v", call)
	}
}

// create returns the status of createCall.
func (w *world) create(x creation) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, err := w.createCall(x)
	return status(err, 201)
}

func status(err error, success int) int {
	var r *refusal
	if errors.As(err, &r) {
		return r.status
	}
	return success
}

func TestBodiesOfCreateCall(t *testing.T) {
	tests := []struct {
		name   string
		change func(*creation)
		want   int
	}{
		{"all is well", func(*creation) {}, 201},
		{"to a sip uri", func(x *creation) { x.To = "sip:a@b" }, 201},
		{"without to", func(x *creation) { x.To = "" }, 400},
		{"to nonsense", func(x *creation) { x.To = "5551234" }, 400},
		{"from nonsense", func(x *creation) { x.From = "5551234" }, 400},
		{"from nobody", func(x *creation) { x.From = "Anonymous" }, 201},
		{"an unknown application", func(x *creation) { x.ApplicationID = "x" }, 400},
		{"a relative url", func(x *creation) { x.AnswerURL = "/answer" }, 400},
		{"a url that is too long", func(x *creation) { x.AnswerURL += strings.Repeat("a", 2048) }, 400},
		{"an unknown method", func(x *creation) { x.AnswerMethod = "PUT" }, 400},
		{"a long tag", func(x *creation) { x.Tag = strings.Repeat("ä", 4096) }, 201},
		{"a tag that is too long", func(x *creation) { x.Tag = strings.Repeat("a", 4097) }, 400},
		{"a timeout that is too long", func(x *creation) { x.CallTimeout = new(301.0) }, 400},
		{"a priority that is too low", func(x *creation) { x.Priority = new(6) }, 400},
		{"credentials over http", func(x *creation) { x.Username, x.AnswerURL = "a", "http://app.example/" }, 400},
		{"a display name with privacy", func(x *creation) { x.Privacy, x.DisplayName = true, "Ann" }, 400},
		{"machine detection of an unknown mode", func(x *creation) { x.MachineDetection = &machineDetection{Mode: "x"} }, 400},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, nil)
			x := creation{To: callee, From: desk, ApplicationID: appID, AnswerURL: "https://app.example/answer"}
			tt.change(&x)
			if got := w.create(x); got != tt.want {
				t.Errorf("status %d, not %d", got, tt.want)
			}
		})
	}
}
