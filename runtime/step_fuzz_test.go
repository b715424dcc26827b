package runtime

import (
	"fmt"
	"testing"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/bxmlflow/bxmlflow/runtime/internal/token"
)

// FuzzStep plays random events against flows. Every two bytes are an event: its type, and what is said in it and which
// token it bears. played checks that a step changes nothing but its outcome, that it does the same again, that the turn
// never falls, that documents can be read, and that the machine survives its record.
func FuzzStep(f *testing.F) {
	f.Add(uint8(0), []byte{0, 0, 1, 9, 1, 2, 1, 1, 3, 4, 2, 0, 1, 1})
	f.Add(uint8(1), []byte{0, 0, 1, 9, 1, 1, 1, 3, 1, 2, 2, 0})
	f.Add(uint8(2), []byte{0, 0, 1, 1, 1, 12, 1, 1, 9, 9})
	f.Add(uint8(3), []byte{0, 0, 1, 1, 1, 2, 1, 3, 1, 4, 1, 6, 4, 1, 4, 2, 3, 3})
	sets := [][]string{{menuFlow}, {orderFlow}, {outerFlow, collectFlow}, {errorFlow}}
	var calls []played
	for _, sources := range sets {
		calls = append(calls, *play(f, sources...))
	}
	types := event.Types()
	f.Fuzz(func(t *testing.T, which uint8, moves []byte) {
		p := calls[int(which)%len(calls)]
		p.tb = t
		for i := 0; i+1 < len(moves) && i < 80; i += 2 {
			name := types[int(moves[i])%len(types)].Name
			if out := p.random(name, moves[i+1]); out.Trace.Kind != out.Kind.String() {
				t.Fatalf("the trace says %s, the outcome %s", out.Trace.Kind, out.Kind)
			}
		}
	})
}

// random sends an event with digits and a token that the byte chooses, then checks that it is answered as its type demands.
func (p *played) random(name string, choice byte) Outcome {
	p.tb.Helper()
	digit := fmt.Sprint(choice % 10)
	out := p.send(name, "digits="+digit, "digit="+digit, "text="+digit, "duration=PT"+digit+"S", "parentCallId="+stepCall, "cause=busy")
	switch choice / 64 {
	case 1: // again
		out = p.deliver(p.token)
	case 2: // of an earlier document
		out = p.deliver(&token.Claims{Machine: stepCall, Turn: uint32(choice % 4), Event: name})
	case 3: // of somebody else
		out = p.deliver(&token.Claims{Machine: "c-other", Turn: 1, Event: name})
	}
	t := event.Lookup(name)
	free := t.Machine == event.MachineConference // to answer without a document
	if t.Sync && !free && (out.Kind == Empty || out.Kind == Need) || !t.Sync && (out.Kind == Document || out.Kind == Again) {
		p.tb.Fatalf("%s was answered with %s", name, out.Kind)
	}
	for _, fault := range out.Trace.Faults {
		if fault.Reason == flow.ReasonPanic {
			p.tb.Fatalf("panic: %s", fault.Message)
		}
	}
	return out
}
