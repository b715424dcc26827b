package flow_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow"
)

// good loads the flows of testdata/good.
func good(t *testing.T) *flow.Set {
	t.Helper()
	loaded, problems, err := flow.Load(flow.Options{}, "testdata/good")
	if err != nil || len(problems) > 0 {
		t.Fatalf("%v\n%s", err, lines(problems))
	}
	return loaded
}

func TestTheWaysInOfLegs(t *testing.T) {
	flows := good(t)
	tests := []struct {
		flow string
		want []string
	}{
		{"front-desk", []string{"screening"}},
		{"ring-agents", nil},
		{"agent-leg", []string{"asked"}},
		{"hold", []string{"desk", "goodbye", "music"}},
		{"minimal", nil},
	}
	for _, tt := range tests {
		f := flows.Flow(tt.flow)
		if diff := cmp.Diff(tt.want, slices.Sorted(maps.Keys(f.Goto))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.flow, diff)
		}
		for name, tr := range f.Goto {
			if tr.Name != "goto/"+name || tr.Event != flow.EventGoto || tr.Owner != f.Root || tr.Domain != f.Root || tr.Leaf.Name != name || f.Transitions[tr.ID] != tr {
				t.Errorf("%s: the way into %q is %+v", tt.flow, name, tr)
			}
		}
	}
}

func TestALegOfAnotherFlow(t *testing.T) {
	flows := good(t)
	f, other := flows.Flow("ring-agents"), flows.Flow("agent-leg")
	leg := state(t, f, "waiting").Entry[0].Leg
	if leg.Flow != other || leg.FlowName != "agent-leg" || leg.Target != other.Goto["asked"] || f.Legs[leg.Name] != "agent" {
		t.Errorf("the leg is %+v", leg)
	}
	if leg.From != f.Outbound.From || leg.CallTimeout != f.Outbound.CallTimeout || leg.Detection != f.Outbound.Detection || leg.From == nil || leg.Detection == nil {
		t.Error("the leg does not have what stands under outbound")
	}
	if len(leg.Vars) != 1 || other.Vars[leg.Vars[0].Var].Name != "caller" || len(leg.Params) != 1 || other.Params[leg.Params[0].Param].Name != "tries" {
		t.Errorf("the leg begins with %+v and %+v", leg.Vars, leg.Params)
	}
	if own := state(t, flows.Flow("front-desk"), "connecting").Entry[0].Leg; own.Flow != nil || own.FlowName != "front-desk" || own.Target == nil {
		t.Errorf("a leg of the same flow is %+v", own)
	}
}

func TestTheFlowOfALegMustBeGood(t *testing.T) {
	list := sources(
		"flow: a\nstart: {initiate: a}\noutbound: {from: \"+15551112222\"}\nstates:\n  a: {entry: [{createCall: {leg: x, to: \"+15551112222\", flow: b}}], bxml: [Gather], on: {gather: a, legEnded: a}}\n",
		"flow: b\nstart: {answer: a}\nstates:\n  a: {bxml: [Gathr], on: {gather: a}}\n")
	loaded, _ := flow.Compile(flow.Options{}, list...)
	if len(loaded.Flows()) != 0 {
		t.Error("a flow is loaded whose legs cannot run")
	}
}

func TestLegsMayRunEachOthersFlows(t *testing.T) {
	one := func(name, other string) string {
		return "flow: " + name + "\nstart: {initiate: a, answer: a}\noutbound: {from: \"+15551112222\"}\nstates:\n  a: {entry: [{createCall: {leg: x, to: \"+15551112222\", flow: " + other + ", target: a}}], bxml: [Gather], on: {gather: {}, legEnded: a}}\n"
	}
	if loaded := set(t, one("a", "b"), one("b", "a")); len(loaded.Flows()) != 2 {
		t.Error("not both flows are loaded")
	}
}

func TestTimersOfStates(t *testing.T) {
	f := good(t).Flow("timers")
	var got []string
	for i, a := range f.Afters {
		if a.ID != i || a.Delay == nil {
			t.Errorf("timer %d is %+v", i, a)
		}
		for _, tr := range a.Transitions {
			got = append(got, a.Source+" "+tr.Name+" "+tr.Event)
		}
	}
	want := []string{
		"${params.patience} queue/after-0/0 after", "20s queue.music/after-0/0 after", "20s queue.music/after-0/1 after", "${params.seconds * visits} queue.news/after-0/0 after",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("timers (-want +got):\n%s", diff)
	}
	var ev flow.Evaluator
	for i, want := range []any{90 * time.Second, 20 * time.Second, 5} {
		if v, err := ev.Value(f.Afters[i].Delay, values{flow: f}); err != nil || v != want {
			t.Errorf("timer %d is due after %v, error %v, want %v", i, v, err, want)
		}
	}
}

