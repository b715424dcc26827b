package flowtest_test

import (
	"fmt"
	"strings"
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

// Nobody hangs up, so the caller is never sent away: whenever the agent asks, goes back or leaves, also before a bridge has begun,
// the caller ends up with one of the two, or waits while they talk to each other.
func TestTheCallerOfAnAttendedTransferIsNeverLost(t *testing.T) {
	set, problems, err := flow.LoadFS(flow.Options{}, flows.FS)
	if err == nil {
		err = problems.Err()
	}
	if err != nil {
		t.Fatal(err)
	}
	for seed := range seeds() / 4 {
		w, err := begin(set, "attended-transfer", seed)
		if err == nil {
			err = w.consult()
		}
		if err == nil {
			err = w.kept()
		}
		if err != nil {
			if w != nil {
				w.printed(t)
			}
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}

// consult lets the agent press star and sometimes pound at any moment, while the colleague picks up, or does not.
func (w *trial) consult() error {
	if err := w.pass(time.Second + w.soon(300)); err != nil {
		return err
	}
	may(w.carrier.PickUp(w.leg(agent)))
	for range 1 + w.IntN(12) {
		if err := w.pass(w.soon([]int{3, 10, 60, 400}[w.IntN(4)])); err != nil {
			return err
		}
		switch n := w.IntN(20); {
		case n < 9:
			may(w.carrier.Press(w.leg(agent), "*"))
		case n < 10:
			may(w.carrier.Press(w.leg(agent), "#"))
		case n < 18:
			may(w.carrier.PickUp(w.leg(otherAgent)))
		default:
			may(w.carrier.Busy(w.leg(otherAgent)))
		}
	}
	return w.pass(2 * time.Minute)
}

// kept checks that the caller was not sent away, and is with somebody, or on hold while those two talk.
func (w *trial) kept() error {
	for _, e := range w.feed {
		if e.Call == w.caller && (e.Kind == simulator.Ended || e.Kind == simulator.Spoken && !strings.HasPrefix(e.Text, "One moment")) {
			return fmt.Errorf("the caller was sent away: %s", e)
		}
	}
	c, _ := w.carrier.Call(w.caller)
	a, _ := w.carrier.Call(w.leg(agent))
	switch m, err := w.engine.Machine(background, w.leg(agent)); {
	case c.With != "":
		return nil
	case err != nil || a.With == "" || a.With != w.leg(otherAgent):
		return fmt.Errorf("the caller hears %s, and nobody asks anybody", c.Heard[len(c.Heard)-1])
	case m.State() != "agent.consulting":
		return fmt.Errorf("the agent talks to the colleague, but is in %s, from where no key leads to the caller", m.State())
	}
	return nil
}
