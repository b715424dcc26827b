package flowtest_test

import (
	"testing"
	"time"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flows"
	"github.com/bxmlflow/bxmlflow/runtime/simulator"
)

// Whatever people do, and in whatever order it arrives: when one side of a sample has hung up, nobody of the other side is
// left on the line with nobody.
func TestTheSamplesLeaveNobodyAlone(t *testing.T) {
	set, problems, err := flow.LoadFS(flow.Options{}, flows.FS)
	if err == nil {
		err = problems.Err()
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		"attended-transfer", "callback", "conference", "front-desk", "hunt", "queue", "ring-all", "transfer-whisper",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range seeds() / 20 {
				w, err := begin(set, name, seed)
				if err == nil {
					err = w.muddle()
				}
				if err == nil {
					err = w.part(seed%2 == 0)
				}
				if err == nil {
					err = w.waiting()
				}
				if err != nil {
					if w != nil {
						w.printed(t)
					}
					t.Fatalf("seed %d: %v", seed, err)
				}
			}
		})
	}
}

// muddle lets everybody do anything for a while.
func (w *trial) muddle() error {
	for range 6 + w.IntN(25) {
		calls := w.carrier.Calls()
		if c := &calls[w.IntN(len(calls))]; c.State != simulator.StateDisconnected {
			w.whatever(c)
		}
		if err := w.pass(w.soon([]int{10, 60, 300}[w.IntN(3)])); err != nil {
			return err
		}
	}
	return w.pass(time.Minute)
}

// whatever lets the party of a call do something, or a program send a signal.
func (w *trial) whatever(c *simulator.Call) {
	switch n := w.IntN(20); {
	case n > 17:
		_, err := w.engine.Signal(background, w.caller, "agentFree", map[string]any{"number": agent}, w.carrier.Now().String())
		may(err) // flows other than the queue declare no such signal
	case c.State == simulator.StateAnswered && n > 15:
		may(w.carrier.HangUp(c.ID))
	case c.State == simulator.StateAnswered:
		may(w.carrier.Press(c.ID, []string{"1", "1", "2", "*", "*", "#"}[w.IntN(6)]))
	case n > 15:
		may(w.carrier.Refuse(c.ID))
	case n > 13:
		may(w.carrier.Busy(c.ID))
	default:
		may(w.carrier.PickUp(c.ID))
	}
}

// part lets the caller hang up, or all others, and then time pass: longer than anybody waits in a queue.
func (w *trial) part(caller bool) error {
	for _, c := range w.carrier.Calls() {
		if c.State != simulator.StateDisconnected && (c.ID == w.caller) == caller {
			may(w.carrier.HangUp(c.ID))
		}
	}
	return w.pass(25 * time.Minute)
}
