package runtime_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/runtime"
)

const reminder = `
flow: reminder
params: {number: "+15550009999", who: "nobody"}
vars: {when: {type: string, default: soon}, heard: ""}
signals: {moved: {when: string}}
outbound: {from: "${params.number}", callTimeout: 20, tag: "for ${params.who}", machineDetection: {mode: async}}
start: {answer: reminding}
on:
  moved: {actions: [{set: {when: "${event.when}"}}]}
  machineDetectionComplete: {actions: [{log: "answered by ${event.machineDetectionResult.value}"}]}
states:
  reminding:
    bxml: [{Gather: {maxDigits: 1, nested: [{SpeakSentence: "Dear ${params.who}, it is ${vars.when}."}]}}]
    on: {gather: bye}
  bye: {type: final, bxml: [Hangup]}
`

func TestACallFromOutside(t *testing.T) {
	s := newStage(t, nil, reminder)
	r := runtime.CallRequest{
		To: "+15551112222", Params: map[string]any{"who": "Ada"}, Vars: map[string]any{"when": "today"}, CallTimeout: 25,
	}
	id, err := s.Call(t.Context(), "reminder", r, "order-7")
	if err != nil {
		t.Fatal(err)
	}
	if m := s.machine(id); m.Phase != runtime.Dialing || m.Call.ID != "" {
		t.Errorf("%s, call %q", m.Phase, m.Call.ID)
	}
	again, err := s.Call(t.Context(), "reminder", r, "order-7")
	if err != nil || again != id {
		t.Errorf("the same key twice: %s and %s, %v", id, again, err)
	}
	s.settle()
	if again, err = s.Call(t.Context(), "reminder", r, "order-7"); err != nil || again != id {
		t.Errorf("the same key later: %s and %s, %v", id, again, err)
	}
	s.settle()
	if got := s.carrier.did("createCall"); len(got) != 1 {
		t.Fatalf("dialled %d times", len(got))
	}
	c := s.carrier.call(t, 0)
	if c.body.From != "+15550009999" || c.body.CallTimeout != 25 || c.body.Tag != "for Ada" || c.body.MachineDetection.Mode != "async" {
		t.Errorf("createCall: %+v", c.body)
	}
	if m := s.machine(c.id); m.Key != id || m.Call.ID != c.id {
		t.Errorf("the machine %s has call %q", m.Key, m.Call.ID)
	}
	if got := s.post(c.url(t, "answer"), legEvent("answer", c.id)).words(t); got != "Dear Ada, it is today." {
		t.Errorf("the callee hears %q", got)
	}
	s.post(path(t, c.body.MachineDetection.CallbackURL), legEvent("machineDetectionComplete", c.id, `"machineDetectionResult":{"value":"human"}`))
	if !strings.Contains(s.log.String(), "answered by human") {
		t.Errorf("the detection was not told: %s", s.log)
	}
	s.post(c.url(t, "disconnect"), legEvent("disconnect", c.id, `"cause":"hangup"`))
	if m := s.machine(id); m.Phase != runtime.Ended {
		t.Errorf("the machine is %s", m.Phase)
	}
}

func TestCallsWithoutAKeyAreDifferentOnes(t *testing.T) {
	s := newStage(t, nil, reminder)
	for range 2 {
		if _, err := s.Call(t.Context(), "reminder", runtime.CallRequest{To: "+15551112222"}, ""); err != nil {
			t.Fatal(err)
		}
	}
	s.settle()
	if got := s.carrier.did("createCall"); len(got) != 2 {
		t.Errorf("dialled %d times", len(got))
	}
}

func TestACallFromOutsideThatIsRefusedEnds(t *testing.T) {
	s := newStage(t, nil, reminder)
	s.carrier.script("createCall", refused(400))
	id, err := s.Call(t.Context(), "reminder", runtime.CallRequest{To: "+15551112222"}, "k")
	if err != nil {
		t.Fatal(err)
	}
	s.pass(time.Minute)
	if m := s.machine(id); m.Phase != runtime.Ended || m.Call.Cause != "error" || len(m.Effects) != 0 {
		t.Errorf("the machine is %s, cause %q, %d effects", m.Phase, m.Call.Cause, len(m.Effects))
	}
}

