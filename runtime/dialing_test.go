package runtime_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bxmlflow/bxmlflow/runtime"
	"github.com/bxmlflow/bxmlflow/runtime/store"
)

// sweeping lets time pass and sweeps every minute.
func (s *stage) sweeping(d time.Duration) {
	s.t.Helper()
	for ; d > 0; d -= time.Minute {
		s.pass(min(d, time.Minute))
		s.Sweep(s.t.Context())
	}
	s.settle()
}

// longRing is the front desk with a caller who waits for an hour.
var longRing = strings.Replace(frontDesk, "Ring: {duration: 60}", "Ring: {duration: 3600}", 1)

func TestALegThatNobodyHearsOfIsAskedForSoon(t *testing.T) {
	s := newStage(t, nil, longRing)
	calling(t, s)
	s.settle()
	id := s.carrier.call(t, 0).id
	s.carrier.states = map[string]string{id: "initiated"}
	s.pass(100 * time.Second) // 15 s of ringing, 30 s until it rings, one minute more
	s.Sweep(t.Context())
	if got := s.carrier.did("getCall"); len(got) != 0 {
		t.Errorf("asked for too early: %v", got)
	}
	s.sweeping(2 * time.Minute)
	if got := s.carrier.did("getCall"); len(got) != 1 {
		t.Errorf("asked for %d times", len(got))
	}
	if m := s.machine(id); m.Phase != runtime.Dialing {
		t.Errorf("a leg that is still up is %s", m.Phase)
	}
	s.carrier.states = nil
	s.sweeping(3 * time.Minute)
	if m := s.machine(id); m.Phase != runtime.Ended || m.Call.Cause != "reaped" {
		t.Errorf("the leg is %s, cause %q", m.Phase, m.Call.Cause)
	}
	s.wantState(callA, "voicemail")
}

func TestTheCarrierMayBeSilentAboutALegForAWhile(t *testing.T) {
	s := newStage(t, nil, longRing)
	calling(t, s)
	s.settle()
	id := s.carrier.call(t, 0).id
	s.carrier.script("getCall", refused(http.StatusServiceUnavailable))
	s.sweeping(3 * time.Minute)
	if m := s.machine(id); m.Phase != runtime.Dialing {
		t.Errorf("the leg is %s", m.Phase)
	}
	s.sweeping(3 * time.Minute)
	if m := s.machine(id); m.Phase != runtime.Ended {
		t.Errorf("the leg is %s", m.Phase)
	}
}

func TestALegThatIsStillToBeDialledIsLeftAlone(t *testing.T) {
	s := newStage(t, nil, strings.Replace(longRing, "callTimeout: 15", "callTimeout: 60", 1))
	late := refused(http.StatusTooManyRequests, "Retry-After: 58")
	s.carrier.script("createCall", late, late, late, late)
	calling(t, s)
	s.sweeping(4 * time.Minute)
	if l := s.machine(callA).Legs[0]; l.Ended || l.CallID == "" {
		t.Errorf("the maker knows %+v\n%s", l, s.log)
	}
	s.sweeping(2 * time.Minute) // it rings since a moment ago
	id := s.carrier.call(t, 0).id
	if m := s.machine(id); m.Phase != runtime.Dialing || len(s.carrier.did("getCall")) != 0 {
		t.Errorf("the leg is %s; asked for %v", m.Phase, s.carrier.did("getCall"))
	}
}

func TestALegIsAskedForByTheCallIdThatItsMakerKnows(t *testing.T) {
	s, p := pickyStage(t, longRing)
	calling(t, s)
	p.save = func(u *store.Update) error {
		if isLegKey(u.Key) && u.Version != 0 {
			return errBroken
		}
		return nil
	}
	s.pass(10 * time.Minute)
	p.save = nil
	id := s.carrier.call(t, 0).id
	s.carrier.states = map[string]string{id: "initiated", callA: "answered"}
	s.sweeping(3 * time.Minute)
	if l := s.machine(callA).Legs[0]; l.Ended || len(s.carrier.did("getCall")) == 0 {
		t.Errorf("the maker knows %+v, asked for %v", l, s.carrier.did("getCall"))
	}
	delete(s.carrier.states, id)
	s.sweeping(3 * time.Minute)
	if l := s.machine(callA).Legs[0]; !l.Ended {
		t.Errorf("the maker knows %+v", l)
	}
}

func TestALegThatWasAnsweredIsNotAskedForSoon(t *testing.T) {
	s := newStage(t, nil, longRing)
	calling(t, s)
	s.settle()
	leg := s.carrier.call(t, 0)
	s.post(leg.url(t, "answer"), legEvent("answer", leg.id))
	s.sweeping(10 * time.Minute)
	if got := s.carrier.did("getCall"); len(got) != 0 {
		t.Errorf("asked for %v", got)
	}
	s.wantState(leg.id, "screening")
}
