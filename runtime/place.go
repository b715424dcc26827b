package runtime

import (
	"context"
	"errors"
	"sync"
	"time"
	"unsafe"

	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/bxmlflow/bxmlflow/runtime/store"
)

// place is where the webhooks of some machines wait for each other. It keeps the machine that was saved last here, so that the
// next webhook of that call need not load and decode it. That it is still the one in the store is seen when the next state is
// saved: the version says so. What is decided without saving is therefore never decided from a kept machine.
type place struct {
	sync.Mutex
	machine *Machine // owns the texts in it, with data and its own memory; nil when none is kept
	data    []byte   // of the record that it was decoded from
	version uint64   // of its record
	resting int      // how many machines are not to be kept
}

const (
	// maxKept is how large a machine may be that is kept, encoded and in bytes.
	maxKept = 4 << 10
	// restAfter is how many machines are not kept once another process has changed the record of one that was: calls whose
	// webhooks go now here, now there, gain nothing.
	restAfter = 100
)

// decide steps the machine that a webhook is for: the one that is kept, where that will do, else the one in the store.
func (w *work) decide(ctx context.Context, key string) (*Outcome, bool, error) {
	defer w.land()
	p := w.engine.place(key)
	p.Lock()
	defer p.Unlock()
	if p.lend(w, key) {
		if out := w.quick(ctx, p); out != nil {
			p.keep(w, out)
			return out, true, nil
		}
	}
	out, taken, err := w.rounds(ctx, p, key, (*work).react)
	if err == nil && taken {
		p.keep(w, out)
	}
	return out, taken, err
}

// lend makes the machine that is kept here the origin of the next step. It reports false when it is another one's, and for
// webhooks about which a second machine has a say.
func (p *place) lend(w *work, key string) bool {
	if p.machine == nil || p.machine.Key != key || w.delivery.Event.Type().Bearer != event.OwnCall {
		return false
	}
	w.record.Version = p.version
	w.record.Answer, w.record.Previous = w.record.Answer[:0], w.record.Previous[:0]
	w.spare, w.origin, p.machine = w.origin, p.machine, nil
	w.unused, w.record.Data, p.data = w.record.Data, p.data, nil
	w.named = true
	return true
}

// drop forgets the machine of a key: somebody else is about to write its record.
func (p *place) drop(key string) {
	if p.machine != nil && p.machine.Key == key {
		p.machine, p.data = nil, nil
	}
}

// quick decides from the machine as this process saved it last. It returns nil when that must be done once more with a loaded
// one: somebody else has written the record meanwhile, or nothing is to be saved, so that nothing would tell.
func (w *work) quick(ctx context.Context, p *place) *Outcome {
	if w.bare() || w.prepare(ctx) != nil {
		return nil
	}
	out := w.engine.stepper.step(&w.step, w.origin, &w.input)
	if !out.Changed {
		return nil
	}
	if err := w.save(ctx, out); err != nil {
		p.rest(err)
		return nil
	}
	w.engine.tell(out.Trace)
	return out
}

// rest stops keeping for a while when somebody else wrote the record.
func (p *place) rest(err error) {
	if errors.Is(err, store.ErrConflict) {
		p.resting = restAfter
	}
}

// keep keeps the machine that was saved, in exchange for that of another call: one whose only name is its callId, and that has
// nothing to do but to answer its webhooks. The outcome has no machine afterwards: it is the place's.
func (p *place) keep(w *work, out *Outcome) {
	m, r := out.Machine, &w.step.run
	switch {
	case !out.Changed || m != r.work || m.Phase != Live || m.Key != m.Call.ID:
		return
	case len(m.Effects)+len(m.Timers)+len(m.Legs) > 0 || m.More != nil:
		return // they are few, and who does what they wait for loads them
	case len(w.data) > maxKept || cap(w.record.Data) > 2*maxKept || len(w.engine.config.Kit.Observers) > 0:
		return // observers may hold texts of the machine
	case p.resting > 0:
		p.resting--
		return
	}
	if !m.own(w.origin, w.data[1:1+w.head]) {
		return
	}
	if p.machine != nil {
		w.spare, w.unused = p.machine, p.data
	} else if w.spare == nil {
		w.spare = new(Machine)
	}
	p.machine, r.work, w.spare, out.Machine = m, w.spare, nil, nil
	p.data, w.record.Data, w.unused = w.record.Data, w.unused, nil
	p.version = w.saved
}

