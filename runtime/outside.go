package runtime

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/runtime/store"
)

// Errors of what is asked from outside. What Call, Signal and Machine return may wrap them.
var (
	ErrUnknownFlow = errors.New("there is no such flow")
	ErrUnknownCall = errors.New("there is no such call")
	ErrRequest     = errors.New("bad request") // what is asked for does not fit the flow, or the configuration
	ErrClosed      = errors.New("the engine is closed")
)

// CallRequest asks for an outbound call. What is left at its zero value has the default of the flow's `outbound`.
type CallRequest struct {
	To   string `json:"to"`             // E.164 or a sip: URI; required
	From string `json:"from,omitempty"` // E.164; required where the flow has no default
	// Params and Vars are given by name; the others have their defaults.
	Params map[string]any `json:"params,omitempty"`
	Vars   map[string]any `json:"vars,omitempty"`
	Tag    string         `json:"tag,omitempty"`
	// CallTimeout is how long it may ring, in seconds, 1 to 300.
	CallTimeout float64 `json:"callTimeout,omitempty"`
	// MachineDetection has the fields of createCall in the REST API; its callback URL is filled in.
	MachineDetection map[string]any `json:"machineDetection,omitempty"`
}

// Call starts an outbound call in a flow, from its start.answer, and returns the key of its machine, which exists from then on,
// dialing: Machine finds it, Signal reaches it. The call itself is made after Call has returned. The same key twice is the same
// call; without a key every request is a call of its own.
//
// Errors wrap ErrUnknownFlow, ErrRequest or ErrClosed, or are the store's.
func (e *Engine) Call(ctx context.Context, flowName string, r CallRequest, key string) (id string, err error) {
	defer recovered(&err)
	leave, err := e.enter()
	if err != nil {
		return "", fmt.Errorf("call: %w", err)
	}
	defer leave()
	f := e.versions.named(flowName)
	switch {
	case f == nil:
		return "", fmt.Errorf("call: flow %q: %w", flowName, ErrUnknownFlow)
	case e.config.Carrier == nil || e.config.PublicURL == "" || e.config.ApplicationID == "":
		return "", fmt.Errorf("call: %w: calls need Carrier, PublicURL and ApplicationID", ErrRequest)
	}
	m, err := e.outbound(f, &r, outsideKey(key))
	if err != nil {
		return "", fmt.Errorf("call: %w: %w", ErrRequest, err)
	}
	u := store.Update{Key: m.Key, Data: m.Append(nil), Expires: expires(m), Pending: true}
	if len(u.Data) > maxRecord {
		return "", fmt.Errorf("call: %w: params and vars are too large", ErrRequest)
	}
	switch _, err := e.store.Save(ctx, &u); {
	case errors.Is(err, store.ErrConflict): // it was asked for before
		return m.Key, nil
	case err != nil:
		return "", fmt.Errorf("call: %w", err)
	}
	e.effects.schedule(m.Key, &u)
	return m.Key, nil
}

// enter keeps the engine open until leave is called.
func (e *Engine) enter() (leave func(), err error) {
	if e.closing.Load() || !e.open.TryRLock() {
		return nil, ErrClosed
	}
	return e.open.RUnlock, nil
}

// outsideKey returns the machine key of a call that is asked for from outside: the same for the same key, else a new one.
func outsideKey(key string) string {
	if key == "" {
		key = rand.Text()
	}
	sum := sha256.Sum256([]byte("outside\x00" + key))
	return legPrefix + hex.EncodeToString(sum[:16])
}

// outbound returns the machine of a call that is asked for from outside, with the effect that makes the call.
func (e *Engine) outbound(f *flow.Flow, r *CallRequest, key string) (*Machine, error) {
	d := &Dial{
		Machine: key, Flow: f.Name, Hash: f.Hash.String(), To: r.To, From: r.From, Tag: r.Tag, CallTimeout: r.CallTimeout,
		Detection: r.MachineDetection, Vars: r.Vars, Params: r.Params,
	}
	m, err := e.stepper.NewLeg(nil, d, f, e.config.Clock())
	if err != nil {
		return nil, err
	}
	if err := d.complete(&f.Outbound, params{&m.Frames[0]}); err != nil {
		return nil, err
	}
	switch {
	case d.To == "":
		return nil, errors.New("to is empty")
	case d.From == "":
		return nil, errors.New("from is empty, and the flow has no default for it")
	}
	m.Call.From, m.Call.Tag, m.More.Rings, m.head = d.From, d.Tag, d.rings(), nil
	d.Vars, d.Params = nil, nil // the machine has them
	m.LastEffect++
	m.Effects = append(m.Effects, Effect{ID: m.LastEffect, Request: Request{
		Kind: flow.ActionCreateCall, Name: opDial, Source: "outside", Operation: opDial, Dial: d,
	}})
	return m, nil
}

