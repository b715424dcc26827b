package simulator

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Run plays in real time until ctx ends, whose error it returns. Each webhook is delivered in a goroutine of its own, and all of
// them have ended when Run returns; the asynchronous ones of a call are delivered one after the other.
func (c *Carrier) Run(ctx context.Context) error {
	if err := c.take(false); err != nil {
		return fmt.Errorf("run: %w", err)
	}
	defer c.leave()
	var trips sync.WaitGroup
	defer trips.Wait()
	for {
		wait, due := c.wait()
		if due {
			for _, x := range c.run() {
				trips.Go(func() { c.trip(ctx, x) })
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			continue
		}
		if jumped, err := c.jump(ctx); err != nil {
			return err
		} else if jumped {
			continue
		}
		if err := c.sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// trip makes a round trip and takes its outcome.
func (c *Carrier) trip(ctx context.Context, x *exchange) {
	a := c.do(ctx, x)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.flying--
	c.answered(x, a)
}

// wait returns how long it is to the next event, and whether it is due.
func (c *Carrier) wait() (time.Duration, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.schedule) == 0 {
		return time.Hour, false
	}
	d := c.schedule[0].at.Sub(c.now())
	return d, d <= 0
}

// sleep waits for d, or until the schedule changes. The application's work is done before and when it is due.
func (c *Carrier) sleep(ctx context.Context, d time.Duration) error {
	if w := c.cfg.Work; w != nil {
		if err := w.Settle(ctx); err != nil {
			return fmt.Errorf("run: %w", err)
		}
		if at, ok := w.Next(ctx); ok {
			d = min(d, max(at.Sub(c.Now()), time.Millisecond))
		}
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-c.wake:
	case <-t.C:
	}
	return nil
}

// Skip moves the clock of real time d ahead: what is due within d happens at once, in its order. The jump stops at each thing that
// happens, until the application has answered the webhooks that it leads to. In virtual time Skip does nothing; use Advance.
func (c *Carrier) Skip(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.virtual():
	case c.driven:
		c.ahead += max(d, 0)
	default:
		c.skipped += max(d, 0)
	}
	c.poke()
}

// jump moves the clock to the next thing within what Skip asked for, unless a webhook is under way. It reports whether it did.
func (c *Carrier) jump(ctx context.Context) (bool, error) {
	if !c.jumps() {
		return false, nil
	}
	var works bool
	var at time.Time
	if w := c.cfg.Work; w != nil {
		if err := w.Settle(ctx); err != nil {
			return false, fmt.Errorf("run: %w", err)
		}
		at, works = w.Next(ctx)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	now, by := c.now(), c.ahead
	if works {
		by = min(by, max(at.Sub(now), time.Millisecond))
	}
	if len(c.schedule) > 0 {
		by = min(by, max(c.schedule[0].at.Sub(now), 0))
	}
	c.skipped += by
	c.ahead -= by
	return true, nil
}

func (c *Carrier) jumps() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ahead > 0 && c.flying == 0
}
