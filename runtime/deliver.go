package runtime

import (
	"context"
	"errors"
	"fmt"
)

// errConflicts says that others wrote the record again and again.
var errConflicts = fmt.Errorf("record changed %d times while it was stepped", maxConflicts)

// errNoMachine says that there is no machine of that name.
var errNoMachine = errors.New("no such machine")

// decision decides about the machine that was loaded.
type decision func(*work, context.Context) (*Outcome, bool, error)

// steps steps a machine until its new state is saved. next decides about the machine that was loaded; it reports false when
// there is nothing to save, and is called again when somebody else wrote the record meanwhile, or when a look-up that it needs
// was performed.
func (w *work) steps(ctx context.Context, key string, next decision) (*Outcome, bool, error) {
	defer w.land()
	p := w.engine.place(key)
	p.Lock()
	defer p.Unlock()
	return w.rounds(ctx, p, key, next)
}

// rounds is steps with the place of the machine locked.
func (w *work) rounds(ctx context.Context, p *place, key string, next decision) (*Outcome, bool, error) {
	var failed error
	for range maxConflicts + maxLookups {
		p.drop(key) // also after a look-up, while which the place was open to others
		if err := w.load(ctx, key); err != nil {
			return nil, false, errors.Join(failed, err)
		}
		out, taken, err := next(w, ctx)
		if err != nil || !taken {
			return nil, false, err
		}
		if out.Kind == Need {
			if err := w.lookUp(ctx, &p.Mutex, key, out.Request); err != nil {
				return nil, false, err
			}
			continue
		}
		if failed = w.save(ctx, out); failed == nil {
			w.engine.tell(out.Trace) // with the lock, so that observers see the steps of a machine in order
			return out, true, nil
		}
		if ctx.Err() != nil || errors.Is(failed, errLarge) {
			return nil, false, failed
		}
	}
	return nil, false, errors.Join(errConflicts, failed)
}

// deliver takes an internal event to the machine of a key or alias.
func (w *work) deliver(ctx context.Context, name string, ev *InternalEvent) (*Outcome, error) {
	out, _, err := w.steps(ctx, name, func(w *work, _ context.Context) (*Outcome, bool, error) {
		if w.origin.New() {
			return nil, false, errNoMachine
		}
		return w.internal(ev), true, nil
	})
	return out, err
}

// internal steps the machine that was loaded with an internal event.
func (w *work) internal(ev *InternalEvent) *Outcome {
	e := w.engine
	w.input = Input{Internal: ev, Now: e.config.Clock(), Results: w.results, Trace: len(e.config.Kit.Observers) > 0}
	return e.stepper.step(&w.step, w.origin, &w.input)
}

// change writes a machine without a step. do reports whether it changed something.
func (w *work) change(ctx context.Context, key string, do func(m *Machine) bool) (bool, error) {
	_, changed, err := w.steps(ctx, key, func(w *work, _ context.Context) (*Outcome, bool, error) {
		if w.origin.New() {
			return nil, false, errNoMachine
		}
		if !do(w.origin) {
			return nil, false, nil
		}
		return &Outcome{Kind: Empty, Machine: w.origin, Changed: true}, true, nil
	})
	return changed, err
}
