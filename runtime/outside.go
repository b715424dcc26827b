package runtime

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/runtime/store"
)

// Errors of what is asked from outside. What Call, Signal and Machine return may wrap them.
var (
	ErrUnknownFlow   = errors.New("there is no such flow")
	ErrUnknownCall   = errors.New("there is no such call")
	ErrUnknownSignal = errors.New("there is no such signal") // no flow of the call declares it
	ErrRequest       = errors.New("bad request")             // what is asked for does not fit the flow, or the configuration
	ErrClosed        = errors.New("the engine is closed")
)

// denial is why something is not done that is asked from outside. Its kind is one of the errors above.
type denial struct{ kind, why error }

func deny(kind error, format string, args ...any) error {
	return &denial{kind, fmt.Errorf(format, args...)}
}

func (d *denial) Error() string        { return d.kind.Error() + ": " + d.why.Error() }
func (d *denial) Unwrap() error        { return d.why }
func (d *denial) Is(target error) bool { return target == d.kind }

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
// What Bandwidth would refuse (numbers, times) is refused at once, as are vars and params that the flow does not have, or that are
// of another type.
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
		return "", fmt.Errorf("call: %w", deny(ErrRequest, "calls need Carrier, PublicURL and ApplicationID"))
	}
	m, err := e.outbound(f, &r, outsideKey(key))
	if err != nil {
		return "", fmt.Errorf("call: %w", deny(ErrRequest, "%w", err))
	}
	u := store.Update{Key: m.Key, Data: m.Append(nil), Expires: expires(m), Pending: true}
	if len(u.Data) > maxRecord {
		return "", fmt.Errorf("call: %w", deny(ErrRequest, "params and vars are too large"))
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
	if len(f.Start[eventAnswer]) == 0 {
		return nil, fmt.Errorf("no call can begin in flow %q: `start` has no answer", f.Name)
	}
	if err := r.misfit(f); err != nil {
		return nil, err
	}
	m, err := e.stepper.NewLeg(nil, d, f, e.config.Clock())
	if err != nil {
		return nil, err
	}
	if err := d.complete(&f.Outbound, params{&m.Frames[0]}); err != nil {
		return nil, err
	}
	if d.From == "" {
		return nil, fmt.Errorf("from is missing, and flow %q has no default for it under `outbound`", f.Name)
	}
	call, err := e.createCall(d)
	if err == nil {
		err = call.Validate()
	}
	if err != nil {
		return nil, err
	}
	m.Call.From, m.Call.Tag, m.More.Rings, m.head = d.From, d.Tag, d.rings(), nil
	d.Vars, d.Params = nil, nil // the machine has them
	m.LastEffect++
	m.Effects = append(m.Effects, Effect{ID: m.LastEffect, Request: Request{
		Kind: flow.ActionCreateCall, Name: opDial, Source: "outside", Operation: opDial, Dial: d,
	}})
	return m, nil
}

// misfit returns which of the values for a call is not one that the flow has, or of another type.
func (r *CallRequest) misfit(f *flow.Flow) error {
	vars, params := make([]taker, len(f.Vars)), make([]taker, len(f.Params))
	for i, v := range f.Vars {
		vars[i] = taker{v.Name, v.Type, v.Secret}
	}
	for i, p := range f.Params {
		params[i] = taker{p.Name, p.Type, p.Secret}
	}
	owner := fmt.Sprintf("flow %q", f.Name)
	if err := misfit(owner, "variable", vars, r.Vars); err != nil {
		return err
	}
	return misfit(owner, "param", params, r.Params)
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
