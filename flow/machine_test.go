package flow_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow"
)

func TestURLsOfLegsAndConferences(t *testing.T) {
	flows := good(t)
	tests := []struct {
		flow, state string
		want        []string
	}{
		{"transfer-legs", "calling", []string{"Transfer.transferCompleteUrl", "PhoneNumber.transferAnswerUrl", "PhoneNumber.transferDisconnectUrl"}},
		{"transfer", "calling", nil},
		{"conference", "meeting", []string{"StartGather.dtmfUrl", "Conference.conferenceEventUrl"}},
		{"conference", "room", []string{"StartRecording.recordingAvailableUrl"}},
	}
	for _, tt := range tests {
		f := flows.Flow(tt.flow)
		if !slices.ContainsFunc(f.States, func(s *flow.State) bool { return s.Name == tt.state }) {
			continue
		}
		if diff := cmp.Diff(tt.want, filled(t, f, tt.state)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.flow, diff)
		}
	}
	const lone = "flow: lone\nstart: {initiate: a}\nstates:\n  a: {bxml: [{Conference: team}, Redirect], on: {redirect: {}}}\n"
	if got := filled(t, set(t, lone).Flow("lone"), "a"); !slices.Equal(got, []string{"Redirect.redirectUrl"}) {
		t.Errorf("a conference that nobody is told of has %q", got)
	}
	const told = "flow: told\nstart: {initiate: a}\nstates:\n  a: {bxml: [Gather], on: {gather: {}, joined: {}}}\n"
	both := set(t, lone, told)
	if got := filled(t, both.Flow("lone"), "a"); !slices.Equal(got, []string{"Conference.conferenceEventUrl", "Redirect.redirectUrl"}) {
		t.Errorf("a conference that a flow of the set is told of has %q", got)
	}
	if both.Flow("lone").Hash == set(t, lone).Flow("lone").Hash {
		t.Error("the hash does not tell them apart")
	}
}

// meeting is a flow with a conference; what stands in its states and at flow level is to be put in.
func meeting(room, top string) string {
	return "flow: t\nstart: {initiate: a, conferenceCreated: room}\nstates:\n  a: {bxml: [{Conference: team}, Redirect], on: {redirect: end}}\n" +
		"  room: {" + room + "}\n  end: {type: final, bxml: [Hangup]}\n" + top
}

func TestCallsAndConferencesAreToldApart(t *testing.T) {
	testWrong(t, []wrong{
		{"an error of a conference", meeting("bxml: [{SpeakSentence: Hi.}]", "on: {error: end}\n"), []string{`6 <Hangup> verb-placement: Hangup cannot run on a conference`}},
		{"one that the conference handles itself", meeting("on: {error: {}}", "on: {error: end}\n"), nil},
		{"one that it handles sometimes", meeting(`on: {error: {guard: event.reason == "limit"}}`, "on: {error: end}\n"), []string{`6 <Hangup> verb-placement: Hangup cannot run on a conference`}},
		{"the end of a leg, which a conference has none of", meeting("on: {conferenceMemberJoin: {}}", "on: {legEnded: end}\n"), nil},
		{"the end of a leg that a conference makes",
			meeting(`entry: [{createCall: {leg: x, to: "+15551112222", from: "+15551112223", target: end}}]`, "on: {legEnded: end}\n"),
			[]string{`6 <Hangup> verb-placement: Hangup cannot run on a conference`}},
		{"a signal to a call", meeting("on: {conferenceMemberJoin: {}}", "on: {paid: end}\nsignals: {paid: {}}\n"), nil},
		{"a signal to a conference", meeting("on: {conferenceMemberJoin: {}}", "on: {paid: end, left: {actions: [{send: {to: conference, signal: paid}}]}}\nsignals: {paid: {}}\n"),
			[]string{`6 <Hangup> verb-placement: Hangup cannot run on a conference`}},
		{"the call where both come", meeting("on: {conferenceMemberJoin: {}}", "on: {error: {actions: [{log: \"${call.id}\"}]}}\n"),
			[]string{`7 <call.id> unknown-name: call does not exist here: calls and conferences both come here`}},
		{"a field of a conference that is none", meeting("on: {conferenceMemberJoin: {guard: conference.size > 1}}", ""),
			[]string{`5 <conference.size> unknown-name: there is no conference.size`}},
		{"a silent conference", meeting("", ""), nil},
	})
}

func TestLegsOfSubFlows(t *testing.T) {
	inner := "flow: inner\nstart: {invoke: a}\noutbound: {from: \"+15551112222\"}\nstates:\n  a: {entry: [{createCall: {leg: agent, to: \"+15551112222\", target: b}}], bxml: [Gather], on: {gather: end}}\n" +
		"  b: {bxml: [Gather], on: {gather: gone}}\n  gone: {type: final, bxml: [Hangup]}\n  end: {type: final}\n"
	outer := "flow: outer\nstart: {initiate: a}\nstates:\n  a: {invoke: inner, on: {done: end}}\n  end: {type: final, entry: [{endCall: agent, guard: call.legs.agent.answered}], bxml: [Hangup]}\n"
	loaded := set(t, inner, outer)
	for _, f := range loaded.Flows() {
		if !slices.Equal(f.Legs, []string{"agent"}) {
			t.Errorf("the legs of %q are %q", f.Name, f.Legs)
		}
	}
}

func TestAWayInFromAnotherFlowIsPartOfTheHash(t *testing.T) {
	const b = "flow: b\nstart: {answer: a}\nstates:\n  a: {bxml: [Gather], on: {gather: c}}\n  c: {type: final, bxml: [Hangup]}\n"
	const a = "flow: a\nstart: {initiate: a}\noutbound: {from: \"+15551112222\"}\nstates:\n  a: {entry: [{createCall: {leg: x, to: \"+15551112222\", flow: b, target: c}}], bxml: [Gather], on: {gather: {}, legEnded: a}}\n"
	if set(t, b).Flow("b").Hash == set(t, a, b).Flow("b").Hash {
		t.Error("the hash is the same")
	}
}
