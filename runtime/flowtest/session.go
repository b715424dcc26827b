package flowtest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/bxmlflow/bxmlflow/runtime"
)

// session is one test under way: a call, its clock and what was heard.
type session struct {
	stepper *runtime.Stepper
	flow    *flow.Flow
	mocks   mocks
	actions map[string]runtime.Action
	cover   *coverage

	machine  *runtime.Machine
	caller   *caller
	now      time.Time
	outbound bool   // the call began with answer
	bridges  uint32 // bridges of other calls to this one that ended

	replaying bool
	recorded  []runtime.RecordedResult // of a replay: results of the look-ups of this step

	docs []*bxml.Document // handed out, oldest first
	doc  *bxml.Document   // the last one

	// Of the last event:
	place   text // its step
	heard   string
	effects []string
	trace   *runtime.Trace

	lacks *noMock // why the test failed, if it is that
}

// tick is how far the clock goes on with every event that does not set it.
const tick = time.Second

// play runs the steps of a test until one fails.
func (s *session) play(t *test) *Failure {
	for i := range t.steps {
		step := &t.steps[i]
		if step.expect != nil {
			if f := s.expect(step); f != nil {
				return f
			}
			continue
		}
		s.place = step.name
		if err := s.raise(step.event); err != nil {
			errors.As(err, &s.lacks)
			return s.failure(step.name, err.Error())
		}
		if f := s.unanswered(step); f != nil {
			return f
		}
		for _, never := range t.never {
			if never.holds(s) {
				return s.never(step, never)
			}
		}
	}
	return nil
}

// expect compares. All differences are reported together.
func (s *session) expect(step *step) *Failure {
	var lines []string
	span := step.name.span
	for _, m := range step.expect.matchers {
		if d := m.check(s); d != "" {
			if len(lines) == 0 {
				span = m.span
			}
			lines = append(lines, m.key, indent(d, "  "))
		}
	}
	if lines == nil {
		return nil
	}
	return s.failure(text{step.name.value, span}, strings.Join(lines, "\n"))
}

// unanswered is the failure of an event that raised an error which the flow does not handle, unless that is meant; and of one
// where it is meant and did not come.
func (s *session) unanswered(step *step) *Failure {
	apology := len(s.trace.Faults) > 0 && len(s.trace.Transitions) == 0 // handling takes a transition
	switch {
	case apology == step.event.apology:
		return nil
	case !apology && len(s.trace.Faults) > 0:
		return s.failure(step.name, "the built-in apology is expected, but the flow handles the error")
	case !apology:
		return s.failure(step.name, "the built-in apology is expected, but nothing went wrong")
	}
	message := "the flow does not handle this error: nothing that the event did is kept"
	if s.trace.Kind == runtime.Document.String() {
		message = "the flow does not handle this error: the caller hears the built-in apology"
	}
	f := s.failure(step.name, "")
	f.Message = strings.Join(f.Faults, "\n") + "\n" + message + "\nhandle it under `on: error`, or write `apology: true` beside the event if that is meant"
	f.Faults = nil // they are in the message
	return f
}

func (s *session) never(step *step, never *expectation) *Failure {
	keys := make([]string, len(never.matchers))
	for i, m := range never.matchers {
		keys[i] = m.key
	}
	message := fmt.Sprintf("what must never be is so after this event: %s at line %d\nthe state is %s",
		strings.Join(keys, " and "), never.span.Start.Line, or(s.state(), "none"))
	if s.heard != "" {
		message += "\nthe caller hears " + show(s.heard)
	}
	return s.failure(step.name, message)
}

