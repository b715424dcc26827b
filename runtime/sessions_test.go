package runtime_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/runtime"
	"github.com/bxmlflow/bxmlflow/runtime/store"
	"github.com/bxmlflow/bxmlflow/runtime/store/memory"
)

const meeting = `
flow: meeting
vars: {seen: ""}
start: {initiate: enter, conferenceCreated: open}
on:
  joined: {actions: [{log: "in ${event.name}"}]}
  left: {actions: [{log: "out"}]}
states:
  enter:
    bxml: [{Conference: {name: room}, with: {role: host}}, Hangup]
    on: {redirect: {}}
  open:
    on:
      conferenceMemberJoin:
        - guard: event.with.role == "host"
          actions:
            - set: {seen: "${vars.seen}${event.callId};"}
            - updateConferenceMember: {memberId: "${event.callId}", mute: true}
            - updateConferenceBxml: {bxml: [{SpeakSentence: Welcome.}]}
      conferenceMemberExit:
        - {guard: len(conference.members) == 0, actions: [{updateConference: {status: completed}}]}
        - {}
`

func conferenceEvent(name, callID string) string {
	member := ""
	if callID != "" {
		member = `,"callId":"` + callID + `","from":"+15551112222","to":"+15553334444","direction":"inbound"`
	}
	return `{"eventType":"` + name + `","eventTime":"2026-11-20T10:00:05Z","conferenceId":"conf-1","name":"room"` + member + `}`
}

func TestAConferenceIsAMachineOfItsOwn(t *testing.T) {
	s := newStage(t, nil, meeting)
	in := s.post("/flows/meeting", webhook("initiate", callA))
	target := in.url(t, "/flows/meeting", "conferenceEventUrl")
	if got := s.post(target, conferenceEvent("conferenceCreated", "")); got.status != 204 {
		t.Fatalf("created: status %d, %s", got.status, got.body)
	}
	if got := s.post(target, conferenceEvent("conferenceMemberJoin", callA)); got.status != 204 {
		t.Fatalf("joined: status %d, %s", got.status, got.body)
	}
	s.settle()
	if got, _ := s.machine("conf-1").Var("seen"); got != callA+";" {
		t.Errorf("the conference has seen %q", got)
	}
	if m := s.machine("conf-1"); !slices.Equal(m.More.Members, []string{callA}) || m.More.Creator != callA {
		t.Errorf("the conference: %+v", m.More)
	}
	if m := s.machine(callA); m.More == nil || m.More.Conference != "conf-1" {
		t.Errorf("the member: %+v", m.More)
	}
	if got := s.carrier.did("updateConferenceMember"); !slices.Equal(got, []string{`conf-1 ` + callA + ` {"mute":true}`}) {
		t.Errorf("members updated: %v", got)
	}
	if got := s.carrier.did("updateConferenceBxml"); len(got) != 1 || !strings.Contains(got[0], "Welcome.") {
		t.Errorf("documents: %v", got)
	}
	s.post(target, conferenceEvent("conferenceMemberExit", callA))
	s.settle()
	if got := s.carrier.did("updateConference"); !slices.Equal(got, []string{`conf-1 {"status":"completed"}`}) {
		t.Errorf("conference updated: %v", got)
	}
	s.post(target, conferenceEvent("conferenceCompleted", ""))
	s.settle()
	if m := s.machine("conf-1"); m.Phase != runtime.Ended {
		t.Errorf("the conference is %s", m.Phase)
	}
	for _, want := range []string{"in room", "out"} {
		if !strings.Contains(s.log.String(), want) {
			t.Errorf("%q is missing: %s", want, s.log)
		}
	}
	s.clock.add(25 * time.Hour)
	if n := s.Sweep(t.Context()); n != 1 {
		t.Errorf("%d records swept", n)
	}
}

const passing = `
flow: passing
vars: {who: "Ada"}
start: {initiate: ask, transferAnswer: whisper}
states:
  ask:
    bxml: [{Transfer: {nested: [{PhoneNumber: "+15553334444"}]}}]
    on: {transferComplete: bye, transferDisconnect: {actions: [{log: "${event.cause}"}]}}
  whisper:
    bxml: [{Gather: {maxDigits: 1, nested: [{SpeakSentence: "It is ${vars.who}."}]}}]
    on: {gather: bye}
  bye: {type: final, bxml: [Hangup]}
`

