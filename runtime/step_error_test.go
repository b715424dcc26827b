package runtime

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow"
)

const errorFlow = `
flow: errors
vars: {n: 0, list: [], reason: ""}
limits: {visits: 3, steps: 12}
start: {initiate: menu}
states:
  menu:
    bxml: [{Gather: {maxDigits: 1, nested: [{SpeakSentence: "Press."}]}}]
    on:
      gather:
        - {guard: 'event.digits == "1" && vars.list[0] == "x"', target: bye}
        - {guard: event.digits == "2", target: broken}
        - {guard: event.digits == "3", target: menu}
        - {guard: event.digits == "4", target: bye, actions: [{set: {n: 7}}, {set: {n: "${int(event.text)}"}}]}
        - {guard: event.digits == "5", target: bye, actions: [{set: {n: "${int(event.text)}"}}]}
        - {guard: event.digits == "6", target: loop}
      dtmf: [{guard: event.digit == "1", target: hop}, {guard: event.digit == "2", target: quiet}]
      error: {target: sorry, actions: [{set: {reason: "${event.reason}"}}]}
  broken: {bxml: [{Gather: {maxDigits: "${vars.n}"}}], on: {gather: bye}}
  loop: {entry: [{set: {n: "${vars.n + 1}"}}], always: [{guard: vars.n < 1000, target: turn}, {target: bye}]}
  turn: {limits: {visits: none}, always: [{target: loop}]}
  hop: {always: [{guard: vars.n == 0, target: bye}, {target: quiet}]}
  quiet: {on: {redirect: bye}}
  sorry: {bxml: [{SpeakSentence: "Sorry, ${event.reason}."}, Redirect], on: {redirect: {}}}
  bye: {type: final, bxml: [{SpeakSentence: "Bye ${vars.n}."}, Hangup]}
`

func TestWhenThingsGoWrong(t *testing.T) {
	start := sent{"initiate", stepWant{kind: Document, state: "menu", turn: 1}}
	sorry := func(reason string) stepWant {
		return stepWant{kind: Document, state: "sorry", says: "Sorry, " + reason + ".", fault: reason, turn: 2, vars: map[string]any{"n": 0, "reason": reason}}
	}
	tests := []struct {
		sentence string
		script   []sent
	}{
		{"a synchronous event that nobody handles", []sent{start, {"recordComplete", sorry(flow.ReasonUnhandled)}}},
		{"no transition is found and a guard failed", []sent{start, {"gather digits=1", sorry(flow.ReasonGuard)}}},
		{"an attribute that is not valid", []sent{start, {"gather digits=2", sorry(flow.ReasonDocument)}}},
		{"an action that fails undoes those before it", []sent{start, {"gather digits=4 text=x", sorry(flow.ReasonAction)}}},
		{"the same action when it succeeds", []sent{start, {"gather digits=5 text=8", stepWant{kind: Document, state: "bye", says: "Bye 8."}}}},
		{"a loop without an event", []sent{start, {"gather digits=6", sorry(flow.ReasonLimit)}}},
		{"the event that entered a state is kept for a later rendering", []sent{start,
			{"recordComplete", sorry(flow.ReasonUnhandled)},
			{"redirect", stepWant{kind: Document, state: "sorry", says: "Sorry, unhandled.", turn: 3}}}},
		{"an error that nobody handles", []sent{start,
			{"recordComplete", sorry(flow.ReasonUnhandled)},
			{"gather digits=1", stepWant{kind: Document, state: "sorry", says: "<SpeakSentence>Sorry.", fault: flow.ReasonUnhandled, turn: 3}}}},
		{"an asynchronous event that leads to a document moves nothing", []sent{start,
			{"dtmf digit=1", stepWant{kind: Empty, state: "menu", fault: flow.ReasonDocument}}}},
		{"an asynchronous event that leads to a state without one", []sent{start, {"dtmf digit=2", stepWant{kind: Empty, state: "quiet"}}}},
		{"too many entries of a state", []sent{start,
			{"gather digits=3", stepWant{kind: Document, state: "menu"}}, {"gather digits=3", stepWant{kind: Document, state: "menu"}},
			{"gather digits=3", stepWant{kind: Document, state: "sorry", fault: flow.ReasonLimit}}}},
	}
	for _, test := range tests {
		t.Run(test.sentence, func(t *testing.T) { play(t, errorFlow).script(t, test.script) })
	}
}

func TestACallTakesSoManySteps(t *testing.T) {
	p := play(t, errorFlow)
	p.send("initiate")
	for range 11 {
		p.send("dtmf", "digit=9")
	}
	out := p.send("gather", "digits=3")
	stepWant{kind: Document, state: "sorry", fault: flow.ReasonLimit}.check(t, out)
	if out := p.send("disconnect"); out.Machine.Phase != Ended {
		t.Errorf("the call did not end: %+v", out.Trace)
	}
}

func TestAStartThatFailsIsStillAnswered(t *testing.T) {
	p := play(t, `
flow: start
start: {initiate: [{guard: call.from == "+1", target: bye}]}
states: {bye: {type: final, bxml: [Hangup]}}
`)
	out := p.send("initiate")
	if out.Kind != Document || string(out.Document) != stepApology || !out.New || !out.Changed || out.Turn != 1 {
		t.Fatalf("got %+v", out)
	}
	if again := p.deliver(nil); again.Kind != Again || again.Turn != 1 {
		t.Errorf("again: %+v", again)
	}
	if out := p.send("disconnect"); out.Machine.Phase != Ended {
		t.Errorf("disconnect: %+v", out)
	}
}

