package runtime_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/runtime"
)

// slow looks three things up, which takes longer than a step has.
const slow = `
flow: slow
uses:
  actions:
    ask: {returns: {ok: bool}}
    notify: {with: {text: string}, effect: true}
start: {initiate: hold}
on:
  error:
    - guard: event.reason == "effect"
      actions: [{ask: {}}, {ask: {}}, {ask: {}}, {ask: {}}]
    - actions: [{log: "gave up, ${event.reason}"}]
states:
  hold:
    entry: [{guard: call.from == "+15551112222", notify: {text: first}}, {notify: {text: second}}]
    bxml: [{Gather: {maxDigits: 1}}]
    after: {10m: {actions: [{ask: {}}, {ask: {}}, {ask: {}}, {ask: {}}]}}
    on: {gather: bye}
  bye: {type: final, bxml: [Hangup]}
`

// dawdling returns a kit whose action ask takes almost all the time that it has.
func dawdling(n *notices, asked *int) runtime.Kit {
	k := n.kit()
	k.Actions["ask"] = func(context.Context, runtime.ActionCall) (map[string]any, error) {
		*asked++
		time.Sleep(1900 * time.Millisecond)
		return map[string]any{"ok": true}, nil
	}
	return k
}

func TestATimerWhoseLookUpsTakeTooLongFiresOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		s := newRunning(t, slow, func(c *runtime.Config) { c.Kit = dawdling(&notices{}, &asked) })
		s.post("/flows/slow", webhook("initiate", callA))
		time.Sleep(30 * time.Minute)
		synctest.Wait()
		if left := s.machine(callA).Timers; len(left) != 0 || asked > 4 {
			t.Errorf("timers %v are left, asked %d times", left, asked)
		}
		if !strings.Contains(s.log.String(), "gave up") {
			t.Errorf("it failed silently: %s", s.log)
		}
	})
}

func TestAnEffectWhoseErrorIsHandledTooSlowlyIsGivenUpAllTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		n := &notices{fail: func(key string, _ int) error {
			if strings.HasSuffix(key, ":1") {
				return errors.New("never")
			}
			return nil
		}}
		s := newRunning(t, slow, func(c *runtime.Config) { c.Kit = dawdling(n, &asked) })
		s.post("/flows/slow", webhook("initiate", callA))
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		if got := strings.Join(n.all(), ", "); got != ":1 first, :1 first, :1 first, :2 second" {
			t.Errorf("done: %s", got)
		}
	})
}

// swelling answers an error with more than a record holds.
var swelling = `
flow: swelling
uses: {actions: {notify: {with: {text: string}, effect: true}}}
params: {long: "` + strings.Repeat("x", 4000) + `"}
vars: {list: [` + strings.Repeat("0, ", 99) + `0]}
start: {initiate: hold}
on:
  error: {actions: [{each: "${vars.list}", notify: {text: "${params.long}"}}]}
states:
  hold:
    entry: [{notify: {text: first}}, {notify: {text: second}}]
    bxml: [{Gather: {maxDigits: 1}}]
    after: {10m: {actions: [{each: "${vars.list}", notify: {text: "${params.long}"}}]}}
    on: {gather: bye}
  bye: {type: final, bxml: [Hangup]}
`

func TestWhatCannotBeSavedDoesNotHoldUpTheRest(t *testing.T) {
	n := &notices{fail: func(key string, _ int) error {
		if strings.HasSuffix(key, ":1") {
			return errors.New("never")
		}
		return nil
	}}
	s := newStage(t, func(c *runtime.Config) {
		c.Kit = n.kit()
		c.Flows = set(t, flow.Options{}, swelling)
	})
	s.post("/flows/swelling", webhook("initiate", callA))
	s.pass(time.Minute)
	if got := strings.Join(n.all(), ", "); got != ":1 first, :1 first, :1 first, :2 second" {
		t.Errorf("done: %s", got)
	}
	s.pass(time.Hour)
	if left := s.machine(callA).Timers; len(left) != 0 {
		t.Errorf("timers %v are left", left)
	}
	if got := strings.Count(s.log.String(), "the effects that wait to be performed take more than"); got == 0 {
		t.Errorf("the log does not tell: %s", s.log)
	}
}

