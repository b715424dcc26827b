package runtime

import "github.com/bxmlflow/bxmlflow/flow"

// Reset makes m a new machine and keeps its memory.
func (m *Machine) Reset() {
	for i := range m.Frames {
		m.Frames[i].reset()
	}
	m.Key, m.Flow, m.Hash, m.Phase = "", "", flow.Hash{}, Dialing
	m.Turn, m.AnswerTurn, m.Steps, m.LastEffect, m.Started, m.Touched = 0, 0, 0, 0, 0, 0
	m.Call, m.head = Call{}, nil
	m.Frames, m.Keys, m.Timers, m.LastTimer = m.Frames[:0], m.Keys[:0], m.Timers[:0], 0
	m.Effects, m.Legs, m.More = cleared(m.Effects), cleared(m.Legs), nil
}

func (f *Frame) reset() {
	*f = Frame{Vars: cleared(f.Vars), Params: cleared(f.Params), Visits: f.Visits[:0], Saved: cleared(f.Saved)}
}

// cleared returns s emptied, without references to what it held.
func cleared[T any](s []T) []T {
	clear(s)
	return s[:0]
}

// CopyFrom makes m a copy of o. It reuses the memory of m and allocates nothing when that suffices. The copy shares
// strings and values with o, which nobody changes in place.
func (m *Machine) CopyFrom(o *Machine) {
	frames, keys, effects, timers, legs, arena, boxes := m.Frames, m.Keys, m.Effects, m.Timers, m.Legs, m.arena, m.boxes
	*m = *o
	m.arena, m.boxes = arena, boxes
	m.Keys = append(keys[:0], o.Keys...)
	m.Effects = append(cleared(effects), o.Effects...)
	m.Timers = append(timers[:0], o.Timers...)
	m.Legs = append(cleared(legs), o.Legs...)
	m.Frames = frames[:0]
	for i := range o.Frames {
		if len(m.Frames) == cap(m.Frames) {
			m.Frames = append(m.Frames, Frame{})
		} else {
			m.Frames = m.Frames[:len(m.Frames)+1]
		}
		m.Frames[i].copyFrom(&o.Frames[i])
	}
}

func (f *Frame) copyFrom(o *Frame) {
	f.Flow, f.State = o.Flow, o.State
	f.Vars = append(f.Vars[:0], o.Vars...)
	f.Params = append(f.Params[:0], o.Params...)
	f.Visits = append(f.Visits[:0], o.Visits...)
	f.Saved = append(f.Saved[:0], o.Saved...)
}

// pushFrame adds an empty frame and returns it. Pointers to other frames may be invalid afterwards.
func (m *Machine) pushFrame() *Frame {
	if len(m.Frames) < cap(m.Frames) {
		m.Frames = m.Frames[:len(m.Frames)+1]
	} else {
		m.Frames = append(m.Frames, Frame{})
	}
	f := &m.Frames[len(m.Frames)-1]
	f.reset()
	return f
}

// popFrame removes the innermost frame.
func (m *Machine) popFrame() { m.Frames = m.Frames[:len(m.Frames)-1] }
