package simulator

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// busyDay is a run with several calls and faults.
func busyDay(t *testing.T, seed uint64, shuffle bool) string {
	w := newWorld(t, map[string]string{
		"/initiate": `<StartGather dtmfUrl="/d"/><Gather gatherUrl="/g" repeatCount="2"><SpeakSentence>choose</SpeakSentence></Gather>`,
		"/g":        `<Record recordCompleteUrl="/rc" maxDuration="3"/>`, "/rc": `<Pause/>`, "/answer": `<SpeakSentence>hi</SpeakSentence><Pause duration="5"/>`,
	}, func(cfg *Config) { cfg.Seed, cfg.Choices.Shuffle = seed, shuffle })
	w.SetPhone(callee, Phone{Answers: true, AnswerAfter: second, Script: []Cue{{After: second, Press: "5"}}})
	w.Fault(Fault{Kind: Duplicate, Event: "dtmf"})
	for range 3 {
		id := w.call()
		w.dial()
		w.check(w.Press(id, "123"))
		w.advance(4 * second)
	}
	w.advance(time.Hour)
	return w.log()
}

func TestTheSameSeedGivesTheSameRun(t *testing.T) {
	for _, shuffle := range []bool{false, true} {
		if diff := cmp.Diff(busyDay(t, 1, shuffle), busyDay(t, 1, shuffle)); diff != "" {
			t.Errorf("shuffle %v: two runs differ:\n%s", shuffle, diff)
		}
	}
	if busyDay(t, 1, false) == busyDay(t, 2, false) {
		t.Error("two seeds give the same ids")
	}
}

func TestShuffleReordersWhatHappensAtOnce(t *testing.T) {
	orders := map[string]bool{}
	for seed := range uint64(20) {
		w := newWorld(t, map[string]string{"/initiate": `<StartGather dtmfUrl="/d"/><Pause duration="9"/>`}, func(cfg *Config) { cfg.Seed, cfg.Choices.Shuffle = seed, true })
		id := w.call()
		w.check(w.Press(id, "12"))
		w.settle()
		orders[w.events()] = true
	}
	if len(orders) != 2 {
		t.Errorf("orders %v", orders)
	}
}

func TestStep(t *testing.T) {
	w := newWorld(t, map[string]string{"/initiate": `<Pause duration="3"/>`})
	_, err := w.Place(Inbound{From: caller, To: desk})
	w.check(err)
	var clock []string
	for {
		more, err := w.Step(t.Context())
		w.check(err)
		if !more {
			break
		}
		clock = append(clock, fmt.Sprint(w.Now().Sub(began)))
	}
	if got := strings.Join(clock, " "); got != "0s 0s 3s 3s 3s" {
		t.Errorf("steps at %s", got)
	}
}

// chores is an application's work at given times.
type chores struct {
	carrier *Carrier
	due     []time.Duration
	log     *[]string
}

func (c *chores) Next(context.Context) (time.Time, bool) {
	if len(c.due) == 0 {
		return time.Time{}, false
	}
	return began.Add(c.due[0]), true
}

func (c *chores) Settle(context.Context) error {
	for len(c.due) > 0 && !began.Add(c.due[0]).After(c.carrier.Now()) {
		*c.log = append(*c.log, fmt.Sprintf("work %s", c.due[0]))
		c.due = c.due[1:]
	}
	return nil
}

func TestNextTellsWhatIsDue(t *testing.T) {
	w := newWorld(t, map[string]string{"/initiate": `<Pause duration="3"/>`})
	if at, ok := w.Next(t.Context()); ok {
		t.Errorf("without a call something is due at %s", at)
	}
	w.call()
	w.settle()
	if at, ok := w.Next(t.Context()); !ok || at.Sub(w.Now()) != 3*second {
		t.Errorf("next is %s, %v, at %s", at, ok, w.Now())
	}
	w.advance(3 * second)
	if at, ok := w.Next(t.Context()); ok && at.Before(w.Now()) {
		t.Errorf("next is %s, before %s", at, w.Now())
	}
}

func TestWorkRunsBetweenEvents(t *testing.T) {
	var log []string
	work := &chores{due: []time.Duration{0, 500 * time.Millisecond, second, 1500 * time.Millisecond, 5 * second, minute}, log: &log}
	w := newWorld(t, map[string]string{"/initiate": `<Pause duration="1"/><Pause duration="1"/>`}, func(cfg *Config) {
		cfg.Work = work
		observe := cfg.Observe
		cfg.Observe = func(e Event) {
			if observe(e); e.Kind == VerbStarted || e.Kind == Ended {
				log = append(log, fmt.Sprintf("%s %s", e.Kind, e.Time.Sub(began)))
			}
		}
	})
	work.carrier = w.Carrier
	w.call()
	w.advance(10 * second)
	want := "work 0s, verb 0s, work 500ms, verb 1s, work 1s, work 1.5s, ended 2s, work 5s"
	if got := strings.Join(log, ", "); got != want {
		t.Errorf("order\n got %s\nwant %s", got, want)
	}
	if now := w.Now().Sub(began); now != 10*second {
		t.Errorf("the clock shows %s", now)
	}
}

// lazy is work that is never done.
type lazy struct{}

func (lazy) Next(context.Context) (time.Time, bool) { return began, true }
func (lazy) Settle(context.Context) error           { return nil }

