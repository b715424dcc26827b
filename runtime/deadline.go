package runtime

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// deadline is the context of one webhook: the values of its request and a time of its own, but not the cancellation of the
// request. Who sent the webhook may hang up; the step is finished all the same, since the carrier sends it again. It is a
// context.WithTimeout that costs nothing, not even a look at the clock, until somebody asks when it ends or waits for Done,
// which a store in memory never does. Its time runs from then on.
type deadline struct {
	values context.Context
	within time.Duration
	kept   atomic.Bool // a context may have been made of it, which may live longer than the webhook
	mu     sync.Mutex
	timer  atomic.Pointer[timer] // made when the first one asks
}

// timer is the context that keeps the time of a deadline.
type timer struct {
	context.Context
	cancel context.CancelFunc
}

// begin returns the context of a webhook: d, unless somebody may still hold it, or there is none.
func (d *deadline) begin(values context.Context, within time.Duration) *deadline {
	if d == nil || d.kept.Load() {
		d = new(deadline)
	}
	d.values, d.within = values, within
	return d
}

// start makes the context that keeps the time.
func (d *deadline) start() *timer {
	d.kept.Store(true)
	d.mu.Lock()
	defer d.mu.Unlock()
	if t := d.timer.Load(); t != nil {
		return t
	}
	t := &timer{}
	t.Context, t.cancel = context.WithTimeout(context.Background(), d.within)
	d.timer.Store(t)
	return t
}

// end releases what start took. A context that was made of d and is still in use sees that d is over.
func (d *deadline) end() {
	if t := d.timer.Load(); t != nil {
		t.cancel()
	}
	if !d.kept.Load() {
		d.values = nil
	}
}

// detach returns ctx as one that may outlive the webhook, as an action does that ignores its time.
func detach(ctx context.Context) (context.Context, context.CancelFunc) {
	d, ok := ctx.(*deadline)
	if !ok {
		return context.WithCancel(ctx)
	}
	at, _ := d.Deadline()
	return context.WithDeadline(context.WithoutCancel(d.values), at)
}

func (d *deadline) Deadline() (time.Time, bool) { return d.start().Deadline() }

func (d *deadline) Done() <-chan struct{} { return d.start().Done() }

func (d *deadline) Err() error {
	if t := d.timer.Load(); t != nil {
		return t.Err()
	}
	return nil
}

func (d *deadline) Value(key any) any {
	d.kept.Store(true)
	return d.values.Value(key)
}