const actionFlow = `
flow: actions
uses:
  actions:
    lookup: {with: {phone: string}, returns: {name: string}}
    notify: {with: {text: string, wait: duration}, effect: true}
vars: {who: "", secretly: {type: string, secret: true}}
start: {initiate: looking}
states:
  looking:
    entry:
      - lookup: {phone: "${call.from}"}
        as: found
        onError: stranger
      - set: {who: "${vars.found.name}", secretly: "${vars.found.name}"}
      - http: {method: GET, url: "https://api.example.com/v1", query: {who: "${vars.who}"}}
        as: answer
      - http: {method: POST, url: "https://api.example.com/v1/log", headers: {X-Who: "${vars.who}"}, json: {who: "${vars.who}", wait: "${duration(\"90s\")}"}}
      - notify: {text: "${item}", wait: "${duration(\"2s\")}"}
        each: '${["a", "b"]}'
        guard: vars.secretly != ""
      - log: "hello ${vars.who}"
    always: [{guard: vars.answer.status == 200, target: known}, {target: stranger}]
  known: {type: final, bxml: [{SpeakSentence: "Hello ${vars.who}."}, Hangup]}
  stranger: {type: final, bxml: [{SpeakSentence: "Who are you?"}, Hangup]}
`

// answered performs look-ups until the step is done, and returns what was asked for.
func (p *played) answered(values map[string]any) (Outcome, []Request) {
	p.tb.Helper()
	p.results = nil
	out := p.send("initiate")
	var asked []Request
	for out.Kind == Need {
		if out.Changed || out.Request.Position != len(asked) {
			p.tb.Fatalf("need: %+v", out)
		}
		asked = append(asked, *out.Request)
		result := Result{Request: *out.Request}
		if v, ok := values[out.Request.Name]; ok {
			result.Value = v
		} else {
			result.Err = "no answer"
		}
		p.results = append(p.results, result)
		out = p.deliver(nil)
	}
	return out, asked
}

func TestLookUpsAndEffects(t *testing.T) {
	p := play(t, actionFlow)
	out, asked := p.answered(map[string]any{
		"lookup": map[string]any{"name": "Ada & Co"}, "http": map[string]any{"status": 200, "body": []any{1, 2.5, nil}},
	})
	stepWant{kind: Document, state: "known", says: "Hello Ada &amp; Co."}.check(t, out)
	if len(asked) != 2 || asked[0].Args["phone"] != "+15551112222" || asked[1].Query[0].Value != "Ada & Co" {
		t.Errorf("asked %+v", asked)
	}
	if diff := cmp.Diff([]string{"hello Ada & Co"}, out.Trace.Logs); diff != "" {
		t.Errorf("logs (-want +got):\n%s", diff)
	}
	var effects []string
	for _, e := range p.m.Effects { // after the way through the record
		text, _ := e.Request.Args["text"].(string)
		effects = append(effects, strings.Join([]string{e.Request.Name, e.Request.Method, e.Request.URL, string(e.Request.Body), text}, " "))
	}
	want := []string{`http POST https://api.example.com/v1/log {"wait":90,"who":"Ada \u0026 Co"} `, "notify    a", "notify    b"}
	if diff := cmp.Diff(want, effects); diff != "" {
		t.Errorf("effects (-want +got):\n%s", diff)
	}
	t.Run("an effect that is given up raises an error and goes", func(t *testing.T) {
		out := p.step(&Input{Internal: &InternalEvent{Name: flow.EventError, Reason: flow.ReasonEffect, Effect: 2}, Now: p.clock, Trace: true})
		if out.Kind != Empty || len(p.m.Effects) != 2 || p.m.Effects[1].ID != 3 {
			t.Errorf("got %+v, effects %+v", out, p.m.Effects)
		}
	})
	t.Run("secrets are erased when the call ends", func(t *testing.T) {
		p.results = nil
		out := p.send("disconnect")
		stepWant{kind: Empty, state: "known", vars: map[string]any{"who": "Ada & Co", "secretly": ""}}.check(t, out)
	})
}

func TestALookUpThatFails(t *testing.T) {
	t.Run("goes where onError says", func(t *testing.T) {
		out, asked := play(t, actionFlow).answered(nil)
		stepWant{kind: Document, state: "stranger", says: "Who are you?"}.check(t, out)
		if len(asked) != 1 || len(out.Machine.Effects) != 0 {
			t.Errorf("asked %d times, %d effects", len(asked), len(out.Machine.Effects))
		}
	})
	t.Run("fails the step otherwise", func(t *testing.T) {
		out, asked := play(t, actionFlow).answered(map[string]any{"lookup": map[string]any{"name": "x"}})
		stepWant{kind: Document, says: "Sorry.", fault: flow.ReasonAction}.check(t, out)
		if len(asked) != 2 || len(out.Machine.Effects) != 0 {
			t.Errorf("asked %d times, %d effects", len(asked), len(out.Machine.Effects))
		}
	})
	t.Run("a result of another request is not used", func(t *testing.T) {
		p := play(t, actionFlow)
		p.results = []Result{{Request: Request{Kind: flow.ActionCustom, Name: "lookup"}, Value: map[string]any{"name": "x"}}}
		if out := p.send("initiate"); out.Kind != Need || out.Request.Position != 0 {
			t.Errorf("got %+v", out)
		}
	})
}