func TestSignalsHaveTheirFields(t *testing.T) {
	f := compile(t, "flow: t\nsignals: {paid: {amount: int, by: string}, late: {days: int}}\nstart: {initiate: a}\nstates:\n"+
		"  a: {bxml: [Gather], on: {gather: a, paid: {guard: event.amount > 1 && event.leg == \"\" && event.callId == event.by, target: a}, late: {guard: event.days > 1}}}\n")
	want := map[string]*flow.Signal{"paid": {Name: "paid", Count: 2}, "late": {Name: "late", First: 2, Count: 1}}
	if diff := cmp.Diff(want, f.Signals); diff != "" {
		t.Errorf("signals (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]flow.Return{{Name: "amount", Type: flow.Int}, {Name: "by", Type: flow.String}, {Name: "days", Type: flow.Int}}, f.SignalFields); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
}

// heard is an environment that gives every event field its name.
type heard struct{ values }

func (h heard) Lookup(slot int) any {
	switch s := flow.Slot(slot); s.Root() {
	case flow.RootLeg:
		leg, field := s.Leg()
		return h.flow.Legs[leg] + "." + field.String()
	case flow.RootConference:
		return map[flow.ConferenceField]any{flow.ConferenceName: "team", flow.ConferenceMembers: []any{"c-1", "c-2"}}[flow.ConferenceField(s.Index())]
	}
	return h.values.Lookup(slot)
}

func TestActionsOnCalls(t *testing.T) {
	f := compile(t, `
flow: t
outbound: {from: "+15551230000", tag: out}
signals: {moved: {to: string}}
start: {initiate: a, conferenceCreated: room}
states:
  a:
    entry:
      - createCall: {leg: agent, to: "sip:a@example.com", target: b, callTimeout: 9.5, keep: true}
      - createCall: {leg: other, to: "+15551112222", from: "+15551112223", target: b, tag: ""}
    bxml: [Gather]
    on:
      gather:
        target: b
        actions:
          - updateCall: {leg: agent, target: c}
          - endCall: other
          - endCall: "${call.legs.other.id}"
          - send: {to: agent, signal: moved, with: {to: "${call.legs.agent.to}"}}
          - updateCallRecordingState: {state: recording}
  b: {bxml: [Gather], on: {gather: c, moved: {guard: event.to == "", target: c}}}
  c: {type: final, bxml: [Hangup]}
  room:
    on:
      conferenceMemberJoin:
        actions:
          - updateConferenceBxml: {bxml: [{SpeakSentence: "${event.callId} & ${len(conference.members)} in ${conference.name}"}]}
`)
	entry, actions := state(t, f, "a").Entry, state(t, f, "a").On["gather"][0].Actions
	if leg := entry[0].Leg; !leg.Keep || leg.From != f.Outbound.From || leg.Tag.Source != "out" || leg.Target.Target.Name != "b" || f.Legs[leg.Name] != "agent" {
		t.Errorf("the first leg is %+v", leg)
	}
	if leg := entry[1].Leg; leg.Keep || leg.From.Source != "+15551112223" || leg.Tag.Source != "" || f.Legs[leg.Name] != "other" {
		t.Errorf("the second leg is %+v", leg)
	}
	for _, a := range slices.Concat(entry, actions) {
		if !a.Effect {
			t.Errorf("%s is no effect", a.Name)
		}
	}
	if m := actions[0].Move; m.Leg.Source != "agent" || m.Target != "c" {
		t.Errorf("the move is %+v", m)
	}
	if m := actions[1].Move; m.Leg.Source != "other" || m.Target != "" {
		t.Errorf("the end is %+v", m)
	}
	var ev flow.Evaluator
	evaluated := func(v *flow.Value, err error) any {
		got, evErr := ev.Value(v, heard{values{flow: f}})
		if err != nil || evErr != nil {
			t.Error(err, evErr)
		}
		return got
	}
	if id, err := ev.Template(actions[2].Move.Leg, heard{values{flow: f}}); err != nil || id != "other.id" {
		t.Errorf("the computed leg is %v, error %v", id, err)
	}
	room := state(t, f, "room").On["conferenceMemberJoin"][0].Actions[0]
	got := []any{evaluated(actions[3].With, nil), evaluated(actions[4].With, nil), evaluated(room.With, nil), evaluated(entry[0].Leg.CallTimeout, nil)}
	want := []any{
		map[string]any{"to": "agent.to"},
		map[string]any{"callId": "+15551112222", "state": "recording"},
		map[string]any{"conferenceId": "", "bxml": `<?xml version="1.0" encoding="UTF-8"?><Response><SpeakSentence> &amp; 2 in team</SpeakSentence></Response>`},
		9.5,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what the actions carry (-want +got):\n%s", diff)
	}
}

func TestWhatIsNeeded(t *testing.T) {
	flows := good(t)
	for name, want := range map[string]flow.Needs{
		"front-desk":  {REST: true, Reason: `createCall in state "connecting"`},
		"ring-agents": {REST: true, Reason: `the bxml of state "gone" on parentEnded`},
		"timers":      {REST: true, Reason: `after in state "queue"`},
		"interrupt":   {REST: true, Reason: `the bxml of state "operator" on dtmf`},
		"secrets":     {REST: true, Reason: `updateCallRecordingState in state "hello"`, Secrets: []string{"crm", "media", "media.user"}},
		"minimal":     {},
	} {
		if diff := cmp.Diff(want, flows.Flow(name).Needs); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestWhatAFlowNeedsForItsSubFlows(t *testing.T) {
	inner := "flow: inner\nstart: {invoke: a}\nstates:\n  a: {bxml: [{PlayAudio: {audioUri: \"https://a.example/a.wav\", username: a, password: \"${secret('audio')}\"}}, Gather], on: {gather: end}, after: {20s: end}}\n  end: {type: final}\n"
	outer := "flow: outer\nstart: {initiate: a}\nstates:\n  a: {invoke: inner, on: {done: end}}\n  end: {type: final, bxml: [Hangup]}\n"
	want := flow.Needs{REST: true, Reason: `after in state "a"`, Secrets: []string{"audio"}}
	if diff := cmp.Diff(want, set(t, inner, outer).Flow("outer").Needs); diff != "" {
		t.Errorf("needs (-want +got):\n%s", diff)
	}
}

func TestSecretsAreMarked(t *testing.T) {
	f := good(t).Flow("secrets")
	got := render(t, f, "hello", values{flow: f})
	if want := "username=\"\x1amedia.user\x1a\" password=\"a&amp;\x1amedia\x1a\""; !strings.Contains(got, want) {
		t.Errorf("got %q", got)
	}
	headers := state(t, f, "hello").Entry[0].HTTP.Headers
	want := []flow.Field{{Name: "Authorization", Secret: &flow.Secret{Before: "Bearer ", Name: "crm"}}, {Name: "X-Key", Secret: &flow.Secret{Name: "crm"}}}
	if diff := cmp.Diff(want, headers, cmp.AllowUnexported(flow.Value{})); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
}

func TestACallerCannotForgeASecret(t *testing.T) {
	f := compile(t, "flow: t\nvars: {name: \"\"}\nstart: {initiate: a}\nstates:\n  a: {type: final, entry: [{set: {name: x}}], bxml: [{SpeakSentence: \"${vars.name}\"}, {Tag: \"${vars.name}\"}, Hangup]}\n")
	if got := render(t, f, "a", values{flow: f, set: map[string]any{"name": "\x1acrm\x1a"}}); strings.ContainsRune(got, flow.SecretMark) {
		t.Errorf("got %q", got)
	}
}

func TestTheEvaluatorTellsOfBridgesAndMembers(t *testing.T) {
	const id = "c-95ac8d6e-1a31c52e-b38f-4198-93c1-51633ec68f8d"
	f := compile(t, `
flow: t
vars: {to: ""}
start: {initiate: computed}
states:
  computed: {bxml: [{Bridge: " ${call.parent} "}], on: {bridgeComplete: literal}, entry: [{set: {to: x}}]}
  literal: {bxml: [{Bridge: `+id+`}], on: {bridgeComplete: guarded}}
  guarded: {bxml: [{Bridge: "${call.parent}", guard: visits > 5}, Redirect], on: {redirect: member, bridgeComplete: member}}
  member: {bxml: [{Conference: team, with: {role: host, to: "${vars.to}", n: "${visits}"}}, Redirect], on: {redirect: alone}}
  alone: {bxml: [{Conference: team}, Redirect], on: {redirect: plain}}
  plain: {type: final, bxml: [Hangup]}
`)
	tests := []struct {
		state  string
		tells  bool
		bridge string
		member map[string]any
	}{
		{"computed", true, id, nil},
		{"literal", true, id, nil},
		{"guarded", true, "", nil},
		{"member", true, "", map[string]any{"role": "host", "to": "", "n": 1}},
		{"alone", true, "", map[string]any{}},
		{"plain", false, "", nil},
	}
	var ev flow.Evaluator
	for _, tt := range tests {
		d := state(t, f, tt.state).Document
		if _, err := ev.Append(nil, d, values{flow: f}); err != nil {
			t.Fatal(err)
		}
		if d.Tells != tt.tells || ev.Bridged() != tt.bridge || cmp.Diff(tt.member, ev.Member()) != "" {
			t.Errorf("%s: tells %t of %q and %v", tt.state, d.Tells, ev.Bridged(), ev.Member())
		}
	}
}
