package runtime

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"reflect"
	"testing"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/bxmlflow/bxmlflow/runtime/store"
	"github.com/bxmlflow/bxmlflow/runtime/store/memory"
	"github.com/google/go-cmp/cmp"
)

// keeping is a flow whose machines hold texts of events wherever a machine can hold some.
const keeping = `
flow: keeping
limits: {visits: 1000}
start: {initiate: hear}
vars: {said: "", first: "", all: [], plain: "here"}
on:
  gather:
    - {guard: event.terminatingDigit == "#", target: inner, actions: [{set: {first: "${event.digits}"}}]}
    - {guard: event.terminatingDigit == "*", target: ask, actions: [{set: {all: "${[event.digits, event.from]}"}}]}
    - {target: ask, actions: [{set: {said: "${vars.first == '' ? event.digits : event.digits + vars.first}"}}]}
states:
  hear:
    bxml: [{Gather: {maxDigits: 20, nested: [{SpeakSentence: "${vars.said}, ${vars.plain}"}]}}]
  ask:
    bxml: [{Gather: {maxDigits: 20, nested: [{SpeakSentence: "${event.from}, ${call.tag}, ${vars.said}, ${event.digits}"}]}}]
  inner:
    invoke: {flow: sub, with: {word: "${vars.first}"}}
    on: {done: {target: hear, actions: [{set: {said: "${event.output.word}"}}]}}
`

const keepingSub = `
flow: sub
params: {word: ""}
vars: {last: ""}
start: {invoke: ask}
states:
  ask:
    bxml: [{Gather: {maxDigits: 20, nested: [{SpeakSentence: "${params.word}"}]}}]
    on: {gather: {target: end, actions: [{set: {last: "${event.digits}"}}]}}
  end: {type: final, output: {word: "${params.word + vars.last}"}}
`

// keptRight checks that every machine that is kept is the one in the store, to the byte, and returns how many there are.
func keptRight(t *testing.T, e *Engine) (kept int) {
	t.Helper()
	for i := range e.places {
		p := &e.places[i]
		if p.machine == nil {
			continue
		}
		kept++
		var r store.Record
		if err := e.store.Load(t.Context(), p.machine.Key, &r); err != nil {
			t.Fatal(err)
		}
		head := p.machine.head
		p.machine.head = nil // so that the texts are encoded again
		again := p.machine.Append(nil)
		p.machine.head = head
		if r.Version != p.version || !bytes.Equal(again, r.Data) || !bytes.Equal(p.machine.Append(nil), r.Data) {
			t.Fatalf("call %s: kept version %d, stored %d\n%q\n%q", p.machine.Key, p.version, r.Version, again, r.Data)
		}
	}
	return kept
}

func keepingEngine(t *testing.T, s store.Store) *Engine {
	t.Helper()
	return engineOf(t, s, flow.Source{Path: "keeping.yaml", Text: []byte(keeping)}, flow.Source{Path: "sub.yaml", Text: []byte(keepingSub)})
}

