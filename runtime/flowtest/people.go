package flowtest

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"net/http"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/runtime"
	"github.com/bxmlflow/bxmlflow/runtime/simulator"
)

// people is the world of a test that is made of what people do: the simulator plays the carrier, in virtual time.
type people struct {
	*session
	carrier *simulator.Carrier
	started *leg          // called from outside, until its call is there
	said    time.Duration // how long it takes to say what was said last
}

// newPeople makes the carrier. The name of the test is the seed of all that happens by chance.
func newPeople(s *session, name string) (*people, error) {
	w := &people{session: s}
	seed := fnv.New64a()
	_, _ = seed.Write([]byte(name))
	var err error
	w.carrier, err = simulator.New(simulator.Config{
		Account: defaultAccount, Seed: seed.Sum64(), Start: clockStart, Transport: simulator.Direct(served{s}), Observe: w.happened, Work: worker{s},
		Numbers: map[string]simulator.Application{defaultTo: w.application()}, Choices: simulator.Choices{NoLimits: true},
	})
	return w, err
}

func (w *people) application() simulator.Application {
	link := publicURL + runtime.PathPrefix + w.flow.Name
	return simulator.Application{ID: defaultApplication, URL: link, StatusURL: link}
}

func (w *people) now() time.Time     { return w.carrier.Now() }
func (w *people) rest() http.Handler { return w.carrier.Handler() }

// served passes webhooks on to the engine that runs now.
type served struct{ *session }

// ServeHTTP is for http.Handler.
func (s served) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// worker lets the carrier's clock drive the engine that runs now.
type worker struct{ *session }

// Settle is for simulator.Clockwork.
func (w worker) Settle(ctx context.Context) error { return w.engine.Settle(ctx) }

// Next is for simulator.Clockwork.
func (w worker) Next(ctx context.Context) (time.Time, bool) { return w.engine.Next(ctx) }

func (w *people) do(step *step) error {
	for _, f := range step.fail {
		w.carrier.Fault(simulator.Fault{Kind: simulator.REST, Operation: f.operation, Status: f.status, Description: f.description, RetryAfter: f.after, Count: f.count})
	}
	if step.fault != nil {
		return w.disturb(step)
	}
	if err := w.act(step); err != nil {
		return err
	}
	return w.carrier.Settle(context.Background())
}

// disturb lets something go wrong with the next webhooks.
func (w *people) disturb(step *step) error {
	f := step.fault
	if f.kind == "restart" {
		if f.what != "engine" {
			w.carrier.Fault(simulator.Fault{Kind: simulator.Restart})
		}
		if f.what == "carrier" {
			return nil
		}
		return w.restart()
	}
	fault := simulator.Fault{Kind: simulator.FaultKind(f.kind), Event: f.event, Delay: f.by, Count: f.count}
	if step.leg.value != "" {
		l, err := w.find(step.leg)
		if err != nil {
			return err
		}
		fault.Call = l.id
	}
	w.carrier.Fault(fault)
	return nil
}

func (w *people) act(step *step) error {
	a, ctx := step.act, context.Background()
	switch a.kind {
	case "call":
		return w.call(step)
	case "start":
		return w.start(step)
	case "signal":
		return w.signal(step)
	case "silence", "wait":
		return w.carrier.Advance(ctx, a.lasts)
	}
	l, err := w.find(step.leg)
	if err != nil {
		return err
	}
	c, ok := w.carrier.Call(l.id)
	if !ok {
		return fmt.Errorf("%s has no phone: it was never dialled", w.called(l))
	}
	err = w.phone(step, l, &c)
	var can *cannot
	if step.unexpected && errors.As(err, &can) {
		return nil
	}
	return err
}

// called returns what messages call a leg.
func (w *people) called(l *leg) string {
	if c, _ := w.carrier.Call(l.id); l == w.legs[0] && l.as == "" && c.Direction == "inbound" {
		return "the caller"
	}
	if name := w.nameOf(l); name != "" {
		return fmt.Sprintf("%q", name)
	}
	return "the call"
}

// call lets a person dial the flow.
func (w *people) call(step *step) error {
	in := simulator.Inbound{From: or(step.act.from, defaultFrom), To: or(step.act.to, defaultTo)}
	if in.To != defaultTo {
		if err := w.carrier.AddNumber(in.To, w.application()); err != nil {
			return err
		}
	}
	if len(w.flow.Start["initiate"]) == 0 {
		return fmt.Errorf("flow %q takes no inbound calls: `start` has no initiate", w.flow.Name)
	}
	id, err := w.carrier.Place(in)
	if err != nil {
		return err
	}
	l := w.legWithID(id)
	l.as = step.as.value
	return nil
}

// start lets the flow call somebody, as from outside.
func (w *people) start(step *step) error {
	l, err := w.begin(step)
	if err != nil {
		return err
	}
	w.started = l
	w.legs = append(w.legs, l)
	err = w.carrier.Settle(context.Background())
	w.started = nil
	return err
}

// status returns what became of a leg.
func (w *people) status(l *leg) string {
	c, ok := w.carrier.Call(l.id)
	switch {
	case !ok && w.machine(l).Phase == runtime.Ended, c.State == simulator.StateDisconnected:
		return legEnded
	case c.State == simulator.StateAnswered:
		return legAnswered
	}
	return legDialing
}

// decoded returns a document of the feed, nil when it is none.
func decoded(body string) *bxml.Document {
	d, err := bxml.Decode([]byte(body))
	if err != nil {
		return nil
	}
	return d
}
