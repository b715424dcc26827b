package runtime_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bxmlflow/bxmlflow/runtime"
)

const agent = "+15553334444"

const frontDesk = `
flow: front-desk
params: {agent: "+15553334444", number: {type: string, default: "+15550009999"}}
start: {initiate: greeting}
on:
  recordingAvailable:
    - actions: [{log: "voicemail ${event.recordingId}"}]
states:
  greeting:
    bxml:
      - Gather: {maxDigits: 1, nested: [{SpeakSentence: "Press 1 for an agent, 2 to leave a message."}]}
    on:
      gather:
        - {guard: event.digits == "1", target: connecting}
        - {guard: event.digits == "2", target: voicemail}
        - {guard: visits < 3, target: greeting}
        - target: goodbye
  connecting:
    entry:
      - createCall: {leg: agent, to: "${params.agent}", from: "${params.number}", target: screening, callTimeout: 15}
    bxml: [{Ring: {duration: 60}}, Redirect]
    on:
      bridged: talking
      legEnded: voicemail
      redirect: {target: voicemail, actions: [{endCall: agent}]}
  talking:
    on:
      bridgeTargetComplete: goodbye
      bridgeFailed: voicemail
      redirect: voicemail
  screening:
    bxml:
      - Gather: {maxDigits: 1, nested: [{SpeakSentence: "A caller is waiting. Press 1 to accept."}]}
    on:
      gather:
        - {guard: event.digits == "1", target: bridging}
        - target: released
  bridging:
    bxml: [{Bridge: "${call.parent}"}]
    on: {bridgeComplete: released}
  voicemail:
    bxml: [{SpeakSentence: Please leave a message after the tone.}, {Record: {maxDuration: 60}}]
    on: {recordComplete: goodbye}
  released: {type: final, bxml: [Hangup]}
  goodbye: {type: final, bxml: [{SpeakSentence: Goodbye.}, Hangup]}
`

const desk = "/flows/front-desk"

// calling plays a call until the agent is being dialled, and returns the answer with the ring.
func calling(t *testing.T, s *stage) answer {
	t.Helper()
	first := s.post(desk, webhook("initiate", callA))
	return s.post(first.url(t, desk, "gatherUrl"), gather(callA, "1"))
}

func TestAnAgentTakesTheCallAndLeavesFirst(t *testing.T) {
	s := newStage(t, nil, frontDesk)
	ring := calling(t, s)
	if !strings.Contains(ring.body, "<Ring") {
		t.Fatalf("the caller gets %s", ring.body)
	}
	s.settle()
	leg := s.carrier.call(t, 0)
	if leg.body.To != agent || leg.body.From != "+15550009999" || leg.body.CallTimeout != 15 || leg.body.ApplicationID != "app" {
		t.Errorf("createCall: %+v", leg.body)
	}
	if m := s.machine(leg.id); m.Phase != runtime.Dialing || m.Call.Parent != callA || s.machine(callA).Legs[0].CallID != leg.id {
		t.Errorf("the leg is %s, child of %q; the maker knows %+v", m.Phase, m.Call.Parent, s.machine(callA).Legs)
	}
	screening := s.post(leg.url(t, "answer"), legEvent("answer", leg.id))
	if got := screening.words(t); got != "A caller is waiting. Press 1 to accept." {
		t.Errorf("the agent hears %q", got)
	}
	bridge := s.post(screening.url(t, desk, "gatherUrl"), gather(leg.id, "1"))
	if !strings.Contains(bridge.body, "<Bridge") || !strings.Contains(bridge.body, callA) {
		t.Fatalf("the agent's leg gets %s", bridge.body)
	}
	s.settle()
	s.wantState(callA, "talking")
	end := s.post(s.of(bridge.body, desk, "bridgeTargetCompleteUrl"), webhook("bridgeTargetComplete", callA))
	if got := end.words(t); got != "Goodbye." {
		t.Errorf("the caller hears %q", got)
	}
	s.post(leg.url(t, "disconnect"), legEvent("disconnect", leg.id, `"cause":"hangup"`))
	s.settle()
	if l := s.machine(callA).Legs[0]; !l.Ended || !l.Answered || l.Cause != "hangup" {
		t.Errorf("the maker knows %+v", l)
	}
	if got := s.Stats(); got.Dialled != 1 || got.Done == 0 || got.GivenUp != 0 {
		t.Errorf("stats %+v", got)
	}
}