// own makes m independent of the event that led to it: what the step took over from o stays where it is, and m gets the memory
// of o for that; the other texts are copied into it. head is what appendHead appends for m. It reports false when m holds
// something new that cannot be told to be independent: m is as good as before then, but not to be kept.
func (m *Machine) own(o *Machine, head []byte) bool {
	d := decoder{arena: o.arena, boxes: o.boxes}
	if o.New() {
		d.arena, d.boxes = d.arena[:0], d.boxes[:0]
	}
	for i := range m.Frames {
		var was *Frame
		if i < len(o.Frames) {
			was = &o.Frames[i]
		}
		if !d.ownFrame(&m.Frames[i], was) {
			return false
		}
	}
	if m.head == nil {
		d.ownHead(m, head)
	}
	m.Call.Cause = d.copied(m.Call.Cause)
	o.arena, o.boxes, m.arena, m.boxes = m.arena, m.boxes, d.arena, d.boxes
	return true
}

// ownHead copies the texts of the head, and its encoded form.
func (d *decoder) ownHead(m *Machine, head []byte) {
	key := m.Key
	m.Key, m.Flow = d.copied(m.Key), d.copied(m.Flow)
	for i := 0; m.Call.callField(i) != nil; i++ {
		if s := m.Call.callField(i); *s == key {
			*s = m.Key
		} else {
			*s = d.copied(*s)
		}
	}
	m.head = unsafe.Slice(unsafe.StringData(d.copied(alias(head))), len(head))
}

// copied returns a copy of s.
func (d *decoder) copied(s string) string {
	if s == "" {
		return ""
	}
	if cap(d.arena)-len(d.arena) < len(s) {
		d.arena = make([]byte, 0, max(arenaSize, len(s)))
	}
	from := len(d.arena)
	d.arena = append(d.arena, s...)
	return alias(d.arena[from:])
}

// ownFrame copies the values of f that are not those of was, which is nil when there is no such frame.
func (d *decoder) ownFrame(f, was *Frame) bool {
	if was == nil {
		was = &Frame{}
	}
	for i, v := range f.Vars {
		if i < len(was.Vars) && identical(v, was.Vars[i]) || identical(v, f.Flow.Vars[i].Default) {
			continue
		}
		if !d.own(&f.Vars[i]) {
			return false
		}
	}
	for i, v := range f.Params {
		if i < len(was.Params) && identical(v, was.Params[i]) || identical(v, f.Flow.Params[i].Value) {
			continue
		}
		if !d.own(&f.Params[i]) {
			return false
		}
	}
	for i, s := range f.Saved {
		if i < len(was.Saved) && identical(s.Value, was.Saved[i].Value) {
			continue
		}
		if !d.own(&f.Saved[i].Value) {
			return false
		}
	}
	return true
}

// own makes a value one in the memory of a machine. It reports false for lists and maps.
func (d *decoder) own(v *any) bool {
	switch x := (*v).(type) {
	case nil, bool, int, float64, time.Duration, time.Time:
		return true
	case string:
		*v = d.box(d.copied(x))
		return true
	}
	return false
}

// identical reports whether two values are one in memory.
func identical(a, b any) bool {
	type words struct{ typ, data unsafe.Pointer }
	x, y := (*words)(unsafe.Pointer(&a)), (*words)(unsafe.Pointer(&b))
	return x.typ == y.typ && x.data == y.data
}