func TestALegOfATransferIsAChild(t *testing.T) {
	s := newStage(t, nil, passing)
	first := s.post("/flows/passing", webhook("initiate", callA))
	child := call(1)
	parent := `"parentCallId":"` + callA + `"`
	heard := s.post(first.url(t, "/flows/passing", "transferAnswerUrl"), legEvent("transferAnswer", child, parent))
	if got := heard.words(t); got != "It is Ada." {
		t.Errorf("the callee hears %q", got)
	}
	if m := s.machine(child); m.Call.Parent != callA {
		t.Errorf("the child of %q", m.Call.Parent)
	}
	s.post(first.url(t, "/flows/passing", "transferDisconnectUrl"), legEvent("transferDisconnect", child, parent, `"cause":"hangup"`))
	s.settle()
	if m := s.machine(child); m.Phase != runtime.Ended {
		t.Errorf("the child is %s", m.Phase)
	}
}

func TestALegThatWasDialledHereTransfersToo(t *testing.T) {
	s := newStage(t, nil, strings.Replace(passing, "initiate: ask", "answer: ask", 1))
	id, err := s.Call(t.Context(), "passing", runtime.CallRequest{To: "+15551112222", From: "+15550009999"}, "k")
	if err != nil {
		t.Fatal(err)
	}
	s.settle()
	leg := s.carrier.call(t, 0)
	first := s.post(leg.url(t, "answer"), legEvent("answer", leg.id))
	parent := `"parentCallId":"` + leg.id + `"`
	target, body := first.url(t, "/flows/passing", "transferAnswerUrl"), legEvent("transferAnswer", call(1), parent)
	heard := s.post(target, body)
	if got := heard.words(t); got != "It is Ada." {
		t.Errorf("the callee hears %q", got)
	}
	if again := s.post(target, body); again.body != heard.body {
		t.Errorf("the same webhook gets %d, %s", again.status, again.body)
	}
	disconnect := first.url(t, "/flows/passing", "transferDisconnectUrl")
	if got := s.post(disconnect, legEvent("transferDisconnect", call(1), parent, `"cause":"hangup"`)); got.status != 204 {
		t.Errorf("transferDisconnect: status %d, %s", got.status, got.body)
	}
	s.settle()
	if m := s.machine(call(1)); m.Phase != runtime.Ended || s.machine(id).State() != "ask" {
		t.Errorf("the child is %s, the leg in %q", m.Phase, s.machine(id).State())
	}
}

const recorded = `
flow: recorded
start: {initiate: ask}
states:
  ask:
    entry:
      - updateCallRecordingState: {state: paused}
      - deleteRecording: {recordingId: r-1}
      - transcribeRecording: {recordingId: r-2, tag: t}
    bxml: [{Gather: {maxDigits: 1}}]
    on: {gather: bye, error: {actions: [{log: "failed, ${event.reason}: ${event.message}"}]}}
  bye: {type: final, bxml: [Hangup]}
`

func TestOperationsOfTheRESTAPIAreMadeInOrder(t *testing.T) {
	s := newStage(t, nil, recorded)
	s.carrier.script("deleteRecording", refused(404))
	s.carrier.script("updateCallRecordingState", refused(500))
	s.carrier.script("transcribeRecording", refused(400))
	s.post("/flows/recorded", webhook("initiate", callA))
	s.pass(time.Minute)
	want := []string{
		"updateCallRecordingState " + callA + ` {"state":"paused"}`,
		"updateCallRecordingState " + callA + ` {"state":"paused"}`,
		"deleteRecording " + callA + ` "r-1"`,
		"transcribeRecording " + callA + ` r-2 {"tag":"t"}`,
	}
	if diff := cmp.Diff(want, s.carrier.log); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !strings.Contains(s.log.String(), "failed, effect") || !strings.Contains(s.log.String(), "effect given up") {
		t.Errorf("it failed silently: %s", s.log)
	}
}

