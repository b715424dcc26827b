package runtime_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/runtime"
	"github.com/bxmlflow/bxmlflow/runtime/store"
	"github.com/bxmlflow/bxmlflow/runtime/store/memory"
)

// picky is a store that fails for the records that a test picks.
type picky struct {
	store.Store
	load func(name string) error
	save func(u *store.Update) error
}

func (p *picky) Load(ctx context.Context, name string, into *store.Record) error {
	if p.load != nil {
		if err := p.load(name); err != nil {
			return err
		}
	}
	return p.Store.Load(ctx, name, into)
}

func (p *picky) Save(ctx context.Context, u *store.Update) (uint64, error) {
	if p.save != nil {
		if err := p.save(u); err != nil {
			return 0, err
		}
	}
	return p.Store.Save(ctx, u)
}

// pickyStage is a stage whose store fails for what a test picks.
func pickyStage(t *testing.T, text string) (*stage, *picky) {
	t.Helper()
	p := &picky{Store: memory.New()}
	return newStage(t, func(c *runtime.Config) { c.Store = p }, text), p
}

func isLegKey(name string) bool { return strings.HasPrefix(name, "leg-") }

func TestALegThatCannotBeReadWhileItIsLookedForIsNotForgotten(t *testing.T) {
	s, p := pickyStage(t, frontDesk)
	s.carrier.lost = true
	s.carrier.script("createCall", cutOff())
	calling(t, s)
	s.settle()
	p.load = func(name string) error {
		if isLegKey(name) {
			return errBroken
		}
		return nil
	}
	s.pass(10 * time.Second)
	p.load = nil
	s.pass(20 * time.Second)
	id := s.carrier.call(t, 0).id
	if l := s.machine(callA).Legs[0]; l.CallID != id || l.Ended {
		t.Errorf("the maker knows %+v\n%s", l, s.log)
	}
}

func TestALegThatCanNeverBeReadHasEndedForItsMaker(t *testing.T) {
	s, p := pickyStage(t, frontDesk)
	calling(t, s)
	p.load = func(name string) error {
		if isLegKey(name) {
			return errBroken
		}
		return nil
	}
	s.pass(5 * time.Minute)
	s.wantState(callA, "voicemail")
	if l := s.machine(callA).Legs[0]; !l.Ended {
		t.Errorf("the maker knows %+v", l)
	}
}

func TestARefusedCallIsToldWhenTheStoreIsBack(t *testing.T) {
	s, p := pickyStage(t, frontDesk)
	s.carrier.script("createCall", refused(400))
	calling(t, s)
	p.save = func(u *store.Update) error {
		if isLegKey(u.Key) && u.Version != 0 {
			return errBroken
		}
		return nil
	}
	s.pass(20 * time.Second)
	p.save = nil
	s.pass(20 * time.Second)
	s.wantState(callA, "voicemail")
	if got := s.carrier.did("createCall"); len(got) != 1 {
		t.Errorf("dialled %d times", len(got))
	}
}

func TestACallIdThatCannotBeNotedIsNotedLater(t *testing.T) {
	s, p := pickyStage(t, frontDesk)
	calling(t, s)
	p.save = func(u *store.Update) error {
		if isLegKey(u.Key) && u.Version != 0 {
			return errBroken
		}
		return nil
	}
	s.settle()
	p.save = nil
	id := s.carrier.call(t, 0).id
	s.post(desk, webhook("disconnect", callA, `"cause":"hangup"`))
	s.pass(time.Minute)
	if got := s.carrier.did("updateCall"); len(got) != 1 || got[0] != id+" completed" {
		t.Errorf("the phone of a caller who is gone rings on: updateCall %v\n%s", got, s.log)
	}
	if got := s.carrier.did("createCall"); len(got) != 1 {
		t.Errorf("dialled %d times", len(got))
	}
}

func TestEndingACallIsTriedForAWhile(t *testing.T) {
	s := newStage(t, nil, frontDesk)
	busy := refused(http.StatusServiceUnavailable)
	s.carrier.script("updateCall", busy, busy, busy, busy, busy)
	calling(t, s)
	s.settle()
	s.post(desk, webhook("disconnect", callA, `"cause":"hangup"`))
	s.pass(time.Minute)
	if got := s.carrier.did("updateCall"); len(got) != 6 {
		t.Errorf("%d requests to end the call", len(got))
	}
}

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

