package runtime

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/bxmlflow/bxmlflow/runtime/bandwidth"
	"github.com/bxmlflow/bxmlflow/runtime/store"
)

const (
	// sweepBatch is how many records one search looks at.
	sweepBatch = 1000
	// sweepAgain is when a call is asked for again about which the carrier said nothing.
	sweepAgain = time.Hour
	// toRing is how long it takes until a call rings, or until it is clear that it never will, and unheard how much later than
	// that a webhook of it can come.
	toRing  = 30 * time.Second
	unheard = time.Minute
	// workLeft is how much longer a record is kept while effects wait.
	workLeft = time.Hour
	// causeReaped is the cause of a call whose disconnect never came.
	causeReaped = "reaped"
)

// sweep deletes expired records from time to time until the engine closes.
func (e *Engine) sweep() {
	ticker := time.NewTicker(e.config.Sweep)
	defer ticker.Stop()
	for {
		select {
		case <-e.done:
			return
		case <-ticker.C:
			for e.Sweep(context.Background()) == sweepBatch {
			}
		}
	}
}

// Sweep deletes records whose time has passed, at most a thousand, and returns their number. Where there is a Carrier, it asks it
// first about a call whose end was never told: one that is still up goes on, and one that is gone ends with the cause "reaped"
// and is kept like any other that ended. An engine does so by itself every Config.Sweep.
func (e *Engine) Sweep(ctx context.Context) int {
	n, err := e.deleteExpired(ctx)
	if err != nil && !errors.Is(err, store.ErrClosed) {
		e.logError("expired records not deleted", err)
	}
	return n
}

func (e *Engine) deleteExpired(ctx context.Context) (n int, err error) {
	defer recovered(&err)
	err = e.store.Expired(ctx, e.config.Clock().UnixMilli(), sweepBatch, func(key string, version uint64) error {
		select {
		case <-e.done:
			return store.ErrClosed
		default:
		}
		if kept, err := e.reaped(ctx, key); kept || err != nil {
			if err != nil && ctx.Err() == nil && !errors.Is(err, store.ErrClosed) { // the others' time has passed all the same
				e.logError("expired record not looked at", err, "call", key)
				return nil
			}
			return err
		}
		switch err := e.store.Delete(ctx, key, version); {
		case err == nil:
			n++
			return nil
		case errors.Is(err, store.ErrConflict): // an event came after all
			return nil
		default:
			return err
		}
	})
	return n, err
}

// reaped asks the carrier about a call that should have ended long ago. It reports whether its record is kept.
func (e *Engine) reaped(ctx context.Context, key string) (kept bool, err error) {
	if e.config.Carrier == nil {
		return false, nil
	}
	m, err := e.machine(ctx, key)
	if m == nil || err != nil || m.Phase == Ended || m.Call.ID == "" && m.Phase != Dialing {
		return false, nil // of a record that cannot be read nobody could say what it is
	}
	ctx, cancel := context.WithTimeout(ctx, effectTimeout)
	defer cancel()
	w := e.work()
	defer e.release(w)
	w.forget()
	callID, waits := m.Call.ID, false
	if callID == "" {
		callID, waits = e.dialling(ctx, m)
	}
	switch {
	case waits:
		return true, w.extend(ctx, key, m.lifetime())
	case callID == "": // nobody knows what became of the call, but somebody may wait for the leg
		return true, w.disconnected(ctx, key, refusal{cause: causeReaped})
	}
	state, err := e.config.Carrier.Call(ctx, callID)
	var c *bandwidth.Error
	switch {
	case err == nil && state.State != "disconnected":
		return true, w.extend(ctx, key, m.lifetime())
	case err == nil, errors.As(err, &c) && c.NotFound():
		return true, w.disconnected(ctx, key, refusal{cause: causeReaped})
	}
	e.logError("call not asked for", err, "call", callID)
	return true, w.extend(ctx, key, min(sweepAgain, m.lifetime()))
}

// dialling returns what the maker of a leg knows of it that the leg itself does not: its callId, or that its call is still to be
// made. That does not go on for ever.
func (e *Engine) dialling(ctx context.Context, leg *Machine) (callID string, waits bool) {
	if leg.More == nil || leg.More.Maker == "" {
		return "", false
	}
	maker, err := e.machine(ctx, leg.More.Maker)
	if maker == nil || err != nil {
		return "", err != nil && !leg.outlived(e.config.Clock())
	}
	waits = slices.ContainsFunc(maker.Effects, func(f Effect) bool { return f.Request.Dial != nil && f.Request.Dial.Machine == leg.Key })
	return maker.madeCall(leg.Key), waits && !leg.outlived(e.config.Clock())
}

// outlived reports whether the machine is older than one may be that hears nothing.
func (m *Machine) outlived(now time.Time) bool {
	return now.Sub(time.UnixMilli(m.Started)) > m.Frames[0].Flow.Expiry
}

// extend lets a machine live on.
func (w *work) extend(ctx context.Context, key string, by time.Duration) error {
	w.until = w.engine.config.Clock().Add(by).UnixMilli()
	_, err := w.change(ctx, key, func(*Machine) bool { return true })
	return err
}

// lifetime returns how long a machine is kept that hears nothing: a leg that is being dialled until its webhooks must have come.
func (m *Machine) lifetime() time.Duration {
	expiry := m.Frames[0].Flow.Expiry
	if m.Phase != Dialing {
		return expiry
	}
	rings := time.Duration(ringing) * time.Second
	if m.More != nil && m.More.Rings != 0 {
		rings = time.Duration(m.More.Rings) * time.Second
	}
	return min(expiry, rings+toRing+unheard)
}

// expires returns when the record may be deleted: some time after the end of the call or conference, or after the last event of
// one whose end was never told.
// What is left to be done keeps it a while longer: the time for all attempts at that.
func expires(m *Machine) int64 {
	at := m.Touched + m.lifetime().Milliseconds()
	if m.Phase == Ended {
		at = m.Touched + m.Frames[0].Flow.Retention.Milliseconds()
	}
	if len(m.Effects) > 0 {
		at += workLeft.Milliseconds()
	}
	return at
}