func TestOneOfTwoProcessesDials(t *testing.T) {
	s := newStage(t, nil, frontDesk)
	calling(t, s)
	other := start(t, s.config)
	// The second process comes to the effect while the first one is asking the carrier.
	s.carrier.created = func(string) {
		if err := other.Settle(context.Background()); err != nil {
			t.Error(err)
		}
	}
	s.settle()
	if got := s.carrier.did("createCall"); len(got) != 1 {
		t.Errorf("dialled %d times", len(got))
	}
}

func TestAProcessThatDiesWhileItDialsIsTakenOver(t *testing.T) {
	s := newStage(t, nil, frontDesk)
	calling(t, s)
	f := &faults{Store: s.store}
	dying := s.config
	dying.Store = f
	one := start(t, dying)
	s.carrier.created = func(string) { // nothing that it does from here on is kept
		f.set(func(f *faults) {
			f.onSave = func(context.Context, *store.Update) (uint64, error) { return 0, errBroken }
		})
	}
	if err := one.Settle(t.Context()); err == nil {
		t.Error("a process that cannot save settles")
	}
	s.pass(20 * time.Second)
	if l := s.machine(callA).Legs[0]; l.CallID != "" {
		t.Fatalf("the maker knows %+v", l)
	}
	s.pass(time.Minute)
	if got := s.carrier.did("createCall"); len(got) != 1 {
		t.Errorf("dialled %d times", len(got))
	}
	if id := s.carrier.call(t, 0).id; s.machine(callA).Legs[0].CallID != id || s.machine(id).Phase != runtime.Dialing {
		t.Errorf("the maker knows %+v", s.machine(callA).Legs)
	}
}

func TestACallWhoseEndWasNeverToldIsAskedFor(t *testing.T) {
	s := newStage(t, nil, "expiry: 5h\nretention: 2h\n"+strings.TrimPrefix(frontDesk, "\n"))
	calling(t, s)
	s.settle()
	leg := s.carrier.call(t, 0)
	s.post(leg.url(t, "answer"), legEvent("answer", leg.id))
	s.carrier.states = map[string]string{callA: "answered", leg.id: "answered"}
	s.clock.add(6 * time.Hour)
	if n := s.Sweep(t.Context()); n != 0 {
		t.Errorf("%d records of calls that are up were swept", n)
	}
	s.clock.add(4 * time.Hour) // before both expire again
	if n := s.Sweep(t.Context()); n != 0 || len(s.carrier.did("getCall")) != 2 {
		t.Errorf("%d swept, asked %v", n, s.carrier.did("getCall"))
	}
	s.carrier.states[leg.id] = "disconnected"
	s.carrier.script("getCall", refused(500))
	s.clock.add(2 * time.Hour)
	s.Sweep(t.Context())
	s.clock.add(90 * time.Minute)
	s.Sweep(t.Context())
	s.settle()
	if m := s.machine(leg.id); m.Phase != runtime.Ended || m.Call.Cause != "reaped" {
		t.Errorf("the leg is %s, cause %q", m.Phase, m.Call.Cause)
	}
	if l := s.machine(callA).Legs[0]; !l.Ended || l.Cause != "reaped" {
		t.Errorf("the maker knows %+v", l)
	}
	s.clock.add(3 * time.Hour)
	s.Sweep(t.Context())
	if _, err := s.Machine(t.Context(), leg.id); !errors.Is(err, runtime.ErrUnknownCall) {
		t.Errorf("the leg is kept for ever: %v", err)
	}
}

func TestLookupsCanBeAnsweredWithoutTheKit(t *testing.T) {
	n := &notices{}
	var asked []string
	b := start(t, runtime.Config{
		Flows: set(t, flow.Options{}, notifying), Kit: n.kit(), Manual: true, Store: memory.New(),
		Lookup: func(_ context.Context, r *runtime.Request) (map[string]any, bool, error) {
			asked = append(asked, r.Name)
			return nil, r.Args["text"] == "first", nil
		},
	})
	b.post("/flows/notifying", webhook("initiate", callA))
	if len(asked) != 0 {
		t.Errorf("a manual engine asked %v by itself", asked)
	}
	if err := b.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(asked, []string{"notify", "notify"}) || !slices.Equal(n.all(), []string{":2 second"}) {
		t.Errorf("asked %v, the kit did %v", asked, n.all())
	}
}
