package runtime

import "sync/atomic"

// Stats are figures of a running engine. Those that count begin at 0 when it is made.
type Stats struct {
	InFlight int64 // webhooks being answered now
	Stuck    int64 // actions that ignored their deadline and still run

	Done    int64 // effects that were performed
	Failed  int64 // attempts at effects that failed
	GivenUp int64 // effects that are not tried again
	Timers  int64 // timers that fired
	Pushes  int64 // documents sent with the REST API
	Dialled int64 // legs that the carrier took on
}

// figures are the figures that only rise.
type figures struct{ done, failed, givenUp, timers, pushes, dialled atomic.Int64 }

// Stats returns the figures of now.
func (e *Engine) Stats() Stats {
	c := &e.counts
	return Stats{
		InFlight: e.inFlight.Load(), Stuck: e.stuck.total(),
		Done: c.done.Load(), Failed: c.failed.Load(), GivenUp: c.givenUp.Load(),
		Timers: c.timers.Load(), Pushes: c.pushes.Load(), Dialled: c.dialled.Load(),
	}
}
