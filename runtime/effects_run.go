package runtime

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/bxmlflow/bxmlflow/flow"
)

const (
	effectAttempts = 3
	effectTimeout  = 10 * time.Second // of one attempt
	// lease is how long an attempt that must not be made twice at once is another process's: longer than it can take.
	lease = effectTimeout + 20*time.Second
)

// ending is how an attempt at an effect ended. The zero ending is success.
type ending struct {
	failed error
	// final says that another attempt would bring the same. after is how long to wait for it at least, limit how many there are.
	final bool
	after time.Duration
	limit uint8
	// counted says that the attempt was counted when it began.
	counted bool
	// change changes the machine with the end of the attempt.
	change func(m *Machine, effect *Effect)
	// raise is what the machine is told when the effect is given up, instead of `error`. quiet says that it is told nothing.
	raise *InternalEvent
	quiet bool
}

// over reports whether there is no other attempt after so many.
func (e *ending) over(attempts uint8) bool {
	return e.final || attempts >= or(e.limit, effectAttempts)
}

// runEffect makes an attempt at the next effect of the machine that was loaded.
func (w *work) runEffect(key string, effect Effect) error {
	ctx, cancel := context.WithTimeout(context.Background(), effectTimeout)
	defer cancel()
	e := w.engine
	end, ours, err := w.attempt(ctx, key, &effect)
	if err != nil || !ours {
		return err
	}
	if end.failed != nil {
		e.counts.failed.Add(1)
	} else {
		e.counts.done.Add(1)
	}
	return w.settle(key, effect, &end)
}

// attempt makes one attempt. It reports false when the effect is somebody else's by now.
func (w *work) attempt(ctx context.Context, key string, effect *Effect) (end ending, ours bool, err error) {
	switch effect.Request.Operation {
	case "":
		return w.act(ctx, key, effect), true, nil
	case opTell:
		return w.tell(ctx, key, effect), true, nil
	case opHangUp:
		return w.hangUp(ctx, effect), true, nil
	case opDial:
		return w.dial(ctx, key, effect)
	case opPush:
		return w.push(ctx, key, effect)
	}
	if ours, err = w.claim(ctx, key, effect, nil); !ours || err != nil {
		return end, ours, err
	}
	return w.operate(ctx, effect), true, nil
}

// act performs an http action or one of the kit.
func (w *work) act(ctx context.Context, key string, effect *Effect) ending {
	request := effect.Request
	request.Timeout = or(request.Timeout, effectTimeout)
	result, failed := w.engine.perform(ctx, &request, w.origin, effectKey(key, effect.ID))
	if failed == nil && request.Kind == flow.ActionHTTP {
		failed = rejected(result)
	}
	return judged(failed)
}

// claim notes that an attempt begins, so that nobody else makes one meanwhile: of two processes one saves first. Should this
// one die, the effect is due again when the lease is over. change changes the effect with it.
func (w *work) claim(ctx context.Context, key string, effect *Effect, change func(*Effect)) (bool, error) {
	next := w.engine.config.Clock().Add(lease).UnixMilli()
	w.forget() // the effect holds parts of it
	return w.change(ctx, key, func(m *Machine) bool {
		i := slices.IndexFunc(m.Effects, func(o Effect) bool { return o.ID == effect.ID })
		if i < 0 || m.Effects[i].Attempts != effect.Attempts || m.Effects[i].Next != effect.Next {
			return false
		}
		e := &m.Effects[i]
		e.Attempts, e.Next = e.Attempts+1, next
		if change != nil {
			change(e)
		}
		*effect = *e
		return true
	})
}

// settle records how an attempt at an effect ended: done, to be tried again, or given up, which the flow may handle.
func (w *work) settle(key string, effect Effect, end *ending) error {
	ctx, cancel := context.WithTimeout(context.Background(), w.engine.config.Deadline)
	defer cancel()
	w.forget() // the effect holds parts of it
	settle := func(w *work, _ context.Context) (*Outcome, bool, error) {
		i := slices.IndexFunc(w.origin.Effects, func(o Effect) bool { return o.ID == effect.ID })
		if i < 0 {
			return nil, false, nil
		}
		return w.settled(i, end), true, nil
	}
	_, settled, err := w.steps(ctx, key, settle)
	if errors.Is(err, errLarge) && !end.quiet { // what the flow makes of it is too much: then it hears nothing
		w.engine.logError("failure of an effect not told", err, "call", key)
		end.quiet = true
		_, settled, err = w.steps(ctx, key, settle)
	}
	if settled && end.failed != nil {
		w.tellFailed(key, &effect, end)
	}
	return err
}

// settled returns the machine after an attempt at its i-th effect.
func (w *work) settled(i int, end *ending) *Outcome {
	m := w.origin
	effect := &m.Effects[i]
	attempts := effect.Attempts
	if !end.counted {
		attempts++
	}
	over := end.failed == nil || end.over(attempts)
	if over && end.failed != nil && !end.quiet {
		return w.givenUp(effect, end)
	}
	effect.Attempts = attempts
	effect.Next = w.engine.config.Clock().Add(max(pause(attempts), end.after)).UnixMilli()
	if end.change != nil {
		end.change(m, effect)
	}
	if over {
		m.Effects = slices.Delete(m.Effects, i, i+1)
	}
	return &Outcome{Kind: Empty, Machine: m, Changed: true}
}

// givenUp steps the machine with what an effect that is not tried again raises.
func (w *work) givenUp(effect *Effect, end *ending) *Outcome {
	ev := InternalEvent{Name: flow.EventError, Reason: flow.ReasonEffect}
	if end.raise != nil {
		ev = *end.raise
	}
	ev.Effect, ev.Source = effect.ID, or(ev.Source, effect.Request.Source)
	ev.Message = or(ev.Message, fmt.Sprintf("%s: %s", or(effect.Request.Name, effect.Request.Operation), end.failed))
	out := w.internal(&ev)
	if out.Kind == Need {
		return out
	}
	if !out.Changed {
		out.Machine, out.Changed = w.origin, true
	}
	out.Machine.drop(ev.Effect)
	return out
}