func engineOf(t *testing.T, s store.Store, sources ...flow.Source) *Engine {
	t.Helper()
	set, problems := flow.Compile(flow.Options{}, sources...)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	e, err := New(Config{Flows: set, Store: s, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), Sweep: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return e
}

// sender sends webhooks whose bodies all lie in the same memory.
type sender struct {
	engine *Engine
	body   []byte
	event  event.Event
}

func (s *sender) send(t *testing.T, name string, call, n int, more string) Reply {
	t.Helper()
	clear(s.body[:cap(s.body)])
	s.body = fmt.Appendf(s.body[:0], `{"eventType":%q,"eventTime":"2026-11-20T10:00:%02d.%03dZ","from":"+1555%07d","to":"+15553334444",`+
		`"direction":"inbound","tag":"tag %d","callId":%q%s}`, name, n/1000%60, n%1000, n, n/3, benchID(call), more)
	if err := s.event.DecodeJSON(s.body); err != nil {
		t.Fatal(err)
	}
	return s.engine.Handle(t.Context(), Delivery{Flow: "keeping", Event: &s.event, Trusted: true})
}

func TestKeptMachinesAreThoseInTheStore(t *testing.T) {
	e := keepingEngine(t, memory.New())
	s := &sender{engine: e}
	const calls, rounds = 40, 30
	for call := range calls {
		s.send(t, "initiate", call, call, "")
	}
	if keptRight(t, e) == 0 {
		t.Error("no machine is kept")
	}
	for n := range calls * rounds {
		end := []string{"", "", "#", "", "*"}[n*7/calls%5]
		got := s.send(t, "gather", n*7%calls, n, fmt.Sprintf(`,"digits":"%d%d","terminatingDigit":%q`, n, n, end))
		if bytes.Equal(got.Document, e.apology) {
			t.Fatalf("webhook %d is apologised for", n)
		}
		keptRight(t, e)
	}
	for call := range calls {
		s.send(t, "disconnect", call, 59000+call, "")
	}
	if n := keptRight(t, e); n != 0 {
		t.Errorf("%d machines of calls that ended are kept", n)
	}
}

// TestEveryFieldOfAMachineIsOwned fails when a machine gets a field that own may have to copy.
func TestEveryFieldOfAMachineIsOwned(t *testing.T) {
	known := map[string][]string{
		"Machine": {"Key", "Flow", "Hash", "Phase", "Turn", "AnswerTurn", "Steps", "Call", "Frames", "Keys", "Effects", "LastEffect", "Timers",
			"LastTimer", "Legs", "More", "Started", "Touched", "head", "arena", "boxes"},
		"Call":  {"ID", "From", "To", "Direction", "Tag", "AccountID", "ApplicationID", "StartTime", "AnswerTime", "Parent", "Root", "Leg", "Cause"},
		"Frame": {"Flow", "State", "Vars", "Params", "Visits", "Saved"},
		"Visit": {"State", "Count"}, "Saved": {"Slot", "Value"}, "Key": {"Hash", "Turn"},
	}
	for _, v := range []any{Machine{}, Frame{}, Visit{}, Saved{}, Key{}, Call{}} {
		typ := reflect.TypeOf(v)
		var have []string
		for i := range typ.NumField() {
			have = append(have, typ.Field(i).Name)
		}
		if diff := cmp.Diff(known[typ.Name()], have); diff != "" {
			t.Errorf("%s has changed: let Machine.own copy its texts, or place.keep refuse it (-known +have):\n%s", typ.Name(), diff)
		}
	}
}

// counted counts what is loaded.
type counted struct {
	store.Store
	loads int
}

func (c *counted) Load(ctx context.Context, name string, into *store.Record) error {
	c.loads++
	return c.Store.Load(ctx, name, into)
}

func TestWhatIsNotSavedIsDecidedFromTheStore(t *testing.T) {
	c := &counted{Store: memory.New()}
	s := &sender{engine: keepingEngine(t, c)}
	first := s.send(t, "initiate", 1, 1, "")
	c.loads = 0
	second := s.send(t, "gather", 1, 2, `,"digits":"12"`)
	if c.loads != 0 || bytes.Equal(first.Document, second.Document) {
		t.Errorf("%d loads for a machine that is kept, answered %s", c.loads, second.Document)
	}
	if again := s.send(t, "gather", 1, 2, `,"digits":"12"`); c.loads != 1 || !bytes.Equal(again.Document, second.Document) {
		t.Errorf("%d loads for a duplicate, answered %s", c.loads, again.Document)
	}
}

func TestARecordThatSomebodyElseDeletedIsNoneAnyMore(t *testing.T) {
	m := memory.New()
	s := &sender{engine: keepingEngine(t, m)}
	s.send(t, "initiate", 1, 1, "")
	var r store.Record
	if err := m.Load(t.Context(), benchID(1), &r); err != nil {
		t.Fatal(err)
	}
	if err := m.Delete(t.Context(), r.Key, r.Version); err != nil {
		t.Fatal(err)
	}
	if got := s.send(t, "gather", 1, 2, `,"digits":"12"`); !bytes.Equal(got.Document, s.engine.apology) {
		t.Errorf("answered %s", got.Document)
	}
	if m.Len() != 0 {
		t.Error("the call is back")
	}
}

// TestTwoEnginesThatTakeTurns share a store: what one keeps is out of date when the other has written.
func TestTwoEnginesThatTakeTurns(t *testing.T) {
	m := memory.New()
	two := []*sender{{engine: keepingEngine(t, m)}, {engine: keepingEngine(t, m)}}
	two[0].send(t, "initiate", 1, 0, "")
	for n := 1; n < 50; n++ {
		s := two[n/2%2]
		got := s.send(t, "gather", 1, n, fmt.Sprintf(`,"digits":"%d"`, 100+n))
		if !bytes.Contains(got.Document, fmt.Appendf(nil, ", %d, %d<", 100+n, 100+n)) {
			t.Fatalf("webhook %d: %s", n, got.Document)
		}
		for _, other := range two {
			for i := range other.engine.places {
				if p := &other.engine.places[i]; p.resting > restAfter {
					t.Fatalf("rests for %d", p.resting)
				}
			}
		}
	}
	var r store.Record
	if err := m.Load(t.Context(), benchID(1), &r); err != nil || r.Version != 50 {
		t.Errorf("version %d, want 50: %v", r.Version, err)
	}
}
