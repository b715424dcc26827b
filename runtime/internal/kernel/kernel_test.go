package kernel

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/looplab/fsm"
)

var table = []Transition{
	{Name: "menu/gather/0", From: "menu", To: "agent"},
	{Name: "menu/gather/1", From: "menu", To: "menu"},
	{Name: "agent/bridgeComplete/0", From: "agent", To: "menu"},
	{Name: "outer/disconnect/0", From: "menu", To: "gone"},
	{Name: "outer/disconnect/0", From: "agent", To: "gone"},
	{Name: "goto/agent", Any: true, To: "agent"},
}

func kernel(tb testing.TB) *Kernel {
	tb.Helper()
	k, err := New(table)
	if err != nil {
		tb.Fatal(err)
	}
	return k
}

func TestFire(t *testing.T) {
	tests := []struct {
		sentence, from, name, to string
		err                      error
	}{
		{"a transition leads to its state", "menu", "menu/gather/0", "agent", nil},
		{"a transition to its own state succeeds", "menu", "menu/gather/1", "menu", nil},
		{"a name with several sources starts in the first", "menu", "outer/disconnect/0", "gone", nil},
		{"a name with several sources starts in the last", "agent", "outer/disconnect/0", "gone", nil},
		{"a transition from any state starts anywhere", Anywhere, "goto/agent", "agent", nil},
		{"a transition from any state does not start in one", "menu", "goto/agent", "", ErrSource},
		{"a transition does not start elsewhere", "gone", "menu/gather/0", "", ErrSource},
		{"a transition of another state does not start", "agent", "menu/gather/1", "", ErrSource},
		{"a transition does not start anywhere unless it says so", "*", "menu/gather/0", "", ErrSource},
		{"an unknown name is refused", "menu", "menu/gather/2", "", ErrUnknown},
		{"an empty name is refused", "menu", "", "", ErrUnknown},
	}
	k := kernel(t)
	for _, test := range tests {
		t.Run(test.sentence, func(t *testing.T) {
			to, err := k.Fire(test.from, test.name)
			if to != test.to || !errors.Is(err, test.err) {
				t.Errorf("fire %q from %q: %q, %v, want %q, %v", test.name, test.from, to, err, test.to, test.err)
			}
		})
	}
}

func TestNewRefusesTablesThatNoMachineCanHave(t *testing.T) {
	tests := []struct {
		sentence string
		table    []Transition
	}{
		{"no name", []Transition{{From: "a", To: "b"}}},
		{"no source", []Transition{{Name: "t", To: "b"}}},
		{"no destination", []Transition{{Name: "t", From: "a"}}},
		{"a source and any", []Transition{{Name: "t", From: "a", Any: true, To: "b"}}},
		{"a state with the reserved name", []Transition{{Name: "t", From: "*", To: "b"}}},
		{"a destination with the reserved name", []Transition{{Name: "t", From: "a", To: "*"}}},
		{"two destinations", []Transition{{Name: "t", From: "a", To: "b"}, {Name: "t", From: "a", To: "c"}}},
		{"any beside a source", []Transition{{Name: "t", From: "a", To: "b"}, {Name: "t", Any: true, To: "b"}}},
		{"any twice", []Transition{{Name: "t", Any: true, To: "a"}, {Name: "t", Any: true, To: "b"}}},
	}
	for _, test := range tests {
		t.Run(test.sentence, func(t *testing.T) {
			if k, err := New(test.table); err == nil {
				t.Errorf("the table was taken: %v", k.events)
			}
		})
	}
}

