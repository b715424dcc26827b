package expression

import (
	"strings"
	"testing"
	"time"
)

// record is a Lookup over a slice of values; slot i is the i-th name of names.
type record struct {
	values []any
	absent map[int]bool
}

func (r *record) Lookup(slot int) any { return r.values[slot] }
func (r *record) Has(slot int) bool   { return !r.absent[slot] }

// given is a name with its type and value in tests.
type given struct {
	name  string
	typ   Type
	value any
}

var christmas = time.Date(2026, 12, 25, 15, 4, 5, 0, time.UTC) // a Friday

var world = []given{
	{"event.digits", String, "1"},
	{"event.cause", String, "busy"},
	{"event.errorMessage", String, ""},
	{"event.duration", Duration, 1500 * time.Millisecond},
	{"event.answered", Bool, true},
	{"event.raw", Map, map[string]any{"extra": "x", "deep": map[string]any{"n": 7}}},
	{"call.from", String, "+15551112222"},
	{"call.legs.agent.id", String, "c-2"},
	{"call.legs.agent.to", String, "+15553334444"},
	{"vars.attempts", Int, 2},
	{"vars.done", Bool, false},
	{"vars.rate", Number, 2.5},
	{"vars.list", List, []any{"a", "b", "c"}},
	{"vars.numbers", List, []any{3, 1, 2}},
	{"vars.m", Map, map[string]any{"name": "Ada", "n": 3, "list": []any{"x"}}},
	{"vars.any", Any, map[string]any{"vip": true, "tier": "gold"}},
	{"vars.none", Any, nil},
	{"params.agent", String, "+15550001111"},
	{"params.zone", String, "America/New_York"},
	{"params.holidays", List, []any{"2026-12-25", "01-01"}},
	{"args.digits", Int, 4},
	{"visits", Int, 1},
	{"now", Time, christmas},
	{"state", String, "greeting"},
	{"item", Any, map[string]any{"to": "x"}},
}

func testScope() *Scope {
	s := &Scope{Names: map[string]Name{}, Functions: map[string]Function{
		"greet": {Params: []Type{String, Int}, Optional: 1, Result: String, Call: func(args ...any) (any, error) {
			return "hello " + args[0].(string), nil
		}},
		"crash": {Params: []Type{String}, Result: Bool, Call: func(...any) (any, error) { panic("boom") }},
		"half":  {Params: []Type{Number}, Result: Number, Call: func(args ...any) (any, error) { return args[0].(float64) / 2, nil }},
		"token": {Params: []Type{String}, Result: String, SecretOnly: true},
		"lie":   {Result: Bool, Call: func(...any) (any, error) { return "not a bool", nil }},
	}}
	for slot, g := range world {
		s.Names[g.name] = Name{Type: g.typ, Slot: slot}
	}
	s.Unknown = func(name string) (string, string) {
		if field, ok := strings.CutPrefix(name, "event."); ok {
			return `"` + name + `" does not exist in gather`, "its fields are: digits, cause; not " + field
		}
		return "", ""
	}
	return s
}

func testRecord() *record {
	r := &record{absent: map[int]bool{}}
	for slot, g := range world {
		r.values = append(r.values, g.value)
		if g.value == "" || g.value == nil {
			r.absent[slot] = true
		}
	}
	return r
}

func mustValue(t testing.TB, src string) *Program {
	t.Helper()
	p, problems := Value(src, testScope())
	if len(problems) > 0 {
		t.Fatalf("compile %s: %+v", src, problems)
	}
	return p
}
