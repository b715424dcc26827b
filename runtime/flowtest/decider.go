package flowtest

import (
	"errors"
	"fmt"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/runtime"
)

// decider decides again what was decided before. Look-ups have their recorded results.
type decider struct {
	stepper  *runtime.Stepper
	machine  *runtime.Machine
	recorded []runtime.RecordedResult
	trace    *runtime.Trace // of the last decision, finished or not
}

// newStepper returns a stepper that shows what traces mask.
func newStepper() (*runtime.Stepper, error) {
	apology := bxml.Document{Verbs: []*bxml.Element{{Name: "SpeakSentence", Text: runtime.DefaultApology}, {Name: "Hangup"}}}
	hangup := bxml.Document{Verbs: []*bxml.Element{{Name: "Hangup"}}}
	return runtime.NewStepper(runtime.StepConfig{
		AppendToken: appendToken, Apology: apology.Append(nil), Hangup: hangup.Append(nil), Reveal: true, Push: true, PublicURL: publicURL,
	})
}

// appendToken writes claims legibly: nobody checks the tokens of a decision that is made again.
func appendToken(dst []byte, c *runtime.Claims) []byte {
	return fmt.Appendf(dst, "again.%d.%d.%s", c.Turn, c.Verb, c.Event)
}

// maxRounds is more than a step can have look-ups, those of its error handling included.
const maxRounds = 64

func (d *decider) decide(in *runtime.Input) (runtime.Outcome, error) {
	for range maxRounds {
		out := d.stepper.Step(d.machine, in)
		d.trace = out.Trace
		if out.Kind != runtime.Need {
			return out, nil
		}
		result, err := d.answer(out.Request)
		if err != nil {
			return out, fmt.Errorf("%w\nthe request comes from %s", err, out.Request.Source)
		}
		in.Results = append(in.Results[:min(out.Request.Position, len(in.Results))], result)
	}
	return runtime.Outcome{}, errors.New("the step asks for the same look-up again and again")
}

func (d *decider) answer(r *runtime.Request) (runtime.Result, error) {
	if i := r.Position; i < len(d.recorded) && d.recorded[i].Name == r.Name {
		return runtime.Result{Request: *r, Value: typed(r.Action, d.recorded[i].Value), Err: d.recorded[i].Error}, nil
	}
	return runtime.Result{}, fmt.Errorf("the flow asks for a look-up that was not recorded: %s",
		strings.Join(strings.Fields(r.Name+" "+r.Method+" "+r.URL), " "))
}
