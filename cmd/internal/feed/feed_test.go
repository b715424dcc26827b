package feed

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/runtime/simulator"
)

func event(text string) simulator.Event { return simulator.Event{Kind: simulator.Spoken, Text: text} }

func TestReadersGetEventsInOrderWhereverTheyAre(t *testing.T) {
	f := New()
	f.Publish(event("a"))
	f.Publish(event("b"))
	first, next := f.Since(0)
	if len(first) != 2 || next != 2 || first[0].Text != "a" {
		t.Fatalf("%v, next %d", first, next)
	}
	waiting := make(chan simulator.Event, 1)
	go func() {
		events, _, err := f.Next(t.Context(), next)
		if err != nil {
			t.Error(err)
		}
		waiting <- events[0]
	}()
	f.Publish(event("c"))
	if got := <-waiting; got.Text != "c" {
		t.Errorf("the waiting reader got %q", got.Text)
	}
	if none, next := f.Since(99); len(none) != 0 || next != 3 {
		t.Errorf("beyond the end there are %v, next %d", none, next)
	}
}

func TestSlowReadersMissWhatIsForgotten(t *testing.T) {
	f := New()
	for range kept + 1 {
		f.Publish(event("x"))
	}
	f.Publish(event("last"))
	events, next := f.Since(0)
	if next != kept+2 || len(events) >= kept || events[len(events)-1].Text != "last" {
		t.Errorf("%d events, next %d", len(events), next)
	}
}

func TestWaitingEnds(t *testing.T) {
	f := New()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := f.Next(ctx, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end of the context: %v", err)
	}
	f.Publish(event("a"))
	f.Close()
	f.Close()
	f.Publish(event("b"))
	events, next, err := f.Next(t.Context(), 0)
	if err != nil || len(events) != 1 {
		t.Errorf("before the end there are %v, %v", events, err)
	}
	if _, _, err := f.Next(t.Context(), next); !errors.Is(err, ErrClosed) {
		t.Errorf("after the end: %v", err)
	}
}

func TestEventsSurviveTheWire(t *testing.T) {
	want := simulator.Event{
		Time: time.Date(2026, 1, 5, 18, 0, 0, 0, time.UTC), Kind: simulator.WebhookAnswered, Call: "c-1", Other: "o", From: "f", To: "t",
		Direction: "inbound", Parent: "p", Text: "x\ny", Voice: "julie", Duration: time.Second, Verb: "Gather", Type: "gather",
		URL: "http://x?t=1&u=2", Method: "POST", Body: "<Response/>", Status: 200, Err: "no", Fallback: true, Cause: "hangup",
	}
	line, err := Encode(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Decode(line)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if _, err := Decode([]byte("{")); err == nil {
		t.Error("broken JSON is an event")
	}
}
