package runtime

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow"
)

func TestWhatFitsAVariable(t *testing.T) {
	tests := []struct {
		sentence string
		value    any
		typ      flow.Type
		want     any
		fails    bool
	}{
		{"a text", "x", flow.String, "x", false},
		{"a text is no number", "1", flow.Int, nil, true},
		{"a bool", true, flow.Bool, true, false},
		{"a bool is no text", true, flow.String, nil, true},
		{"an int", 3, flow.Int, 3, false},
		{"an int where a number is due", 3, flow.Number, 3.0, false},
		{"an int is no text", 3, flow.String, nil, true},
		{"a whole number where an int is due", 3.0, flow.Int, 3, false},
		{"a number with a fraction is no int", 3.5, flow.Int, nil, true},
		{"a number that is too large for an int", 1e300, flow.Int, nil, true},
		{"what is no number", math.NaN(), flow.Number, nil, true},
		{"a duration", time.Second, flow.Duration, time.Second, false},
		{"a list", []any{1}, flow.List, []any{1}, false},
		{"a list is no map", []any{1}, flow.Map, nil, true},
		{"nothing is an empty text", nil, flow.String, "", false},
		{"nothing is false", nil, flow.Bool, false, false},
		{"nothing is no list", nil, flow.List, []any(nil), false},
		{"nothing is no duration", nil, flow.Duration, time.Duration(0), false},
		{"nothing is nothing", nil, flow.Any, nil, false},
		{"anything", map[string]any{"a": 1}, flow.Any, map[string]any{"a": 1}, false},
	}
	for _, test := range tests {
		t.Run(test.sentence, func(t *testing.T) {
			got, err := fit(test.value, test.typ)
			if (err != nil) != test.fails {
				t.Fatalf("error %v", err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("value (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatActionsReturnBecomesPlain(t *testing.T) {
	deep := any("x")
	for range maxDepth + 1 {
		deep = []any{deep}
	}
	tests := []struct {
		sentence string
		value    any
		want     any
		fails    bool
	}{
		{"texts in a map", map[string]string{"a": "b"}, map[string]any{"a": "b"}, false},
		{"texts in a list", []string{"a"}, []any{"a"}, false},
		{"numbers of JSON", []any{json.Number("3"), json.Number("2.5"), int64(4)}, []any{3, 2.5, 4}, false},
		{"a struct", map[string]any{"b": struct{}{}}, nil, true},
		{"something too deep", deep, nil, true},
	}
	for _, test := range tests {
		t.Run(test.sentence, func(t *testing.T) {
			got, err := plain(test.value, 0)
			if (err != nil) != test.fails {
				t.Fatalf("error %v", err)
			}
			if diff := cmp.Diff(test.want, got); !test.fails && diff != "" {
				t.Errorf("value (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTextsThatAreTooLong(t *testing.T) {
	long := strings.Repeat("x", MaxText+1)
	for _, v := range []any{long, []any{1, long}, map[string]any{"a": long}, map[string]any{long: 1}} {
		if !longText(v) {
			t.Errorf("%.20v is not too long", v)
		}
	}
	if longText([]any{long[1:], 1, nil}) {
		t.Error("a text of MaxText bytes is too long")
	}
}

const anyFlow = `
flow: any
vars: {seen: "", left: 0}
start: {initiate: menu, answer: menu}
on:
  "*": [{guard: event.raw.odd == "yes", target: other}]
  error: [{guard: vars.left < 2, actions: [{set: {left: "${vars.left + 1}"}}]}]
  disconnect: {actions: [{set: {seen: "${string(10 / (vars.left - 2))}"}}, {set: {left: "${int(event.callId)}"}}]}
states:
  menu:
    bxml: [{Gather: {maxDigits: 1, nested: [{SpeakSentence: "${call.to} ${call.direction} ${call.tag} ${vars.seen} ${vars.left} ${has(call.answerTime)}"}]}}]
    on: {gather: {}, "*": [{guard: event.raw.odd == "no"}]}
  other: {type: final, bxml: [{SpeakSentence: "Other."}, Hangup]}
`

func TestStarTakesWhatNobodyNames(t *testing.T) {
	p := play(t, anyFlow)
	p.script(t, []sent{
		{"initiate tag=gold", stepWant{kind: Document, state: "menu", says: "+15553334444 inbound gold  0 false"}},
		{"recordComplete odd=no answerTime=2026-11-20T12:00:01Z", stepWant{kind: Document, state: "menu", says: "inbound   0 true"}},
		{"somethingNew odd=no", stepWant{kind: Empty, state: "menu"}},
		{"redirect odd=never", stepWant{kind: Document, state: "menu", says: "  1 true", fault: flow.ReasonUnhandled}},
		{"redirect odd=yes", stepWant{kind: Document, state: "other", says: "Other."}},
		{"disconnect odd=yes", stepWant{kind: Empty, state: "other", fault: flow.ReasonAction, vars: map[string]any{"left": 2}}},
	})
	if p.m.Phase != Ended {
		t.Error("a failing disconnect handler kept the machine alive")
	}
}
