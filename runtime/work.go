package runtime

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"sync"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/bxmlflow/bxmlflow/runtime/internal/token"
	"github.com/bxmlflow/bxmlflow/runtime/store"
)

// work is one webhook on its way through the engine, with all the memory that it needs. Idle ones are kept.
type work struct {
	engine   *Engine
	delivery Delivery
	claims   token.Claims
	verified bool // the token was checked and claims hold what it says

	body   []byte // of the request
	event  event.Event
	record store.Record
	origin Machine // as loaded
	recent recent
	input  Input
	step   scratch
	data   []byte // of the machine to be saved
	update store.Update
	within *deadline
	now    time.Time // when the webhook came
	// results are the look-ups performed so far; they outlive a lost compare-and-swap.
	results []Result

	flying *flight

	status   int
	document []byte // of the answer
	why      string // it was refused, when the status does not tell
}

func (w *work) reset() {
	w.delivery, w.verified = Delivery{}, false
	w.event.Reset()
	w.step.reset()
	clear(w.results)
	w.results = w.results[:0]
	w.status, w.document, w.why = 0, nil, ""
}

// handle answers the webhook. Whatever happens, there is an answer afterwards.
func (w *work) handle(ctx context.Context) {
	e := w.engine
	w.now = e.config.Clock()
	w.within = w.within.begin(ctx, e.config.Deadline)
	defer w.within.end()
	defer func() {
		if p := recover(); p != nil {
			e.logError("panic while answering", fmt.Errorf("%v", p), "event", w.delivery.Event.TypeName(), "stack", string(debug.Stack()))
			w.last(w.delivery.Event.TypeName())
		}
	}()
	if !w.verified && w.delivery.Token != "" {
		if e.tokens.Verify(w.delivery.Token, &w.claims) != nil {
			w.status = http.StatusForbidden
			w.warnRefused("token not valid")
			return
		}
		w.verified = true
	}
	if w.delivery.Token == "" && !w.delivery.Trusted && !e.guards.open() {
		w.status = http.StatusUnauthorized
		w.warnRefused("neither a token nor credentials")
		return
	}
	if err := w.answer(w.within); err != nil {
		e.logError("webhook not handled", err, "call", w.delivery.Event.CallID(), "event", w.delivery.Event.TypeName())
		w.last(w.delivery.Event.TypeName())
	}
}

// last gives the answer of last resort: an apology for events that a call waits on, nothing for others.
func (w *work) last(eventType string) {
	t := event.Lookup(eventType)
	if t == nil || !t.Sync || t.Machine != event.MachineCall {
		w.status, w.document = http.StatusNoContent, nil
		return
	}
	w.status, w.document = http.StatusOK, w.engine.apology
}

// errConflicts says that others wrote the record again and again.
var errConflicts = fmt.Errorf("record changed %d times while it was stepped", maxConflicts)

// answer steps the machine until its new state is saved.
func (w *work) answer(ctx context.Context) error {
	e, key := w.engine, w.delivery.Event.Key()
	if key == "" {
		return errors.New("webhook names no call")
	}
	defer w.land()
	lock := e.lock(key)
	lock.Lock()
	defer lock.Unlock()
	var failed error
	for range maxConflicts + maxLookups {
		if err := w.load(ctx, key); err != nil {
			return errors.Join(failed, err)
		}
		if w.bare() {
			w.status = http.StatusForbidden
			w.warnRefused("a token is required, and it bears none")
			return nil
		}
		w.prepare()
		if w.origin.New() && w.removed() {
			w.status = http.StatusNotFound
			w.warnRefused(statusText[http.StatusNotFound])
			return nil
		}
		out := e.stepper.step(&w.step, &w.origin, &w.input)
		if out.Kind == Need {
			if err := w.lookUp(ctx, lock, key, out.Request); err != nil {
				return err
			}
			continue
		}
		if failed = w.save(ctx, &out); failed == nil {
			w.reply(&out)
			w.warnUnknown(&out)
			e.tell(out.Trace)
			return nil
		}
		if ctx.Err() != nil {
			return failed
		}
	}
	return errors.Join(errConflicts, failed)
}

