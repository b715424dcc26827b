package graph

// label is what is written at a way: its transitions, one below the other.
type label struct {
	transitions []transition
	x, y, w, h  float64 // its middle and its size
	inside      bool    // stands in a group
}

// transition is a transition as it is written.
type transition struct {
	edge  int
	title string // in full
	event string
	guard string   // behind the event
	more  []string // lines of the guard, when it does not fit there
}

const labelInset = 4.0

func (l *label) add(i int, e Edge) {
	t := transition{edge: i, title: printable(e.label()), event: fit(printable(e.Event), labelSize, mostLabel)}
	if e.Guard != "" {
		t.guard = "[" + printable(e.Guard) + "]"
	}
	if w := width(t.event+" "+t.guard, labelSize); w > mostLabel && t.guard != "" {
		t.more, t.guard = wrap(t.guard, labelSize, mostLabel, 2), ""
	}
	l.transitions = append(l.transitions, t)
	l.w, l.h = 0, 4
	for _, t := range l.transitions {
		l.w = max(l.w, width(t.event+" "+t.guard, labelSize)+2*labelInset)
		for _, line := range t.more {
			l.w = max(l.w, width(line, labelSize)+2*labelInset)
		}
		l.h += lineStep * float64(1+len(t.more))
	}
}
