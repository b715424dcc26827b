package runtime

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/bxmlflow/bxmlflow/flow"
)

// runDue does the first thing that is due of a machine: a timer or the next of its effects. It reports whether there may be
// more to do now.
func (w *work) runDue(key string) (more bool, err error) {
	defer recovered(&err) // of a store or of the flow's error handling; what was to be done stays where it is
	e := w.engine
	w.forget() // an action may keep what it is given
	if err := w.load(context.Background(), key); err != nil {
		return false, err
	}
	key = w.record.Key // of a record that was found
	now := e.config.Clock().UnixMilli()
	i := w.origin.nextEffect(now)
	if t := w.origin.nextTimer(); t != nil && t.Due <= now && !(i >= 0 && w.origin.Effects[i].Next <= t.Due) {
		if e.config.realTime && e.effects.alarms.early(key, t.Due) {
			return false, nil
		}
		return true, w.fire(key, *t)
	}
	if i < 0 {
		return false, nil
	}
	return true, w.runEffect(key, w.origin.Effects[i])
}

// nextTimer returns the timer that is due first, nil when there is none.
func (m *Machine) nextTimer() *Timer {
	var next *Timer
	for i := range m.Timers {
		if t := &m.Timers[i]; next == nil || t.Due < next.Due || t.Due == next.Due && t.ID < next.ID {
			next = t
		}
	}
	return next
}

// fire steps a machine whose timer is due. Whatever comes of it, the timer is gone afterwards.
func (w *work) fire(key string, t Timer) error {
	e := w.engine
	ctx, cancel := context.WithTimeout(context.Background(), e.config.Deadline)
	defer cancel()
	quiet := false
	fire := func(w *work, _ context.Context) (*Outcome, bool, error) {
		if !slices.Contains(w.origin.Timers, t) { // it was left meanwhile
			return nil, false, nil
		}
		out := &Outcome{Kind: Empty}
		if !quiet {
			out = w.internal(&InternalEvent{Name: flow.EventAfter, Timer: t.ID})
		}
		if out.Kind == Need {
			return out, true, nil
		}
		if !out.Changed {
			out.Machine, out.Changed = w.origin, true
		}
		out.Machine.Timers = slices.DeleteFunc(out.Machine.Timers, func(o Timer) bool { return o.ID == t.ID })
		return out, true, nil
	}
	_, fired, err := w.steps(ctx, key, fire)
	if errors.Is(err, errLarge) { // what the flow makes of it is too much
		e.logError("timer not told", err, "call", key)
		quiet = true
		_, fired, err = w.steps(ctx, key, fire)
	}
	if fired {
		e.counts.timers.Add(1)
	}
	return err
}

// effectKey names an effect to the other side: it is the same for every attempt.
func effectKey(key string, id uint32) string { return key + ":" + strconv.FormatUint(uint64(id), 10) }
