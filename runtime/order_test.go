package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/runtime"
	"github.com/bxmlflow/bxmlflow/runtime/store"
	"github.com/bxmlflow/bxmlflow/runtime/store/memory"
)

// accounting is the front desk with a service that is told of every call that ends.
var accounting = strings.NewReplacer(
	"flow: front-desk\n", "flow: front-desk\nuses: {actions: {notify: {with: {text: string}, effect: true}}}\n",
	"on:\n  recordingAvailable:", "on:\n  disconnect: {actions: [{notify: {text: gone}}]}\n  recordingAvailable:",
).Replace(frontDesk)

// record returns the record of a machine.
func (s *stage) record(name string) *store.Record {
	s.t.Helper()
	var r store.Record
	if err := s.store.Load(s.t.Context(), name, &r); err != nil {
		s.t.Fatal(err)
	}
	return &r
}

func TestAServiceThatFailsDoesNotHoldUpWhatTheCallNeeds(t *testing.T) {
	n := &notices{fail: func(string, int) error { return errors.New("never") }}
	s := newStage(t, func(c *runtime.Config) {
		c.Kit = n.kit()
		c.Flows = set(t, flow.Options{}, accounting)
	})
	calling(t, s)
	s.settle()
	leg := s.carrier.call(t, 0)
	s.post(leg.url(t, "disconnect"), legEvent("disconnect", leg.id, `"cause":"busy"`))
	if err := step(s, leg.id); err != nil || len(n.all()) != 1 {
		t.Fatalf("done: %v, %v", n.all(), err)
	}
	if r := s.record(leg.id); !r.Pending {
		t.Errorf("the record does not tell that something can be done: due %d", r.Due)
	}
	s.settle()
	s.wantState(callA, "voicemail")
	if got := spoken(t, s.carrier.sent(t, callA)); got != "Please leave a message after the tone." || len(n.all()) != 1 {
		t.Errorf("after %d attempts the caller hears %q", len(n.all()), got)
	}
	if r, want := s.record(leg.id), s.clock.Now().Add(time.Second).UnixMilli(); r.Pending || r.Due != want {
		t.Errorf("the record is due %d, pending %t, want %d", r.Due, r.Pending, want)
	}
	s.pass(time.Minute)
	if got := n.all(); len(got) != 3 || len(s.machine(leg.id).Effects) != 0 {
		t.Errorf("done: %v", got)
	}
}

func TestWhatAMachineHasToTellOvertakesAServiceBeforeItsNextWebhook(t *testing.T) {
	n := &notices{fail: func(string, int) error { return errors.New("never") }}
	s := newStage(t, func(c *runtime.Config) {
		c.Kit = n.kit()
		c.Flows = set(t, flow.Options{}, strings.NewReplacer(
			"flow: telling\n", "flow: telling\nuses: {actions: {notify: {with: {text: string}, effect: true}}}\n",
			"  speaking:\n    entry:\n", "  speaking:\n    entry:\n      - notify: {text: speaking}\n",
		).Replace(telling))
	})
	s.post(tellingPath, webhook("initiate", callA))
	s.settle()
	leg := s.carrier.call(t, 0)
	speaking := s.post(leg.url(t, "answer"), legEvent("answer", leg.id))
	if err := step(s, leg.id); err != nil || len(n.all()) != 1 { // the service, which waits now
		t.Fatalf("done: %v, %v", n.all(), err)
	}
	s.post(speaking.url(t, tellingPath, "gatherUrl"), gather(leg.id, "3"))
	if got, _ := s.machine(callA).Var("heard"); got != "12" {
		t.Errorf("before the leg goes on, the call has heard %q", got)
	}
	s.settle()
	if got, _ := s.machine(callA).Var("heard"); got != "123" {
		t.Errorf("the call has heard %q", got)
	}
}

const rally = `
flow: rally
uses: {actions: {notify: {with: {text: string}, effect: true}}}
params: {other: c-00000001-1a31c52e-b38f-4198-93c1-51633ec68f8d}
signals: {ball: {n: int}}
start: {initiate: play}
on:
  ball:
    - guard: event.n < 40
      actions: [{send: {to: "${event.callId}", signal: ball, with: {n: "${event.n + 1}"}}}]
    - actions: [{notify: {text: "ball ${event.n}"}}]
states:
  play:
    entry: [{guard: call.id != params.other, send: {to: "${params.other}", signal: ball, with: {n: 1}}}]
    bxml: [{Gather: {maxDigits: 1}}]
    on: {gather: bye}
  bye: {type: final, bxml: [Hangup]}
`

func TestCloseAlsoRunsWhatTheLastEffectsLeadTo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &notices{}
		b := quiet(t, runtime.Config{Flows: set(t, flow.Options{}, rally), Kit: n.kit(), PublicURL: "https://voice.example.com"})
		b.post("/flows/rally", webhook("initiate", call(1)))
		b.post("/flows/rally", webhook("initiate", call(0)))
		if err := b.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := n.all(); len(got) != 1 || !strings.HasSuffix(got[0], " 40") {
			t.Errorf("done: %v", got)
		}
	})
}

func TestRecordsThatCannotBeReadDoNotHideTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shared, n := memory.New(), &notices{fail: func(string, int) error { return errors.New("first engine") }}
		flows := set(t, flow.Options{}, notifying)
		one := start(t, runtime.Config{Flows: flows, Store: shared, Kit: n.kit()})
		one.post("/flows/notifying", webhook("initiate", callA))
		synctest.Wait() // tried once
		if err := one.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		for i := range 2000 { // of a version of the flow that nobody knows any more
			u := store.Update{Key: fmt.Sprintf("c-unknown-%d", i), Data: []byte{2}, Pending: true}
			if _, err := shared.Save(context.Background(), &u); err != nil {
				t.Fatal(err)
			}
		}
		m := &notices{}
		two := start(t, runtime.Config{Flows: flows, Store: shared, Kit: m.kit()})
		time.Sleep(time.Minute)
		if got := m.all(); !slices.Equal(got, []string{":1 first", ":2 second"}) {
			t.Errorf("done: %v", got)
		}
		if got := strings.Count(two.log.String(), "effect not run"); got > 20_000 {
			t.Errorf("%d failures in a minute", got)
		}
	})
}