func or(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

// raise sends one webhook to the machine.
func (s *session) raise(step *eventStep) error {
	s.clear()
	s.tick(step)
	if s.machine.New() && !s.starts(step.typ) {
		return fmt.Errorf("flow %q does not start with %s", s.flow.Name, step.typ.Name)
	}
	if s.caller == nil {
		s.caller, s.outbound = newCaller(step, s.now), step.typ.Name == "answer"
	}
	claims, err := s.claims(step)
	if err != nil {
		return err
	}
	e, err := s.caller.make(step, s.now)
	if err != nil {
		return err
	}
	return s.step(e, claims)
}

// copy returns a session of the same test with a call of its own, for a replay.
func (s *session) copy() *session {
	return &session{
		stepper: s.stepper, flow: s.flow, cover: s.cover, machine: &runtime.Machine{}, now: s.now, replaying: true,
	}
}

// clear forgets what the last event brought.
func (s *session) clear() { s.heard, s.effects, s.trace = "", nil, nil }

func (s *session) tick(step *eventStep) {
	if !step.time.IsZero() {
		s.now = step.time
	} else if s.caller != nil {
		s.now = s.now.Add(tick)
	}
}

// step decides about an event, with the mocks answering look-ups, and takes over what was decided.
func (s *session) step(e *event.Event, claims *runtime.Claims) error {
	in := &runtime.Input{Event: e, Token: claims, Flow: s.flow, Now: s.now, Trace: true}
	out, err := s.decide(in)
	if err != nil {
		return err
	}
	s.trace = out.Trace
	s.cover.note(s.machine, s.flow, out.Trace.Transitions)
	switch out.Kind {
	case runtime.Refused:
		return fmt.Errorf("%s was refused: its callId or token belongs to another call", e.TypeName())
	case runtime.Again:
		return fmt.Errorf("%s was taken for the repetition of an earlier event (%s)", e.TypeName(), out.Trace.Note)
	}
	s.machine = out.Machine
	for _, effect := range s.machine.Effects {
		s.effects = append(s.effects, effect.Request.Name)
	}
	s.machine.Effects = nil // done
	return s.hear(out.Document)
}

// maxRounds is more than a step can have look-ups, those of its error handling included.
const maxRounds = 64

func (s *session) decide(in *runtime.Input) (runtime.Outcome, error) {
	for range maxRounds {
		out := s.stepper.Step(s.machine, in)
		if out.Kind != runtime.Need {
			return out, nil
		}
		s.trace = out.Trace
		result, err := s.answer(*out.Request)
		if err != nil {
			return out, fmt.Errorf("%w\nthe request comes from %s", err, out.Request.Source)
		}
		in.Results = append(in.Results[:min(out.Request.Position, len(in.Results))], result)
	}
	return runtime.Outcome{}, fmt.Errorf("the step asks for the same look-up again and again")
}

// answer returns the result of a look-up: the recorded one, or that of a mock.
func (s *session) answer(request runtime.Request) (runtime.Result, error) {
	if s.replaying {
		if i := request.Position; i < len(s.recorded) && s.recorded[i].Name == request.Name {
			return runtime.Result{Request: request, Value: typed(request.Action, s.recorded[i].Value), Err: s.recorded[i].Error}, nil
		}
		return runtime.Result{}, fmt.Errorf("the flow asks for a look-up that was not recorded: %s", strings.Join(strings.Fields(request.Name+" "+request.Method+" "+request.URL), " "))
	}
	return s.mocks.answer(request, s.machine, s.actions)
}

// hear takes a document that was handed out.
func (s *session) hear(document []byte) error {
	if len(document) == 0 {
		return nil
	}
	d, err := bxml.Decode(slices.Clone(document))
	if err != nil {
		return fmt.Errorf("the document is no BXML: %w", err)
	}
	s.doc, s.heard = d, d.Spoken()
	s.docs = append(s.docs, d)
	return nil
}

func (s *session) ended() bool { return s.machine.Phase == runtime.Ended }

// state returns the full name of the active state: those of a sub-flow begin with the name of the invoking state.
func (s *session) state() string { return fullState(s.machine) }

func fullState(m *runtime.Machine) string {
	var names []string
	for i := range m.Frames {
		if state := m.Frames[i].State; state != nil {
			names = append(names, state.Name)
		}
	}
	return strings.Join(names, ".")
}

// variable returns a variable of the flow that runs, or of one that invoked it.
func (s *session) variable(name string) (any, bool) {
	for _, f := range slices.Backward(s.machine.Frames) {
		for i, v := range f.Flow.Vars {
			if v.Name == name && i < len(f.Vars) {
				return f.Vars[i], true
			}
		}
	}
	return nil, false
}
