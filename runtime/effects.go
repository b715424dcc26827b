package runtime

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/runtime/store"
)

const (
	effectWorkers  = 8
	effectAttempts = 3
	effectTimeout  = 10 * time.Second // of one attempt
	effectScan     = time.Second      // between two looks for retries that are due
	effectBatch    = 256
)

// executor runs effects after the step that made them was saved: those of one machine in order, at least once each.
type executor struct {
	engine *Engine
	mu     sync.Mutex
	queued map[string]bool // machines that wait for a worker, or have one; true asks the worker for another round
	queue  chan string
	halted atomic.Bool // begin no further effect
}

func newExecutor(e *Engine) *executor {
	return &executor{engine: e, queued: map[string]bool{}, queue: make(chan string, effectBatch)}
}

// run starts the workers and looks for effects that are due: retries, and what a process that died left behind. When the
// engine closes it runs what is left.
func (x *executor) run() {
	defer x.rest()
	var workers sync.WaitGroup
	defer workers.Wait()
	for range effectWorkers {
		workers.Go(x.work)
	}
	ticker := time.NewTicker(effectScan)
	defer ticker.Stop()
	for {
		x.scan()
		select {
		case <-x.engine.done:
			return
		case <-ticker.C:
		}
	}
}

func (x *executor) scan() { x.due(effectBatch, x.wake) }

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

// wake asks for the effects of a machine to be run. It never blocks: a machine for which there is no room is found again by
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

// serve runs the effects of a machine as long as somebody asks for it.
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

// effects runs the effects of a machine that are due, in order, until one has to wait.
func (x *executor) effects(key string) {
	e := x.engine
	for !x.halted.Load() {
		w := e.work()
		more, err := w.runEffect(key)
		e.release(w)
		if err != nil {
			e.logError("effect not run", err, "call", key)
		}
		if err != nil || !more {
			return
		}
	}
}

// runEffect runs the first effect of a machine. It reports whether there may be another one to run now.
func (w *work) runEffect(key string) (more bool, err error) {
	defer recovered(&err) // of a store or of the flow's error handling; the effect stays where it is
	ctx, cancel := context.WithTimeout(context.Background(), effectTimeout)
	defer cancel()
	e := w.engine
	w.forget() // an action may keep what it is given
	if err := w.load(ctx, key); err != nil {
		return false, err
	}
	if len(w.origin.Effects) == 0 || w.origin.Effects[0].Next > e.config.Clock().UnixMilli() {
		return false, nil
	}
	effect := w.origin.Effects[0]
	request := effect.Request
	request.Timeout = or(request.Timeout, effectTimeout)
	result, failed := e.perform(ctx, &request, &w.origin, key+":"+strconv.FormatUint(uint64(effect.ID), 10))
	w.forget()
	if failed == nil && request.Kind == flow.ActionHTTP {
		failed = rejected(result)
	}
	return true, w.settle(key, effect, failed)
}

// settle records how an attempt at an effect ended: done, to be tried again, or given up, which the flow may handle as an
// `error`.
func (w *work) settle(key string, effect Effect, failed error) error {
	e := w.engine
	ctx, cancel := context.WithTimeout(context.Background(), e.config.Deadline)
	defer cancel()
	lock := e.lock(key)
	lock.Lock()
	defer lock.Unlock()
	defer w.land()
	var err error
	for range maxConflicts + maxLookups {
		if err = w.load(ctx, key); err != nil {
			return err
		}
		i := slices.IndexFunc(w.origin.Effects, func(o Effect) bool { return o.ID == effect.ID })
		if i < 0 {
			return nil
		}
		out := w.settled(i, failed)
		if out.Kind == Need { // of a handler of `error`
			if err = w.lookUp(ctx, lock, key, out.Request); err != nil {
				return err
			}
			continue
		}
		if err = w.save(ctx, &out); err == nil {
			w.tellGivenUp(key, &effect, failed)
			e.tell(out.Trace)
			return nil
		}
	}
	return err
}

// settled returns the machine after an attempt at its i-th effect.
func (w *work) settled(i int, failed error) Outcome {
	m, e := &w.origin, w.engine
	effect := &m.Effects[i]
	effect.Attempts++
	switch {
	case failed == nil:
		m.Effects = slices.Delete(m.Effects, i, i+1)
	case !over(effect.Attempts, failed):
		effect.Next = e.config.Clock().Add(pause(effect.Attempts, failed)).UnixMilli()
	default:
		return e.stepper.step(&w.step, m, &Input{
			Internal: &InternalEvent{
				Name: flow.EventError, Reason: flow.ReasonEffect, Effect: effect.ID, Source: effect.Request.Source,
				Message: fmt.Sprintf("%s: %s", effect.Request.Name, failed),
			},
			Now: e.config.Clock(), Results: w.results, Trace: len(e.config.Kit.Observers) > 0,
		})
	}
	return Outcome{Kind: Empty, Machine: m, Changed: true}
}
