package runtime

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow"
)

func TestOperationsOfTheRESTAPI(t *testing.T) {
	s := newSession(t, `
flow: operations
vars: {room: conf-1, recording: r-1}
start: {initiate: menu}
states:
  menu:
    bxml: [{Gather: {maxDigits: 1}}]
    on:
      gather:
        - {guard: event.digits == "1", actions: [{updateConferenceMember: {conferenceId: "${vars.room}", mute: true}}]}
        - {guard: event.digits == "2", actions: [{deleteRecording: {recordingId: "${vars.recording}"}}]}
        - {guard: event.digits == "3", actions: [{updateConference: {conferenceId: "${vars.room}", status: completed}}]}
        - {guard: event.digits == "4", actions: [{updateCallRecordingState: {callId: "${last4(\"\")}", state: paused}}]}
        - target: bye
  bye: {type: final, bxml: [Hangup]}
`)
	s.mute = true
	tests := []struct {
		digit string
		want  Request
		fault string
	}{
		{"1", Request{Operation: "updateConferenceMember", Target: "conf-1", Args: map[string]any{"memberId": callerCall, "mute": true}}, ""},
		{"2", Request{Operation: "deleteRecording", Target: callerCall, Args: map[string]any{"recordingId": "r-1"}}, ""},
		{"3", Request{Operation: "updateConference", Target: "conf-1", Args: map[string]any{"status": "completed"}}, ""},
		{"4", Request{}, flow.ReasonAction},
	}
	s.event(callerCall, "initiate")
	for _, test := range tests {
		p := s.machine(callerCall)
		p.m.Effects = nil
		out := s.event(callerCall, "gather digits="+test.digit)
		if test.fault != "" {
			if len(out.Trace.Faults) != 1 || out.Trace.Faults[0].Reason != test.fault || len(p.m.Effects) != 0 {
				t.Errorf("%s: faults %v, effects %v", test.digit, out.Trace.Faults, p.m.Effects)
			}
			continue
		}
		if len(p.m.Effects) != 1 {
			t.Fatalf("%s: effects %+v", test.digit, p.m.Effects)
		}
		got := p.m.Effects[0].Request
		if diff := cmp.Diff(test.want, Request{Operation: got.Operation, Target: got.Target, Args: got.Args}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.digit, diff)
		}
	}
}

func TestTooManyEffects(t *testing.T) {
	s := newSession(t, strings.Replace(movedFlow, "flow: moved", "flow: moved\nlimits: {visits: none, steps: none}", 1))
	s.mute = true
	s.event(callerCall, "initiate")
	s.event(callerCall, "gather digits=1")
	for range MaxPending {
		s.machine(callerCall).m.Frames[0].Visits = nil
		s.event(callerCall, "gather digits=3")
	}
	m := &s.machine(callerCall).m
	if len(m.Effects) != MaxPending || m.LastEffect != uint32(MaxPending) {
		t.Errorf("%d effects wait", len(m.Effects))
	}
}

func TestSecretsAreNamedAndNotKept(t *testing.T) {
	p := play(t, `
flow: secrets
start: {initiate: menu}
states:
  menu:
    entry: [{http: {method: POST, url: "https://crm.example.com/calls", headers: {Authorization: "Bearer ${secret(\"crm\")}!"}}}]
    bxml: [Hangup]
    type: final
`)
	out := p.send("initiate")
	want := []Pair{{Name: "Authorization", Value: "Bearer ", Secret: "crm", After: "!"}}
	if len(out.Machine.Effects) != 1 {
		t.Fatalf("effects %+v, faults %v", out.Machine.Effects, out.Trace.Faults)
	}
	if diff := cmp.Diff(want, out.Machine.Effects[0].Request.Headers); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
}

func TestWhatComesToADialingLeg(t *testing.T) {
	s := newSession(t, deskFlow+"  lost: {type: final, bxml: [Hangup]}\n"+
		"on: {error: {target: lost, actions: [{log: \"failed: ${event.reason}\"}]}}\n")
	s.event(callerCall, "initiate")
	s.event(callerCall, "gather digits=1")
	out := s.internal("agent", InternalEvent{Name: flow.EventError, Reason: flow.ReasonEffect, Message: "given up"})
	if out.Push || out.Machine.State() != "" || len(out.Trace.Logs) != 1 || out.Machine.Phase != Dialing {
		t.Errorf("an error moved a leg that dials: %+v", out.Trace)
	}
	out = s.event("agent", "gather digits=1 callId="+legCall(1))
	if out.Kind != Document || string(out.Document) != stepApology || out.Machine.Phase != Dialing || out.Machine.State() != "" {
		t.Errorf("an event of a call that is not up: %+v", out)
	}
	out = s.event("agent", "machineDetectionComplete callId="+legCall(1))
	if out.Kind != Empty || out.Trace.Note != NoteIgnored {
		t.Errorf("an asynchronous event before the answer: %+v", out)
	}
	if out := s.answer("agent", 1); out.Kind != Document || out.Machine.State() != "screening" {
		t.Errorf("the answer after that: %+v", out)
	}
}
