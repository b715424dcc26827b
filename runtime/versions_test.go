package runtime_test

import (
	"testing"
	"time"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/bxmlflow/bxmlflow/runtime"
)

func TestAFlowNeedsTheFunctionsThatItWasCompiledWith(t *testing.T) {
	const text = "flow: odd\nuses: {functions: {shout: {params: [string], returns: string}}}\nstart: {initiate: a}\nstates:\n  a: {type: final, bxml: [{SpeakSentence: \"${shout(call.from)}\"}, Hangup]}\n"
	functions := map[string]flow.Function{"shout": {Call: func(...any) (any, error) { return "X", nil }}}
	with, without := set(t, flow.Options{Functions: functions}, text), set(t, flow.Options{}, text)
	kit := runtime.Kit{Functions: functions}
	const want = `flow "odd" was compiled without the function "shout": hand it to flow.Options.Functions too`

	if _, err := runtime.New(runtime.Config{Flows: without, Kit: kit}); err == nil || err.Error() != "new engine: "+want {
		t.Errorf("new: %v", err)
	}
	if _, err := runtime.New(runtime.Config{Flows: with}); err == nil || err.Error() != `new engine: flow "odd" uses the function "shout", which is not registered` {
		t.Errorf("new without a kit: %v", err)
	}
	b := start(t, runtime.Config{Flows: with, Kit: kit})
	if err := b.Reload(without); err == nil || err.Error() != "reload: "+want {
		t.Errorf("reload: %v", err)
	}
	if got := b.post("/flows/odd", webhook("initiate", callA)).words(t); got != "X" {
		t.Errorf("the caller hears %q", got)
	}
}

// A stepper can be used outside of this module, with tokens of one's own.
func TestClaimsAreWhatAURLSays(t *testing.T) {
	var got runtime.Claims
	s, err := runtime.NewStepper(runtime.StepConfig{
		AppendToken: func(dst []byte, c *runtime.Claims) []byte { got = *c; return append(dst, "x"...) },
		Apology:     []byte("<Response/>"), Hangup: []byte("<Response/>"),
	})
	if err != nil {
		t.Fatal(err)
	}
	e := new(event.Event)
	if err := e.DecodeJSON([]byte(webhook("initiate", callA))); err != nil {
		t.Fatal(err)
	}
	out := s.Step(&runtime.Machine{}, &runtime.Input{Event: e, Flow: set(t, flow.Options{}, menu).Flow("menu"), Now: time.Now()})
	if want := (runtime.Claims{Machine: callA, Flow: "menu", Turn: 1, Event: "gather"}); out.Kind != runtime.Document || got != want {
		t.Errorf("%s, claims %+v, want %+v", out.Kind, got, want)
	}
}
