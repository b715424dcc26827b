package runtime

import (
	"testing"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/runtime/internal/token"
)

const movedFlow = `
flow: moved
vars: {seen: ""}
signals: {hello: {text: string}}
start: {initiate: menu}
on:
  hello: {actions: [{set: {seen: "${event.leg}:${event.text}"}}]}
states:
  menu:
    bxml: [{Gather: {maxDigits: 1}}]
    on:
      gather:
        - guard: event.digits == "1"
          target: menu
          actions: [{createCall: {leg: agent, to: "+15550000001", from: "+15550009999", target: waiting}}]
        - {guard: event.digits == "2", target: menu, actions: [{updateCall: {leg: agent, target: told}}]}
        - {guard: event.digits == "3", target: menu, actions: [{send: {to: agent, signal: hello, with: {text: "${call.id}"}}}]}
        - {guard: event.digits == "4", target: menu, actions: [{endCall: agent}]}
        - target: bye
  waiting:
    bxml: [{Pause: {duration: 60}}, Redirect]
    on:
      redirect: waiting
      parentEnded: bye
      dtmf: {actions: [{send: {to: parent, signal: hello, with: {text: hi}}}]}
  told:
    bxml: [{SpeakSentence: Told.}, Redirect]
    on: {redirect: waiting, parentEnded: bye}
  bye: {type: final, bxml: [Hangup]}
`

func TestLegsAreMovedToldAndEnded(t *testing.T) {
	s := newSession(t, movedFlow)
	s.event(callerCall, "initiate")
	for _, digit := range []string{"2", "3", "4"} {
		s.event(callerCall, "gather digits="+digit)
	}
	if got := s.did(); got != "" {
		t.Errorf("a leg that was never made was given %s", got)
	}
	s.event(callerCall, "gather digits=1")
	s.event(callerCall, "gather digits=3")
	if v, _ := s.machine("agent").m.Var("seen"); v != "" {
		t.Errorf("a dialing leg heard %v", v)
	}
	s.event(callerCall, "gather digits=2")
	if out := s.answer("agent", 1); out.Machine.State() != "told" {
		t.Errorf("a leg that was moved while it was dialing begins in %q", out.Machine.State())
	}
	s.did()
	s.event(callerCall, "gather digits=2")
	if got := s.did(); got != "updateBxml told" {
		t.Errorf("moving a live leg did %q", got)
	}
	s.event("agent", "redirect")
	s.event("agent", "dtmf digit=1")
	if v, _ := s.machine(callerCall).m.Var("seen"); v != "agent:hi" {
		t.Errorf("the maker heard %v", v)
	}
	s.event(callerCall, "gather digits=3")
	if v, _ := s.machine("agent").m.Var("seen"); v != ":"+callerCall {
		t.Errorf("the leg heard %v", v)
	}
	s.event(callerCall, "gather digits=4")
	if got := s.did(); got != "endCall "+s.machine("agent").m.Key {
		t.Errorf("ending it did %q", got)
	}
	s.event(callerCall, "disconnect cause=hangup")
	if got := s.states("agent") + " " + s.did(); got != "agent:bye updateBxml bye" {
		t.Errorf("after the maker's end: %s", got)
	}
	if out := s.internal(callerCall, InternalEvent{Name: flow.EventParentEnded}); out.Changed {
		t.Errorf("an ended machine hears of its parent: %+v", out)
	}
}

func TestALegAnswersOnlyToItsOwnTokens(t *testing.T) {
	s := desk(t)
	s.answer("agent", 1)
	key := s.machine("agent").m.Key
	for _, test := range []struct {
		sentence string
		claims   token.Claims
		want     Kind
	}{
		{"the leg's own", token.Claims{Machine: key, Turn: 1, Verb: 0, Event: "gather"}, Document},
		{"another leg's", token.Claims{Machine: "leg-other", Turn: 1, Event: "gather"}, Refused},
		{"the maker's", token.Claims{Machine: callerCall, Turn: 1, Event: "gather"}, Refused},
	} {
		t.Run(test.sentence, func(t *testing.T) {
			p := *s.machine("agent")
			p.tb = t
			s.machines[key], s.mute = &p, true
			before := p.m
			out := s.event("agent", "gather digits=1", func(in *Input) { in.Token = &test.claims })
			if s.machines[key].m = before; out.Kind != test.want {
				t.Errorf("%s, want %s", out.Kind, test.want)
			}
		})
	}
}

func TestTooManyLegs(t *testing.T) {
	s := newSession(t, `
flow: many
params: {list: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}
vars: {reason: "", n: 0}
start: {initiate: go}
on:
  error: {target: bye, actions: [{set: {reason: "${event.reason}"}}]}
states:
  go:
    bxml: [{Pause: {duration: 1}}, Redirect]
    on:
      redirect:
        - target: go
          actions:
            - createCall: {leg: a, to: "+15550000001", from: "+15550009999", target: bye}
              each: "${params.list}"
      gather: bye
  bye: {type: final, bxml: [Hangup]}
`)
	s.event(callerCall, "initiate")
	for range 11 {
		s.event(callerCall, "redirect")
	}
	m := &s.machine(callerCall).m
	if v, _ := m.Var("reason"); v != flow.ReasonLimit || len(m.Legs) != MaxLegs || m.State() != "bye" {
		t.Errorf("%d legs, state %s, reason %v", len(m.Legs), m.State(), v)
	}
}