func TestASignalReachesACallThatIsBeingDialled(t *testing.T) {
	s := newStage(t, nil, reminder)
	id, err := s.Call(t.Context(), "reminder", runtime.CallRequest{To: "+15551112222"}, "k")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Signal(t.Context(), id, "moved", map[string]any{"when": "tomorrow"}, ""); err != nil {
		t.Fatal(err)
	}
	s.settle()
	c := s.carrier.call(t, 0)
	s.post(c.url(t, "answer"), legEvent("answer", c.id)).words(t)
}

func TestWhatIsWrongWithACallFromOutside(t *testing.T) {
	s := newStage(t, nil, reminder, menu)
	tests := []struct {
		sentence, flow string
		request        runtime.CallRequest
		is             error
	}{
		{"an unknown flow", "nobody", runtime.CallRequest{To: "+15551112222"}, runtime.ErrUnknownFlow},
		{"nobody to call", "reminder", runtime.CallRequest{}, runtime.ErrRequest},
		{"nobody who calls", "menu", runtime.CallRequest{To: "+15551112222"}, runtime.ErrRequest},
		{"an unknown param", "reminder", runtime.CallRequest{To: "+15551112222", Params: map[string]any{"x": 1}}, runtime.ErrRequest},
		{"a variable of another type", "reminder", runtime.CallRequest{To: "+15551112222", Vars: map[string]any{"when": []any{1}}}, runtime.ErrRequest},
		{"variables that are too large", "reminder", runtime.CallRequest{To: "+15551112222", Vars: map[string]any{"when": strings.Repeat("x", 1<<20)}}, runtime.ErrRequest},
	}
	for _, tt := range tests {
		t.Run(tt.sentence, func(t *testing.T) {
			if id, err := s.Call(t.Context(), tt.flow, tt.request, "k"); !errors.Is(err, tt.is) {
				t.Errorf("%q, %v", id, err)
			}
		})
	}
	if _, err := s.Signal(t.Context(), "c-nobody", "moved", nil, ""); !errors.Is(err, runtime.ErrUnknownCall) {
		t.Errorf("a signal to nobody: %v", err)
	}
	if _, err := s.Machine(t.Context(), "c-nobody"); !errors.Is(err, runtime.ErrUnknownCall) {
		t.Errorf("a machine of nobody: %v", err)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Call(t.Context(), "reminder", runtime.CallRequest{To: "+15551112222"}, ""); !errors.Is(err, runtime.ErrClosed) {
		t.Errorf("after the end: %v", err)
	}
	if _, err := s.Signal(t.Context(), "c-nobody", "moved", nil, ""); !errors.Is(err, runtime.ErrClosed) {
		t.Errorf("a signal after the end: %v", err)
	}
}

func TestAFlowThatNeedsTheRESTAPIIsRefusedWithoutIt(t *testing.T) {
	flows := set(t, flow.Options{}, frontDesk)
	tests := []struct {
		sentence string
		config   runtime.Config
		want     []string
	}{
		{"nothing is there", runtime.Config{}, []string{"Carrier", "PublicURL", "ApplicationID"}},
		{"an address is missing", runtime.Config{Carrier: &carrier{}, ApplicationID: "app"}, []string{"PublicURL"}},
		{"an application is missing", runtime.Config{Carrier: &carrier{}, PublicURL: "https://voice.example.com"}, []string{"ApplicationID"}},
	}
	for _, tt := range tests {
		t.Run(tt.sentence, func(t *testing.T) {
			tt.config.Flows = flows
			_, err := runtime.New(tt.config)
			if err == nil || !strings.Contains(err.Error(), `flow "front-desk" needs the REST API for `) {
				t.Fatalf("new: %v", err)
			}
			for _, name := range tt.want {
				if !strings.Contains(err.Error(), name+" (") {
					t.Errorf("%q does not name %s", err, name)
				}
			}
		})
	}
	b := start(t, runtime.Config{Flows: set(t, flow.Options{}, menu)})
	if err := b.Reload(flows); err == nil || !strings.HasPrefix(err.Error(), "reload: flow ") {
		t.Errorf("reload: %v", err)
	}
}
