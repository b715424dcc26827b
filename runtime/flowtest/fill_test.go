package flowtest

import (
	"testing"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

func TestEveryEventOfACallIsFilledInAsTheCarrierSendsIt(t *testing.T) {
	for _, typ := range event.Types() {
		if typ.Machine != event.MachineCall {
			continue
		}
		t.Run(typ.Name, func(t *testing.T) {
			step := &eventStep{typ: typ, fields: map[string]any{}}
			first := &eventStep{typ: event.Lookup("initiate"), fields: map[string]any{"callId": "c-7"}}
			e, err := newCaller(first, clockStart).make(step, clockStart)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range e.Problems() {
				t.Errorf("%v in %s", p, e.AppendJSON(nil))
			}
			if e.Key() != "c-7" {
				t.Errorf("the event is about %q", e.Key())
			}
			for i := range typ.Fields {
				if f := &typ.Fields[i]; f.Optional && e.Has(f.ID) {
					t.Errorf("the optional field %s is there", f.Name)
				}
			}
		})
	}
}

func TestGivenFieldsGoBeforeTheUsualOnes(t *testing.T) {
	typ := event.Lookup("transcriptionAvailable")
	first := &eventStep{typ: event.Lookup("answer"), fields: map[string]any{"from": "+1555", "tag": "vip"}}
	step := &eventStep{typ: typ, fields: map[string]any{
		"transcription": map[string]any{}, "transcription.status": "error", "channels": nil, "duration": 7 * time.Second,
	}}
	c := newCaller(first, clockStart)
	if _, err := c.make(first, clockStart); err != nil {
		t.Fatal(err)
	}
	e, err := c.make(step, clockStart)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"transcription.status": "error", "transcription.id": "t-1", "duration": "PT7S", "from": "+1555", "direction": "outbound",
		"tag": "vip", "eventTime": "2026-01-05T12:00:00.000Z", "channels": "",
	} {
		if got := e.Str(event.FieldNamed(name)); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestValuesAreComparedByWhatTheyAre(t *testing.T) {
	at := time.Date(2026, 3, 10, 14, 0, 0, 0, time.UTC)
	tests := []struct {
		want, got any
		same      bool
	}{
		{1, 1, true}, {1, 1.0, true}, {1.5, 1, false}, {"1", 1, false}, {1, "1", false}, {"a", "a", true},
		{true, true, true}, {"true", true, false}, {nil, nil, true}, {nil, "", false}, {"", nil, false},
		{"9s", 9 * time.Second, true}, {"PT9S", 9 * time.Second, true}, {9, 9 * time.Second, false}, {"soon", time.Second, false},
		{"2026-03-10T15:00:00+01:00", at, true}, {"noon", at, false},
		{[]any{1, "a"}, []any{1.0, "a"}, true}, {[]any{1}, []any{1, 2}, false}, {1, []any{1}, false},
		{map[string]any{"a": 1}, map[string]any{"a": 1}, true}, {map[string]any{"a": 1}, map[string]any{"b": 1}, false},
		{map[string]any{}, map[string]any{"b": 1}, false}, {"", map[string]any{}, false},
	}
	for _, tt := range tests {
		if got := same(tt.want, tt.got); got != tt.same {
			t.Errorf("same(%s, %s) is %t", show(tt.want), show(tt.got), got)
		}
	}
}
