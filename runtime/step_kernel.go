package runtime

import (
	"fmt"
	"maps"
	"slices"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/runtime/internal/kernel"
)

// kernelCache bounds the compiled flows that a stepper keeps.
const kernelCache = 1024

// kernel returns the state machine of a flow. Most steps need the one that the last step with this memory needed.
func (r *stepRun) kernel(f *flow.Flow) (*kernel.Machine, error) {
	if r.machineOf == f {
		return &r.machine, nil
	}
	k, err := r.s.kernel(f)
	if err != nil {
		return nil, err
	}
	r.release()
	r.machineOf, r.machine = f, k.Machine()
	return &r.machine, nil
}

// release gives the state machine back.
func (r *stepRun) release() {
	r.machine.Release()
	r.machineOf = nil
}

// kernel returns the state machine of a flow.
func (s *Stepper) kernel(f *flow.Flow) (*kernel.Kernel, error) {
	if k := (*s.kernels.Load())[f.Hash]; k != nil {
		return k, nil
	}
	s.compile.Lock()
	defer s.compile.Unlock()
	known := *s.kernels.Load()
	if k := known[f.Hash]; k != nil {
		return k, nil
	}
	k, err := kernel.New(kernelRows(f))
	if err != nil {
		return nil, err
	}
	next := maps.Clone(known)
	if len(next) >= kernelCache {
		clear(next)
	}
	next[f.Hash] = k
	s.kernels.Store(&next)
	return k, nil
}

// Prepare builds the state machine of a flow and of those that it invokes. Step does so when it must; an error here says
// that the flow cannot run.
func (s *Stepper) Prepare(f *flow.Flow) error {
	_, err := s.kernel(f)
	for _, state := range f.States {
		if state.Invoke != nil && err == nil {
			err = s.Prepare(state.Invoke.Flow)
		}
	}
	if err != nil {
		return fmt.Errorf("prepare flow %q: %w", f.Name, err)
	}
	return nil
}

// kernelRows returns the transitions with a target: from every innermost state inside the level that holds the handler. A
// handler of the flow level, and with it every start and every state that a leg can be moved to, works in any state and in none.
func kernelRows(f *flow.Flow) []kernel.Transition {
	var rows []kernel.Transition
	for _, t := range allTransitions(f) {
		if t.Leaf == nil {
			continue
		}
		if t.Owner.IsRoot() {
			rows = append(rows, kernel.Transition{Name: t.Name, Any: true, To: t.Leaf.Name})
			continue
		}
		for _, s := range f.States {
			if s.Initial == nil && s.Within(t.Owner) {
				rows = append(rows, kernel.Transition{Name: t.Name, From: s.Name, To: t.Leaf.Name})
			}
		}
	}
	return rows
}

// allTransitions returns the transitions of a flow, those of timers and those into states for legs among them, each once.
func allTransitions(f *flow.Flow) []*flow.Transition {
	all := slices.Clone(f.Transitions)
	seen := make(map[*flow.Transition]bool, len(all))
	for _, t := range all {
		seen[t] = true
	}
	add := func(t *flow.Transition) {
		if !seen[t] {
			seen[t] = true
			all = append(all, t)
		}
	}
	for _, a := range f.Afters {
		for _, t := range a.Transitions {
			add(t)
		}
	}
	for _, state := range slices.Sorted(maps.Keys(f.Goto)) {
		add(f.Goto[state])
	}
	return all
}