// complete fills in what the request left to the flow.
func (d *Dial) complete(o *flow.Outbound, env params) error {
	var ev flow.Evaluator
	for _, t := range []struct {
		name     string
		template *flow.Template
		into     *string
	}{{"from", o.From, &d.From}, {"tag", o.Tag, &d.Tag}} {
		if t.template == nil || *t.into != "" {
			continue
		}
		text, err := ev.AppendText(nil, t.template, env)
		if err != nil {
			return fmt.Errorf("outbound: %s: %w", t.name, err)
		}
		*t.into = string(text)
	}
	if o.CallTimeout != nil && d.CallTimeout == 0 {
		v, err := ev.Value(o.CallTimeout, env)
		if err == nil {
			d.CallTimeout, err = seconds(v)
		}
		if err != nil {
			return fmt.Errorf("outbound: callTimeout: %w", err)
		}
	}
	if d.Detection == nil && o.Detection == nil {
		return nil // nobody asks for it
	}
	detection := any(d.Detection)
	if d.Detection == nil {
		v, err := ev.Value(o.Detection, env)
		if err != nil {
			return fmt.Errorf("outbound: machineDetection: %w", err)
		}
		detection = v
	}
	detection, err := plain(inSeconds(detection), 0)
	if err != nil {
		return fmt.Errorf("machineDetection: %w", err)
	}
	d.Detection, _ = detection.(map[string]any)
	return nil
}

// params gives expressions the params of a frame and nothing else.
type params struct{ frame *Frame }

// Lookup returns the value of a param.
func (p params) Lookup(slot int) any {
	if s := flow.Slot(slot); s.Root() == flow.RootParam {
		return p.frame.param(s.Index())
	}
	return nil
}

// Has reports whether a param has a value.
func (p params) Has(slot int) bool { return p.Lookup(slot) != nil }

// Signal delivers a signal that a flow of the call declares, from outside: an agent is free, a payment came in. The call is named
// by its callId or the key of its machine. It reports whether a handler took it; a signal that is not declared, or that nobody
// handles now, is ignored. The same key twice is the same signal; without a key every one is new.
//
// Values must be of the types that the flow declares: whole numbers of any kind for an int, a text such as 90s for a duration and
// one such as 2026-11-20T10:00:00Z for a time. One that is nil, or not there, is the zero value.
//
// Errors wrap ErrUnknownCall, ErrRequest or ErrClosed, or are the store's.
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
		return false, fmt.Errorf("signal: %w: %w", ErrRequest, err)
	}
	ev := &InternalEvent{Name: signal, From: "outside " + or(key, rand.Text())}
	ev.With, _ = values.(map[string]any)
	w := e.work()
	defer e.release(w)
	w.forget()
	out, taken, err := w.steps(ctx, callID, func(w *work, _ context.Context) (*Outcome, bool, error) {
		switch {
		case w.origin.New():
			return nil, false, fmt.Errorf("call %q: %w", callID, ErrUnknownCall)
		case !w.origin.declares(signal): // it may have the name of an event that is none of the outside
			return nil, false, nil
		}
		if err := w.origin.takes(ev); err != nil {
			return nil, false, fmt.Errorf("%w: signal %q: %w", ErrRequest, signal, err)
		}
		return w.internal(ev), true, nil
	})
	if err != nil {
		return false, fmt.Errorf("signal: %w", err)
	}
	return taken && out.Handled, nil
}

// declares reports whether a flow of the machine declares the signal.
func (m *Machine) declares(signal string) bool {
	return slices.ContainsFunc(m.Frames, func(f Frame) bool { return f.Flow.Signals[signal] != nil })
}

// takes returns what is wrong with the values of a signal. It does not matter which of the flows that declare it will handle it:
// one whose fields they fit is enough.
func (m *Machine) takes(ev *InternalEvent) (wrong error) {
	for i := len(m.Frames) - 1; i >= 0; i-- {
		f := m.Frames[i].Flow
		s := f.Signals[ev.Name]
		if s == nil {
			continue
		}
		err := misfit(f.SignalFields[s.First:s.First+s.Count], ev.With)
		if err == nil {
			return nil
		}
		wrong = or(wrong, err)
	}
	return wrong
}

// misfit returns which value is not of the type of its field.
func misfit(fields []flow.Return, with map[string]any) error {
	for i := range fields {
		f, v := &fields[i], with[fields[i].Name]
		if v == nil {
			continue
		}
		if _, ok := as(v, f.Type); !ok {
			shown := fmt.Sprint(v)
			if text, isText := v.(string); isText {
				shown = strconv.Quote(text)
			}
			return fmt.Errorf("field %q is declared %s, %s is none", f.Name, f.Type, clip(shown))
		}
	}
	return nil
}

// Machine returns a copy of a machine, found by its key or by the callId. The error wraps ErrUnknownCall when there is none.
func (e *Engine) Machine(ctx context.Context, name string) (m *Machine, err error) {
	defer recovered(&err)
	m, err = e.machine(ctx, name)
	if err == nil && m == nil {
		err = fmt.Errorf("call %q: %w", name, ErrUnknownCall)
	}
	if err != nil {
		return nil, fmt.Errorf("machine: %w", err)
	}
	return m, nil
}
