package flow

import (
	"slices"
	"strings"
)

// checkCycles reports always transitions that lead round and round without changing what their guards read.
func (c *compiler) checkCycles() {
	for _, s := range c.flow.States {
		if s.Initial == nil {
			c.followAlways(s, []*State{s}, nil)
		}
	}
}

// followAlways walks the always transitions from the last state of path.
func (c *compiler) followAlways(s *State, path []*State, taken []*Transition) {
	for _, t := range c.alwaysOf(s) {
		if t.Leaf == nil {
			continue
		}
		steps := append(slices.Clip(taken), t)
		if t.Leaf == path[0] {
			c.cycle(path, steps)
		} else if !slices.Contains(path, t.Leaf) {
			c.followAlways(t.Leaf, append(slices.Clip(path), t.Leaf), steps)
		}
		if t.Guard == nil {
			return
		}
	}
}

func (c *compiler) cycle(path []*State, steps []*Transition) {
	changed := map[int]bool{}
	for i, t := range steps {
		for _, a := range slices.Concat(t.Actions, path[i].Entry, path[i].Exit) {
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
	first := slices.MinFunc(path, func(a, b *State) int { return a.ID - b.ID })
	if first != path[0] {
		return // reported from there
	}
	var names []string
	for _, s := range append(path, path[0]) {
		names = append(names, s.Name)
	}
	c.errorf(ruleCycle, steps[0].Span, "always leads in a circle: %s", strings.Join(names, " -> ")).
		WithHelp("no action on the way changes what a guard reads, so it would never end")
}
