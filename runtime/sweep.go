package runtime

import (
	"context"
	"errors"
	"time"

	"github.com/bxmlflow/bxmlflow/runtime/store"
)

// sweepBatch is how many records one search deletes at most.
const sweepBatch = 1000

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

// Sweep deletes records whose time has passed, at most a thousand, and returns their number. An engine does so by itself
// every Config.Sweep.
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

// expires returns when the record may be deleted: some time after the end of the call, or after the last event of one whose
// end was never told.
func expires(m *Machine) int64 {
	f := m.Frames[0].Flow
	if m.Phase == Ended {
		return m.Touched + f.Retention.Milliseconds()
	}
	return m.Touched + f.Expiry.Milliseconds()
}
