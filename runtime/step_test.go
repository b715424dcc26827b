package runtime

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/runtime/internal/token"
)

const menuFlow = `
flow: menu
vars: {tries: 0, last: "", heard: ""}
start: {initiate: menu}
on:
  recordingAvailable: {actions: [{log: "recording ${event.recordingId}"}, {set: {heard: "${event.recordingId}"}}]}
  disconnect: {actions: [{set: {last: "${event.cause}"}}]}
states:
  menu:
    bxml: [{Gather: {maxDigits: 1, nested: [{SpeakSentence: "Try ${visits} of ${vars.tries}"}]}}]
    on:
      gather:
        - {guard: event.digits == "1", target: voicemail}
        - {guard: event.digits == "2", actions: [{set: {tries: "${vars.tries + 1}"}}]}
        - {guard: visits < 3, target: menu, actions: [{set: {tries: "${vars.tries + 1}", last: "${event.digits}"}}]}
        - target: goodbye
  voicemail:
    bxml: [{SpeakSentence: "You pressed ${event.digits}."}, {Record: {maxDuration: 60}}]
    on:
      recordComplete:
        - {guard: event.duration < duration("2s")}
        - target: goodbye
  goodbye: {type: final, bxml: [{SpeakSentence: Goodbye.}, Hangup]}
`

// want is what a test expects of an outcome; empty fields are not looked at.
type stepWant struct {
	kind  Kind
	state string
	says  string // in the document
	turn  uint32
	note  string
	fault string // reason of the first one
	vars  map[string]any
}

func (w stepWant) check(t *testing.T, out Outcome) {
	t.Helper()
	got := stepWant{kind: out.Kind, state: out.Machine.State(), turn: out.Turn, note: out.Trace.Note, says: w.says, vars: w.vars}
	if !strings.Contains(string(out.Document), w.says) {
		got.says = string(out.Document)
	}
	if len(out.Trace.Faults) > 0 {
		got.fault = out.Trace.Faults[0].Reason
		if w.fault == "" {
			got.fault += ": " + out.Trace.Faults[0].Message
		}
	}
	if w.vars != nil {
		got.vars = map[string]any{}
		for name := range w.vars {
			got.vars[name], _ = out.Machine.Var(name)
		}
	}
	if w.turn == 0 {
		w.turn = out.Turn
	}
	if diff := cmp.Diff(w, got, cmp.AllowUnexported(stepWant{})); diff != "" {
		t.Errorf("outcome (-want +got):\n%s", diff)
	}
}

// sent is an event of a scenario and what it leads to.
type sent struct {
	event string // and its fields, after spaces
	want  stepWant
}

func (p *played) script(t *testing.T, list []sent) {
	t.Helper()
	for i, s := range list {
		t.Run(fmt.Sprintf("%d %s", i, s.event), func(t *testing.T) {
			words := strings.Fields(s.event)
			p.tb = t
			s.want.check(t, p.send(words[0], words[1:]...))
		})
	}
	p.tb = t
}

func TestACallGoesThroughItsFlow(t *testing.T) {
	p := play(t, menuFlow)
	p.script(t, []sent{
		{"initiate", stepWant{kind: Document, state: "menu", says: "Try 1 of 0", turn: 1}},
		{"gather digits=9", stepWant{kind: Document, state: "menu", says: "Try 2 of 1", turn: 2, vars: map[string]any{"tries": 1, "last": "9"}}},
		{"gather digits=2", stepWant{kind: Document, state: "menu", says: "Try 2 of 2", turn: 3}},
		{"dtmf digit=7", stepWant{kind: Empty, state: "menu", note: NoteIgnored}},
		{"gather digits=1", stepWant{kind: Document, state: "voicemail", says: "You pressed 1.", turn: 4}},
		{"recordComplete duration=PT1S", stepWant{kind: Document, state: "voicemail", says: "You pressed 1.", turn: 5}},
		{"recordComplete duration=PT9S", stepWant{kind: Document, state: "goodbye", says: "Goodbye.", turn: 6}},
		{"disconnect cause=hangup", stepWant{kind: Empty, state: "goodbye", vars: map[string]any{"last": "hangup"}}},
		{"recordingAvailable recordingId=r-1", stepWant{kind: Empty, state: "goodbye", note: NoteLate, vars: map[string]any{"heard": "r-1"}}},
		{"disconnect cause=busy", stepWant{kind: Empty, state: "goodbye", note: NoteDuplicate, vars: map[string]any{"last": "hangup"}}},
		{"gather digits=1", stepWant{kind: Document, state: "goodbye", says: "<Hangup/>", note: NoteLate}},
	})
	if p.m.Phase != Ended || p.m.Call.Cause != "hangup" || p.m.Turn != 6 {
		t.Errorf("machine ended as %+v", p.m.Call)
	}
}

