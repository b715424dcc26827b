package flowtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/bxmlflow/bxmlflow/runtime"
)

// events is the world of a test that is made of events: nobody plays the carrier, the author writes what it sends.
type events struct {
	*session
	clock  time.Time
	faults []*fault  // that wait for their webhook
	fails  []failing // that wait for their request
	api    http.Handler
}

func newEvents(s *session) *events {
	w := &events{session: s, clock: clockStart}
	w.api = newAPI(w)
	return w
}

func (w *events) now() time.Time     { return w.clock }
func (w *events) rest() http.Handler { return w.api }

// tick is how far the clock goes on with every event that does not set it.
const tick = time.Second

func (w *events) do(step *step) error {
	w.fails = append(w.fails, step.fail...)
	switch {
	case step.fault != nil && step.fault.kind == "restart":
		return w.restart()
	case step.fault != nil:
		return w.await(step)
	case step.act == nil:
		return w.raise(step)
	case step.act.kind == "wait":
		return w.advance(w.clock.Add(step.act.lasts))
	case step.act.kind == "start":
		return w.start(step)
	}
	return w.signal(step)
}

// await lets something go wrong with the next webhooks.
func (w *events) await(step *step) (err error) {
	f := *step.fault
	if step.leg.value != "" {
		f.leg, err = w.find(step.leg)
	}
	w.faults = append(w.faults, &f)
	return err
}

// start lets the flow call somebody, as from outside. The call is there when the API was asked for it.
func (w *events) start(step *step) error {
	begun, err := w.begin(step)
	if err != nil {
		return err
	}
	if err := w.settle(); err != nil {
		return err
	}
	for _, l := range w.legs {
		if l.key == begun.key {
			l.as = begun.as
			return nil
		}
	}
	w.legs = append(w.legs, begun) // the carrier refused it
	return nil
}

// maxAlarms bounds how often the engine is woken while the clock moves on.
const maxAlarms = 100_000

// advance moves the clock, and lets the engine do on the way what becomes due.
func (w *events) advance(to time.Time) error {
	for range maxAlarms {
		at, ok := w.engine.Next(context.Background())
		if !ok || at.After(to) {
			w.clock = to
			return w.settle()
		}
		if at.After(w.clock) {
			w.clock = at
		}
		if err := w.settle(); err != nil {
			return err
		}
	}
	return errors.New("the timers of the flow never come to rest")
}

// raise sends one webhook to the engine.
func (w *events) raise(step *step) error {
	if err := w.pass(step.event); err != nil {
		return err
	}
	d, err := w.address(step)
	if err != nil {
		return err
	}
	filled := *step.event
	filled.fields = maps.Clone(d.fields)
	maps.Copy(filled.fields, step.event.fields)
	e, err := d.leg.caller.make(&filled, w.clock)
	if err != nil {
		return err
	}
	return w.deliver(d, e.AppendJSON(nil))
}

// pass lets the time pass until an event comes.
func (w *events) pass(e *eventStep) error {
	switch {
	case len(w.legs) == 0 && e.time.IsZero():
		return nil
	case len(w.legs) == 0 || !e.time.IsZero() && e.time.Before(w.clock):
		w.clock = e.time
		return nil
	case !e.time.IsZero():
		return w.advance(e.time)
	}
	return w.advance(w.clock.Add(tick))
}

// delivery is where a webhook goes.
type delivery struct {
	typ    *event.Type
	leg    *leg           // whose machine takes it
	fields map[string]any // that are not the caller's
	flow   string
	token  string
}

// deliver sends a webhook, with the faults that wait for it.
func (w *events) deliver(d *delivery, body []byte) error {
	f := w.fault(d)
	if f != nil && f.kind == "drop" {
		return nil
	}
	reply, err := w.send(d, body)
	if err != nil {
		return err
	}
	if f != nil && f.kind == "duplicate" {
		if f.by > 0 {
			if err := w.advance(w.clock.Add(f.by)); err != nil {
				return err
			}
		}
		again, _ := w.send(d, body)
		if again.Status != reply.Status || !bytes.Equal(again.Document, reply.Document) {
			return fmt.Errorf("%s came twice, and was answered otherwise the second time:\n%s", d.typ.Name, again.Document)
		}
	}
	if err := d.leg.hear(reply.Document); err != nil {
		return err
	}
	return w.settle()
}

// send hands a webhook to the engine. The error says that it was not taken as a new one.
func (w *events) send(d *delivery, body []byte) (runtime.Reply, error) {
	e := new(event.Event)
	if err := e.DecodeJSON(body); err != nil {
		return runtime.Reply{}, err
	}
	before := len(w.moments)
	reply := w.engine.Handle(context.Background(), runtime.Delivery{Flow: d.flow, Token: d.token, Trusted: d.token == "", Event: e})
	if len(w.moments) == before {
		return reply, fmt.Errorf("%s was not taken: %s", d.typ.Name, or(w.errors.last(), http.StatusText(reply.Status)))
	}
	switch t := w.moments[len(w.moments)-1].trace; t.Kind {
	case runtime.Refused.String():
		return reply, fmt.Errorf("%s was refused: its callId or token belongs to another call", t.Event)
	case runtime.Again.String():
		return reply, fmt.Errorf("%s was taken for the repetition of an earlier event (%s)", t.Event, t.Note)
	}
	return reply, nil
}

// fault returns the fault that happens to a webhook, nil for none.
func (w *events) fault(d *delivery) *fault {
	i := slices.IndexFunc(w.faults, func(f *fault) bool {
		return (f.event == "" || f.event == d.typ.Name) && (f.leg == nil || f.leg == d.leg)
	})
	if i < 0 {
		return nil
	}
	f := *w.faults[i]
	if f.count--; f.count <= 0 {
		w.faults = slices.Delete(w.faults, i, i+1)
	} else {
		w.faults[i] = &f
	}
	return &f
}

// status returns what became of a leg.
func (w *events) status(l *leg) string {
	m := w.machine(l)
	switch {
	case m.Phase == runtime.Ended || l.hung:
		return legEnded
	case m.Phase == runtime.Live:
		return legAnswered
	}
	return legDialing
}

// callIDOf returns the callId of a call that the test names.
func (w *events) callIDOf(name string) string {
	id := "c-" + strings.Map(func(r rune) rune {
		if r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '-'
	}, name)
	for n := 2; w.legWithID(id) != nil; n++ {
		id = fmt.Sprintf("%s-%d", strings.TrimSuffix(id, fmt.Sprintf("-%d", n-1)), n)
	}
	return id
}

// conferenceID returns "": the author makes conferences, so all have a leg.
func (w *events) conferenceID(string) string { return "" }
