package runtime

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/runtime/internal/token"
)

const (
	roomID     = "conf-59082d52-4a2ab5be-ce26-43ed-af94-431b8a19d4e3"
	secondCall = "c-00000002-1a31c52e-b38f-4198-93c1-51633ec68f8d"
)

const roomFlow = `
flow: room
vars: {heard: "", hosts: 0, members: []}
start: {initiate: in, conferenceCreated: open}
states:
  in:
    bxml: [{Conference: {text: standup}, with: {role: host}}, Redirect]
    on:
      redirect: bye
      joined: {actions: [{set: {heard: "${vars.heard}+${event.name}/${event.with.role}"}}]}
      left: {actions: [{set: {heard: "${vars.heard}-${event.conferenceId}"}}]}
  open:
    bxml: [{PlayAudio: "https://example.com/a.wav"}]
    on:
      conferenceMemberJoin:
        - guard: event.with.role == "host" && len(conference.members) > 1
          target: busy
          actions: [{set: {members: "${conference.members}"}}]
        - actions: [{set: {hosts: "${vars.hosts + 1}"}}]
      conferenceMemberExit: open
      conferenceCompleted: {actions: [{log: "${conference.name} by ${conference.creator}"}]}
  busy:
    bxml: [{SpeakSentence: Welcome.}]
    after: {10s: open}
  bye: {type: final, bxml: [Hangup]}
`

// enter lets a call come into the conference.
func (s *session) enter(callID string) Outcome {
	s.tb.Helper()
	return s.event(roomID, "conferenceMemberJoin conferenceId="+roomID+" name=standup callId="+callID, func(in *Input) {
		if p := s.machine(callID); p != nil {
			in.Member = &p.m
		}
	})
}

func TestAConference(t *testing.T) {
	s := newSession(t, roomFlow)
	s.event(callerCall, "initiate")
	s.event(secondCall, "initiate")
	created := s.event(roomID, "conferenceCreated conferenceId="+roomID+" name=standup", func(in *Input) {
		in.Token = &token.Claims{Machine: callerCall, Flow: "room", Turn: 1, Event: "conferenceCreated"}
	})
	if created.Kind != Document || !created.New || created.Machine.State() != "open" || created.Machine.Key != roomID {
		t.Fatalf("created: %+v", created)
	}
	if out := s.enter(callerCall); out.Kind != Empty || !out.Handled || len(out.Document) != 0 {
		t.Errorf("a transition without a target: %+v", out)
	}
	if out := s.enter(secondCall); out.Kind != Document || out.Machine.State() != "busy" || !strings.Contains(string(out.Document), "Welcome") {
		t.Errorf("the second member: %+v", out)
	}
	room := &s.machine(roomID).m
	want := &More{Conference: roomID, Name: "standup", Creator: callerCall, Members: []string{callerCall, secondCall}}
	if diff := cmp.Diff(want, room.More); diff != "" {
		t.Errorf("the conference (-want +got):\n%s", diff)
	}
	if v, _ := room.Var("members"); len(v.([]any)) != 2 {
		t.Errorf("conference.members is %v", v)
	}
	if more := s.machine(secondCall).m.More; more.Conference != roomID || more.With["role"] != "host" {
		t.Errorf("the member's machine: %+v", more)
	}
	if out := s.wait(10e9); !out.Push || s.did() != "updateBxml open" {
		t.Errorf("a timer of a conference: %+v", out)
	}
	s.event(roomID, "conferenceMemberExit conferenceId="+roomID+" callId="+secondCall)
	if m := &s.machine(secondCall).m; m.More.Conference != "" || m.More.With != nil {
		t.Errorf("who has left is still in: %+v", m.More)
	}
	out := s.event(roomID, "conferenceCompleted conferenceId="+roomID)
	if out.Machine.Phase != Ended || len(out.Trace.Logs) != 1 || out.Trace.Logs[0] != "standup by "+callerCall {
		t.Errorf("completed: %+v", out.Trace)
	}
	for call, want := range map[string]string{callerCall: "+standup/host-" + roomID, secondCall: "+standup/host-" + roomID} {
		if v, _ := s.machine(call).m.Var("heard"); v != want {
			t.Errorf("%s heard %v, want %s", call, v, want)
		}
	}
}

func TestAConferenceWithoutWithHasNone(t *testing.T) {
	s := newSession(t, `
flow: rooms
start: {initiate: in}
states:
  in: {bxml: [{Conference: standup, with: {role: host}}, Redirect], on: {redirect: between}}
  between: {bxml: [{Gather: {maxDigits: 1}}], on: {gather: other}}
  other: {bxml: [{Conference: lobby}, Redirect], on: {redirect: bye}}
  bye: {type: final, bxml: [Hangup]}
`)
	with := func() any { return s.machine(callerCall).m.More.With["role"] }
	s.event(callerCall, "initiate")
	if with() != "host" {
		t.Fatalf("with.role is %v", with())
	}
	s.event(callerCall, "redirect")
	if with() != "host" { // the conference may be told later than the call that it has left
		t.Errorf("a document without a conference: with.role is %v", with())
	}
	s.event(callerCall, "gather digits=1")
	if with() != nil {
		t.Errorf("in the other conference with.role is %v", with())
	}
}