func TestARecordWithWorkLeftIsNotSwept(t *testing.T) {
	s, p := pickyStage(t, "retention: 1s\n"+strings.TrimPrefix(frontDesk, "\n"))
	calling(t, s)
	s.settle()
	leg := s.carrier.call(t, 0)
	p.load = func(name string) error {
		if name == callA {
			return errBroken
		}
		return nil
	}
	s.post(leg.url(t, "disconnect"), legEvent("disconnect", leg.id, `"cause":"busy"`))
	s.pass(30 * time.Second)
	s.Sweep(t.Context())
	p.load = nil
	s.pass(30 * time.Second)
	s.wantState(callA, "voicemail")
	s.clock.add(25 * time.Hour)
	s.Sweep(t.Context())
	if _, err := s.Machine(t.Context(), leg.id); !errors.Is(err, runtime.ErrUnknownCall) {
		t.Errorf("the leg is kept for ever: %v", err)
	}
}

func TestADialingLegThatExpiresIsToldToItsMaker(t *testing.T) {
	s, p := pickyStage(t, "expiry: 5h\n"+strings.TrimPrefix(frontDesk, "\n"))
	calling(t, s)
	p.save = func(u *store.Update) error {
		if isLegKey(u.Key) && u.Version != 0 {
			return errBroken
		}
		return nil
	}
	s.settle()
	s.pass(10 * time.Minute)
	p.save = nil
	s.carrier.states = map[string]string{callA: "answered"}
	s.clock.add(6 * time.Hour)
	s.Sweep(t.Context())
	s.settle()
	if l := s.machine(callA).Legs[0]; !l.Ended {
		t.Errorf("the maker knows %+v", l)
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

func TestARecordThatCannotBeEndedDoesNotKeepOthersFromBeingSwept(t *testing.T) {
	s, p := pickyStage(t, "expiry: 5h\n"+waiting[1:])
	for n := range 3 {
		s.post("/flows/waiting", webhook("initiate", call(n)))
		s.post("/flows/waiting", webhook("disconnect", call(n)))
	}
	s.post("/flows/waiting", webhook("initiate", callA))
	p.save = func(u *store.Update) error {
		if u.Key == callA {
			return errBroken
		}
		return nil
	}
	s.clock.add(25 * time.Hour)
	s.Sweep(t.Context())
	for n := range 3 {
		if _, err := s.Machine(t.Context(), call(n)); !errors.Is(err, runtime.ErrUnknownCall) {
			t.Errorf("call %d is still there: %v", n, err)
		}
	}
	if !strings.Contains(s.log.String(), errBroken.Error()) {
		t.Errorf("the log does not tell: %s", s.log)
	}
}

func TestOfTwoCallsThatMayBeItNoneIsTaken(t *testing.T) {
	s := newStage(t, nil, frontDesk)
	s.carrier.lost = true
	s.carrier.script("createCall", cutOff())
	stranger := &made{id: call(9), at: stageTime}
	stranger.body.To, stranger.body.From, stranger.body.ApplicationID = agent, "+15550009999", "app"
	s.carrier.made = append(s.carrier.made, stranger)
	calling(t, s)
	s.pass(2 * time.Second) // looked once
	leg := s.carrier.call(t, 1)
	if got := s.post(leg.url(t, "answer"), legEvent("answer", leg.id)); got.status != http.StatusOK || got.words(t) != "A caller is waiting. Press 1 to accept." {
		t.Errorf("who answers gets %d, %s", got.status, got.body)
	}
	s.pass(time.Minute)
	if l := s.machine(callA).Legs[0]; !l.Answered || l.Ended || l.CallID != leg.id {
		t.Errorf("the maker knows %+v", l)
	}
}

func TestALegIsNotDialledWhenNobodyCanBeWaitingAnyMore(t *testing.T) {
	s := newStage(t, nil, frontDesk)
	s.carrier.script("createCall", refused(429, "Retry-After: 200"))
	calling(t, s) // it would ring for 15 s
	s.pass(20 * time.Second)
	s.wantState(callA, "voicemail")
	if l := s.machine(callA).Legs[0]; !l.Ended || l.Cause != "account-limit" {
		t.Errorf("the maker knows %+v", l)
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
