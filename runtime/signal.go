package runtime

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/diag"
)

// Signal delivers a signal that a flow of the call declares, from outside: an agent is free, a payment came in. The call is named
// by its callId or the key of its machine. It reports whether a handler took it; one that nobody handles now is ignored. The same
// key twice is the same signal; without a key every one is new.
//
// The flow of the call, or one that it invokes, must declare the signal, and the fields of with. Values must be of the types that
// are declared: whole numbers of any kind for an int, a text such as 90s for a duration and one such as 2026-11-20T10:00:00Z for a
// time. One that is nil, or not there, is the zero value.
//
// Errors wrap ErrUnknownCall, ErrUnknownSignal, ErrRequest or ErrClosed, or are the store's.
func (e *Engine) Signal(ctx context.Context, callID, signal string, with map[string]any, key string) (handled bool, err error) {
	defer recovered(&err)
	leave, err := e.enter()
	if err != nil {
		return false, fmt.Errorf("signal: %w", err)
	}
	defer leave()
	values, err := plain(with, 0)
	if err == nil && (longText(values) || len(appendValue(nil, values, nil)) > MaxVariables) {
		err = errors.New("the values are too large")
	}
	if err != nil {
		return false, fmt.Errorf("signal: %w", deny(ErrRequest, "signal %q: %w", signal, err))
	}
	ev := &InternalEvent{Name: signal, From: "outside " + or(key, rand.Text())}
	ev.With, _ = values.(map[string]any)
	w := e.work()
	defer e.release(w)
	w.forget()
	out, taken, err := w.steps(ctx, callID, func(w *work, _ context.Context) (*Outcome, bool, error) {
		if w.origin.New() {
			return nil, false, fmt.Errorf("call %q: %w", callID, ErrUnknownCall)
		}
		if err := w.origin.takes(ev); err != nil {
			return nil, false, err
		}
		if !w.origin.declares(signal) { // the flow that does is not running now
			return nil, false, nil
		}
		return w.internal(ev), true, nil
	})
	if err != nil {
		return false, fmt.Errorf("signal: %w", err)
	}
	return taken && out.Handled, nil
}

// declares reports whether a flow that runs in the machine declares the signal.
func (m *Machine) declares(signal string) bool {
	return slices.ContainsFunc(m.Frames, func(f Frame) bool { return f.Flow.Signals[signal] != nil })
}

// flows returns the flows of the machine: those that run, the innermost first, and those that they may invoke.
func (m *Machine) flows() []*flow.Flow {
	var all []*flow.Flow
	for _, f := range slices.Backward(m.Frames) {
		all = append(all, f.Flow)
	}
	for i := 0; i < len(all); i++ {
		for _, s := range all[i].States {
			if s.Invoke != nil && !slices.Contains(all, s.Invoke.Flow) {
				all = append(all, s.Invoke.Flow)
			}
		}
	}
	return all
}

// takes returns what is wrong with a signal: nobody declares it, or its values do not fit. It does not matter which of the flows
// that declare it will handle it: one whose fields they fit is enough.
func (m *Machine) takes(ev *InternalEvent) (wrong error) {
	var names []string
	for _, f := range m.flows() {
		names = slices.AppendSeq(names, maps.Keys(f.Signals))
		s := f.Signals[ev.Name]
		if s == nil {
			continue
		}
		fields := make([]taker, s.Count)
		for i, r := range f.SignalFields[s.First : s.First+s.Count] {
			fields[i] = taker{name: r.Name, typ: r.Type}
		}
		err := misfit(fmt.Sprintf("signal %q of flow %q", ev.Name, f.Name), "field", fields, ev.With)
		if err == nil {
			return nil
		}
		wrong = or(wrong, deny(ErrRequest, "%w", err))
	}
	if wrong == nil {
		slices.Sort(names)
		wrong = deny(ErrUnknownSignal, "flow %q declares no signal %q, %s", m.Flow, ev.Name, suggest(ev.Name, slices.Compact(names)))
	}
	return wrong
}

// taker is what takes a value from outside: a field of a signal, a variable or a param.
type taker struct {
	name   string
	typ    flow.Type
	secret bool
}

// misfit returns which of the values that an owner is given is not declared or of another type. The noun says what they are.
func misfit(owner, noun string, fields []taker, given map[string]any) error {
	for _, name := range slices.Sorted(maps.Keys(given)) {
		i := slices.IndexFunc(fields, func(f taker) bool { return f.name == name })
		if i < 0 {
			names := make([]string, len(fields))
			for i, f := range fields {
				names[i] = f.name
			}
			return fmt.Errorf("%s has no %s %q, %s", owner, noun, name, suggest(name, names))
		}
		v, err := plain(given[name], 0)
		if err != nil {
			return fmt.Errorf("%s: %s %q: %w", owner, noun, name, err)
		}
		if _, ok := as(v, fields[i].typ); v != nil && !ok {
			return fmt.Errorf("%s: %s %q is declared %s, %s is none", owner, noun, name, fields[i].typ, fields[i].shown(v))
		}
	}
	return nil
}

// shown returns a value for a message.
func (a *taker) shown(v any) string {
	text, isText := v.(string)
	switch {
	case a.secret:
		return "what is given"
	case isText:
		return strconv.Quote(clip(text))
	}
	return clip(fmt.Sprint(v))
}

// suggest says what a name that there is not may mean.
func suggest(name string, names []string) string {
	if near, ok := diag.Nearest(name, names); ok {
		return fmt.Sprintf("did you mean %q?", near)
	}
	if len(names) == 0 {
		return "it has none"
	}
	return "it has " + clip(strings.Join(names, ", "))
}
