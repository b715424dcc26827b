package feed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/bxmlflow/bxmlflow/runtime"
	"github.com/bxmlflow/bxmlflow/runtime/simulator"
)

// Engine is what a Watch asks about calls.
type Engine interface {
	Machine(ctx context.Context, name string) (*runtime.Machine, error)
}

// Watch joins what a carrier and an engine tell into a feed. Both are called back while they work and must not be asked then, so
// it collects, and asks the engine in Drain. It is safe for concurrent use.
type Watch struct {
	feed   *Feed
	engine Engine

	mu    sync.Mutex
	queue []item
	some  chan struct{} // holds one when the queue is not empty

	drained sync.Mutex        // guards what follows
	calls   []string          // that the engine does not know yet
	ids     map[string]string // callIds by the keys of machines
	values  map[string]string // as told last, by callId
	states  map[string]string // the same
}

// item is what was told: an event, or a trace.
type item struct {
	event simulator.Event
	trace *runtime.Trace
}

// NewWatch returns a Watch that tells feed. Without an engine there are only the events of the carrier.
func NewWatch(f *Feed) *Watch {
	return &Watch{feed: f, some: make(chan struct{}, 1), ids: map[string]string{}, values: map[string]string{}, states: map[string]string{}}
}

// Ask sets the engine. It is called before anything is told.
func (w *Watch) Ask(e Engine) { w.engine = e }

// Event takes an event of the carrier, as simulator.Config.Observe.
func (w *Watch) Event(e simulator.Event) { w.put(item{event: e}) }

// Trace takes a trace of the engine, as a runtime.Observer.
func (w *Watch) Trace(t *runtime.Trace) { w.put(item{trace: t}) }

func (w *Watch) put(i item) {
	w.mu.Lock()
	w.queue = append(w.queue, i)
	w.mu.Unlock()
	select {
	case w.some <- struct{}{}:
	default:
	}
}

// Run drains whenever there is something, until ctx ends.
func (w *Watch) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			w.Drain(context.WithoutCancel(ctx))
			return
		case <-w.some:
			w.Drain(ctx)
		}
	}
}

// Drain publishes what was collected.
func (w *Watch) Drain(ctx context.Context) {
	w.drained.Lock()
	defer w.drained.Unlock()
	w.mu.Lock()
	queue := w.queue
	w.queue = nil
	w.mu.Unlock()
	for _, i := range queue {
		if i.event.Kind == simulator.CallStarted && w.engine != nil {
			w.calls = append(w.calls, i.event.Call)
		}
	}
	w.name(ctx)
	for _, i := range queue {
		if i.trace != nil {
			w.step(ctx, i.trace)
		} else {
			w.feed.Publish(i.event)
		}
	}
}

// name finds out what the flow calls the legs that it made. A leg that is not known yet is asked for again.
func (w *Watch) name(ctx context.Context) {
	waiting := w.calls[:0]
	for _, id := range w.calls {
		m, err := w.engine.Machine(ctx, id)
		switch {
		case errors.Is(err, runtime.ErrUnknownCall):
			waiting = append(waiting, id)
			continue
		case err != nil:
			continue
		}
		w.ids[m.Key] = id
		if m.Call.Leg != "" {
			w.feed.Publish(simulator.Event{Kind: Named, Call: id, Text: m.Call.Leg})
		}
	}
	w.calls = waiting
}

// Call returns the callId of a machine, or what it is given when that is no key of a machine that the carrier knows.
func (w *Watch) Call(key string) string {
	w.drained.Lock()
	defer w.drained.Unlock()
	if id := w.ids[key]; id != "" {
		return id
	}
	return key
}

// step tells of a step, and of the variables when they have changed.
func (w *Watch) step(ctx context.Context, t *runtime.Trace) {
	m, err := w.engine.Machine(ctx, t.Machine)
	if err != nil { // of a webhook that made no machine
		m = &runtime.Machine{Key: t.Machine}
	}
	call := m.Key
	if id := w.ids[m.Key]; id != "" {
		call = id
	}
	for _, text := range t.Logs {
		w.feed.Publish(simulator.Event{Time: t.Time, Kind: Logged, Call: call, Text: text})
	}
	e := simulator.Event{Time: t.Time, Kind: Stepped, Call: call, Type: t.Event, Other: t.From, Text: t.To, Cause: t.Note}
	if before := w.states[call]; strings.HasSuffix(before, "."+t.From) {
		e.Other = before
	}
	e.Text = within(m, t.To)
	w.states[call] = e.Text
	for _, f := range t.Faults {
		e.Err = strings.TrimPrefix(e.Err+"; "+f.Reason+": "+f.Message, "; ")
	}
	for _, f := range t.Handled { // the flow goes on, but who tries it wants to know why it went there
		text := strings.TrimPrefix(f.Source+": ", ": ") + strings.TrimPrefix(f.Message, "http: fetch: ")
		w.feed.Publish(simulator.Event{Time: t.Time, Kind: simulator.Problem, Call: call, Text: text})
	}
	if len(t.Faults) > 0 && len(t.Transitions) > 0 {
		e.Cause = Handled
	}
	w.feed.Publish(e)
	if text := values(m); text != w.values[call] {
		w.values[call] = text
		w.feed.Publish(simulator.Event{Time: t.Time, Kind: Valued, Call: call, Text: text})
	}
}

// within writes a state of a sub-flow behind those that invoke it: identify.ask.
func within(m *runtime.Machine, state string) string {
	name := func(f runtime.Frame) string {
		if f.State == nil {
			return ""
		}
		return f.State.Name
	}
	top := len(m.Frames) - 1
	if top < 1 || name(m.Frames[top]) != state { // it has gone on since
		return state
	}
	for _, f := range slices.Backward(m.Frames[:top]) {
		state = name(f) + "." + state
	}
	return state
}

// Handled is the Cause of a Stepped event whose error the flow handled.
const Handled = "error handled"

// values writes the variables of a machine, one to a line; secret ones are not shown.
func values(m *runtime.Machine) string {
	if len(m.Frames) == 0 {
		return ""
	}
	var b strings.Builder
	f := &m.Frames[0]
	for i, v := range f.Flow.Vars {
		switch {
		case i >= len(f.Vars):
		case v.Secret:
			fmt.Fprintf(&b, "%s = (secret)\n", v.Name)
		default:
			fmt.Fprintf(&b, "%s = %s\n", v.Name, shown(f.Vars[i]))
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// shown writes a value: texts in quotes, so that an empty one is seen.
func shown(v any) string {
	switch v := v.(type) {
	case nil:
		return "none"
	case string:
		return fmt.Sprintf("%q", v)
	}
	if text, err := json.Marshal(v); err == nil && string(text) != "null" {
		return string(text)
	}
	return "none"
}
