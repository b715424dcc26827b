package runtime

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow"
)

func TestURLsAreFilledIn(t *testing.T) {
	const tok = stepCall + "~1~0~gather"
	tests := []struct {
		sentence string
		change   func(*StepConfig)
		want     string
	}{
		{"relative by default", nil, `<Gather maxDigits="1" gatherUrl="?t=` + tok + `">`},
		{"with credentials", func(c *StepConfig) { c.Credentials = Credential{"me", `a"&b`} },
			`gatherUrl="?t=` + tok + `" username="me" password="a&#34;&amp;b">`},
		{"a public URL alone changes nothing", func(c *StepConfig) { c.PublicURL = "https://a.example" }, ` gatherUrl="?t=` + tok + `">`},
		{"absolute with a fallback", func(c *StepConfig) { c.PublicURL, c.FallbackURL = "https://a.example", "https://b.example/x" },
			`gatherUrl="https://a.example/flows/menu?t=` + tok + `" gatherFallbackUrl="https://b.example/x/flows/menu?t=` + tok + `">`},
		{"absolute with a fallback and credentials", func(c *StepConfig) {
			c.PublicURL, c.FallbackURL, c.Credentials = "https://a.example", "https://b.example", Credential{"me", "pw"}
		}, `username="me" password="pw" gatherFallbackUrl="https://b.example/flows/menu?t=` + tok + `" fallbackUsername="me" fallbackPassword="pw">`},
	}
	for _, test := range tests {
		t.Run(test.sentence, func(t *testing.T) {
			p := play(t, menuFlow)
			p.stepper = newTestStepper(t, test.change)
			if out := p.send("initiate"); !strings.Contains(string(out.Document), test.want) {
				t.Errorf("got %s\nwant %s", out.Document, test.want)
			}
		})
	}
}

func TestAStepperNeedsItsDocuments(t *testing.T) {
	if _, err := NewStepper(StepConfig{AppendToken: plainToken}); err == nil {
		t.Error("no error")
	}
}

const pinFlow = `
flow: pin
vars: {hash: {type: string, secret: true}, good: false}
start: {initiate: asking}
states:
  asking:
    sensitive: true
    bxml: [{Gather: {maxDigits: 4, nested: [{SpeakSentence: "Your PIN, please."}]}}]
    on:
      gather:
        - {guard: event.digits == "1234" && vars.hash == "", target: inside}
        - target: asking
  inside:
    bxml: [{Gather: {maxDigits: 1}}]
    on:
      gather: # bxmlflow: ignore open-outcome the test presses 7
        - {guard: event.digits == "7" && call.from != "" && visits > 0, target: bye, actions: [{set: {hash: "x", good: true}}]}
  bye: {type: final, bxml: [{SpeakSentence: "Good ${vars.good}."}, Hangup]}
`

func TestTracesTellWithoutTellingSecrets(t *testing.T) {
	tests := []struct {
		sentence string
		reveal   bool
		pin, key string
		from     string
	}{
		{"what a caller keys in is masked", false, "***(4)", "***(1)", "***(12)"},
		{"tests see it, but for sensitive states", true, "***(4)", "7", "+15551112222"},
	}
	for _, test := range tests {
		t.Run(test.sentence, func(t *testing.T) {
			p := play(t, pinFlow)
			p.stepper = newTestStepper(t, func(c *StepConfig) { c.Reveal = test.reveal })
			if out := p.send("initiate"); out.Trace.Document != nil || len(out.Document) == 0 {
				t.Errorf("the document of a sensitive state is in the trace: %s", out.Trace.Document)
			}
			out := p.send("gather", "digits=1234")
			want := []TracedGuard{{Transition: "asking/gather/0", Source: `event.digits == "1234" && vars.hash == ""`, Result: true,
				Values: []Seen{{"event.digits", test.pin}, {"vars.hash", ""}}}}
			if diff := cmp.Diff(want, out.Trace.Guards); diff != "" {
				t.Errorf("guards (-want +got):\n%s", diff)
			}
			out = p.send("gather", "digits=7")
			seen := []Seen{{"event.digits", test.key}, {"call.from", test.from}, {"visits", "1"}}
			if diff := cmp.Diff(seen, out.Trace.Guards[0].Values); diff != "" {
				t.Errorf("values (-want +got):\n%s", diff)
			}
			if !strings.Contains(string(out.Trace.Document), "Good true.") || out.Trace.From != "inside" || out.Trace.To != "bye" {
				t.Errorf("trace: %+v", out.Trace)
			}
		})
	}
}

func TestNothingIsTracedUnasked(t *testing.T) {
	s, m, in := plainStep(t)
	if out := s.Step(m, in); out.Trace != nil || out.Kind != Document {
		t.Errorf("trace %+v", out.Trace)
	}
	in.Event.Reset()
	in.Token = nil
	if out := s.Step(m, in); out.Kind != Empty || !out.Changed {
		t.Errorf("an event of no type: %+v", out)
	}
}

func TestPrepareBuildsSubFlowsToo(t *testing.T) {
	f, _ := compileFlows(t, flow.Options{}, outerFlow, collectFlow)
	s := newTestStepper(t, nil)
	if err := s.Prepare(f); err != nil || len(*s.kernels.Load()) != 2 {
		t.Errorf("%d kernels, error %v", len(*s.kernels.Load()), err)
	}
}
