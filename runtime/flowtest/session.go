package flowtest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/runtime"
	"github.com/bxmlflow/bxmlflow/runtime/bandwidth"
	"github.com/bxmlflow/bxmlflow/runtime/simulator"
	"github.com/bxmlflow/bxmlflow/runtime/store"
	"github.com/bxmlflow/bxmlflow/runtime/store/memory"
)

// publicURL is where the flows of a test are served.
const publicURL = "https://flows.test"

// testKey signs the tokens of tests, so that the same test makes the same documents.
var testKey = []byte("the same in all tests, secret in none")

// session is one test under way: an engine, the world around it, and what was seen of both.
type session struct {
	*suite
	flow  *flow.Flow
	set   *flow.Set
	mocks mocks
	world world
	never []*expectation

	store   store.Store
	client  *bandwidth.Client
	engine  *runtime.Engine
	handler http.Handler
	errors  errorLog

	legs     []*leg                      // in the order in which they came up
	machines map[string]*runtime.Machine // each after its last step
	signals  int                         // sent from outside

	// Of the last step:
	place    *step
	moments  []moment
	effects  []effect
	violated *violation
	lacks    *noMock  // why the test failed, if it is that
	broken   []string // webhooks that were refused
	problems []string // what the carrier has to complain about

	// The leg that is looked at, and whether the author named it.
	at    *leg
	named bool
}

// world plays the carrier, and those who call.
type world interface {
	// do lets a step happen, and all that it leads to at once.
	do(*step) error
	now() time.Time
	// rest serves the REST API.
	rest() http.Handler
	// status returns what became of a leg.
	status(*leg) string
	// conferenceID returns the id of the last conference of a name, "" when there is none that has no leg.
	conferenceID(name string) string
}

// effect is something that a flow left to be done.
type effect struct{ machine, name string }

// session begins a test. The error is that of an engine which refuses the flows.
func (u *suite) session(f *file, t *test, fl *flow.Flow) (*session, error) {
	set := u.within(fl)
	s := &session{
		suite: u, flow: set.Flow(fl.Name), set: set, mocks: t.mocks.over(f.mocks), never: t.never, store: memory.New(), machines: map[string]*runtime.Machine{},
	}
	var err error
	if t.people {
		s.world, err = newPeople(s, t.name.value)
	} else {
		s.world = newEvents(s)
	}
	if err != nil {
		return nil, err
	}
	s.client, err = bandwidth.New(bandwidth.Config{
		AccountID: defaultAccount, Username: "test", Password: "test", Attempts: 1, Clock: s.world.now,
		HTTP: &http.Client{Transport: simulator.Direct(s.world.rest())},
	})
	if err != nil {
		return nil, err
	}
	return s, s.restart()
}

// restart makes a new engine on the same store, as after a crash.
func (s *session) restart() error {
	kit := runtime.Kit{Actions: map[string]runtime.Action{}, Functions: s.mocks.functionsOver(s.Functions), Observers: []runtime.Observer{s.observe}}
	for _, f := range s.set.Flows() {
		for _, name := range f.Actions {
			if kit.Actions[name] = s.Actions[name]; kit.Actions[name] == nil {
				kit.Actions[name] = unmocked
			}
		}
	}
	engine, err := runtime.New(runtime.Config{
		Flows: s.set, Store: s.store, Kit: kit, Logger: slog.New(&s.errors), Clock: s.world.now, PublicURL: publicURL,
		Carrier: s.client, ApplicationID: defaultApplication, TokenKeys: [][]byte{testKey}, Manual: true, Lookup: s.lookUp,
		Secrets: func(name string) (string, error) { return "secret-" + name, nil },
	})
	if err != nil {
		return err
	}
	s.engine, s.handler = engine, engine.Handler()
	return nil
}

// unmocked stands for an action that must be mocked: Lookup says so before it is called.
func unmocked(context.Context, runtime.ActionCall) (map[string]any, error) { return nil, nil }

// play runs the steps of a test until one fails.
func (s *session) play(t *test) *Failure {
	for i := range t.steps {
		step := &t.steps[i]
		var f *Failure
		if step.expect != nil {
			f = s.expect(step)
		} else {
			f = s.happen(step)
		}
		if f != nil {
			return f
		}
	}
	return nil
}

// happen lets a step happen.
func (s *session) happen(step *step) *Failure {
	if step.fault == nil { // a fault belongs to the step after it
		s.clear(step)
	}
	err := s.world.do(step)
	switch {
	case s.lacks != nil:
		f := s.failure(step.name, s.lacks.Error())
		f.Faults = nil // they come of it
		return f
	case err != nil:
		return s.failure(step.name, err.Error())
	case step.fault != nil:
		return nil
	}
	if f := s.unanswered(step); f != nil {
		return f
	}
	if len(s.broken) > 0 && !step.unexpected {
		return s.failure(step.name, strings.Join(s.broken, "\n"))
	}
	s.watch()
	if s.violated != nil {
		return s.failure(step.name, s.violated.message(step))
	}
	return nil
}

// clear forgets what the last step brought.
func (s *session) clear(step *step) {
	s.place, s.moments, s.effects, s.broken, s.problems = step, nil, nil, nil, nil
	for _, l := range s.legs {
		l.heard = ""
	}
}

// expect compares. All differences are reported together.
func (s *session) expect(step *step) *Failure {
	if err := s.look(step.leg); err != nil {
		return s.failure(step.name, err.Error())
	}
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

// watch looks whether something is so that must never be.
func (s *session) watch() {
	if s.violated != nil {
		return
	}
	for _, n := range s.never {
		if s.look(n.leg) == nil && n.holds(s) {
			s.violated = &violation{n, s.state(), s.at.heard}
			return
		}
	}
}

// settle lets the engine do what is due now.
func (s *session) settle() error { return s.engine.Settle(context.Background()) }

// begin starts a call from outside, and returns its leg.
func (s *session) begin(step *step) (*leg, error) {
	q := step.act.request
	id, err := s.engine.Call(context.Background(), s.flow.Name, q, fmt.Sprint("start ", len(s.legs)))
	if err != nil {
		return nil, why(err)
	}
	return &leg{as: step.as.value, key: id, number: q.To}, nil
}

// signal sends a signal from outside.
func (s *session) signal(step *step) error {
	l, err := s.find(step.leg)
	if err != nil {
		return err
	}
	s.signals++
	handled, err := s.engine.Signal(context.Background(), or(l.key, l.id), step.act.text, step.act.with, fmt.Sprint(s.signals))
	if err != nil {
		return why(err)
	}
	if handled || step.unexpected {
		return s.settle()
	}
	return fmt.Errorf("nobody handles the signal %q: the call is in %s%s", step.act.text, or(s.stateOf(l), "no state"), expectHelp)
}

// why returns what is wrong with something that was asked from outside, without what was tried.
func why(err error) error {
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return err
}

// expectHelp ends messages about what cannot happen.
const expectHelp = "\nif it shall come nevertheless, write `unexpected: true` beside it"
