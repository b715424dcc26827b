package runtime_test

import (
	"context"
	"strings"
	"testing"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/runtime"
)

func TestAResultIsComparedWithItsDeclaration(t *testing.T) {
	text := strings.Replace(greeting, "returns: {name: string}", "returns: {name: string, orders: int, rate: number, note: any}", 1)
	text = strings.Replace(text, `why: "${event.reason}"`, `why: "${event.message}"`, 1)
	tests := []struct {
		sentence string
		result   map[string]any
		want     string
	}{
		{"as declared", map[string]any{"name": "Ada", "orders": 3, "rate": 0.5, "note": nil}, "Hello Ada."},
		{"more than declared", map[string]any{"name": "Ada", "orders": 3, "rate": 0.5, "note": 1, "more": true}, "Hello Ada."},
		{"numbers of another kind", map[string]any{"name": "Ada", "orders": int64(3), "rate": 1, "note": "x"}, "Hello Ada."},
		{"nothing", nil, `Sorry, crm: result: "name" is missing.`},
		{"a value that is missing", map[string]any{"name": "Ada", "rate": 1.0, "note": 1}, `Sorry, crm: result: "orders" is missing.`},
		{"nil for a value", map[string]any{"name": nil, "orders": 1, "rate": 1.0, "note": 1}, `Sorry, crm: result: "name" is missing.`},
		{"a value of another type", map[string]any{"name": 7, "orders": 3, "rate": 1.0, "note": 1}, `Sorry, crm: result: "name" is no string.`},
		{"a broken number", map[string]any{"name": "Ada", "orders": 3.5, "rate": 1.0, "note": 1}, `Sorry, crm: result: "orders" is no int.`},
	}
	for _, tt := range tests {
		t.Run(tt.sentence, func(t *testing.T) {
			kit := crm(func(context.Context, runtime.ActionCall) (map[string]any, error) { return tt.result, nil })
			b := start(t, runtime.Config{Flows: set(t, flow.Options{}, text), Kit: kit})
			if got := b.post("/flows/greeting", webhook("initiate", callA)).words(t); got != tt.want {
				t.Errorf("the caller hears %q, want %q", got, tt.want)
			}
		})
	}
}

func TestTheGuardOfAnActionIsAskedForEveryItem(t *testing.T) {
	b := start(t, runtime.Config{Flows: set(t, flow.Options{}, `
flow: loop
vars: {text: ""}
start: {initiate: ask}
states:
  ask:
    type: final
    entry: [{set: {text: '${vars.text + item}'}, each: '${["a", "", "b", "c"]}', guard: item != "" && index < 3}]
    bxml: [{SpeakSentence: "${vars.text}"}, Hangup]
`)})
	if got := b.post("/flows/loop", webhook("initiate", callA)).words(t); got != "ab" {
		t.Errorf("the caller hears %q", got)
	}
	if got := b.last().Actions; len(got) != 2 {
		t.Errorf("the trace tells of %q", got)
	}
}