func TestABusyAgentSendsTheCallerToVoicemail(t *testing.T) {
	s := newStage(t, nil, frontDesk)
	calling(t, s)
	s.settle()
	leg := s.carrier.call(t, 0)
	s.post(leg.url(t, "disconnect"), legEvent("disconnect", leg.id, `"cause":"busy"`))
	s.settle()
	s.wantState(callA, "voicemail")
	document := s.carrier.sent(t, callA)
	if got := spoken(t, document); got != "Please leave a message after the tone." {
		t.Errorf("the caller hears %q", got)
	}
	done := s.post(s.of(document, desk, "recordCompleteUrl"), webhook("recordComplete", callA, `"recordingId":"r-1"`))
	if got := done.words(t); got != "Goodbye." {
		t.Errorf("after the message the caller hears %q", got)
	}
	if got := s.Stats(); got.Pushes != 1 {
		t.Errorf("stats %+v", got)
	}
}

func TestTheFirstWebhookMayComeBeforeTheAnswerOfCreateCall(t *testing.T) {
	s := newStage(t, nil, frontDesk)
	var heard answer
	s.carrier.created = func(id string) {
		m := s.carrier.made[0]
		heard = s.post(m.url(t, "answer"), legEvent("answer", id))
	}
	calling(t, s)
	s.settle()
	if got := heard.words(t); got != "A caller is waiting. Press 1 to accept." {
		t.Errorf("the agent hears %q", got)
	}
	id := s.carrier.call(t, 0).id
	s.wantState(id, "screening")
	if l := s.machine(callA).Legs[0]; l.CallID != id || !l.Answered {
		t.Errorf("the maker knows %+v", l)
	}
}

func TestACallerWhoIsGoneDialsNobody(t *testing.T) {
	s := newStage(t, nil, frontDesk)
	calling(t, s)
	s.post(desk, webhook("disconnect", callA, `"cause":"hangup"`))
	s.settle()
	if made := s.carrier.did("createCall"); len(made) != 0 {
		t.Errorf("dialled %v", made)
	}
	if l := s.machine(callA).Legs[0]; !l.Ended || l.Cause != "cancel" {
		t.Errorf("the leg: %+v", l)
	}
}

func TestACallerWhoHangsUpWhileItRingsCancelsTheLeg(t *testing.T) {
	s := newStage(t, nil, frontDesk)
	calling(t, s)
	s.settle()
	id := s.carrier.call(t, 0).id
	s.post(desk, webhook("disconnect", callA, `"cause":"hangup"`))
	s.settle()
	if got := s.carrier.did("updateCall"); !slices.Equal(got, []string{id + " completed"}) {
		t.Errorf("updateCall %v", got)
	}
}

func TestACallThatMayHaveBeenMadeIsFoundAndNotMadeAgain(t *testing.T) {
	s := newStage(t, nil, frontDesk)
	s.carrier.lost = true
	s.carrier.script("createCall", cutOff())
	calling(t, s)
	s.pass(10 * time.Second)
	if got := s.carrier.did("createCall"); len(got) != 1 {
		t.Fatalf("dialled %d times", len(got))
	}
	id := s.carrier.call(t, 0).id
	if l := s.machine(callA).Legs[0]; l.CallID != id || s.machine(id).Phase != runtime.Dialing {
		t.Errorf("the maker knows %+v", l)
	}
	s.post(s.carrier.call(t, 0).url(t, "answer"), legEvent("answer", id))
	s.wantState(id, "screening")
}

