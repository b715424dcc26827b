package runtime

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow"
)

func TestWhatFlowsReadOfOtherMachines(t *testing.T) {
	f := &flow.Flow{
		Legs: []string{"agent", "other"}, Signals: map[string]*flow.Signal{"ready": {Name: "ready", First: 1, Count: 2}},
		SignalFields: []flow.Return{{Name: "text", Type: flow.String}, {Name: "n", Type: flow.Int}, {Name: "wait", Type: flow.Duration}},
	}
	m := &Machine{
		Key: roomID, Frames: []Frame{{Flow: f}},
		Legs: []Leg{
			{Name: "agent", Key: "leg-1", CallID: "c-old", To: "+1", Ended: true, Cause: "busy"},
			{Name: "agent", Key: "leg-2", CallID: "c-new", To: "+15551112222", Answered: true},
		},
		More: &More{Conference: roomID, Name: "standup", Creator: "c-1", Members: []string{"c-1", "c-2"}},
	}
	event := &InternalEvent{
		Name: "ready", Reason: "r", Message: "m", Source: "s", CallID: "c-9", Cause: "hangup", Answered: true, Conference: roomID,
		Title: "standup", With: map[string]any{"text": "not its own", "n": 4.0, "wait": "20s"},
	}
	internal := func(f flow.InternalField) flow.Slot { return flow.SlotOf(flow.RootInternal, int(f)) }
	tests := []struct {
		name  string
		slot  flow.Slot
		want  any
		has   bool
		shown string
	}{
		{"call.legs.agent.id", flow.SlotOfLeg(0, flow.LegID), "c-new", true, "c-new"},
		{"call.legs.agent.to", flow.SlotOfLeg(0, flow.LegTo), "+15551112222", true, "***(12)"},
		{"call.legs.agent.answered", flow.SlotOfLeg(0, flow.LegAnswered), true, true, "true"},
		{"call.legs.agent.ended", flow.SlotOfLeg(0, flow.LegEnded), false, true, "false"},
		{"call.legs.agent.cause", flow.SlotOfLeg(0, flow.LegCause), "", false, ""},
		{"call.legs.other.id", flow.SlotOfLeg(1, flow.LegID), "", false, ""},
		{"conference.id", flow.SlotOf(flow.RootConference, int(flow.ConferenceID)), roomID, true, roomID},
		{"conference.name", flow.SlotOf(flow.RootConference, int(flow.ConferenceName)), "standup", true, "standup"},
		{"conference.creator", flow.SlotOf(flow.RootConference, int(flow.ConferenceCreator)), "c-1", true, "c-1"},
		{"conference.members", flow.SlotOf(flow.RootConference, int(flow.ConferenceMembers)), []any{"c-1", "c-2"}, true, `["c-1","c-2"]`},
		{"event.text", flow.SlotOf(flow.RootSignal, 0), "", false, ""},
		{"event.n", flow.SlotOf(flow.RootSignal, 1), 4, true, "4"},
		{"event.wait", flow.SlotOf(flow.RootSignal, 2), 20 * time.Second, true, "20"},
		{"event.reason", internal(flow.ErrorReason), "r", true, "r"},
		{"event.message", internal(flow.ErrorMessage), "m", true, "m"},
		{"event.source", internal(flow.ErrorSource), "s", true, "s"},
		{"event.leg", internal(flow.FieldLeg), "agent", true, "agent"},
		{"event.callId", internal(flow.FieldCallID), "c-9", true, "c-9"},
		{"event.cause", internal(flow.FieldCause), "hangup", true, "hangup"},
		{"event.answered", internal(flow.FieldAnswered), true, true, "true"},
		{"event.bridged", internal(flow.FieldBridged), false, true, "false"},
		{"event.conferenceId", internal(flow.FieldConference), roomID, true, roomID},
		{"event.name", internal(flow.FieldConferenceName), "standup", true, "standup"},
	}
	r := &stepRun{s: newTestStepper(t, nil), in: &Input{Internal: event}}
	e := stepEnv{run: r, m: m, view: eventView{internal: event, leg: "agent"}}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := e.Lookup(int(test.slot))
			if diff := cmp.Diff(test.want, got); diff != "" || e.Has(int(test.slot)) != test.has {
				t.Errorf("has %v, want %v (-want +got):\n%s", e.Has(int(test.slot)), test.has, diff)
			}
			if diff := cmp.Diff(Seen{test.name, test.shown}, e.look(test.slot, got)); diff != "" {
				t.Errorf("shown (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDelays(t *testing.T) {
	tests := []struct {
		value any
		want  time.Duration
		fails bool
	}{
		{20 * time.Second, 20 * time.Second, false},
		{20, 20 * time.Second, false},
		{1.5, 1500 * time.Millisecond, false},
		{-3, 0, false},
		{math.MaxInt, maxDelay, false},
		{math.Inf(1), maxDelay, false},
		{math.NaN(), 0, true},
		{"20s", 0, true},
		{nil, 0, true},
	}
	for _, test := range tests {
		if got, err := inTime(test.value); got != test.want || (err != nil) != test.fails {
			t.Errorf("%v is %v, error %v", test.value, got, err)
		}
	}
}

func TestDialTimesInSeconds(t *testing.T) {
	tests := []struct {
		value any
		want  float64
		fails bool
	}{
		{15, 15, false}, {1.5, 1.5, false}, {2 * time.Minute, 120, false},
		{-1, 0, true}, {math.NaN(), 0, true}, {math.Inf(1), 0, true}, {"15", 0, true}, {nil, 0, true},
	}
	for _, test := range tests {
		if got, err := seconds(test.value); got != test.want || (err != nil) != test.fails {
			t.Errorf("%v is %v, error %v", test.value, got, err)
		}
	}
}
