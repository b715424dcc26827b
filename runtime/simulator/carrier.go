package simulator

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

// Carrier plays Bandwidth. All its methods may be called from several goroutines, and from within an application's handler
// while it answers a webhook, but for those that drive it (Step, Advance, Settle, Run), of which one may run at a time.
type Carrier struct {
	cfg Config

	mu       sync.Mutex // guards everything below; never held while a webhook or Work runs
	clock    time.Time  // of virtual time; in real time that of what happens now, else zero
	skipped  time.Duration
	ahead    time.Duration // what of Skip is still to come, see jump
	flying   int           // round trips under way, in real time
	schedule schedule
	seq      uint64
	ties     *rand.Rand
	ids      ids
	driven   bool
	wake     chan struct{} // tells Run that the schedule changed
	outbox   []*exchange   // round trips to be made as soon as the lock is free

	applications map[string]*Application // by id
	numbers      map[string]*Application
	phones       map[string]Phone
	legs         map[string]*leg
	order        []*leg // by creation
	dialer       dialer
	faults       []*Fault
	held         []func()           // webhooks held back by a Reorder fault
	lines        map[string][]*hook // webhooks that are delivered in order, see delivery.go

	verbs map[string]starter // by name; see verbs.go
	shelf                    // recordings and what else outlives a call; see recording.go
}

// New returns a carrier. It fails when an application or a number is not usable.
func New(cfg Config) (*Carrier, error) {
	cfg = cfg.complete()
	c := &Carrier{
		cfg: cfg, ids: newIDs(cfg.Seed), ties: rand.New(rand.NewPCG(cfg.Seed, 1)), wake: make(chan struct{}, 1),
		applications: map[string]*Application{}, numbers: map[string]*Application{}, phones: map[string]Phone{}, legs: map[string]*leg{}, verbs: verbs(),
		lines: map[string][]*hook{},
	}
	if c.virtual() {
		c.clock = cfg.Start.UTC()
	}
	for _, a := range cfg.Applications {
		if _, err := c.application(a); err != nil {
			return nil, fmt.Errorf("new carrier: %w", err)
		}
	}
	for _, number := range sortedKeys(cfg.Numbers) {
		if err := c.addNumber(number, cfg.Numbers[number]); err != nil {
			return nil, fmt.Errorf("new carrier: %w", err)
		}
	}
	return c, nil
}

// AddNumber gives a number (E.164) or SIP URI to an application, which may be known already.
func (c *Carrier) AddNumber(number string, a Application) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.addNumber(number, a); err != nil {
		return fmt.Errorf("add number: %w", err)
	}
	return nil
}

func (c *Carrier) addNumber(number string, a Application) error {
	if !isNumber(number) {
		return fmt.Errorf("%q is neither a telephone number such as +15551234567 nor a sip uri", number)
	}
	app, err := c.application(a)
	if err == nil {
		c.numbers[number] = app
	}
	return err
}

// Now returns the carrier's time: the virtual clock, or the wall clock and what Skip added to it. It is in UTC.
func (c *Carrier) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

// Next tells when the next thing is due, of the carrier or of the application's work; false when nothing is left to do. What is
// overdue is due now.
func (c *Carrier) Next(ctx context.Context) (at time.Time, ok bool) {
	c.mu.Lock()
	now := c.now()
	if ok = len(c.schedule) > 0; ok {
		at = c.schedule[0].at
	}
	c.mu.Unlock()
	if w := c.cfg.Work; w != nil {
		if due, works := w.Next(ctx); works && (!ok || due.Before(at)) {
			at, ok = due.UTC(), true
		}
	}
	if ok && at.Before(now) {
		at = now
	}
	return at, ok
}

func (c *Carrier) virtual() bool { return !c.cfg.Start.IsZero() }

// now returns the time. In real time it is whole milliseconds, as in webhooks, and what happens late happens at the time when it
// was due.
func (c *Carrier) now() time.Time {
	if c.virtual() || !c.clock.IsZero() {
		return c.clock
	}
	return time.Now().UTC().Add(c.skipped).Truncate(time.Millisecond)
}

// poke wakes Run.
func (c *Carrier) poke() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}
