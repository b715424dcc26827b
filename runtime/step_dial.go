package runtime

import (
	"fmt"
	"math"
	"time"

	"github.com/bxmlflow/bxmlflow/flow"
)

// createCall leaves a call to be made. The leg is known from now on, under the key of its machine.
func (r *stepRun) createCall(a *flow.Action) error {
	if len(r.m.Legs) >= MaxLegs {
		return r.limit("more than %d legs in one call", MaxLegs)
	}
	d, err := r.dial(a.Leg)
	if err != nil {
		return err
	}
	request := r.asks(a, opDial)
	request.Dial = d
	if err := r.effect(request); err != nil {
		return err
	}
	r.m.Legs = append(r.m.Legs, Leg{Name: d.Name, Key: d.Machine, To: d.To})
	return nil
}

// dial evaluates what createCall asks for. A leg of the flow that makes it gets the version of that flow.
func (r *stepRun) dial(l *flow.Leg) (*Dial, error) {
	from := r.m.Frames[r.env.at].Flow
	d := &Dial{
		Machine: legKey(r.m.Key, r.m.LastEffect+1), Name: from.Legs[l.Name], Flow: from.Name, Hash: from.Hash.String(), Keep: l.Keep,
	}
	runs := from
	if l.Flow != nil && l.Flow != from {
		runs, d.Flow, d.Hash = l.Flow, or(l.FlowName, l.Flow.Name), ""
	}
	if l.Target != nil && l.Target.Target != nil {
		d.Target = l.Target.Target.Name
	}
	for _, t := range []struct {
		name     string
		template *flow.Template
		into     *string
	}{{"to", l.To, &d.To}, {"from", l.From, &d.From}, {"tag", l.Tag, &d.Tag}} {
		text, err := r.textOf(t.template)
		if err == nil && text == "" && t.name != "tag" {
			err = fmt.Errorf("it is empty")
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.name, err)
		}
		*t.into = text
	}
	if err := r.dialTimes(l, d); err != nil {
		return nil, err
	}
	return d, r.dialValues(l, d, runs)
}

// dialTimes evaluates how long it rings and how machines are detected.
func (r *stepRun) dialTimes(l *flow.Leg, d *Dial) error {
	if l.CallTimeout != nil {
		v, err := r.ev.Value(l.CallTimeout, &r.env)
		if err == nil {
			d.CallTimeout, err = seconds(v)
		}
		if err != nil {
			return fmt.Errorf("callTimeout: %w", err)
		}
	}
	detection, err := r.given(l.Detection)
	if err != nil {
		return fmt.Errorf("machineDetection: %w", err)
	}
	d.Detection, _ = inSeconds(detection).(map[string]any)
	return nil
}

// seconds returns a time in seconds, as the REST API takes it.
func seconds(v any) (float64, error) {
	s := math.NaN()
	switch x := v.(type) {
	case int:
		s = float64(x)
	case float64:
		s = x
	case time.Duration:
		s = x.Seconds()
	}
	if !(s >= 0 && s <= maxDelay.Seconds()) {
		return 0, fmt.Errorf("%v is no time in seconds", v)
	}
	return s, nil
}

// dialValues evaluates the variables and params that the leg begins with, by name and of the types of the flow that it runs.
func (r *stepRun) dialValues(l *flow.Leg, d *Dial, runs *flow.Flow) error {
	for _, as := range l.Vars {
		v := &runs.Vars[as.Var]
		value, err := r.typed(as.Value, v.Type)
		if err != nil {
			return fmt.Errorf("vars: %q: %w", v.Name, err)
		}
		d.Vars = with(d.Vars, v.Name, value)
	}
	for _, as := range l.Params {
		p := &runs.Params[as.Param]
		value, err := r.typed(as.Value, p.Type)
		if err != nil {
			return fmt.Errorf("params: %q: %w", p.Name, err)
		}
		d.Params = with(d.Params, p.Name, value)
	}
	return r.keepable([]any{d.Vars, d.Params})
}

