package runtime

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bxmlflow/bxmlflow/runtime/store"
)

const (
	maxSettle   = 20_000 // things done by one Settle
	settleBatch = 1000   // machines that are looked at to find what comes first
)

// endOfTime is later than anything that is due, in Unix milliseconds: the year 9999.
const endOfTime = 253_402_300_799_000

// Settle does all that is due at the engine's clock, one after the other, and what that leads to, until there is nothing left:
// effects, retries and timers, in the order of the times at which they were due, those of one time in the order of their
// machines' keys. It is for a Manual engine, from one goroutine at a time. It fails when it does not come to an end, or when a
// store fails.
func (e *Engine) Settle(ctx context.Context) error {
	last := ""
	for range maxSettle {
		key, err := e.first(ctx)
		if err != nil {
			return fmt.Errorf("settle: %w", err)
		}
		if key == "" {
			return nil
		}
		w := e.work()
		_, err = w.runDue(key)
		e.release(w)
		if err != nil {
			return fmt.Errorf("settle %s: %w", key, err)
		}
		last = key
	}
	return fmt.Errorf("settle: not at rest after %d effects and timers; the last one was of %s", maxSettle, last)
}

// first returns the machine that has to do something before all others, "" when nothing is due now.
func (e *Engine) first(ctx context.Context) (first string, err error) {
	defer recovered(&err)
	var earliest int64
	var r store.Record
	err = e.store.Due(ctx, e.config.Clock().UnixMilli(), settleBatch, func(key string) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		switch err := e.store.Load(ctx, key, &r); {
		case errors.Is(err, store.ErrNotFound):
			return nil
		case err != nil:
			return err
		}
		at := r.Due
		if r.Pending {
			at = 0
		}
		if first == "" || at < earliest || at == earliest && r.Key < first {
			first, earliest = r.Key, at
		}
		return nil
	})
	return first, err
}

// Next returns when the next effect, retry or timer is due; false when there is none, or when ctx or the store does not let it
// know. Like Settle it is for a Manual engine.
func (e *Engine) Next(ctx context.Context) (at time.Time, ok bool) {
	var err error
	defer recovered(&err)
	err = e.store.Due(ctx, endOfTime, 1, func(key string) error {
		var r store.Record
		if err := e.store.Load(ctx, key, &r); err != nil {
			return err
		}
		if at, ok = time.UnixMilli(r.Due), true; r.Pending {
			at = e.config.Clock()
		}
		return nil
	})
	return at, ok && err == nil
}
