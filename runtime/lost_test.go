package runtime_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

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