// typed evaluates a value that another machine will keep.
func (r *stepRun) typed(v *flow.Value, t flow.Type) (any, error) {
	value, err := r.ev.Value(v, &r.env)
	if err == nil {
		value, err = plain(value, 0)
	}
	if err == nil {
		value, err = fit(value, t)
	}
	return value, err
}

// NewLeg returns the machine of a call that is about to be made: it dials, is in no state, and waits for `answer`. Its key is
// d.Machine. It runs f, begins with d.Vars and d.Params, and knows its parent when maker, the machine whose createCall it is, is
// not nil; that of a call started from outside has none. It has no effects: who makes the call is up to the caller.
//
// NewLeg is pure and fails when d does not fit f: an unknown state, variable or param, a value of another type, or no
// start.answer where no target is given.
func (s *Stepper) NewLeg(maker *Machine, d *Dial, f *flow.Flow, now time.Time) (*Machine, error) {
	m := &Machine{
		Key: d.Machine, Flow: f.Name, Hash: f.Hash, Phase: Dialing, Started: now.UnixMilli(), Touched: now.UnixMilli(),
		Call: Call{From: d.From, To: d.To, Tag: d.Tag, Direction: "outbound", Leg: d.Name},
		More: &More{Keep: d.Keep, Target: d.Target, Rings: d.rings()},
	}
	if maker != nil {
		m.More.Maker = maker.Key
		m.Call.Parent, m.Call.Root = maker.Call.ID, or(maker.Call.Root, maker.Call.ID)
	}
	err := m.furnish(d, f)
	switch {
	case err != nil:
	case d.Machine == "":
		err = fmt.Errorf("it has no key")
	case d.Target != "" && f.Goto[d.Target] == nil:
		err = fmt.Errorf("no leg can begin in state %q", d.Target)
	case d.Target == "" && len(f.Start[eventAnswer]) == 0:
		err = fmt.Errorf("the flow has no start.answer")
	}
	if err != nil {
		return nil, fmt.Errorf("new leg of flow %q: %w", f.Name, err)
	}
	return m, nil
}

// maxRings is how long a call can ring, in seconds, as the callTimeout of createCall tells.
const maxRings = 300

// rings returns how long the leg may ring, in whole seconds; 0 for the carrier's default.
func (d *Dial) rings() uint16 {
	return uint16(min(max(math.Ceil(d.CallTimeout), 0), maxRings))
}

// furnish gives a new leg its variables and params.
func (m *Machine) furnish(d *Dial, f *flow.Flow) error {
	frame := m.pushFrame()
	frame.begin(f)
	known := 0
	for i, v := range f.Vars {
		if value, ok := d.Vars[v.Name]; ok {
			known++
			fitted, err := keptAs(value, v.Type)
			if err != nil {
				return fmt.Errorf("variable %q: %w", v.Name, err)
			}
			frame.Vars[i] = fitted
		}
	}
	for _, p := range f.Params {
		fitted := p.Value
		if value, ok := d.Params[p.Name]; ok {
			known++
			var err error
			if fitted, err = keptAs(value, p.Type); err != nil {
				return fmt.Errorf("param %q: %w", p.Name, err)
			}
		}
		if len(d.Params) > 0 {
			frame.Params = append(frame.Params, fitted)
		}
	}
	if known < len(d.Vars)+len(d.Params) {
		return fmt.Errorf("it is given variables or params that the flow does not have")
	}
	return nil
}

// keptAs returns a value that came from elsewhere as one of type t that a machine can keep.
func keptAs(v any, t flow.Type) (any, error) {
	v, err := plain(v, 0)
	if err != nil {
		return nil, err
	}
	v, ok := as(v, t)
	if !ok {
		return nil, fmt.Errorf("a value of type %T is no %s", v, t)
	}
	if longText(v) {
		return nil, errLong
	}
	return v, nil
}
