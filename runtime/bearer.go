package runtime

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/bxmlflow/bxmlflow/runtime/store"
)

// legPrefix begins the key of a machine whose call is made here: no callId begins so.
const legPrefix = "leg-"

// isLeg reports whether a key is that of a leg that was made here: its machine exists before its call does.
func isLeg(key string) bool { return strings.HasPrefix(key, legPrefix) }

// bearer returns the key or alias of the machine that the webhook is for. A leg that we made is named by the token of its
// own events, since its callId may not be known yet.
func (w *work) bearer() string {
	e := w.delivery.Event
	if w.verified && isLeg(w.claims.Machine) && e.Type().Bearer == event.OwnCall {
		return w.claims.Machine
	}
	return e.Key()
}

// descend finds the flow of a new machine, and the machine that it descends from: of a call that Transfer dialled the one that
// dialled it, of a conference the one whose document made it. Without those it is the flow of the path.
func (w *work) descend(ctx context.Context) error {
	w.input.Flow = w.engine.versions.named(w.delivery.Flow)
	t := w.delivery.Event.Type()
	if !t.Starts || t.Bearer == event.OwnCall || t.Bearer == event.Nobody {
		if w.verified && isLeg(w.claims.Machine) {
			w.input.Flow = nil // its machine was there before it was dialled, and is gone
		}
		return nil
	}
	origin := w.delivery.Event.Str(event.FieldParentCallID)
	if w.verified {
		origin = w.claims.Machine
	}
	m, err := w.engine.machine(ctx, origin)
	if m == nil || err != nil {
		return err
	}
	w.input.Flow, w.input.Parent = w.engine.versions.of(m), m
	return nil
}

// joining finds the machine of the call that a conference's event is about.
func (w *work) joining(ctx context.Context) (err error) {
	if id := w.delivery.Event.CallID(); id != "" {
		w.input.Member, err = w.engine.machine(ctx, id)
	}
	return err
}

// parent finds the machine that gave the token of a call that it dialled with Transfer, where it goes by another name than the
// callId that the event tells.
func (w *work) parent(ctx context.Context) (err error) {
	if w.verified && isLeg(w.claims.Machine) && w.claims.Machine != w.origin.Key {
		w.input.Parent, err = w.engine.machine(ctx, w.claims.Machine)
	}
	return err
}

// unbridged reports whether the webhook is that of a bridge's target, with the token of a document that named another call. This
// is known of the last two documents of the call that bridges; where it is not, the token suffices.
func (w *work) unbridged(ctx context.Context) bool {
	if w.delivery.Event.Type().Bearer != event.BridgeTarget || !w.verified {
		return false
	}
	var r store.Record
	var m Machine
	if w.engine.store.Load(ctx, w.claims.Machine, &r) != nil || m.decode(r.Key, r.Data, &recent{versions: w.engine.versions}) != nil {
		return false
	}
	document := r.Answer
	switch w.claims.Turn {
	case m.AnswerTurn:
	case m.AnswerTurn - 1:
		document = r.Previous
	default:
		return false
	}
	return len(document) > 0 && !bytes.Contains(document, []byte(w.delivery.Event.CallID()))
}

// machine returns the machine of a key or alias in memory of its own, nil when there is none.
func (e *Engine) machine(ctx context.Context, name string) (*Machine, error) {
	if name == "" {
		return nil, nil
	}
	var r store.Record
	switch err := e.store.Load(ctx, name, &r); {
	case errors.Is(err, store.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("load %s: %w", name, err)
	}
	m := &Machine{}
	if err := m.decode(r.Key, r.Data, &recent{versions: e.versions}); err != nil {
		return nil, fmt.Errorf("load %s: %w", name, err)
	}
	return m, nil
}

// of returns the version of a flow that a machine began with, else the current one.
func (v *versions) of(m *Machine) *flow.Flow {
	if f := v.Version(m.Hash); f != nil {
		return f
	}
	return v.named(m.Flow)
}

// aliases returns the callId of a leg that has just become known.
func (w *work) aliases(m *Machine) []string {
	if w.named || w.taken || m.Call.ID == "" || !isLeg(m.Key) {
		return nil
	}
	return []string{m.Call.ID}
}

// compareAliases finds out whether a save failed because the callId belongs to another machine. It is saved without it then:
// the leg is found by its tokens all the same.
func (w *work) compareAliases(ctx context.Context, failed error) {
	if len(w.update.Aliases) == 0 || !errors.Is(failed, store.ErrConflict) {
		return
	}
	owner, err := w.engine.machine(ctx, w.update.Aliases[0])
	if w.taken = err == nil && owner != nil && owner.Key != w.update.Key; w.taken {
		w.engine.logError("a call has two machines", failed, "call", w.update.Aliases[0], "machine", w.update.Key, "other", owner.Key)
	}
}
