package flowtest

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/runtime"
)

// Coverage tells which transitions of a flow the tests took.
type Coverage struct {
	Flow  string
	Path  string
	Total int
	Taken int
	// Missing are those that no test took, in the order of the file.
	Missing []Missing
}

// Missing is a transition that no test took.
type Missing struct {
	Name string
	Span diag.Span
}

// Percent returns how many of a hundred transitions were taken; 100 of none.
func (c Coverage) Percent() float64 {
	if c.Total == 0 {
		return 100
	}
	return 100 * float64(c.Taken) / float64(c.Total)
}

// coverage collects the transitions of flows and those that were taken.
type coverage struct {
	flows map[flowKey]*flowCoverage
}

// flowKey names a flow whatever its params are.
type flowKey struct{ path, name string }

type flowCoverage struct {
	flow  *flow.Flow
	taken map[string]bool // by Transition.Name
}

func newCoverage() *coverage { return &coverage{flows: map[flowKey]*flowCoverage{}} }

// add counts a flow and those that it invokes.
func (c *coverage) add(f *flow.Flow) {
	key := flowKey{filepath.Clean(f.Path), f.Name}
	if c.flows[key] != nil {
		return
	}
	c.flows[key] = &flowCoverage{flow: f, taken: map[string]bool{}}
	for _, s := range f.States {
		if s.Invoke != nil {
			c.add(s.Invoke.Flow)
		}
	}
}

// level is one active flow while the transitions of a step are followed.
type level struct {
	flow  *flow.Flow
	state *flow.State
}

// note counts the transitions of a step. Their names are those of the flow that was active when each was taken: the machine
// is followed from where it was before the step, nil for a new one. Before its call is answered and after it has ended a machine runs
// actions only: then a transition that leads somewhere was not taken.
func (c *coverage) note(before, after *runtime.Machine, names []string) {
	if len(names) == 0 || len(after.Frames) == 0 {
		return
	}
	var levels []level
	if before != nil {
		for i := range before.Frames {
			levels = append(levels, level{before.Frames[i].Flow, before.Frames[i].State})
		}
	}
	if len(levels) == 0 {
		levels = []level{{flow: after.Frames[0].Flow}}
	}
	for _, name := range names {
		levels = c.take(levels, name, after.Phase == runtime.Live)
	}
}

// take counts one transition and returns the flows that are active after it, where machines move.
func (c *coverage) take(levels []level, name string, moves bool) []level {
	for i := len(levels) - 1; i >= 0; i-- {
		l := &levels[i]
		t := l.find(name)
		if t == nil {
			continue
		}
		if t.Leaf != nil && !moves {
			return levels
		}
		c.add(l.flow)
		c.flows[flowKey{filepath.Clean(l.flow.Path), l.flow.Name}].taken[name] = true
		if t.Leaf == nil {
			return levels
		}
		l.state = t.Leaf
		levels = levels[:i+1]
		switch {
		case t.Leaf.Invoke != nil:
			levels = append(levels, level{flow: t.Leaf.Invoke.Flow})
		case t.Leaf.Final && i > 0:
			levels = levels[:i]
		}
		return levels
	}
	return levels
}

// find returns the transition of that name that can be taken at the level, nil when there is none. A leg that was not answered
// is in no state, and is told of its end all the same.
func (l *level) find(name string) *flow.Transition {
	if state, ok := strings.CutPrefix(name, "goto/"); ok {
		return l.flow.Goto[state]
	}
	for _, t := range l.flow.Transitions {
		if t.Name == name && (l.state == nil || !strings.HasPrefix(name, "start/") || strings.Contains(name, "/onError/")) {
			return t
		}
	}
	return nil
}

// list returns the coverage of all flows, by name and path.
func (c *coverage) list() []Coverage {
	var list []Coverage
	for _, f := range c.flows {
		one := Coverage{Flow: f.flow.Name, Path: f.flow.Path}
		seen := map[string]bool{}
		for _, t := range f.flow.Transitions {
			switch {
			case seen[t.Name]:
			case f.taken[t.Name]:
				one.Taken++
			default:
				one.Missing = append(one.Missing, Missing{t.Name, t.Span})
			}
			seen[t.Name] = true
		}
		one.Total = len(seen)
		slices.SortFunc(one.Missing, func(a, b Missing) int {
			return cmp.Or(cmp.Compare(a.Span.Start.Line, b.Span.Start.Line), cmp.Compare(a.Span.Start.Col, b.Span.Start.Col))
		})
		list = append(list, one)
	}
	slices.SortFunc(list, func(a, b Coverage) int {
		return cmp.Or(cmp.Compare(a.Flow, b.Flow), cmp.Compare(a.Path, b.Path))
	})
	return list
}
