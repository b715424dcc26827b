package runtime

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/bxmlflow/bxmlflow/runtime/internal/token"
)

// The calls of a session. What the carrier gives to the n-th leg that is dialled is legCall(n).
const (
	callerCall = stepCall
	publicURL  = "https://voice.example.com"
)

func legCall(n int) string { return fmt.Sprintf("c-%08x-1a31c52e-b38f-4198-93c1-51633ec68f8d", n) }

// session plays several machines: what they tell each other is delivered after every event until all is quiet, legs are made,
// and what goes to the REST API is written down.
type session struct {
	tb       testing.TB
	stepper  *Stepper
	first    *flow.Flow
	flows    stepFlows
	machines map[string]*played
	keys     []string // in the order in which they were made
	clock    time.Time
	rest     []string // what went to the REST API
	mute     bool     // leave what machines tell each other where it is
}

func newSession(tb testing.TB, sources ...string) *session {
	tb.Helper()
	f, flows := compileFlows(tb, flow.Options{}, sources...)
	stepper := newTestStepper(tb, func(c *StepConfig) { c.PublicURL, c.Push = publicURL, true })
	return &session{tb: tb, stepper: stepper, first: f, flows: flows, machines: map[string]*played{}, clock: stepClock}
}

// again begins another session with the same flows.
func (s *session) again(tb testing.TB) *session {
	return &session{tb: tb, stepper: s.stepper, first: s.first, flows: s.flows, machines: map[string]*played{}, clock: stepClock}
}

// machine returns the one of a key, a callId, or the name of a leg that the first machine made.
func (s *session) machine(name string) *played {
	if p := s.machines[name]; p != nil {
		return p
	}
	for _, key := range s.keys {
		p := s.machines[key]
		if p.m.Call.ID == name {
			return p
		}
		if l := p.m.legNamed(name); l != nil && s.machines[l.Key] != nil {
			return s.machines[l.Key]
		}
	}
	return nil
}

func (s *session) add(key string) *played {
	p := &played{tb: s.tb, stepper: s.stepper, flow: s.first, flows: s.flows}
	s.machines[key] = p
	s.keys = append(s.keys, key)
	return p
}

// event delivers a carrier's event ("gather digits=1") to the machine of a name. A new name makes a machine of that callId.
func (s *session) event(name, text string, more ...func(*Input)) Outcome {
	s.tb.Helper()
	s.clock = s.clock.Add(time.Second)
	words := strings.Fields(text)
	p := s.machine(name)
	if p == nil {
		p = s.add(name)
	}
	p.clock = s.clock
	body := map[string]any{
		"eventType": words[0], "eventTime": s.clock.Format("2006-01-02T15:04:05.000Z"), "from": "+15551112222", "to": "+15553334444",
		"callId": or(p.m.Call.ID, name),
	}
	for _, f := range words[1:] {
		key, value, _ := strings.Cut(f, "=")
		body[key] = value
	}
	if strings.HasPrefix(body["callId"].(string), "conf-") {
		delete(body, "callId")
	}
	p.body, _ = json.Marshal(body)
	p.token = p.claims(words[0])
	var e event.Event
	if err := e.DecodeJSON(p.body); err != nil {
		s.tb.Fatal(err)
	}
	in := &Input{Event: &e, Token: p.token, Flow: s.first, Now: s.clock, Trace: true}
	for _, change := range more {
		change(in)
	}
	out := p.step(in)
	s.settle()
	return out
}

// answer delivers the answer of a dialled leg, with the token of its answerUrl.
func (s *session) answer(name string, n int) Outcome {
	s.tb.Helper()
	return s.event(name, "answer callId="+legCall(n), s.dialled(name, "answer"))
}

// dialled gives an event the token that createCall put into the URLs of the leg.
func (s *session) dialled(name, ev string) func(*Input) {
	key := s.machine(name).m.Key
	return func(in *Input) { in.Token = &token.Claims{Machine: key, Flow: s.first.Name, Event: ev} }
}

// internal delivers an internal event to the machine of a name.
func (s *session) internal(name string, e InternalEvent) Outcome {
	s.tb.Helper()
	p := s.machine(name)
	p.clock = s.clock
	out := p.step(&Input{Internal: &e, Now: s.clock, Trace: true})
	s.settle()
	return out
}

// wait lets time pass and delivers the timers that are due.
func (s *session) wait(d time.Duration) (out Outcome) {
	s.tb.Helper()
	s.clock = s.clock.Add(d)
	for _, key := range slices.Clone(s.keys) {
		for _, timer := range slices.Clone(s.machines[key].m.Timers) {
			if timer.Due <= s.clock.UnixMilli() {
				out = s.internal(key, InternalEvent{Name: flow.EventAfter, Timer: timer.ID})
			}
		}
	}
	return out
}

// settle performs the effects of all machines, in order, until there is none.
func (s *session) settle() {
	s.tb.Helper()
	for round := 0; ; round++ {
		if round > 1000 {
			s.tb.Fatal("the session does not come to rest")
		}
		i := slices.IndexFunc(s.keys, func(key string) bool { return len(s.machines[key].m.Effects) > 0 })
		if i < 0 || s.mute {
			return
		}
		p := s.machines[s.keys[i]]
		e := p.m.Effects[0]
		p.m.drop(e.ID)
		s.perform(p, &e)
	}
}

func (s *session) perform(p *played, e *Effect) {
	s.tb.Helper()
	switch r := &e.Request; r.Operation {
	case opTell:
		if to := s.machine(r.Tell.To); to != nil {
			event := r.Tell.Event
			to.clock = s.clock
			to.step(&Input{Internal: &event, Now: s.clock, Trace: true})
		}
	case opDial:
		s.dial(p, r.Dial)
	case opPush:
		s.rest = append(s.rest, "updateBxml "+p.m.State())
	default:
		s.rest = append(s.rest, strings.TrimSpace(r.Name+" "+r.Target))
	}
}

func (s *session) dial(maker *played, d *Dial) {
	s.tb.Helper()
	f := s.first
	for _, other := range s.flows {
		if other.Name == d.Flow {
			f = other
		}
	}
	if hash, err := hex.DecodeString(d.Hash); err == nil && len(hash) > 0 {
		f = s.flows[flow.Hash(hash)]
	}
	m, err := s.stepper.NewLeg(&maker.m, d, f, s.clock)
	if err != nil {
		s.tb.Fatal(err)
	}
	s.add(d.Machine).take(m)
	s.rest = append(s.rest, "createCall "+d.To)
}

// states returns the state of each machine that a test names, as "name:state" and, when it is not live, its phase.
func (s *session) states(names ...string) string {
	var list []string
	for _, name := range names {
		text := name + ":none"
		if p := s.machine(name); p != nil {
			text = name + ":" + p.m.State()
			if p.m.Phase != Live {
				text += "(" + p.m.Phase.String() + ")"
			}
		}
		list = append(list, text)
	}
	return strings.Join(list, " ")
}

// did returns what went to the REST API since it was asked last.
func (s *session) did() string {
	text := strings.Join(s.rest, ", ")
	s.rest = nil
	return text
}