func TestALookUpOfTheHostThatPanicsHasFailed(t *testing.T) {
	asked := 0
	s := newStage(t, func(c *runtime.Config) {
		c.Kit = (&notices{}).kit()
		c.Lookup = func(_ context.Context, r *runtime.Request) (map[string]any, bool, error) {
			if asked++; r.Args["text"] == "first" {
				panic("first")
			}
			return nil, true, nil
		}
	}, notifying)
	s.post("/flows/notifying", webhook("initiate", callA))
	s.pass(time.Minute)
	if left := s.machine(callA).Effects; len(left) != 0 || asked != 4 {
		t.Errorf("%d effects are left after %d attempts", len(left), asked)
	}
}

// full has variables that fill most of a record, and keeps what the first webhook brings beside them.
var full = `
flow: full
uses: {actions: {notify: {with: {text: string}, effect: true}}}
params: {long: "` + strings.Repeat("x", 4000) + `"}
vars: {list: [` + strings.Repeat("0, ", 37) + `0], big: [` + strings.Repeat(`"`+strings.Repeat("x", 4000)+`", `, 15) + `""]}
start: {initiate: hold}
on:
  error: {actions: [{each: "${vars.list}", notify: {text: "${params.long}"}}]}
states:
  hold:
    entry:
      - set: {big: "${vars.big}"}
      - notify: {text: first}
      - notify: {text: second}
    bxml: [{SpeakSentence: Hello., guard: event.from != "never"}, {Gather: {maxDigits: 1}}]
    after: {10m: {actions: [{each: "${vars.list}", notify: {text: "${params.long}"}}]}}
    on: {gather: bye}
  bye: {type: final, bxml: [Hangup]}
`

func TestWhatFitsIntoNoRecordDoesNotHoldUpTheRest(t *testing.T) {
	n := &notices{fail: func(key string, _ int) error {
		if strings.HasSuffix(key, ":1") {
			return errors.New("never")
		}
		return nil
	}}
	s := newStage(t, func(c *runtime.Config) {
		c.Kit = n.kit()
		c.Flows = set(t, flow.Options{}, full)
	})
	s.post("/flows/full", strings.Replace(webhook("initiate", callA), "+15551112222", strings.Repeat("t", 60_000), 1))
	s.wantState(callA, "hold")
	s.pass(time.Minute)
	if got := strings.Join(n.all(), ", "); got != ":1 first, :1 first, :1 first, :2 second" {
		t.Errorf("done: %.200s", got)
	}
	s.pass(time.Hour)
	if left := s.machine(callA).Timers; len(left) != 0 {
		t.Errorf("timers %v are left", left)
	}
	if !strings.Contains(s.log.String(), "too large") {
		t.Errorf("the log does not tell: %s", s.log)
	}
}

const echoing = `
flow: echoing
limits: {steps: 50}
signals: {ball: {}}
start: {initiate: a}
on:
  ball: {actions: [{send: {to: "${call.id}", signal: ball}}]}
  error: {actions: [{send: {to: "${call.id}", signal: ball}}, {log: "sent, ${event.reason}"}]}
states:
  a: {entry: [{send: {to: "${call.id}", signal: ball}}], bxml: [{Gather: {maxDigits: 1}}], on: {gather: b}}
  b: {type: final, bxml: [Hangup]}
`

func TestSignalsThatCallForEachOtherComeToRest(t *testing.T) {
	for _, ends := range []bool{false, true} {
		s := newStage(t, nil, echoing)
		s.post("/flows/echoing", webhook("initiate", callA))
		if ends {
			s.post("/flows/echoing", webhook("disconnect", callA))
		}
		s.settle()
		if n := s.machine(callA).Steps; n < 50 || n > 60 {
			t.Errorf("ended %t: %d steps", ends, n)
		}
		if n := strings.Count(s.log.String(), "sent, limit"); n > 1 {
			t.Errorf("ended %t: the error was handled %d times", ends, n)
		}
	}
}