func TestAConferenceNeedsNoFlow(t *testing.T) {
	s := newSession(t, `
flow: in
vars: {heard: ""}
start: {initiate: in}
states:
  in:
    bxml: [{Conference: standup}, Redirect]
    on:
      redirect: bye
      joined: {actions: [{set: {heard: "${event.name}"}}]}
      left: {actions: [{log: "${vars.heard}"}]}
  bye: {type: final, bxml: [Hangup]}
`)
	s.event(callerCall, "initiate")
	for _, text := range []string{"conferenceCreated name=standup", "conferenceMemberJoin callId=" + callerCall, "conferenceCompleted"} {
		out := s.event(roomID, text+" conferenceId="+roomID)
		if out.Kind != Empty || !out.Changed || out.Handled || len(out.Trace.Faults) > 0 {
			t.Errorf("%s: %+v", text, out)
		}
	}
	if v, _ := s.machine(callerCall).m.Var("heard"); v != "standup" {
		t.Errorf("the member heard %v", v)
	}
	if m := &s.machine(roomID).m; m.Phase != Ended || m.State() != "" || m.More.Creator != callerCall {
		t.Errorf("the conference: %+v, %+v", m.Phase, m.More)
	}
	for _, text := range []string{"conferenceMemberJoin", "conferenceMemberExit", "conferenceCompleted"} {
		if out := s.event("conf-other", text+" conferenceId=conf-other callId="+callerCall); out.Kind != Empty || out.Changed {
			t.Errorf("%s of a conference that nobody knows: %+v", text, out)
		}
		s.machines, s.keys = map[string]*played{callerCall: s.machine(callerCall)}, s.keys[:1]
	}
}

const transferFlow = `
flow: transfer
vars: {name: "", gone: ""}
start: {initiate: calling, transferAnswer: whisper}
states:
  calling:
    entry: [{set: {name: Ada}}]
    bxml: [{Transfer: {nested: [{PhoneNumber: "+15550000001"}]}}]
    on:
      transferDisconnect: {actions: [{set: {gone: "${event.callId}"}}]}
      transferComplete: bye
  whisper:
    bxml: [{SpeakSentence: "${vars.name} is calling ${vars.gone}, ${call.root}."}]
  bye: {type: final, bxml: [Hangup]}
`

func TestALegThatTransferDialled(t *testing.T) {
	s := newSession(t, transferFlow)
	s.event(callerCall, "initiate")
	parent := func(in *Input) {
		in.Parent, in.Flow = &s.machine(callerCall).m, nil
		in.Token = &token.Claims{Machine: callerCall, Flow: "transfer", Turn: 1, Event: "transferAnswer"}
	}
	out := s.event(secondCall, "transferAnswer parentCallId="+callerCall, parent)
	if out.Kind != Document || !out.New || !strings.Contains(string(out.Document), "Ada is calling , "+callerCall) {
		t.Errorf("answered: %+v\n%s", out, out.Document)
	}
	if c := out.Machine.Call; c.Parent != callerCall || c.Root != callerCall || out.Machine.Hash != s.first.Hash {
		t.Errorf("the child's call: %+v", c)
	}
	forged := s.event("c-forged", "transferAnswer parentCallId=c-somebody", parent)
	if forged.Kind != Refused {
		t.Errorf("a call of another parent: %+v", forged)
	}
	out = s.event(callerCall, "transferDisconnect cause=hangup parentCallId="+callerCall+" callId="+secondCall, func(in *Input) {
		in.Token = &token.Claims{Machine: callerCall, Flow: "transfer", Turn: 1, Event: "transferDisconnect"}
	})
	if v, _ := out.Machine.Var("gone"); v != secondCall || out.Kind != Empty {
		t.Errorf("the parent heard of %v", v)
	}
	if child := s.machine(secondCall); child.m.Phase != Ended || child.m.Call.Cause != "hangup" || len(s.machine(callerCall).m.Legs) != 0 {
		t.Errorf("the child is %s", child.m.Phase)
	}
	if out := s.event(secondCall, "transferDisconnect parentCallId=c-nobody"); out.Trace.Note == "" {
		t.Errorf("an event that belongs elsewhere: %+v", out)
	}
}

func TestTracesOfLegsTellNoNumbers(t *testing.T) {
	s := newSession(t, deskFlow)
	s.mute = true
	s.event(callerCall, "initiate")
	out := s.event(callerCall, "gather digits=1")
	if diff := cmp.Diff([]string{"createCall agent ***(12)"}, out.Trace.Effects); diff != "" {
		t.Errorf("effects (-want +got):\n%s", diff)
	}
	out = s.event(callerCall, "disconnect cause=hangup")
	if diff := cmp.Diff([]string{"tell parentEnded to " + legKey(callerCall, 1)}, out.Trace.Effects); diff != "" {
		t.Errorf("effects (-want +got):\n%s", diff)
	}
}

func TestInternalEventsAreRecordedForReplay(t *testing.T) {
	s := newSession(t, holdFlow)
	s.event(callerCall, "initiate")
	e := InternalEvent{Name: "ready", From: "k", ID: 3, CallID: "c-x", With: map[string]any{"who": "Ada", "pause": 2e9}}
	out := s.internal(callerCall, e)
	if diff := cmp.Diff(&e, out.Trace.Input.Internal); diff != "" {
		t.Errorf("recorded (-want +got):\n%s", diff)
	}
}

func TestGotoAndTimersAreRowsOfTheKernel(t *testing.T) {
	desk, _ := compileFlows(t, flow.Options{}, deskFlow)
	hold, _ := compileFlows(t, flow.Options{}, holdFlow)
	names := map[string]bool{}
	for _, f := range []*flow.Flow{desk, hold} {
		for _, row := range kernelRows(f) {
			if strings.HasPrefix(row.Name, "goto/") && !row.Any {
				t.Errorf("%q starts only in %q", row.Name, row.From)
			}
			names[row.Name] = true
		}
	}
	for _, want := range []string{"goto/screening", "outer/after-0/1", "outer.music/after-0/0"} {
		if !names[want] {
			t.Errorf("%q is no row", want)
		}
	}
}
