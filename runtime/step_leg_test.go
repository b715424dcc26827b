package runtime

import (
	"strings"
	"testing"
)

const deskFlow = `
flow: front-desk
params: {agent: "+15553334444", number: "+15550009999"}
vars: {ended: "", cause: "", callId: "", bridged: false, answered: false, to: "", id: ""}
start: {initiate: greeting}
states:
  greeting:
    bxml:
      - Gather: {maxDigits: 1, nested: [{SpeakSentence: "Press 1 for an agent, 2 to leave a message."}]}
    on:
      gather:
        - {guard: event.digits == "1", target: connecting}
        - {guard: event.digits == "2", target: voicemail}
        - target: goodbye
  connecting:
    entry:
      - createCall: {leg: agent, to: "${params.agent}", from: "${params.number}", target: screening, callTimeout: 15}
    bxml: [{Ring: {duration: 60}}, Redirect]
    on:
      bridged: {target: talking, actions: [{set: {to: "${call.legs.agent.to}", id: "${call.legs.agent.id}"}}]}
      legEnded:
        target: voicemail
        actions: [{set: {ended: "${event.leg}", cause: "${event.cause}", callId: "${event.callId}", bridged: "${event.bridged}", answered: "${event.answered}"}}]
      redirect: {target: voicemail, actions: [{endCall: agent}]}
  talking:
    on:
      bridgeTargetComplete: goodbye
      bridgeFailed: voicemail
      redirect: voicemail
      legEnded: {actions: [{set: {ended: "${event.leg}", bridged: "${event.bridged}"}}]}
  screening:
    bxml: [{Gather: {maxDigits: 1, nested: [{SpeakSentence: "A caller is waiting. Press 1 to accept."}]}}]
    on:
      disconnect: {actions: [{log: "not reached: ${event.cause}"}]}
      gather:
        - {guard: event.digits == "1", target: bridging}
        - target: released
  bridging:
    bxml: [{Bridge: "${call.parent}"}]
    on: {bridgeComplete: released}
  voicemail:
    bxml: [{SpeakSentence: Please leave a message.}, {Record: {maxDuration: 60}}]
    on: {recordComplete: goodbye}
  released: {type: final, bxml: [Hangup]}
  goodbye: {type: final, bxml: [{SpeakSentence: Goodbye.}, Hangup]}
`

// desk begins a call of the front desk and dials the agent.
func desk(t *testing.T) *session {
	t.Helper()
	s := newSession(t, deskFlow)
	s.event(callerCall, "initiate")
	s.event(callerCall, "gather digits=1")
	if got, did := s.states(callerCall, "agent"), s.did(); got != callerCall+":connecting agent:(dialing)" || did != "createCall +15553334444" {
		t.Fatalf("dialing: %s, %s", got, did)
	}
	return s
}

// moves is what a test does with a session: an event of a leg, and what the machines are in afterwards.
type moves struct {
	leg, event string
	states     string // "caller:... agent:..."
	did        string // what went to the REST API
}

func (s *session) play(t *testing.T, list []moves) {
	t.Helper()
	for i, m := range list {
		name := m.leg
		if name == "caller" {
			name = callerCall
		}
		switch {
		case m.event == "answer" && name != callerCall:
			s.answer(name, 1)
		case strings.HasPrefix(m.event, "disconnect") && s.machine(name).m.Phase == Dialing:
			s.event(name, m.event, s.dialled(name, "disconnect"))
		default:
			s.event(name, m.event)
		}
		got := strings.Replace(s.states(callerCall, "agent"), callerCall, "caller", 1)
		if did := s.did(); got != m.states || did != m.did {
			t.Fatalf("%d %s %s: %s, REST %q; want %s, REST %q", i, m.leg, m.event, got, did, m.states, m.did)
		}
	}
}