func TestACallThatIsNotFoundIsGivenUpAndNotMadeAgain(t *testing.T) {
	s := newStage(t, nil, frontDesk)
	s.carrier.script("createCall", cutOff())
	calling(t, s)
	s.pass(30 * time.Second)
	if got := s.carrier.did("createCall"); len(got) != 1 {
		t.Errorf("dialled %d times", len(got))
	}
	if got := s.carrier.did("listCalls"); len(got) != 3 {
		t.Errorf("looked %d times", len(got))
	}
	s.wantState(callA, "voicemail")
	if got := spoken(t, s.carrier.sent(t, callA)); got != "Please leave a message after the tone." {
		t.Errorf("the caller hears %q", got)
	}
	if !strings.Contains(s.log.String(), "leg not dialled") {
		t.Errorf("it was given up silently: %s", s.log)
	}
}

func TestAWebhookEndsTheSearchForACall(t *testing.T) {
	s := newStage(t, nil, frontDesk)
	s.carrier.lost = true
	s.carrier.script("createCall", cutOff())
	s.carrier.script("listCalls", cutOff(), cutOff(), cutOff())
	s.carrier.fail["createCall"] = []error{cutOff()}
	calling(t, s)
	s.settle()
	leg := s.carrier.call(t, 0)
	s.post(leg.url(t, "answer"), legEvent("answer", leg.id))
	s.pass(time.Minute)
	s.wantState(leg.id, "screening")
	if l := s.machine(callA).Legs[0]; l.CallID != leg.id || l.Ended {
		t.Errorf("the maker knows %+v", l)
	}
	if got := s.carrier.did("createCall"); len(got) != 1 {
		t.Errorf("dialled %d times", len(got))
	}
}

func TestTheCarrierSaysWhenToDialAgain(t *testing.T) {
	s := newStage(t, nil, frontDesk)
	s.carrier.script("createCall", refused(429, "Retry-After: 7"), refused(429))
	calling(t, s)
	s.settle()
	for _, step := range []struct {
		wait  time.Duration
		tries int
	}{{0, 1}, {6 * time.Second, 1}, {time.Second, 2}, {3 * time.Second, 2}, {time.Second, 3}} {
		s.pass(step.wait)
		if got := s.carrier.did("createCall"); len(got) != step.tries {
			t.Fatalf("%s: dialled %d times, want %d", step.wait, len(got), step.tries)
		}
	}
	if id := s.carrier.call(t, 0).id; s.machine(callA).Legs[0].CallID != id {
		t.Errorf("the maker does not know %s", id)
	}
}

func TestARefusedCallEndsItsLeg(t *testing.T) {
	tests := []struct {
		sentence, cause string
		dialled         int
		errs            []error
	}{
		{"a request that is wrong", "error", 1, []error{refused(400)}},
		{"an account that may not call", "account-limit", 1, []error{refused(403)}},
		{"an account that calls too much", "account-limit", 5, []error{refused(429), refused(429), refused(429), refused(429), refused(429)}},
	}
	for _, tt := range tests {
		t.Run(tt.sentence, func(t *testing.T) {
			s := newStage(t, nil, frontDesk)
			s.carrier.script("createCall", tt.errs...)
			calling(t, s)
			s.pass(40 * time.Second)
			if l := s.machine(callA).Legs[0]; !l.Ended || l.Cause != tt.cause {
				t.Errorf("the maker knows %+v", l)
			}
			if got := s.carrier.did("createCall"); len(got) != tt.dialled {
				t.Errorf("dialled %d times", len(got))
			}
			s.wantState(callA, "voicemail")
		})
	}
}

func TestMachinesAreDetectedOnlyWhereTheFlowAsksForIt(t *testing.T) {
	s := newStage(t, nil, frontDesk, "flow: outward\noutbound: {from: \"+15550009999\"}\nstart: {answer: bye}\nstates: {bye: {type: final, bxml: [Hangup]}}\n")
	calling(t, s)
	if _, err := s.Call(t.Context(), "outward", runtime.CallRequest{To: "+15551112222"}, "order-7"); err != nil {
		t.Fatal(err)
	}
	s.settle()
	for i := range 2 {
		if d := s.carrier.call(t, i).body.MachineDetection; d != nil {
			t.Errorf("call %d is made with machineDetection %+v", i, d)
		}
	}
}
