package runtime

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/runtime/internal/fetch"
)

// lookUp performs what a step asks for, with the lock of the machine open meanwhile. When the same event is already being
// looked up, it waits for that to end: the next round then finds the answer.
func (w *work) lookUp(ctx context.Context, lock *sync.Mutex, key string, r *Request) error {
	lock.Unlock()
	defer lock.Lock()
	e := w.engine
	if w.flying == nil {
		id := flight{key, w.step.run.key}
		landed, first := e.lookups.begin(id)
		if !first {
			select {
			case <-landed:
				return nil
			case <-ctx.Done():
				return fmt.Errorf("look-up of the same event: %w", ctx.Err())
			}
		}
		w.flying = &id
	}
	if r.Position >= maxLookups {
		return fmt.Errorf("more than %d look-ups in one step", maxLookups)
	}
	ctx, cancel := detach(ctx)
	defer cancel()
	ctx, enough := e.beforeSaving(ctx)
	defer enough()
	w.forget() // the request may hold parts of them, and outlives the next load
	result := Result{Request: *r}
	value, err := e.perform(ctx, r, w.step.run.m, "") // origin knows nothing of a new call
	if err != nil {
		result.Err = err.Error()
	} else if value != nil {
		result.Value = value
	}
	w.results = append(w.results[:r.Position], result) // of an earlier round a result counts only at its place
	return nil
}

// beforeSaving returns ctx with an end that leaves a fifth of a step's time to save what it decides. Look-ups that took all of it
// would be for nothing: nobody would know that a timer has fired or an effect was given up, and both would come again for ever.
func (e *Engine) beforeSaving(ctx context.Context) (context.Context, context.CancelFunc) {
	at, ok := ctx.Deadline()
	if !ok {
		return ctx, func() {}
	}
	return context.WithDeadline(ctx, at.Add(-e.config.Deadline/5))
}

// land lets others see the outcome of the look-ups of this event.
func (w *work) land() {
	if w.flying != nil {
		w.engine.lookups.land(*w.flying)
		w.flying = nil
	}
}

// perform runs what a step or an effect asks for and returns its result. key identifies the execution for the other side:
// it is the same for every attempt.
func (e *Engine) perform(ctx context.Context, r *Request, m *Machine, key string) (result map[string]any, err error) {
	defer recovered(&err) // of Config.Lookup or Config.Secrets: it has failed, and is not tried for ever
	ctx, cancel := context.WithTimeout(ctx, or(r.Timeout, DefaultLookup))
	defer cancel()
	if ctx.Err() != nil {
		return nil, fmt.Errorf("action %q: %w", r.Name, errDeadline)
	}
	if e.config.Lookup != nil {
		if value, handled, err := e.config.Lookup(ctx, r); handled {
			return value, err
		}
	}
	if r.Kind == flow.ActionHTTP {
		return e.request(ctx, r, key)
	}
	return e.stuck.run(ctx, r.Name, e.config.Kit.Actions[r.Name], ActionCall{
		Flow: m.Flow, CallID: m.Call.ID, From: m.Call.From, To: m.Call.To, Key: key, With: own(r.Args),
	})
}

// own returns a copy of the arguments that an action may change: the request is compared with that of the next round.
func own(args map[string]any) map[string]any {
	copied, err := plain(args, 0)
	if err != nil { // arguments are plain already
		return nil
	}
	m, _ := copied.(map[string]any)
	return m
}

// request performs an http action. Any status is a result; a failure is a refused host, no answer in time, or too much of it.
func (e *Engine) request(ctx context.Context, r *Request, key string) (map[string]any, error) {
	sent, err := e.headers(r.Headers)
	if err != nil {
		return nil, err
	}
	request := fetch.Request{Method: r.Method, URL: r.URL, Headers: sent, Query: pairs(r.Query), Timeout: or(r.Timeout, DefaultLookup)}
	if key != "" {
		if request.Headers == nil {
			request.Headers = map[string]string{}
		}
		request.Headers["Idempotency-Key"] = key
	}
	if len(r.Body) > 0 {
		request.JSON = json.RawMessage(r.Body)
	}
	answer, err := e.fetch.Do(ctx, &request)
	if err != nil {
		return nil, err
	}
	headers := make(map[string]any, len(answer.Headers))
	for name, value := range answer.Headers {
		headers[name] = value
	}
	return map[string]any{"status": answer.Status, "body": answer.Body, "headers": headers}, nil
}

func pairs(list []Pair) map[string]string {
	if len(list) == 0 {
		return nil
	}
	m := make(map[string]string, len(list))
	for _, p := range list {
		m[p.Name] = p.Value
	}
	return m
}

// Errors of actions.
var (
	errStuck    = fmt.Errorf("refused: %d calls of it ignored their deadline and still run", maxStuck)
	errDeadline = errors.New("no answer in time")
)

// stuckActions counts the calls of kit actions that did not return when their time was over. The zero value is ready.
type stuckActions struct {
	mu    sync.Mutex
	count map[string]int
}

// run calls an action of the kit. An action that ignores its context costs the step its deadline, not more: it is left
// behind and counted, and after maxStuck of them the action is refused.
func (s *stuckActions) run(ctx context.Context, name string, action Action, call ActionCall) (map[string]any, error) {
	if action == nil {
		return nil, fmt.Errorf("action %q is not registered", name)
	}
	if s.of(name) >= maxStuck {
		return nil, fmt.Errorf("action %q: %w", name, errStuck)
	}
	type outcome struct {
		result map[string]any
		err    error
	}
	returned := make(chan outcome, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				returned <- outcome{nil, fmt.Errorf("panic: %v", p)}
			}
		}()
		result, err := action(ctx, call)
		returned <- outcome{result, err}
	}()
	select {
	case o := <-returned:
		if o.err != nil {
			return nil, fmt.Errorf("action %q: %w", name, o.err)
		}
		return o.result, nil
	case <-ctx.Done():
	}
	s.add(name, 1)
	go func() {
		<-returned
		s.add(name, -1)
	}()
	return nil, fmt.Errorf("action %q: %w", name, errDeadline)
}

func (s *stuckActions) of(name string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count[name]
}

func (s *stuckActions) add(name string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.count == nil {
		s.count = map[string]int{}
	}
	s.count[name] += n
}

func (s *stuckActions) total() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, c := range s.count {
		n += c
	}
	return int64(n)
}

// flights are the events whose look-ups are under way: the same event, delivered again meanwhile, waits for them instead of
// starting its own. The zero value is ready.
type flights struct {
	mu   sync.Mutex
	open map[flight]chan struct{}
}

// flight names an event of a machine.
type flight struct {
	machine string
	event   [16]byte
}

// begin reports whether the caller is the first; otherwise it returns what is closed when the first has landed.
func (f *flights) begin(id flight) (landed chan struct{}, first bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if landed, ok := f.open[id]; ok {
		return landed, false
	}
	if f.open == nil {
		f.open = map[flight]chan struct{}{}
	}
	landed = make(chan struct{})
	f.open[id] = landed
	return landed, true
}

func (f *flights) land(id flight) {
	f.mu.Lock()
	defer f.mu.Unlock()
	close(f.open[id])
	delete(f.open, id)
}