func TestAnAgentTakesTheCall(t *testing.T) {
	s := desk(t)
	s.play(t, []moves{
		{"agent", "answer", "caller:connecting agent:screening", ""},
		{"agent", "gather digits=1", "caller:talking agent:bridging", ""},
		{"caller", "bridgeTargetComplete", "caller:goodbye agent:bridging", ""},
		{"agent", "disconnect cause=hangup", "caller:goodbye agent:bridging(ended)", ""},
		{"caller", "disconnect cause=hangup", "caller:goodbye(ended) agent:bridging(ended)", ""},
	})
	caller, agent := &s.machine(callerCall).m, &s.machine("agent").m
	if v, _ := caller.Var("to"); v != "+15553334444" {
		t.Errorf("call.legs.agent.to is %v", v)
	}
	if v, _ := caller.Var("id"); v != legCall(1) {
		t.Errorf("call.legs.agent.id is %v", v)
	}
	if agent.Call.Parent != callerCall || agent.Call.Root != callerCall || agent.Call.Leg != "agent" || agent.Call.ID != legCall(1) {
		t.Errorf("the agent's call is %+v", agent.Call)
	}
	want := Leg{Name: "agent", Key: agent.Key, CallID: legCall(1), To: "+15553334444", Answered: true, Ended: true, Cause: "hangup"}
	if len(caller.Legs) != 1 || caller.Legs[0] != want {
		t.Errorf("legs %+v", caller.Legs)
	}
}

func TestTheDocumentOfAMoveIsPushedWithAbsoluteURLs(t *testing.T) {
	s := desk(t)
	s.mute = true
	s.event("agent", "disconnect cause=busy callId="+legCall(1), s.dialled("agent", "disconnect"))
	told := s.machine("agent").m.Effects[0].Request.Tell.Event
	out := s.internal(callerCall, told)
	turn := s.machine(callerCall).m.Turn
	switch {
	case out.Kind != Empty || !out.Push || !out.Changed || !out.Handled || out.Turn != turn || turn != 3 || out.Machine.AnswerTurn != 3:
		t.Errorf("outcome %+v", out)
	case !strings.Contains(string(out.Document), `"`+publicURL+`/flows/front-desk?t=`+callerCall+`~3~1~recordComplete"`):
		t.Errorf("document %s", out.Document)
	case len(out.Machine.Effects) != 1 || out.Machine.Effects[0].Request.Operation != opPush || out.Machine.Effects[0].Turn != 3:
		t.Errorf("effects %+v", out.Machine.Effects)
	case !out.Trace.Push || out.Trace.About == nil || out.Trace.About.Leg != "agent" || out.Trace.About.Cause != "busy":
		t.Errorf("trace %+v", out.Trace)
	}
	if again := s.internal(callerCall, told); again.Changed || !again.Handled || again.Trace.Note != NoteDuplicate {
		t.Errorf("told twice: %+v", again)
	}
}

func TestAnAgentIsNotReached(t *testing.T) {
	tests := []struct {
		sentence string
		script   []moves
		vars     map[string]any
	}{
		{"a busy agent sends the caller to voicemail", []moves{
			{"agent", "disconnect cause=busy callId=" + legCall(1), "caller:voicemail agent:(ended)", "updateBxml voicemail"},
			{"caller", "recordComplete", "caller:goodbye agent:(ended)", ""},
		}, map[string]any{"ended": "agent", "cause": "busy", "callId": legCall(1), "answered": false, "bridged": false}},
		{"so does a call that could not be made", []moves{
			{"agent", "disconnect cause=error callId=", "caller:voicemail agent:(ended)", "updateBxml voicemail"},
		}, map[string]any{"ended": "agent", "cause": "error", "callId": ""}},
		{"so does an agent who declines", []moves{
			{"agent", "answer", "caller:connecting agent:screening", ""},
			{"agent", "gather digits=2", "caller:connecting agent:released", ""},
			{"agent", "disconnect cause=hangup", "caller:voicemail agent:released(ended)", "updateBxml voicemail"},
		}, map[string]any{"ended": "agent", "cause": "hangup", "answered": true, "bridged": false}},
		{"nobody answers for a minute, and the agent is called off", []moves{
			{"caller", "redirect", "caller:voicemail agent:(dialing)", "endCall KEY"},
			{"agent", "disconnect cause=cancel callId=" + legCall(1), "caller:voicemail agent:(ended)", ""},
		}, map[string]any{"ended": ""}},
		{"the bridge is refused", []moves{
			{"agent", "answer", "caller:connecting agent:screening", ""},
			{"agent", "gather digits=1", "caller:talking agent:bridging", ""},
			{"agent", "bridgeComplete cause=rejected", "caller:voicemail agent:released", "updateBxml voicemail"},
			{"agent", "disconnect cause=hangup", "caller:voicemail agent:released(ended)", ""},
		}, nil},
		{"the caller leaves a bridge", []moves{
			{"agent", "answer", "caller:connecting agent:screening", ""},
			{"agent", "gather digits=1", "caller:talking agent:bridging", ""},
			{"agent", "disconnect cause=hangup", "caller:talking agent:bridging(ended)", ""},
		}, map[string]any{"ended": "agent", "bridged": true}},
		{"the caller hangs up while it rings, and the agent is called off", []moves{
			{"caller", "disconnect cause=hangup", "caller:connecting(ended) agent:(dialing)", "endCall KEY"},
			{"agent", "disconnect cause=cancel callId=" + legCall(1), "caller:connecting(ended) agent:(ended)", ""},
		}, nil},
	}
	for _, test := range tests {
		t.Run(test.sentence, func(t *testing.T) {
			s := desk(t)
			for i := range test.script {
				test.script[i].did = strings.ReplaceAll(test.script[i].did, "KEY", s.machine("agent").m.Key)
			}
			s.play(t, test.script)
			for name, want := range test.vars {
				if got, _ := s.machine(callerCall).m.Var(name); got != want {
					t.Errorf("%s is %v, want %v", name, got, want)
				}
			}
			if n := s.machine(callerCall).m.legNamed("agent"); !n.Ended && !strings.Contains(test.sentence, "bridge is") {
				t.Errorf("the caller's machine does not know that the agent is gone: %+v", n)
			}
		})
	}
}

