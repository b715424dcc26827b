package runtime

import (
	"context"
	"errors"
	"fmt"
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
)

// executor does what is due: effects after the step that made them was saved, those of one machine in order, and timers.
type executor struct {
	engine *Engine
	alarms alarms
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
	x.due(effectBatch, x.wake)
	for {
		select {
		case <-x.engine.done:
			return
		case <-ticker.C:
			x.due(effectBatch, x.wake)
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

// rest runs the effects that are due when the engine closes. It takes every machine once, so that one whose effects cannot be
// saved does not keep the engine open.
func (x *executor) rest() {
	taken := map[string]bool{}
	for !x.halted.Load() {
		before := len(taken)
		var workers sync.WaitGroup
		places := make(chan struct{}, effectWorkers)
		x.due(len(taken)+effectBatch, func(key string) {
			if taken[key] {
				return
			}
			key = strings.Clone(key)
			taken[key] = true
			workers.Go(func() {
				places <- struct{}{}
				defer func() { <-places }()
				x.effects(key)
			})
		})
		workers.Wait()
		if len(taken) == before {
			return
		}
	}
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
		x.effects(key)
		x.mu.Lock()
		if again = x.queued[key]; again {
			x.queued[key] = false
		} else {
			delete(x.queued, key)
		}
		x.mu.Unlock()
	}
}

// effects does what is due of a machine, in order, until something has to wait.
func (x *executor) effects(key string) {
	e := x.engine
	for !x.halted.Load() {
		w := e.work()
		more, err := w.runDue(key)
		e.release(w)
		if err != nil {
			e.logError("effect not run", err, "call", key)
		}
		if err != nil || !more {
			return
		}
	}
}
