package runtime

import (
	"strings"
	"testing"
	"time"

	"github.com/bxmlflow/bxmlflow/flow"
)

func TestNewLegRefusesWhatItsFlowDoesNotKnow(t *testing.T) {
	f, _ := compileFlows(t, flow.Options{}, deskFlow)
	s := newTestStepper(t, nil)
	good := Dial{Machine: "leg-1", Flow: "front-desk", Target: "screening", To: "+15551112222", From: "+15553334444"}
	tests := []struct {
		sentence string
		change   func(*Dial)
		want     string
	}{
		{"what fits is taken", func(d *Dial) { d.Vars, d.Params = map[string]any{"to": "x"}, map[string]any{"agent": "+1"} }, ""},
		{"no key", func(d *Dial) { d.Machine = "" }, "no key"},
		{"an unknown state", func(d *Dial) { d.Target = "nowhere" }, `state "nowhere"`},
		{"a state that is no target of legs", func(d *Dial) { d.Target = "goodbye" }, `state "goodbye"`},
		{"no target and no start", func(d *Dial) { d.Target = "" }, "no start.answer"},
		{"an unknown variable", func(d *Dial) { d.Vars = map[string]any{"other": 1} }, "does not have"},
		{"a variable of another type", func(d *Dial) { d.Vars = map[string]any{"to": 1} }, `variable "to"`},
		{"a value that cannot be kept", func(d *Dial) { d.Vars = map[string]any{"to": t} }, `variable "to"`},
		{"a param of another type", func(d *Dial) { d.Params = map[string]any{"agent": true} }, `param "agent"`},
	}
	for _, test := range tests {
		t.Run(test.sentence, func(t *testing.T) {
			d := good
			test.change(&d)
			m, err := s.NewLeg(nil, &d, f, stepClock)
			if test.want == "" && (err != nil || m.Phase != Dialing || m.State() != "" || m.More.Maker != "" || m.Frames[0].param(0) != "+1") {
				t.Errorf("%+v, error %v", m, err)
			}
			if test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("error %v, want %q", err, test.want)
			}
		})
	}
}

func TestALegBeginsWithWhatItIsGiven(t *testing.T) {
	const maker = `
flow: maker
vars: {n: 3}
start: {initiate: go}
states:
  go:
    entry:
      - createCall:
          leg: other
          to: "sip:a@example.com"
          from: "+15550009999"
          flow: taken
          target: hello
          vars: {count: "${vars.n + 1}", wait: 20s}
          params: {name: Ada}
          callTimeout: "${vars.n * 10}"
          tag: "t-${call.id}"
          keep: true
          machineDetection: {mode: async, detectionTimeout: 5}
    bxml: [{Pause: {duration: 60}}, Redirect]
    on: {redirect: bye}
  bye: {type: final, bxml: [Hangup]}
`
	const taken = `
flow: taken
params: {name: "", greeting: Hi}
vars: {count: 0, wait: {type: duration}}
start: {answer: hello}
states:
  hello: {type: final, bxml: [{SpeakSentence: "${params.greeting} ${params.name} ${vars.count} ${vars.wait}"}, Hangup]}
`
	s := newSession(t, maker, taken)
	s.mute = true
	s.event(callerCall, "initiate")
	d := s.machine(callerCall).m.Effects[0].Request.Dial
	switch {
	case d.Flow != "taken" || d.Hash != "" || d.Target != "hello" || d.CallTimeout != 30 || d.Tag != "t-"+callerCall || !d.Keep:
		t.Errorf("dial %+v", d)
	case d.Vars["count"] != 4 || d.Vars["wait"] != 20*time.Second || d.Params["name"] != "Ada" || d.Detection["mode"] != "async":
		t.Errorf("dial %+v", d)
	}
	s.mute = false
	s.settle()
	if out := s.answer("other", 1); !strings.Contains(string(out.Document), "Hi Ada 4 20") {
		t.Errorf("document %s", out.Document)
	}
	s.event(callerCall, "disconnect cause=hangup")
	if got := s.states("other"); got != "other:hello" {
		t.Errorf("an answered leg after its maker's end: %s", got)
	}
}