func TestAnAnswerIsTakenOnce(t *testing.T) {
	s := desk(t)
	first := s.answer("agent", 1)
	if again := s.answer("agent", 1); again.Kind != Again || again.Turn != first.Turn || again.Changed {
		t.Errorf("the second answer: %+v", again)
	}
	if out := s.event("agent", "answer callId="+legCall(9), s.dialled("agent", "answer")); out.Kind != Refused {
		t.Errorf("the answer of another call: %+v", out)
	}
}

func TestAnAnswerAfterTheEndIsHungUp(t *testing.T) {
	s := desk(t)
	s.event("agent", "disconnect cause=timeout callId="+legCall(1), s.dialled("agent", "disconnect"))
	if out := s.answer("agent", 1); out.Kind != Document || string(out.Document) != stepHangup {
		t.Errorf("outcome %+v", out)
	}
}

func TestLegsOfOneName(t *testing.T) {
	const twice = `
flow: twice
vars: {log: ""}
start: {initiate: dialing}
on: {legEnded: {actions: [{set: {log: "${vars.log}[${event.leg}/${event.cause}]"}}]}}
states:
  dialing:
    entry: [{createCall: {leg: agent, to: "+15550000001", from: "+15550009999", target: hello}}]
    bxml: [{Pause: {duration: 60}}, Redirect]
    on:
      redirect: [{guard: visits < 3, target: dialing}, {target: hello}]
      dtmf: {actions: [{endCall: agent}]}
  hello: {type: final, bxml: [Hangup]}
`
	s := newSession(t, twice)
	s.event(callerCall, "initiate")
	first := s.machine("agent").m.Key
	s.event(callerCall, "redirect")
	second := s.machine("agent").m.Key
	if first == second {
		t.Fatal("two legs have one machine")
	}
	s.event(first, "disconnect cause=busy callId="+legCall(1), s.dialled(first, "disconnect"))
	s.did()
	s.event(callerCall, "dtmf digit=1")
	if got := s.did(); got != "endCall "+second {
		t.Errorf("a name means the leg made last: %s", got)
	}
	s.event(second, "disconnect cause=timeout callId="+legCall(2), s.dialled(second, "disconnect"))
	s.event(callerCall, "dtmf digit=2")
	if got := s.did(); got != "" {
		t.Errorf("a leg that has ended is ended again: %s", got)
	}
	if v, _ := s.machine(callerCall).m.Var("log"); v != "[/busy][agent/timeout]" {
		t.Errorf("legEnded told %v", v)
	}
	s.internal(callerCall, InternalEvent{Name: "legEnded", From: "leg-stranger", ID: 1, Leg: "leg-stranger", Cause: "hangup"})
	if v, _ := s.machine(callerCall).m.Var("log"); v != "[/busy][agent/timeout][/hangup]" {
		t.Errorf("legEnded of a stranger told %v", v)
	}
}
