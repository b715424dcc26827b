package runtime

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
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
	origin *Machine // as loaded, or as this process saved it last
	recent recent
	input  Input
	step   scratch
	data   []byte // of the machine to be saved
	head   int    // length of the head in data
	update store.Update
	saved  uint64 // version of the record that save wrote
	within *deadline
	// spare and unused are a machine and a buffer for the next to be kept: those that lay here before came from a place.
	spare  *Machine
	unused []byte
	now    time.Time // when the webhook came
	// results are the look-ups performed so far; they outlive a lost compare-and-swap.
	results []Result

	flying *flight

	telling bool  // what the machine has to tell was looked at
	until   int64 // when the record expires, 0 for what follows from its last event
	named   bool  // the machine had a callId when it was loaded
	taken   bool  // its callId is another machine's alias

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
	w.telling, w.taken, w.until = false, false, 0
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

// answer steps the machine that the webhook is for.
func (w *work) answer(ctx context.Context) error {
	key := w.bearer()
	if key == "" {
		return errors.New("webhook names no call")
	}
	out, taken, err := w.decide(ctx, key)
	if w.telling { // what the machine has to say comes before what happens to it now
		w.engine.effects.tellFirst(key)
		out, taken, err = w.decide(ctx, key)
	}
	if err == nil && taken {
		w.reply(out)
		w.warnUnknown(out)
	}
	return err
}

// react steps the machine that was loaded.
func (w *work) react(ctx context.Context) (*Outcome, bool, error) {
	if len(w.origin.Effects) > 0 && !w.telling && w.origin.tells(w.now.UnixMilli()) {
		w.telling = true
		return nil, false, nil
	}
	if w.bare() {
		w.status = http.StatusForbidden
		w.warnRefused("a token is required, and it bears none")
		return nil, false, nil
	}
	if w.unbridged(ctx) {
		w.status = http.StatusForbidden
		w.warnRefused("the bridge that the token was given for named another call")
		return nil, false, nil
	}
	if err := w.prepare(ctx); err != nil {
		return nil, false, err
	}
	if w.origin.New() && w.removed() {
		w.status = http.StatusNotFound
		w.warnRefused(statusText[http.StatusNotFound])
		return nil, false, nil
	}
	return w.engine.stepper.step(&w.step, w.origin, &w.input), true, nil
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
		w.named = false
		return nil
	case err != nil:
		return fmt.Errorf("load: %w", err)
	}
	if err := w.origin.decode(w.record.Key, w.record.Data, &w.recent); err != nil {
		return fmt.Errorf("load: %w", err)
	}
	w.named = w.origin.Call.ID != ""
	return nil
}

// forget gives away the memory that the strings of the event and the machine lie in, because somebody may keep them.
func (w *work) forget() {
	w.record, w.origin.arena, w.origin.boxes, w.body = store.Record{}, nil, nil, nil
}

// prepare makes the input of a step.
func (w *work) prepare(ctx context.Context) error {
	e := w.engine
	w.input = Input{
		Event: w.delivery.Event, Now: w.now, Results: w.results, Trace: len(e.config.Kit.Observers) > 0,
	}
	if w.verified {
		w.input.Token = &w.claims
	}
	switch t := w.delivery.Event.Type(); {
	case w.origin.New():
		return w.descend(ctx)
	case t.Machine == event.MachineConference:
		return w.joining(ctx)
	case t.Bearer == event.ChildLeg:
		return w.parent(ctx)
	}
	return nil
}

// maxRecord bounds the encoded machine in bytes.
const maxRecord = 256 << 10

// errLarge says that a machine is too large to be kept. No other attempt would bring more.
var errLarge = errors.New("the machine is too large")

// save writes everything that the step changed in one go. A store that fails may have written all the same: then the next
// round finds the event's own key in the record, and gives the answer that was stored with it.
func (w *work) save(ctx context.Context, out *Outcome) error {
	if !out.Changed {
		return nil
	}
	m := out.Machine
	w.data, w.head = m.encode(w.data[:0])
	if len(w.data) > maxRecord {
		return fmt.Errorf("save: %w: it has %d bytes, at most %d are kept", errLarge, len(w.data), maxRecord)
	}
	u := &w.update
	u.Key, u.Version, u.Data, u.Expires, u.Answer, u.Aliases = m.Key, w.record.Version, w.data, expires(m), nil, nil
	if w.until != 0 {
		u.Expires = w.until
	}
	if out.Kind == Document || out.Push {
		u.Answer = out.Document
	}
	if m.Key != m.Call.ID {
		u.Aliases = w.aliases(m)
	}
	u.Due, u.Pending = m.due()
	var err error
	if w.saved, err = w.engine.store.Save(ctx, u); err != nil {
		w.compareAliases(ctx, err)
		return fmt.Errorf("save: %w", err)
	}
	if u.Pending || u.Due != 0 {
		w.engine.effects.schedule(m.Key, u)
	}
	return nil
}

// reply makes the answer of an outcome.
func (w *work) reply(out *Outcome) {
	switch out.Kind {
	case Refused:
		w.status = http.StatusForbidden
		w.warnRefused("the token is another call's, or was given for another event")
	case Document:
		w.status, w.document = http.StatusOK, w.engine.revealed(out.Document)
	case Again:
		w.status, w.document = http.StatusOK, w.engine.revealed(w.kept(out.Turn))
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
