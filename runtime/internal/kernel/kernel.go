// Package kernel fires the transitions of a flow on looplab/fsm and is its only
// importer.
//
// A looplab machine has one destination for an event and a source, and no
// guards. So every guarded transition of a flow is an event of its own; which
// one fires is decided before, from the flow's own table. A live call costs no
// machine: idle ones lie in a pool and are set to the call's state first.
package kernel

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/looplab/fsm"
)

// Errors of Fire. What it returns wraps one of them or the error of the machine.
var (
	// ErrUnknown says that the flow has no transition of this name.
	ErrUnknown = errors.New("no such transition")
	// ErrSource says that the transition does not start in this state.
	ErrSource = errors.New("transition does not start here")
)

// Anywhere is where a transition starts that starts in any state. Without it
// every such transition would be needed once per state, in every machine. New
// refuses it as the name of a state.
const Anywhere = "*"

// Transition is a row of the flow's table.
type Transition struct {
	Name string // one name may have several rows, each with another From
	From string // empty when Any
	Any  bool   // starts in every state
	To   string // may be From: the state is left and entered again
}

// Kernel fires the transitions of one flow. It is immutable and may be used
// concurrently. Create it with New.
type Kernel struct {
	events fsm.Events
	idle   sync.Pool // of *fsm.FSM
}

// New builds the machine and fires every transition once to see that it leads
// where the table says.
func New(transitions []Transition) (*Kernel, error) {
	k := &Kernel{}
	anyway := make(map[string]bool, len(transitions)) // every name, and whether it starts anywhere
	seen := make(map[[2]string]bool, len(transitions))
	for _, t := range transitions {
		if err := t.check(); err != nil {
			return nil, err
		}
		from := t.source()
		if starts, known := anyway[t.Name]; known && starts != t.Any || seen[[2]string{t.Name, from}] {
			return nil, fmt.Errorf("kernel: transition %q is given twice from %q", t.Name, from)
		}
		anyway[t.Name] = t.Any
		seen[[2]string{t.Name, from}] = true
		k.events = append(k.events, fsm.EventDesc{Name: t.Name, Src: []string{from}, Dst: t.To})
	}
	for _, t := range transitions {
		to, err := k.Fire(t.source(), t.Name)
		if err != nil {
			return nil, err
		}
		if to != t.To {
			return nil, fmt.Errorf("kernel: transition %q from %q leads to %q and not to %q", t.Name, t.source(), to, t.To)
		}
	}
	return k, nil
}

func (t *Transition) source() string {
	if t.Any {
		return Anywhere
	}
	return t.From
}

// check refuses rows that no machine can have.
func (t *Transition) check() error {
	switch {
	case t.Name == "" || t.To == "" || (t.From == "") != t.Any:
		return fmt.Errorf("kernel: transition %q from %q to %q lacks a name or a state, or has too many", t.Name, t.From, t.To)
	case t.From == Anywhere || t.To == Anywhere:
		return fmt.Errorf("kernel: transition %q: %q is no name for a state", t.Name, Anywhere)
	}
	return nil
}

// Fire returns the state that the transition leads to. One that starts in any
// state is fired from Anywhere.
func (k *Kernel) Fire(from, name string) (to string, err error) {
	m := k.Machine()
	defer m.Release()
	return m.Fire(from, name)
}

// Machine is a looplab machine on loan, for one goroutine. The zero Machine is
// none.
type Machine struct {
	kernel *Kernel
	fsm    *fsm.FSM
	at     string // the state that fsm is in, as far as that is known
}

// Machine lends a machine. Give it back with Release when others may have it.
func (k *Kernel) Machine() Machine {
	m, _ := k.idle.Get().(*fsm.FSM)
	return Machine{kernel: k, fsm: m}
}

// Release gives the machine back, which is none afterwards.
func (m *Machine) Release() {
	if m.fsm != nil {
		m.kernel.idle.Put(m.fsm)
	}
	*m = Machine{}
}

// Fire is Kernel.Fire with this machine.
func (m *Machine) Fire(from, name string) (to string, err error) {
	f := m.fsm
	switch {
	case f == nil:
		f = fsm.NewFSM(from, m.kernel.events, nil)
	case m.at != from:
		f.SetState(from)
	}
	m.fsm = nil // who knows what state it is in when it fails or panics
	// Not the context of a request: once cancelled, it would leave the machine
	// in a transition that never completes and that SetState does not heal.
	if err := f.Event(context.Background(), name); err != nil && !same(err) {
		return "", fire(from, name, err)
	}
	m.fsm, m.at = f, f.Current()
	return m.at, nil
}

// same tells whether the error says no more than that source and destination
// are one state.
func same(err error) bool {
	none, ok := err.(fsm.NoTransitionError)
	return ok && none.Err == nil
}

func fire(from, name string, err error) error {
	switch err.(type) {
	case fsm.InvalidEventError:
		err = ErrSource
	case fsm.UnknownEventError:
		err = ErrUnknown
	}
	return fmt.Errorf("kernel: fire %q from %q: %w", name, from, err)
}
