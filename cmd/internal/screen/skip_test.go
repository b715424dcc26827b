package screen

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/cmd/internal/phone"
	"github.com/bxmlflow/bxmlflow/runtime/simulator"
)

func TestANoteGoesAway(t *testing.T) {
	m, _ := shown(t, twoLegs()...)
	press(m, "x")
	if got := picture(t, m, 80, 24); !strings.Contains(got, `"x" is no key here`) {
		t.Errorf("the screen is\n%s", got)
	}
	send(m, tickMsg(start.Add(noteStays+time.Second)))
	if m.note != "" {
		t.Errorf("the note stays: %s", m.note)
	}
}

func TestTheClockShowsASkipAtOnce(t *testing.T) {
	m, c := shown(t, twoLegs()...)
	c.now = m.now()
	press(m, "+")
	if got := picture(t, m, 80, 24); !strings.Contains(got, "00:25\n") {
		t.Errorf("the screen is\n%s", got)
	}
	send(m, eventsMsg{events: []simulator.Event{{Time: start.Add(18 * time.Second), Kind: simulator.Problem, Text: "late"}}, next: m.seen + 1})
	if got := m.stamp(m.now()); got != "00:25" {
		t.Errorf("an event sets the clock back to %s", got)
	}
}

func TestSkippingWithNothingAheadSaysSo(t *testing.T) {
	for name, next := range map[string][]time.Duration{"nothing": nil, "only what is far": {24 * time.Hour}} {
		m, c := shown(t, twoLegs()...)
		c.next = next
		press(m, "s")
		if len(c.asked) > 0 || !strings.Contains(m.note, "nothing happens by itself") {
			t.Errorf("%s ahead: it asks %v and says %q", name, c.asked, m.note)
		}
	}
}

func TestAPhoneThatWaitsCallsNobody(t *testing.T) {
	m, c := shown(t)
	m.config.To, m.config.Waits = "", true
	press(m, "c")
	if got := picture(t, m, 80, 24); len(c.asked) > 0 || !strings.Contains(got, "waiting for calls") || !strings.Contains(got, "nobody said whom to call") {
		t.Errorf("it asks %v and shows\n%s", c.asked, got)
	}
}

func TestOneSkipAtATime(t *testing.T) {
	m, _ := shown(t, twoLegs()...)
	if first, second := m.key(key("s")), m.key(key("s")); first == nil || second != nil {
		t.Error("presses pile up")
	}
}

func TestASignalIsChosenAndItsFieldsAreAsked(t *testing.T) {
	m, _ := shown(t, twoLegs()...)
	press(m, "g")
	if !strings.Contains(m.note, "no flow runs here") {
		t.Errorf("it says %q", m.note)
	}
	var sent []any
	m.config.Signals = []phone.Signal{{Name: "paid"}, {Name: "free", Fields: []phone.Field{{Name: "desk", Type: "int"}, {Name: "who", Type: "string"}}}}
	m.config.Signal = func(_ context.Context, call, name string, with map[string]any) (bool, error) {
		sent = append(sent, call, name, with)
		return false, nil
	}
	press(m, "g", "up")
	if got := picture(t, m, 80, 24); !strings.Contains(got, "signal to caller, 2 of 2: free(desk int, who string)") {
		t.Errorf("the screen is\n%s", got)
	}
	press(m, "enter", "4", "2", "enter", "7", "enter")
	want := []any{"a", "free", map[string]any{"desk": 42.0, "who": "7"}}
	if diff := cmp.Diff(want, sent); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
	if !strings.Contains(m.note, `nobody handles the signal "free" now`) {
		t.Errorf("it says %q", m.note)
	}
	press(m, "g", "esc", "g", "enter")
	if len(sent) != 6 || sent[4] != "paid" {
		t.Errorf("sent %v", sent)
	}
}
