package runtime

import (
	"context"
	"sync"
	"time"
)

// deadline is the context of one webhook: the values of its request and a time of its own, but not the cancellation of the
// request. Who sent the webhook may hang up; the step is finished all the same, since the carrier sends it again. It is a
// context.WithTimeout that costs nothing as long as nobody waits for Done, which a store in memory never does.
type deadline struct {
	values context.Context
	at     time.Time
	mu     sync.Mutex
	timed  context.Context // made by the first Done
	cancel context.CancelFunc
}

func (d *deadline) begin(values context.Context, at time.Time) { d.values, d.at = values, at }

// end releases what Done took.
func (d *deadline) end() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.cancel != nil {
		d.cancel()
	}
	d.values, d.timed, d.cancel = nil, nil, nil
}

// detach returns ctx as one that may outlive the webhook, as an action does that ignores its time.
func detach(ctx context.Context) (context.Context, context.CancelFunc) {
	d, ok := ctx.(*deadline)
	if !ok {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(context.WithoutCancel(d.values), d.at)
}

func (d *deadline) Deadline() (time.Time, bool) { return d.at, true }

func (d *deadline) Done() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.timed == nil {
		d.timed, d.cancel = context.WithDeadline(context.Background(), d.at)
	}
	return d.timed.Done()
}

func (d *deadline) Err() error {
	if time.Now().Before(d.at) {
		return nil
	}
	return context.DeadlineExceeded
}

func (d *deadline) Value(key any) any { return d.values.Value(key) }