func TestDrivingFails(t *testing.T) {
	stuck, err := New(Config{Start: began, Work: lazy{}})
	if err != nil {
		t.Fatal(err)
	}
	real, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	tests := []struct {
		name string
		err  error
		want string
	}{
		{"work that is never done", stuck.Settle(t.Context()), "settle: the application's work is never done"},
		{"virtual time in real time", real.Advance(t.Context(), second), "advance: the carrier runs in real time, use Run"},
		{"real time in virtual time", stuck.Run(t.Context()), "run: the carrier runs in virtual time, use Advance"},
		{"a context that has ended", stuck.Advance(cancelled, second), "advance: context canceled"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.err == nil || tt.err.Error() != tt.want {
				t.Errorf("error %v", tt.err)
			}
		})
	}
}

func TestOnlyOneDrives(t *testing.T) {
	w := newWorld(t, map[string]string{"/initiate": `<Hangup/>`})
	var inner error
	w.Carrier.cfg.Work = workFunc(func(ctx context.Context) error { inner = w.Settle(ctx); return nil })
	w.call()
	if inner == nil || !strings.Contains(inner.Error(), "driven already") {
		t.Errorf("error %v", inner)
	}
}

type workFunc func(context.Context) error

func (f workFunc) Settle(ctx context.Context) error     { return f(ctx) }
func (workFunc) Next(context.Context) (time.Time, bool) { return time.Time{}, false }

func TestActsThatAreImpossible(t *testing.T) {
	w := newWorld(t, map[string]string{"/initiate": `<Ring answerCall="false"/><Pause duration="60"/>`})
	in, out := w.call(), w.dial()
	tests := []struct {
		name string
		act  func() error
		want string
	}{
		{"an unknown leg", func() error { return w.HangUp("c-1") }, `hang up: there is no leg "c-1"`},
		{"picking up the caller's leg", func() error { return w.PickUp(in) }, "pick up: leg " + in + " is the caller's, its documents answer it"},
		{"picking up before it rings", func() error { return w.PickUp(out) }, "pick up: leg " + out + " is not ringing but queued"},
		{"hanging up what was not answered", func() error { w.settle(); return w.HangUp(out) }, "hang up: leg " + out + " has not been answered: refuse it, or pick it up first"},
		{"pressing before the answer", func() error { return w.Press(in, "1") }, "press: leg " + in + " has not been answered"},
		{"a key that is none", func() error { return w.Press(in, "1x") }, `press: "X" is no key of a phone`},
		{"no key", func() error { w.advance(10 * second); return w.Press(in, "") }, "press: no keys given"},
		{"speaking before the answer", func() error { return w.Say(out, "x") }, "say: leg " + out + " has not been answered"},
		{"picking up twice", func() error { w.check(w.PickUp(out)); return w.PickUp(out) }, "pick up: leg " + out + " is not ringing but answered"},
		{"hanging up twice", func() error { w.check(w.HangUp(in)); return w.HangUp(in) }, "hang up: leg " + in + " has ended (hangup)"},
		{"a number without application", func() error { _, err := w.Place(Inbound{From: caller, To: callee}); return err }, `place: no application has the number "` + callee + `"`},
		{"a call from nobody", func() error { _, err := w.Place(Inbound{To: desk}); return err }, "place: a call needs a number that calls"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := tt.act(); err == nil || err.Error() != tt.want {
				t.Errorf("error %v, not %s", err, tt.want)
			}
		})
	}
}

func TestConfigurationsThatAreRefused(t *testing.T) {
	tests := []struct {
		name   string
		config Config
		want   string
	}{
		{"a number that is none", Config{Numbers: map[string]Application{"555": {ID: "a", URL: "https://a.example/"}}}, "neither a telephone number"},
		{"a relative url", Config{Applications: []Application{{ID: "a", URL: "/x"}}}, "not an absolute"},
		{"an unknown method", Config{Applications: []Application{{ID: "a", URL: "https://a.example/", Method: "PUT"}}}, "neither GET nor POST"},
		{"a timeout that is too long", Config{Applications: []Application{{ID: "a", URL: "https://a.example/", Timeout: minute}}}, "between 1 s and 25 s"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := New(tt.config); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestHangingUpAtAnyMoment(t *testing.T) {
	for steps := range 12 {
		w := newWorld(t, map[string]string{"/initiate": `<Gather gatherUrl="/g" maxDigits="1"/>`, "/g": `<Record recordCompleteUrl="/r" maxDuration="2"/>`, "/r": `<Pause/>`})
		w.Carrier.phones[caller] = Phone{Script: []Cue{{After: second, Press: "1"}}}
		id, err := w.Place(Inbound{From: caller, To: desk})
		w.check(err)
		for range steps {
			_, err := w.Step(t.Context())
			w.check(err)
		}
		if call, _ := w.Call(id); call.State != StateDisconnected {
			w.check(w.HangUp(id))
		}
		w.advance(time.Hour)
		if n := strings.Count(w.events(), "disconnect"); n != 1 {
			t.Errorf("after %d steps: %s", steps, w.events())
		}
		if len(w.schedule) != 0 {
			t.Errorf("after %d steps %d timers are left", steps, len(w.schedule))
		}
	}
}