// load reads the machine, or makes origin a new one.
func (w *work) load(ctx context.Context, key string) error {
	e := w.engine
	if len(e.config.Kit.Observers) > 0 {
		w.forget() // the machine's strings are parts of them, and observers may keep some
	}
	err := e.store.Load(ctx, key, &w.record)
	switch {
	case errors.Is(err, store.ErrNotFound):
		w.record.Version = 0
		w.record.Answer, w.record.Previous = w.record.Answer[:0], w.record.Previous[:0]
		w.origin.Reset()
		return nil
	case err != nil:
		return fmt.Errorf("load: %w", err)
	}
	if err := w.origin.decode(w.record.Key, w.record.Data, &w.recent); err != nil {
		return fmt.Errorf("load: %w", err)
	}
	return nil
}

// forget gives away the memory that the strings of the event and the machine lie in, because somebody may keep them.
func (w *work) forget() {
	w.record, w.origin.arena, w.origin.boxes, w.body = store.Record{}, nil, nil, nil
}

// prepare makes the input of a step.
func (w *work) prepare() {
	e := w.engine
	w.input = Input{
		Event: w.delivery.Event, Now: w.now, Results: w.results, Trace: len(e.config.Kit.Observers) > 0,
	}
	if w.verified {
		w.input.Token = &w.claims
	}
	if w.origin.New() {
		w.input.Flow = e.versions.named(w.delivery.Flow)
	}
}

// maxRecord bounds the encoded machine in bytes.
const maxRecord = 256 << 10

// save writes everything that the step changed in one go. A store that fails may have written all the same: then the next
// round finds the event's own key in the record, and gives the answer that was stored with it.
func (w *work) save(ctx context.Context, out *Outcome) error {
	if !out.Changed {
		return nil
	}
	m := out.Machine
	w.data = m.Append(w.data[:0])
	if len(w.data) > maxRecord {
		return fmt.Errorf("save: the machine has %d bytes, at most %d are kept", len(w.data), maxRecord)
	}
	u := &w.update
	*u = store.Update{Key: m.Key, Version: w.record.Version, Data: w.data, Expires: expires(m)}
	if out.Kind == Document {
		u.Answer = out.Document
	}
	u.Due, u.Pending = m.due()
	if _, err := w.engine.store.Save(ctx, u); err != nil {
		return fmt.Errorf("save: %w", err)
	}
	if u.Pending {
		w.engine.effects.wake(m.Key)
	}
	return nil
}

// due returns when the next retry of an effect is due, and whether an effect waits that was not tried yet. Effects of a
// machine run in order, so the first one decides.
func (m *Machine) due() (at int64, pending bool) {
	if len(m.Effects) == 0 {
		return 0, false
	}
	return m.Effects[0].Next, m.Effects[0].Next == 0
}

// reply makes the answer of an outcome.
func (w *work) reply(out *Outcome) {
	switch out.Kind {
	case Refused:
		w.status = http.StatusForbidden
		w.warnRefused("the token is another call's, or was given for another event")
	case Document:
		w.status, w.document = http.StatusOK, out.Document
	case Again:
		w.status, w.document = http.StatusOK, w.kept(out.Turn)
	default:
		w.status = http.StatusNoContent
	}
}

// kept returns the document of a turn. Only the last two are kept; for an older turn it is the current one.
func (w *work) kept(turn uint32) []byte {
	switch {
	case turn+1 == w.origin.AnswerTurn && len(w.record.Previous) > 0:
		return w.record.Previous
	case len(w.record.Answer) > 0:
		return w.record.Answer
	}
	return w.engine.apology
}

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

// land lets others see the outcome of the look-ups of this event.
func (w *work) land() {
	if w.flying != nil {
		w.engine.lookups.land(*w.flying)
		w.flying = nil
	}
}
