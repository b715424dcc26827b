package runtime

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bxmlflow/bxmlflow/runtime/store"
)

const (
	effectWorkers = 8
	effectScan    = time.Second // between two looks for what others left behind
	effectBatch   = 256
	// maxVisits and maxDone bound what is done when the engine closes: how often for one machine, and how much each time.
	maxVisits = 100
	maxDone   = 1000
)

// executor does what is due: effects after the step that made them was saved, those of one machine in order, and timers.
type executor struct {
	engine *Engine
	alarms alarms
	failed failing
	mu     sync.Mutex
	queued map[string]bool // machines that wait for a worker, or have one; true asks the worker for another round
	queue  chan string
	halted atomic.Bool // begin no further effect
}

func newExecutor(e *Engine) *executor {
	return &executor{engine: e, alarms: newAlarms(), queued: map[string]bool{}, queue: make(chan string, effectBatch)}
}

// run starts the workers and wakes machines when something of theirs is due. What this process saved it knows to the
// millisecond; what another process left behind it looks for once in a while. When the engine closes it runs what is left.
func (x *executor) run() {
	defer x.rest()
	var workers sync.WaitGroup
	defer workers.Wait()
	for range effectWorkers {
		workers.Go(x.work)
	}
	ticker := time.NewTicker(effectScan)
	defer ticker.Stop()
	next := time.NewTimer(effectScan)
	defer next.Stop()
	x.scan()
	for {
		select {
		case <-x.engine.done:
			return
		case <-ticker.C:
			x.scan()
		case <-next.C:
		case <-x.alarms.sooner:
		}
		next.Reset(x.alarms.ring(x.wake))
	}
}

// schedule sees to it that what a save left to do is done.
func (x *executor) schedule(key string, u *store.Update) {
	if x.engine.config.Manual {
		return
	}
	if u.Due != 0 {
		x.alarms.set(key, u.Due, time.Duration(u.Due-x.engine.config.Clock().UnixMilli())*time.Millisecond)
	}
	if u.Pending {
		x.wake(key)
	}
}

// rest runs the effects that are due when the engine closes, and what they lead to, until all is quiet. A machine whose effects
// cannot be saved, and one that always finds more to do, does not keep the engine open.
func (x *executor) rest() {
	r := rest{visits: map[string]int{}, spent: map[string]bool{}}
	for more := true; more && !x.halted.Load(); {
		more = x.round(&r)
	}
}

// rest is what was done for the machines of an engine that closes.
type rest struct {
	visits map[string]int  // of a machine
	spent  map[string]bool // machines for which nothing more is done
}

// round runs the effects that are due now and reports whether there were any.
func (x *executor) round(r *rest) (more bool) {
	var workers sync.WaitGroup
	places := make(chan struct{}, effectWorkers)
	var keys []string
	x.due(len(r.spent)+effectBatch, func(key string) {
		if !r.spent[key] {
			keys = append(keys, strings.Clone(key))
		}
	})
	done := make([]bool, len(keys))
	for i, key := range keys {
		workers.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			done[i] = x.effects(key, maxDone)
		})
	}
	workers.Wait()
	for i, key := range keys {
		if r.visits[key]++; !done[i] || r.visits[key] == maxVisits {
			r.spent[key] = true
		}
	}
	return len(keys) > 0
}

// scan wakes machines of which something is due, whoever left it. Those that have failed lately are left alone, and those that
// failed before take no more than half of the room.
func (x *executor) scan() {
	again := 0
	x.due(effectBatch+x.failed.count(), func(key string) {
		known, resting := x.failed.known(key)
		switch {
		case resting, known && again == effectBatch/2:
			return
		case known:
			again++
		}
		x.wake(key)
	})
}

// due calls fn for at most limit machines whose effects are due.
func (x *executor) due(limit int, fn func(key string)) {
	err := x.find(limit, fn)
	if err != nil && !errors.Is(err, store.ErrClosed) {
		x.engine.logError("effects that are due not found", err)
	}
}

func (x *executor) find(limit int, fn func(key string)) (err error) {
	defer recovered(&err)
	e := x.engine
	return e.store.Due(context.Background(), e.config.Clock().UnixMilli(), limit, func(key string) error {
		fn(key)
		return nil
	})
}

// recovered makes a panic an error of the function that defers it.
func recovered(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("panic: %v", p)
	}
}

// wake asks for what is due of a machine to be done. It never blocks: a machine for which there is no room is found again by
// the next scan.
func (x *executor) wake(key string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if _, known := x.queued[key]; known {
		x.queued[key] = true
		return
	}
	key = strings.Clone(key)
	select {
	case x.queue <- key:
		x.queued[key] = false
	default:
	}
}

func (x *executor) work() {
	for {
		select {
		case <-x.engine.done:
			return
		case key := <-x.queue:
			x.serve(key)
		}
	}
}

// serve does what is due of a machine as long as somebody asks for it.
func (x *executor) serve(key string) {
	for again := true; again; {
		x.effects(key, math.MaxInt)
		x.mu.Lock()
		if again = x.queued[key]; again {
			x.queued[key] = false
		} else {
			delete(x.queued, key)
		}
		x.mu.Unlock()
	}
}

// effects does what is due of a machine, in order, until something has to wait, at most so many things. It reports whether it
// could.
func (x *executor) effects(key string, limit int) bool {
	e := x.engine
	for n := 0; n < limit && !x.halted.Load(); n++ {
		w := e.work()
		more, err := w.runDue(key)
		e.release(w)
		if err != nil {
			e.logError("effect not run", err, "call", key)
		}
		x.failed.note(key, err != nil)
		if err != nil || !more {
			return err == nil
		}
	}
	return true
}
