package phone

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bxmlflow/bxmlflow/cmd/internal/feed"
	"github.com/bxmlflow/bxmlflow/runtime/simulator"
)

// Carrier is what a phone is connected to. Its methods may be called from several goroutines.
type Carrier interface {
	// Place dials a number and returns the callId.
	Place(ctx context.Context, from, to string) (string, error)
	// Act does something at a leg; text holds keys or words.
	Act(ctx context.Context, call string, do Do, text string) error
	// Skip moves the clock ahead, where it is the carrier's to move.
	Skip(ctx context.Context, d time.Duration) error
	// Clock tells the carrier's time, and when the next thing is due there; the zero time when nothing is.
	Clock(ctx context.Context) (now, next time.Time, err error)
}

// Local is a carrier in this process.
type Local struct{ Carrier *simulator.Carrier }

// Place is for Carrier.
func (l Local) Place(_ context.Context, from, to string) (string, error) {
	return l.Carrier.Place(simulator.Inbound{From: from, To: to})
}

// Act is for Carrier.
func (l Local) Act(_ context.Context, call string, do Do, text string) error {
	switch c := l.Carrier; do {
	case PickUp:
		return c.PickUp(call)
	case Refuse:
		return c.Refuse(call)
	case Busy:
		return c.Busy(call)
	case Press:
		return c.Press(call, text)
	case Say:
		return c.Say(call, text)
	case HangUp:
		return c.HangUp(call)
	}
	return fmt.Errorf("nobody can %q", do)
}

// Skip is for Carrier.
func (l Local) Skip(_ context.Context, d time.Duration) error {
	l.Carrier.Skip(d)
	return nil
}

// Clock is for Carrier.
func (l Local) Clock(ctx context.Context) (now, next time.Time, err error) {
	next, _ = l.Carrier.Next(ctx)
	return l.Carrier.Now(), next, nil
}

// Time lets time pass at a phone.
type Time interface {
	// Pass lets d pass, or less when look, which is called whenever something has happened, reports that it is enough. It
	// reports whether it was.
	Pass(ctx context.Context, d time.Duration, look func() bool) (bool, error)
	// Now is the time at the phone.
	Now() time.Time
}

// Virtual is the time of a carrier in virtual time.
type Virtual struct {
	Carrier *simulator.Carrier
	Watch   *feed.Watch
}

// Now is for Time.
func (v Virtual) Now() time.Time { return v.Carrier.Now() }

// Pass is for Time. With look the clock goes from one event to the next, and not on when there is none within d.
func (v Virtual) Pass(ctx context.Context, d time.Duration, look func() bool) (bool, error) {
	if look == nil {
		err := v.Carrier.Advance(ctx, d)
		v.Watch.Drain(ctx)
		return false, err
	}
	end := v.Carrier.Now().Add(d)
	if err := v.Carrier.Settle(ctx); err != nil {
		return false, err
	}
	for {
		v.Watch.Drain(ctx)
		if look() {
			return true, nil
		}
		if next, ok := v.Carrier.Next(ctx); !ok || next.After(end) {
			return false, nil
		}
		more, err := v.Carrier.Step(ctx)
		if err != nil || !more {
			return false, err
		}
	}
}

// Live is the time of a carrier that runs.
type Live struct{ Feed *feed.Feed }

// Now is for Time.
func (l Live) Now() time.Time { return time.Now() }

// Pass is for Time.
func (l Live) Pass(ctx context.Context, d time.Duration, look func() bool) (bool, error) {
	until, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	_, next := l.Feed.Since(0)
	for {
		if look != nil && look() {
			return true, nil
		}
		var err error
		_, next, err = l.Feed.Next(until, next)
		switch {
		case err == nil:
		case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil:
			return false, nil
		default:
			return false, err
		}
	}
}
