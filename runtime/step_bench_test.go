package runtime

import (
	"testing"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

// plainStep returns a machine in the menu and the step that takes it there again, with everything warm.
func plainStep(tb testing.TB) (*Stepper, *Machine, *Input) {
	p := play(tb, menuFlow)
	p.send("initiate")
	origin := p.m
	p.send("gather", "digits=9")
	e := new(event.Event)
	if err := e.DecodeJSON(p.body); err != nil {
		tb.Fatal(err)
	}
	return p.stepper, &origin, &Input{Event: e, Token: p.token, Now: p.clock}
}

func TestAStepAllocatesLittle(t *testing.T) {
	s, m, in := plainStep(t)
	var sc scratch
	var origin Machine
	record := m.Append(nil)
	flows := stepFlows{m.Hash: m.Frames[0].Flow}
	buf := make([]byte, 0, 1024)
	stepped := testing.AllocsPerRun(500, func() { s.step(&sc, m, in) })
	decoded := testing.AllocsPerRun(500, func() {
		if err := origin.Decode(record, flows); err != nil {
			t.Fatal(err)
		}
	})
	copied := testing.AllocsPerRun(500, func() { origin.CopyFrom(m) })
	written := testing.AllocsPerRun(500, func() { buf = m.Append(buf[:0]) })
	t.Logf("step %v, decode %v, copy %v, append %v", stepped, decoded, copied, written)
	if stepped > 7 || decoded > 2 || copied > 0 || written > 0 {
		t.Errorf("step %v (want at most 5 of the kernel and 2), decode %v (2), copy %v (0), append %v (0)", stepped, decoded, copied, written)
	}
}

func BenchmarkStep(b *testing.B) {
	s, m, in := plainStep(b)
	var sc scratch
	b.ReportAllocs()
	for b.Loop() {
		if out := s.step(&sc, m, in); out.Kind != Document {
			b.Fatal(out.Kind)
		}
	}
}

func BenchmarkRecord(b *testing.B) {
	_, m, _ := plainStep(b)
	flows := stepFlows{m.Hash: m.Frames[0].Flow}
	var back Machine
	buf := make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		buf = m.Append(buf[:0])
		if err := back.Decode(buf, flows); err != nil {
			b.Fatal(err)
		}
	}
}
