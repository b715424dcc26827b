// Package feed carries what happens on a carrier to whoever looks on: a phone on the screen, lines on the output, a program that
// follows over HTTP. Beside the events of the carrier it takes those that tell what the flow engine does with them.
package feed

import (
	"context"
	"errors"
	"sync"

	"github.com/bxmlflow/bxmlflow/runtime/simulator"
)

// Kinds of events that the carrier does not know: they tell what a flow in the same process does.
const (
	Named   simulator.Kind = "named"   // Text: what the flow calls the leg Call
	Stepped simulator.Kind = "stepped" // Type: the event; Other and Text: the states before and after; Err: what went wrong; Cause: why the step was special
	Valued  simulator.Kind = "values"  // Text: the variables, one to a line
	Logged  simulator.Kind = "log"     // Text: what the flow logs
)

// kept is how many events a feed remembers for those who come late or are slow.
const kept = 20_000

// ErrClosed says that a feed tells nothing more.
var ErrClosed = errors.New("the feed is closed")

// Feed keeps events in order and hands them to any number of readers, none of whom holds it up. It is safe for concurrent use.
type Feed struct {
	mu     sync.Mutex
	events []simulator.Event
	first  int           // number of the first event that is kept
	more   chan struct{} // closed and made again when there is more
	closed bool
}

// New returns an empty feed.
func New() *Feed { return &Feed{more: make(chan struct{})} }

// Publish appends an event.
func (f *Feed) Publish(e simulator.Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return
	}
	if len(f.events) == kept {
		const forgotten = kept / 4 // at once, so that it seldom happens
		f.events = append(f.events[:0:0], f.events[forgotten:]...)
		f.first += forgotten
	}
	f.events = append(f.events, e)
	close(f.more)
	f.more = make(chan struct{})
}

// Close ends the feed: readers get what there is, and then ErrClosed.
func (f *Feed) Close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.closed {
		f.closed = true
		close(f.more)
	}
}

// Since returns the events from number from on, 0 being the first one ever, and the number of the one after them. It does not
// wait. Events that are forgotten are left out.
func (f *Feed) Since(from int) (events []simulator.Event, next int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.since(from)
}

func (f *Feed) since(from int) ([]simulator.Event, int) {
	end := f.first + len(f.events)
	at := min(max(from-f.first, 0), len(f.events))
	return append([]simulator.Event(nil), f.events[at:]...), end
}

// Next is Since, but waits until there is something. It fails when ctx ends or the feed was closed.
func (f *Feed) Next(ctx context.Context, from int) ([]simulator.Event, int, error) {
	for {
		f.mu.Lock()
		events, next := f.since(from)
		more, closed := f.more, f.closed
		f.mu.Unlock()
		switch {
		case len(events) > 0:
			return events, next, nil
		case closed:
			return nil, next, ErrClosed
		}
		select {
		case <-ctx.Done():
			return nil, next, ctx.Err()
		case <-more:
		}
	}
}