func TestEveryFireEqualsTheTableWhateverFiresBesideIt(t *testing.T) {
	k := kernel(t)
	var group sync.WaitGroup
	for worker := range 8 {
		group.Go(func() {
			for i := range 500 {
				row := table[(i+worker)%len(table)]
				from := row.From
				if row.Any {
					from = Anywhere
				}
				if to, err := k.Fire(from, row.Name); err != nil || to != row.To {
					t.Errorf("fire %q from %q: %q, %v", row.Name, from, to, err)
					return
				}
				if _, err := k.Fire("gone", "menu/gather/0"); !errors.Is(err, ErrSource) {
					t.Errorf("a wrong fire: %v", err)
					return
				}
			}
		})
	}
	group.Wait()
}

// stuck returns a machine whose transition was cut off by a cancelled context,
// as that of a request is when the carrier drops the connection.
func stuck(t *testing.T, k *Kernel) *fsm.FSM {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	m := fsm.NewFSM("menu", k.events, nil)
	if err := m.Event(ctx, "menu/gather/0"); !errors.Is(err, context.Canceled) {
		t.Fatalf("event with a cancelled context: %v", err)
	}
	return m
}

func TestACancelledContextLeavesAMachineStuck(t *testing.T) {
	k := kernel(t)
	m := stuck(t, k)
	m.SetState("menu")
	var still fsm.InTransitionError
	if err := m.Event(context.Background(), "menu/gather/0"); !errors.As(err, &still) {
		t.Errorf("event after the cancelled one: %v; when looplab/fsm heals itself, the kernel may be simpler", err)
	}
}

func TestAStuckMachineIsDroppedAndTheNextFireSucceeds(t *testing.T) {
	k := kernel(t)
	const bad = 3
	for k.idle.Get() != nil {
		// The good machine that New left.
		continue
	}
	for range bad {
		k.idle.Put(stuck(t, k))
	}
	failed := 0
	for range 20 {
		to, err := k.Fire("menu", "menu/gather/0")
		if err != nil {
			failed++
			continue
		}
		if to != "agent" {
			t.Errorf("fire leads to %q", to)
		}
	}
	if failed > bad {
		t.Errorf("%d of 20 fires failed, want at most one for each of %d stuck machines", failed, bad)
	}
}

func TestAMachineOnLoanFiresWhereverTheCallStands(t *testing.T) {
	k := kernel(t)
	for range 3 {
		m := k.Machine()
		for _, step := range []struct {
			from, name, to string
			err            error
		}{
			{Anywhere, "goto/agent", "agent", nil},
			{"agent", "agent/bridgeComplete/0", "menu", nil},
			{"menu", "menu/gather/1", "menu", nil},
			{"menu", "menu/gather/0", "agent", nil},
			{"menu", "menu/gather/0", "agent", nil}, // of another call
			{"gone", "menu/gather/0", "", ErrSource},
			{"menu", "menu/gather/2", "", ErrUnknown},
			{"agent", "agent/bridgeComplete/0", "menu", nil},
			{"agent", "menu/gather/0", "", ErrSource}, // it stands in menu
		} {
			to, err := m.Fire(step.from, step.name)
			if to != step.to || !errors.Is(err, step.err) {
				t.Errorf("fire %q from %q: %q, %v, want %q, %v", step.name, step.from, to, err, step.to, step.err)
			}
		}
		m.Release()
		if m != (Machine{}) {
			t.Error("a machine that was given back is still there")
		}
	}
}

// large returns a table of states in a ring, with a jump to each.
func large(states int) []Transition {
	var rows []Transition
	for i := range states {
		here, next := fmt.Sprintf("state-%d", i), fmt.Sprintf("state-%d", (i+1)%states)
		rows = append(rows,
			Transition{Name: here + "/gather/0", From: here, To: next},
			Transition{Name: "goto/" + here, Any: true, To: here})
	}
	return rows
}

func BenchmarkFire(b *testing.B) {
	for _, states := range []int{5, 100} {
		k, err := New(large(states))
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("states=%d", states), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := k.Fire("state-1", "state-1/gather/0"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkNew(b *testing.B) {
	rows := large(100)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := New(rows); err != nil {
			b.Fatal(err)
		}
	}
}
