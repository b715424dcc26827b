package runtime_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/runtime"
	"github.com/bxmlflow/bxmlflow/runtime/store/memory"
)

const waiting = `
flow: waiting
start: {initiate: hold}
states:
  hold:
    bxml: [{Gather: {maxDigits: 1, nested: [{PlayAudio: "https://x.example.com/a.wav"}]}}]
    after: {20s: tired}
    on:
      gather: [{guard: event.digits == "1", target: bye}, {}]
  tired:
    bxml: [{Gather: {maxDigits: 1, nested: [{SpeakSentence: Still there.}]}}]
    after: {10s: bye}
    on: {gather: hold}
  bye: {type: final, bxml: [{SpeakSentence: Goodbye.}, Hangup]}
`

func TestATimerMovesTheCall(t *testing.T) {
	s := newStage(t, nil, waiting)
	first := s.post("/flows/waiting", webhook("initiate", callA))
	s.pass(15 * time.Second)
	s.post(first.url(t, "/flows/waiting", "gatherUrl"), gather(callA, "2")) // a stay leaves the timer alone
	s.pass(4 * time.Second)
	s.wantState(callA, "hold")
	s.pass(time.Second)
	s.wantState(callA, "tired")
	if got := spoken(t, s.carrier.sent(t, callA)); got != "Still there." {
		t.Errorf("the caller hears %q", got)
	}
	back := s.post(s.of(s.carrier.sent(t, callA), "", "gatherUrl"), gather(callA, "3"))
	s.pass(10 * time.Second) // the timer of the state that was left
	s.wantState(callA, "hold")
	s.post(back.url(t, "/flows/waiting", "gatherUrl"), gather(callA, "1"))
	s.pass(time.Hour)
	if got := s.Stats().Timers; got != 1 {
		t.Errorf("%d timers fired", got)
	}
}

func TestATimerSurvivesARestart(t *testing.T) {
	s := newStage(t, nil, waiting)
	s.post("/flows/waiting", webhook("initiate", callA))
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.clock.add(time.Hour)
	s.bench = start(t, s.config)
	s.settle()
	s.wantState(callA, "tired")
}

func TestAnEngineWakesUpWhenATimerIsDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newRunning(t, waiting)
		begun := time.Now()
		s.post("/flows/waiting", webhook("initiate", callA))
		time.Sleep(29 * time.Second)
		synctest.Wait()
		s.wantState(callA, "tired")
		time.Sleep(2 * time.Second)
		synctest.Wait()
		s.wantState(callA, "bye")
		for i, want := range []time.Duration{20 * time.Second, 30 * time.Second} {
			if got := s.carrier.times[i].Sub(begun).Truncate(100 * time.Millisecond); got != want {
				t.Errorf("document %d was sent after %s, want %s", i, got, want)
			}
		}
	})
}

func TestAnotherEngineTakesOverTheTimers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shared := memory.New()
		one := newRunning(t, waiting, func(c *runtime.Config) { c.Store = shared })
		one.post("/flows/waiting", webhook("initiate", callA))
		if err := one.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		two := newRunning(t, waiting, func(c *runtime.Config) { c.Store = shared })
		time.Sleep(22 * time.Second)
		synctest.Wait()
		two.wantState(callA, "tired")
		if len(one.carrier.did("updateCallBxml")) != 0 || len(two.carrier.did("updateCallBxml")) != 1 {
			t.Errorf("sent %v and %v", one.carrier.log, two.carrier.log)
		}
	})
}

// newRunning makes a stage whose engine works by itself, on the clock of a bubble.
func newRunning(t *testing.T, text string, change ...func(*runtime.Config)) *stage {
	t.Helper()
	s := &stage{carrier: &carrier{clock: &clock{}}}
	s.config = runtime.Config{
		Flows: set(t, flow.Options{}, text), PublicURL: "https://voice.example.com", Carrier: s.carrier, ApplicationID: "app",
	}
	for _, do := range change {
		do(&s.config)
	}
	s.bench = start(t, s.config)
	return s
}

func TestNextTellsWhenThereIsMoreToDo(t *testing.T) {
	s := newStage(t, nil, waiting)
	if at, ok := s.Next(context.Background()); ok {
		t.Errorf("an idle engine has something to do at %s", at)
	}
	s.post("/flows/waiting", webhook("initiate", callA))
	if at, ok := s.Next(context.Background()); !ok || !at.Equal(stageTime.Add(20*time.Second)) {
		t.Errorf("next %s, %t", at, ok)
	}
}

const spinning = `
flow: spinning
start: {initiate: a}
limits: {visits: none, steps: none}
states:
  a: {bxml: [Ring, {Redirect: {}}], after: {1s: b}, on: {redirect: {}}}
  b: {bxml: [Ring, {Redirect: {}}], after: {1s: a}, on: {redirect: {}}}
`

func TestSettleDoesNotGoOnForEver(t *testing.T) {
	s := newStage(t, nil, spinning)
	s.clock.hurry = time.Second
	s.post("/flows/spinning", webhook("initiate", callA))
	if err := s.Settle(context.Background()); err == nil || !strings.Contains(err.Error(), "not at rest after 20000 effects and timers") {
		t.Errorf("settle: %v", err)
	}
}
