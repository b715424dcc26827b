package flowtest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/runtime/simulator"
)

// races are what must end well whatever comes first.
var races = []struct {
	name, flow string
	run        func(w *trial) error
}{
	{"the agent answers while the caller hangs up", "desk", func(w *trial) error {
		if err := w.pass(time.Second + w.soon(40)); err != nil {
			return err
		}
		return w.both(
			func() { may(w.carrier.PickUp(w.leg(agent))) },
			func() { may(w.carrier.HangUp(w.caller)) },
			func() { may(w.carrier.Press(w.leg(agent), "1")) },
		)
	}},
	{"both legs end in the same instant", "desk", func(w *trial) error {
		if err := w.connect(); err != nil {
			return err
		}
		return w.both(func() { may(w.carrier.HangUp(w.leg(agent))) }, func() { may(w.carrier.HangUp(w.caller)) })
	}},
	{"a webhook of the new call comes before the answer to createCall", "desk", func(w *trial) error {
		w.lossy = 100
		w.carrier.SetPhone(agent, simulator.Phone{Answers: true, AnswerAfter: w.soon(20), Script: []simulator.Cue{{After: w.soon(40), Press: "1"}}})
		if err := w.pass(2*time.Second + w.soon(100)); err != nil {
			return err
		}
		return w.both(func() { may(w.carrier.HangUp(w.caller)) }, func() { may(w.carrier.HangUp(w.leg(agent))) })
	}},
	{"a document is sent while an event is answered", "moved", func(w *trial) error {
		for range 6 {
			w.signalled(w.IntN(3) == 0)
			if err := w.pass(500*time.Millisecond + w.soon(60)); err != nil {
				return err
			}
			if w.IntN(3) > 0 {
				may(w.carrier.Press(w.caller, []string{"1", "2"}[w.IntN(2)]))
			}
			w.signalled(w.IntN(3) == 0)
		}
		return nil
	}},
	{"two agents answer at once", "two", func(w *trial) error {
		if err := w.pass(time.Second); err != nil {
			return err
		}
		pick := func(number string) func() { return func() { may(w.carrier.PickUp(w.leg(number))) } }
		press := func(number string) func() { return func() { may(w.carrier.Press(w.leg(number), "1")) } }
		if err := w.both(pick(agent), pick(otherAgent)); err != nil {
			return err
		}
		if err := w.pass(w.soon(20)); err != nil {
			return err
		}
		return w.both(press(agent), press(otherAgent))
	}},
}

// seeds is how often a race is run.
func seeds() uint64 {
	switch {
	case testing.Short():
		return 200
	case detecting:
		return 1000
	}
	return 10_000
}

func TestRacesEndWellWhateverComesFirst(t *testing.T) {
	var sources []flow.Source
	for i, text := range strings.Split(raceFlows, "---\n") {
		sources = append(sources, flow.Source{Path: string(rune('a'+i)) + ".yaml", Text: []byte(text)})
	}
	set, problems := flow.Compile(flow.Options{}, sources...)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	for _, race := range races {
		t.Run(race.name, func(t *testing.T) {
			t.Parallel()
			for seed := range seeds() {
				w, err := begin(set, race.flow, seed)
				if err == nil {
					err = race.run(w)
				}
				if err == nil {
					err = w.end()
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

// both lets people act at moments that are close to each other, in any order.
func (w *trial) both(acts ...func()) error {
	w.Shuffle(len(acts), func(i, j int) { acts[i], acts[j] = acts[j], acts[i] })
	for _, act := range acts {
		act()
		if w.IntN(2) == 0 {
			continue // in the same instant
		}
		if err := w.pass(w.soon(6)); err != nil {
			return err
		}
	}
	return nil
}

// connect brings caller and agent together, if nothing goes wrong.
func (w *trial) connect() error {
	if err := w.pass(time.Second); err != nil {
		return err
	}
	may(w.carrier.PickUp(w.leg(agent)))
	if err := w.pass(time.Second); err != nil {
		return err
	}
	may(w.carrier.Press(w.leg(agent), "1"))
	return w.pass(w.soon(30))
}

// signalled sends a signal from outside, or does not.
func (w *trial) signalled(yes bool) {
	if yes {
		_, err := w.engine.Signal(background, w.caller, "free", map[string]any{"desk": 1}, w.carrier.Now().String())
		may(err)
	}
}