func TestAnEventIsTakenOnce(t *testing.T) {
	p := play(t, menuFlow)
	first := p.send("initiate")
	if out := p.deliver(nil); out.Kind != Again || out.Turn != first.Turn || out.Changed || out.Trace.Note != NoteDuplicate {
		t.Errorf("initiate again: %+v", out)
	}
	opening := p.claims("gather")
	p.send("gather", "digits=9")
	if out := p.deliver(p.token); out.Kind != Again || out.Turn != 2 {
		t.Errorf("gather again: %+v", out)
	}
	p.send("gather", "digits=9")
	gather := p.body
	t.Run("a late event of an earlier document moves nothing", func(t *testing.T) {
		p.body = []byte(strings.Replace(string(gather), `"digits":"9"`, `"digits":"1"`, 1))
		out := p.deliver(&token.Claims{Machine: stepCall, Turn: 2, Verb: 7, Event: "gather"})
		if out.Kind != Again || out.Turn != 3 || out.Trace.Note != NoteStale {
			t.Errorf("got %+v", out)
		}
	})
	t.Run("the same token with other words is the same event", func(t *testing.T) {
		out := p.deliver(opening)
		if out.Kind != Again || out.Turn != 2 || out.Trace.Note != NoteDuplicate {
			t.Errorf("got %+v", out)
		}
	})
	t.Run("an asynchronous duplicate is answered without a document", func(t *testing.T) {
		p.send("dtmf", "digit=5")
		steps := p.m.Steps
		if out := p.deliver(nil); out.Kind != Empty || out.Changed || p.m.Steps != steps {
			t.Errorf("got %+v", out)
		}
	})
}

func TestWhoMayBearAToken(t *testing.T) {
	other := "c-00000000-00000000-0000-0000-0000-000000000000"
	tests := []struct {
		sentence string
		event    string
		fields   []string
		claims   token.Claims
		refused  bool
	}{
		{"gather of the call itself", "gather", nil, token.Claims{Machine: stepCall, Turn: 1, Event: "gather"}, false},
		{"gather of another call", "gather", nil, token.Claims{Machine: other, Turn: 1, Event: "gather"}, true},
		{"gather with the token of another verb's event", "gather", nil, token.Claims{Machine: stepCall, Turn: 1, Event: "recordComplete"}, true},
		{"gather with the token of an asynchronous event", "gather", nil, token.Claims{Machine: stepCall, Turn: 1, Event: "dtmf"}, true},
		{"the target of somebody's bridge", "bridgeTargetComplete", nil, token.Claims{Machine: other, Turn: 7, Event: "bridgeTargetComplete"}, false},
		{"a transferred leg of the call", "transferDisconnect", []string{"parentCallId=" + stepCall, "callId=" + other},
			token.Claims{Machine: stepCall, Turn: 1, Event: "transferDisconnect"}, false},
		{"a transferred leg of somebody else", "transferDisconnect", []string{"parentCallId=" + stepCall, "callId=" + other},
			token.Claims{Machine: other, Turn: 1, Event: "transferDisconnect"}, true},
		{"events that share a URL", "mediaStreamStopped", nil, token.Claims{Machine: stepCall, Turn: 1, Event: "mediaStreamStarted"}, false},
	}
	for _, test := range tests {
		t.Run(test.sentence, func(t *testing.T) {
			p := play(t, menuFlow)
			p.send("initiate")
			p.send(test.event, append(test.fields, "probe=1")...) // for its body
			p.m = Machine{}
			p.last, p.clock = nil, stepClock
			body := p.body
			p.send("initiate")
			p.body = body
			out := p.deliver(&test.claims)
			if (out.Kind == Refused) != test.refused || out.Kind == Refused && out.Changed {
				t.Errorf("got %s, note %q", out.Kind, out.Trace.Note)
			}
		})
	}
}

