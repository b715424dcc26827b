package flow

import (
	"slices"
	"strings"
)

// maxWalk bounds the search for circles of `always`: more steps than any real flow needs, few enough to be quick.
const maxWalk = 20_000

// walk is a search for circles of `always` transitions.
type walk struct {
	c     *compiler
	steps int
	// near holds the states from which the first state of the path can be reached; others lead into no circle with it.
	near map[*State]bool
}

// checkCycles reports always transitions that lead round and round without changing what their guards read.
func (c *compiler) checkCycles() {
	into := c.alwaysInto()
	w := &walk{c: c}
	for _, s := range c.flow.States {
		if s.Initial == nil {
			w.near = map[*State]bool{}
			w.reach(s, into)
			w.follow(s, []*State{s}, nil)
		}
	}
}

// taken returns the always transitions that can be taken in s: none behind one without a guard.
func (c *compiler) taken(s *State) []*Transition {
	list := c.alwaysOf(s)
	if i := slices.IndexFunc(list, func(t *Transition) bool { return t.Guard == nil }); i >= 0 {
		list = list[:i+1]
	}
	return list
}

// alwaysInto returns from where always transitions lead into each state.
func (c *compiler) alwaysInto() map[*State][]*State {
	into := map[*State][]*State{}
	for _, s := range c.flow.States {
		if s.Initial != nil {
			continue
		}
		for _, t := range c.taken(s) {
			if t.Leaf != nil {
				into[t.Leaf] = append(into[t.Leaf], s)
			}
		}
	}
	return into
}

func (w *walk) reach(s *State, into map[*State][]*State) {
	for _, from := range into[s] {
		if !w.near[from] {
			w.near[from] = true
			w.reach(from, into)
		}
	}
}

// follow walks the always transitions from s, the last state of path. A circle is found from each of its states, and
// reported from the first of them in the file.
func (w *walk) follow(s *State, path []*State, steps []*Transition) {
	if w.steps++; w.steps > maxWalk {
		return
	}
	for _, t := range w.c.taken(s) {
		switch {
		case t.Leaf == nil || !w.near[t.Leaf] && t.Leaf != path[0]:
		case t.Leaf == path[0]:
			w.c.circle(path, append(slices.Clip(steps), t))
		case t.Leaf.ID > path[0].ID && !slices.Contains(path, t.Leaf):
			w.follow(t.Leaf, append(slices.Clip(path), t.Leaf), append(slices.Clip(steps), t))
		}
	}
}

// circle reports a circle unless an action on it changes what one of its guards reads.
func (c *compiler) circle(path []*State, steps []*Transition) {
	changed := map[int]bool{}
	for i, t := range steps {
		for _, a := range c.actionsOf(path[i], t) {
			for _, set := range a.Set {
				changed[set.Var] = true
			}
			changed[a.As] = true
		}
	}
	for _, t := range steps {
		if t.Guard == nil {
			continue
		}
		for _, r := range t.Guard.program.Refs() {
			s := Slot(r.Slot)
			if s.Root() == RootVisits || s.Root() == RootVar && changed[s.Index()] {
				return
			}
		}
	}
	var names []string
	for _, s := range append(path, path[0]) {
		names = append(names, s.Name)
	}
	c.errorf(ruleCycle, steps[0].Span, "always leads in a circle: %s", strings.Join(names, " -> ")).
		WithHelp("no action on the way changes what a guard reads, so it would never end")
}

// actionsOf returns the actions that run when t is taken in the innermost state from: those of the states that are left,
// its own, and those of the states that are entered.
func (c *compiler) actionsOf(from *State, t *Transition) []*Action {
	list := slices.Clone(t.Actions)
	for s := from; s != nil && s != t.Domain; s = s.Parent {
		list = append(list, s.Exit...)
	}
	for s := t.Leaf; s != nil && s != t.Domain; s = s.Parent {
		list = append(list, s.Entry...)
	}
	return list
}
