package runtime

import (
	"slices"
	"time"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/event"
)

// stepEnv gives expressions and documents their values during a step.
type stepEnv struct {
	run   *stepRun
	m     *Machine
	at    int       // the frame whose expressions run
	view  eventView // what `event` is
	saved bool      // `event` is what was kept of the event that entered the state
	now   time.Time // of the step; read it with clock
	seen  []Seen    // what a guard reads, when that is traced
}

// eventView is the event that expressions see: the carrier's, an internal one, the end of a sub-flow, or none at all.
type eventView struct {
	event    *event.Event
	internal *InternalEvent
	leg      string // what the machine calls the leg that the internal event is about
	output   []any
}

// Lookup returns the value of a slot; the zero value of its type when it is absent.
func (e *stepEnv) Lookup(slot int) any {
	v := e.value(flow.Slot(slot))
	if e.seen != nil {
		if s := e.look(flow.Slot(slot), v); !slices.Contains(e.seen, s) { // two members of one variable are read twice
			e.seen = append(e.seen, s)
		}
	}
	return v
}

func (e *stepEnv) value(slot flow.Slot) any {
	f := &e.m.Frames[e.at]
	switch i := slot.Index(); slot.Root() {
	case flow.RootEvent, flow.RootRaw, flow.RootInternal, flow.RootOutput, flow.RootSignal:
		return e.ofEvent(slot)
	case flow.RootCall:
		return boxed(e.call(flow.CallField(i)))
	case flow.RootLeg:
		return e.leg(slot)
	case flow.RootConference:
		return e.conference(flow.ConferenceField(i))
	case flow.RootVar:
		return f.Vars[i]
	case flow.RootParam:
		return f.param(i)
	case flow.RootState:
		return f.name()
	case flow.RootVisits:
		return int(f.visits(f.State))
	case flow.RootNow:
		return e.clock()
	}
	return nil
}

// clock returns the time of the step. Few flows ask, so it is found out when one does.
func (e *stepEnv) clock() time.Time {
	if e.now.IsZero() {
		e.now = e.run.now()
	}
	return e.now
}

// noEvent is what is read where there is no event of the carrier: every field is absent.
var noEvent event.Event

func (e *stepEnv) ofEvent(slot flow.Slot) any {
	view := &e.view
	if e.saved {
		if v, ok := e.kept(slot); ok {
			return v
		}
		view = &eventView{}
	}
	switch slot.Root() {
	case flow.RootInternal:
		return e.internal(view, flow.InternalField(slot.Index()))
	case flow.RootSignal:
		v, _ := e.signal(view, slot.Index())
		return v
	case flow.RootOutput:
		if i := slot.Index(); i < len(view.output) {
			return view.output[i]
		}
		return nil
	case flow.RootRaw:
		if view.event == nil {
			return map[string]any(nil)
		}
		return view.event.Raw()
	}
	if view.event == nil {
		return noEvent.Value(slot.Field())
	}
	return view.event.Value(slot.Field())
}

// kept returns a field of the event that entered the state.
func (e *stepEnv) kept(slot flow.Slot) (any, bool) {
	for _, s := range e.m.Frames[e.at].Saved {
		if s.Slot == slot {
			return s.Value, true
		}
	}
	return nil, false
}

// Has reports whether the value of a slot is there.
func (e *stepEnv) Has(slot int) bool {
	s := flow.Slot(slot)
	switch s.Root() {
	case flow.RootEvent, flow.RootRaw, flow.RootInternal, flow.RootOutput, flow.RootSignal:
		return e.hasEvent(s)
	case flow.RootCall:
		return e.call(flow.CallField(s.Index())) != ""
	case flow.RootLeg, flow.RootConference:
		return !empty(e.value(s))
	case flow.RootVar, flow.RootParam:
		return e.value(s) != nil
	}
	return true
}

func (e *stepEnv) hasEvent(slot flow.Slot) bool {
	if e.saved {
		_, ok := e.kept(slot)
		return ok
	}
	switch slot.Root() {
	case flow.RootEvent:
		return e.view.event != nil && e.view.event.Has(slot.Field())
	case flow.RootRaw:
		return e.view.event != nil
	case flow.RootInternal:
		return !empty(e.internal(&e.view, flow.InternalField(slot.Index())))
	case flow.RootSignal:
		_, ok := e.signal(&e.view, slot.Index())
		return ok
	}
	return slot.Index() < len(e.view.output)
}

func (e *stepEnv) call(f flow.CallField) string {
	c := &e.m.Call
	if f == flow.CallRoot {
		return or(c.Root, c.ID)
	}
	return *c.callField(int(f))
}

// field returns what the event table says of a field of the event at hand, nil when it says nothing.
func (e *stepEnv) field(slot flow.Slot) *event.Field {
	if slot.Root() != flow.RootEvent || e.view.event == nil {
		return nil
	}
	return e.view.event.Type().Field(slot.Field().String())
}

// private reports whether a value is what a person keyed in or said, or may hold it.
func (e *stepEnv) private(slot flow.Slot) bool {
	if slot.Root() == flow.RootRaw {
		return true
	}
	f := e.field(slot)
	return f != nil && f.Sensitive && !f.Personal
}
