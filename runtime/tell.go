package runtime

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

const (
	tellAttempts = 30          // a signal is not lost because a store is away for a minute
	tellWithin   = time.Second // for what has to arrive before a webhook is looked at
	maxTellFirst = 32          // signals at once
)

// tells reports whether the next thing that the machine has to do now is to tell another one something.
func (m *Machine) tells(now int64) bool {
	i := m.nextEffect(now)
	return i >= 0 && m.Effects[i].Request.Operation == opTell
}

// tellFirst delivers what a machine has to tell before its next webhook is looked at, so that what it said arrives before what
// it does later. When that cannot be done in time, the webhook is answered all the same.
func (x *executor) tellFirst(key string) {
	e := x.engine
	ctx, cancel := context.WithTimeout(context.Background(), tellWithin)
	defer cancel()
	for range maxTellFirst {
		w := e.work()
		more, err := w.tellOne(ctx, key)
		e.release(w)
		if err != nil {
			e.logError("effect not run", err, "call", key)
		}
		if err != nil || !more {
			return
		}
	}
}

// tellOne delivers the next effect of a machine when it is for another machine.
func (w *work) tellOne(ctx context.Context, key string) (more bool, err error) {
	defer recovered(&err)
	w.forget()
	if err := w.load(ctx, key); err != nil {
		return false, err
	}
	i := w.origin.nextEffect(w.engine.config.Clock().UnixMilli())
	if i < 0 || w.origin.Effects[i].Request.Operation != opTell {
		return false, nil
	}
	effect := w.origin.Effects[i]
	key = w.origin.Key
	end := w.tell(ctx, key, &effect)
	if end.failed != nil && ctx.Err() != nil {
		return false, nil // the executor tries again
	}
	return true, w.settle(key, effect, &end)
}

// tell delivers an event to another machine, which takes it once, however often it comes. One that is gone, or never was, has
// nothing to hear.
func (w *work) tell(ctx context.Context, key string, effect *Effect) ending {
	t := effect.Request.Tell
	if t == nil {
		return ending{failed: errors.New("nothing to tell"), final: true}
	}
	event := t.Event
	if event.From == "" {
		event.From, event.ID = key, effect.ID
	}
	other := w.engine.work()
	defer w.engine.release(other)
	other.forget()
	_, err := other.deliver(ctx, t.To, &event)
	if errors.Is(err, errNoMachine) {
		w.engine.dropped(key, effect, "there is no such call")
		err = nil
	}
	return ending{failed: err, limit: tellAttempts}
}

// dropped logs an effect that there is no use in any more. What machines tell each other of their own accord is often of no use:
// the other call may be none of ours.
func (e *Engine) dropped(key string, effect *Effect, why string) {
	r, level := &effect.Request, slog.LevelInfo
	if r.Name == opTell {
		level = slog.LevelDebug
	}
	if !e.config.Logger.Enabled(context.Background(), level) {
		return
	}
	attrs := []any{"call", clip(key), "action", clip(or(r.Name, r.Operation)), "why", why}
	if r.Tell != nil {
		attrs = append(attrs, "event", clip(r.Tell.Event.Name), "to", clip(r.Tell.To))
	}
	e.config.Logger.Log(context.Background(), level, "effect dropped", attrs...)
}
