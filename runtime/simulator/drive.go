package simulator

import (
	"context"
	"errors"
	"fmt"
	"time"
)

var (
	errDriven = errors.New("the carrier is being driven already")
	errReal   = errors.New("the carrier runs in real time, use Run")
	errStuck  = errors.New("the application's work is never done")
)

// maxSettle bounds how often Work is done at one instant before it counts as stuck.
const maxSettle = 10_000

// Step lets the next thing happen, in virtual time, and moves the clock to it. It reports false when nothing is left to do.
func (c *Carrier) Step(ctx context.Context) (bool, error) {
	return c.drive(ctx, "step", func(d *drive) (bool, error) { return d.step(ctx) })
}

// Advance lets everything happen that is due within d, in virtual time, and moves the clock d ahead.
func (c *Carrier) Advance(ctx context.Context, d time.Duration) error {
	_, err := c.drive(ctx, "advance", func(dr *drive) (bool, error) {
		dr.limit = c.Now().Add(max(d, 0))
		if err := dr.all(ctx); err != nil {
			return false, err
		}
		dr.move(dr.limit)
		return true, dr.work(ctx)
	})
	return err
}

// Settle lets everything happen that is due now, in virtual time. The clock stands still.
func (c *Carrier) Settle(ctx context.Context) error {
	_, err := c.drive(ctx, "settle", func(d *drive) (bool, error) {
		d.limit = c.Now()
		return true, d.all(ctx)
	})
	return err
}

// drive is one call of Step, Advance or Settle.
type drive struct {
	*Carrier
	limit   time.Time // nothing later happens; zero for no limit
	settled time.Time // when Work was done last
	times   int       // how often at that instant
}

func (c *Carrier) drive(ctx context.Context, what string, do func(*drive) (bool, error)) (bool, error) {
	err := c.take(true)
	if err == nil {
		defer c.leave()
		var did bool
		if did, err = do(&drive{Carrier: c}); err == nil {
			return did, nil
		}
	}
	return false, fmt.Errorf("%s: %w", what, err)
}

// take makes the caller the one that drives the carrier.
func (c *Carrier) take(virtual bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.virtual() != virtual && virtual:
		return errReal
	case c.virtual() != virtual:
		return errors.New("the carrier runs in virtual time, use Advance")
	case c.driven:
		return errDriven
	}
	c.driven = true
	return nil
}

func (c *Carrier) leave() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.driven = false
	c.skipped += c.ahead
	c.ahead = 0
}

// all lets everything happen up to the limit, and settles the application's work at least once.
func (d *drive) all(ctx context.Context) error {
	for {
		if more, err := d.step(ctx); err != nil {
			return err
		} else if more {
			continue
		}
		before := d.next()
		if err := d.work(ctx); err != nil {
			return err
		}
		if d.next().Equal(before) && !d.due(ctx) {
			return nil
		}
	}
}

// due reports whether the application has more to do within the limit.
func (d *drive) due(ctx context.Context) bool {
	at, ok := d.worksAt(ctx)
	return ok && !at.After(d.limit)
}

// step lets one thing happen: the application's work when it is earlier than the carrier's next event, else that event and the
// work that it led to.
func (d *drive) step(ctx context.Context) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	next := d.next()
	at, works := d.worksAt(ctx)
	if works && (next.IsZero() || at.Before(next)) && (d.limit.IsZero() || !at.After(d.limit)) {
		d.move(at)
		return true, d.work(ctx)
	}
	if next.IsZero() || !d.limit.IsZero() && next.After(d.limit) {
		return false, nil
	}
	d.pop(ctx)
	return true, d.work(ctx)
}

// next returns when the next event of the carrier is due, the zero time when there is none.
func (d *drive) next() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.schedule) == 0 {
		return time.Time{}
	}
	return d.schedule[0].at
}

func (d *drive) worksAt(ctx context.Context) (time.Time, bool) {
	if d.cfg.Work == nil {
		return time.Time{}, false
	}
	return d.cfg.Work.Next(ctx)
}

// work lets the application do what is due.
func (d *drive) work(ctx context.Context) error {
	if d.cfg.Work == nil {
		return nil
	}
	if now := d.Now(); !now.Equal(d.settled) {
		d.settled, d.times = now, 0
	}
	if d.times++; d.times > maxSettle {
		return errStuck
	}
	return d.cfg.Work.Settle(ctx)
}

// move sets the clock ahead, never back.
func (d *drive) move(to time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if to.After(d.clock) {
		d.clock = to.UTC()
	}
}

// pop lets the next event of the carrier happen, with the round trips that it leads to.
func (d *drive) pop(ctx context.Context) {
	for _, x := range d.run() {
		a := d.do(ctx, x)
		d.mu.Lock()
		d.answered(x, a)
		d.mu.Unlock()
	}
}

// run runs the next timer and returns the round trips to be made.
func (c *Carrier) run() []*exchange {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.schedule) == 0 {
		return nil
	}
	t := c.schedule[0]
	c.stop(t)
	if !c.virtual() || t.at.After(c.clock) {
		c.clock = t.at
	}
	t.run()
	out := c.outbox
	c.outbox = nil
	if !c.virtual() {
		c.clock = time.Time{}
		c.flying += len(out)
	}
	return out
}