func TestACallWithoutAMachine(t *testing.T) {
	p := play(t, menuFlow)
	out := p.send("gather", "digits=1")
	if out.Kind != Document || string(out.Document) != stepApology || out.Changed || out.Trace.Note != NoteUnknown {
		t.Errorf("gather: %+v", out)
	}
	if out := p.send("disconnect"); out.Kind != Empty || out.Changed {
		t.Errorf("disconnect: %+v", out)
	}
	if out := p.send("initiate"); !out.New || !out.Changed {
		t.Errorf("initiate: %+v", out)
	}
}

const orderFlow = `
flow: order
vars: {path: ""}
start: {initiate: outer}
on: {disconnect: {actions: [{set: {path: "${vars.path} disconnect"}}]}}
states:
  outer:
    initial: one
    entry: [{set: {path: "${vars.path} +outer"}}]
    exit: [{set: {path: "${vars.path} -outer"}}]
    on:
      gather: # bxmlflow: ignore open-outcome the test presses other keys
        - {guard: event.digits == "1", target: two, actions: [{set: {path: "${vars.path} move"}}]}
        - {guard: event.digits == "2", target: other, actions: [{set: {path: "${vars.path} away"}}]}
        - {guard: event.digits == "3", target: two, reenter: true}
    states:
      one:
        entry: [{set: {path: "${vars.path} +one"}}]
        exit: [{set: {path: "${vars.path} -one"}}]
        bxml: [{Gather: {maxDigits: 1}}]
        on: {gather: {guard: event.digits == "9", target: one}} # bxmlflow: ignore open-outcome the test presses other keys
      two:
        entry: [{set: {path: "${vars.path} +two"}}]
        exit: [{set: {path: "${vars.path} -two"}}]
        bxml: [{Gather: {maxDigits: 1}}]
  other:
    entry: [{set: {path: "${vars.path} +other"}}]
    always: [{guard: visits == 1, target: last}]
    bxml: [Hangup]
  last: {bxml: [{Gather: {maxDigits: 1}}], exit: [{set: {path: "${vars.path} -last"}}], on: {gather: goodbye}}
  goodbye: {type: final, bxml: [Hangup]}
`

func TestActionsRunInOrder(t *testing.T) {
	p := play(t, orderFlow)
	tests := []struct{ event, state, path string }{
		{"initiate", "outer.one", " +outer +one"},
		{"gather digits=9", "outer.one", " -one +one"},
		{"gather digits=1", "outer.two", " -one move +two"},
		{"gather digits=3", "outer.two", " -two -outer +outer +two"},
		{"gather digits=2", "last", " -two -outer away +other"},
		{"disconnect", "last", " disconnect -last"},
	}
	seen := ""
	for _, test := range tests {
		words := strings.Fields(test.event)
		out := p.send(words[0], words[1:]...)
		path, _ := out.Machine.Var("path")
		if got := strings.TrimPrefix(path.(string), seen); got != test.path || out.Machine.State() != test.state {
			t.Errorf("%s: path %q in %q, want %q in %q; faults %v", test.event, got, out.Machine.State(), test.path, test.state, out.Trace.Faults)
		}
		seen = path.(string)
	}
}
