package expression

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestValue(t *testing.T) {
	tests := []struct {
		name string
		src  string
		want any
		typ  Type
	}{
		{"a name by itself keeps its type", `vars.attempts`, 2, Int},
		{"a field in brackets is the same name", `event["cause"]`, "busy", String},
		{"an optional field is the same name", `event?.cause == "busy"`, true, Bool},
		{"a name of four parts is one name", `call.legs.agent.id`, "c-2", String},
		{"what follows a map is read from the map", `vars.m.name`, "Ada", Any},
		{"a deeper member of a map is read too", `event.raw.deep.n + 1`, 8, Any},
		{"a missing key of a map is nil", `vars.m.missing`, nil, Any},
		{"a missing key is nil in a comparison", `vars.m.missing == nil`, true, Bool},
		{"optional access of nil is nil", `vars.none?.deep?.er`, nil, Any},
		{"?? replaces a missing key", `vars.m.missing ?? "none"`, "none", Any},
		{"a computed key reads a map", `vars.m[event.digits + ""]`, nil, Any},
		{"an index reads a list", `vars.list[1]`, "b", Any},
		{"a negative index counts from the end", `vars.list[-1]`, "c", Any},
		{"a slice takes part of a text", `call.from[0:2]`, "+1", String},
		{"and, or and not are words too", `not vars.done and event.answered or false`, true, Bool},
		{"single quotes make texts", `event.cause == 'busy'`, true, Bool},
		{"in looks into a literal list", `event.digits in ["1", "2"]`, true, Bool},
		{"not in is its opposite", `event.digits not in ["1", "2"]`, false, Bool},
		{"in looks into a list", `"b" in vars.list`, true, Bool},
		{"in looks for a key", `"name" in vars.m`, true, Bool},
		{"text operators", `call.from startsWith "+1" && call.from contains "555" && call.from endsWith "22"`, true, Bool},
		{"a literal pattern", `call.from matches "^\\+1[0-9]{10}$"`, true, Bool},
		{"an expression of several lines", "vars.attempts\n  < 3", true, Bool},
		{"a number in range", `1 <= vars.attempts <= 3`, true, Bool},
		{"arithmetic", `vars.attempts + 1`, 3, Int},
		{"division makes a fraction", `vars.attempts / 4`, 0.5, Number},
		{"mixed arithmetic", `vars.rate * 2`, 5.0, Number},
		{"durations compare with durations", `event.duration < duration("2s")`, true, Bool},
		{"durations add", `event.duration + duration("PT1.5S")`, 3 * time.Second, Duration},
		{"durations multiply", `event.duration * 2`, 3 * time.Second, Duration},
		{"times subtract", `now - date("2026-12-25T15:04:00Z") == duration("5s")`, true, Bool},
		{"a choice of two", `vars.attempts > 1 ? "again" : "first"`, "again", String},
		{"texts join", `"a" + event.cause + "b"`, "abusyb", String},
		{"a list literal", `[vars.attempts, 5]`, []any{2, 5}, List},
		{"a map literal", `{to: event.digits, "n": 1}`, map[string]any{"to": "1", "n": 1}, Map},
		{"has a field that came", `has(event.cause)`, true, Bool},
		{"has no field that did not come", `has(event.errorMessage)`, false, Bool},
		{"has in brackets", `has(event["cause"])`, true, Bool},
		{"has a key of a map", `has(vars.m.name) && !has(vars.m.no.deeper)`, true, Bool},
		{"has and the value together", `has(event.cause) && event.cause == "busy"`, true, Bool},
		{"any", `any(vars.list, # == "b")`, true, Bool},
		{"all", `all(vars.numbers, # > 0)`, true, Bool},
		{"none", `none(vars.numbers, # > 5)`, true, Bool},
		{"one", `one(vars.list, {# == "b"})`, true, Bool},
		{"count", `count(vars.numbers, # > 1)`, 2, Int},
		{"filter", `filter(vars.numbers, # > 1)`, []any{3, 2}, List},
		{"map", `map(vars.numbers, # * 2)`, []any{6, 2, 4}, List},
		{"find", `find(vars.numbers, # < 3)`, 1, Any},
		{"closures one after the other", `map(filter(vars.numbers, # > 1), # + 1)`, []any{4, 3}, List},
		{"names inside a closure", `filter(vars.numbers, # > vars.attempts)`, []any{3}, List},
		{"members of items", `map([{"a": 1}, {"a": 2}], .a)`, []any{1, 2}, List},
		{"len counts characters", `len("é1")`, 2, Int},
		{"len of a list", `len(vars.list) + len(vars.m)`, 6, Int},
		{"trim, upper and lower", `upper(trim(" a ")) + lower("B") + trim("xax", "x")`, "Aba", String},
		{"split and join", `join(split("a,b", ","), "-") + join(vars.numbers)`, "a-b312", String},
		{"replace", `replace(call.from, "555", "556")`, "+15561112222", String},
		{"indexOf, hasPrefix, hasSuffix", `[indexOf("abc", "c"), hasPrefix("abc", "a"), hasSuffix("abc", "x")]`, []any{2, true, false}, List},
		{"int and float read texts", `[int(event.digits), int(" 12 "), float("2.5"), int(2.9), int(event.duration)]`, []any{1, 12, 2.5, 2, 1}, List},
		{"string", `string(vars.rate) + string(vars.done)`, "2.5false", String},
		{"abs, ceil, floor, round", `[abs(-2), ceil(1.2), floor(1.8), round(vars.rate), abs(duration("-2s"))]`, []any{2, 2, 1, 3, 2 * time.Second}, List},
		{"min and max of values", `min(3, vars.attempts) + max(1, 2)`, 4, Int},
		{"min of a list", `min(vars.numbers)`, 1, Any},
		{"max of durations", `max(event.duration, duration("1s"))`, 1500 * time.Millisecond, Duration},
		{"first and last", `[first(vars.list), last(vars.list), first([])]`, []any{"a", "c", nil}, List},
		{"get never fails", `[get(vars.m, "name"), get(vars.list, 9), get(vars.list, 0), get(vars.none, "x")]`, []any{"Ada", nil, "a", nil}, List},
		{"keys and values are in order", `[keys(vars.m), values({"b": 2, "a": 1})]`, []any{[]any{"list", "n", "name"}, []any{1, 2}}, List},
		{"sort", `[sort(vars.numbers), sort(["b", "a"])]`, []any{[]any{1, 2, 3}, []any{"a", "b"}}, List},
		{"last4", `[last4(call.from), last4("12"), last4("sip:bob")]`, []any{"2222", "12", ""}, List},
		{"spell", `[spell("1234"), spell("A1-b"), spell("")]`, []any{"1 2 3 4", "A 1 b", ""}, List},
		{"within its hours", `within(now, "Mon-Fri 09:00-17:00, Sat 10:00-14:00", "America/New_York")`, true, Bool},
		{"within with a zone from a parameter", `within(now, "Mon-Thu 09:00-17:00", params.zone)`, false, Bool},
		{"on a date of this year", `onDate(now, ["2026-12-25"], "UTC")`, true, Bool},
		{"on a date of every year", `onDate(now, "01-01, 12-25", "UTC")`, true, Bool},
		{"on a date of a list of the flow", `onDate(now, params.holidays, params.zone)`, true, Bool},
		{"not on a date", `onDate(now, "12-24", "UTC")`, false, Bool},
		{"choose all of one", `choose(call.from, {"a": 100, "b": 0})`, "a", String},
		{"choose a position", `choose(call.from, [0, 1])`, 1, Int},
		{"a custom function", `greet(event.cause)`, "hello busy", String},
		{"a custom function takes numbers as float", `half(vars.attempts)`, 1.0, Number},
		{"a date with a zone", `date("2026-12-25", "America/New_York") == date("2026-12-25T05:00:00Z")`, true, Bool},
		{"negative literals", `[-1, -2.5, -visits, max(-1, -2)]`, []any{-1, -2.5, -1, -1}, List},
		{"the date of a text with a time", `date("2026-12-25 15:04", "UTC") < now`, true, Bool},
		{"the largest of texts and times", `[max("a", "b"), max(now, date("2026-01-01")) == now]`, []any{"b", true}, List},
		{"last of nothing", `last([]) ?? "none"`, "none", Any},
		{"a comment", "1 + /* two */ 2", 3, Int},
		{"texts in other alphabets", `"é" + event.cause`, "ébusy", String},
	}
	var vm VM
	look := testRecord()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, problems := Value(tt.src, testScope())
			if len(problems) > 0 {
				t.Fatalf("problems: %+v", problems)
			}
			for range 2 { // the second run meets what the first left in the machine
				got, err := vm.Run(p, look)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("value differs (-want +got):\n%s", diff)
				}
			}
			if p.Type() != tt.typ {
				t.Errorf("type = %v, want %v", p.Type(), tt.typ)
			}
		})
	}
}

func TestRunTimeErrorsAreReturned(t *testing.T) {
	tests := []struct {
		name, src, want string
	}{
		{"a member of nil", `vars.none.deep`, "evaluate \"vars.none.deep\": a member is read of something that has none"},
		{"an index past the end", `vars.list[9]`, `evaluate "vars.list[9]": index out of range: 9 (array length is 3)`},
		{"a text that is no number", `int(event.cause)`, `evaluate "int(event.cause)": int: the text is not a whole number`},
		{"a text that is no number has no place in the message", `int(call.from + "x")`, `evaluate "int(call.from + \"x\")": int: the text is not a whole number`},
		{"a division by zero", `1 / (vars.attempts - 2)`, `evaluate "1 / (vars.attempts - 2)": the result is not a number: a division by zero, or too large`},
		{"a remainder by zero", `1 % (vars.attempts - 2)`, `evaluate "1 % (vars.attempts - 2)": runtime error: integer divide by zero`},
		{"an order of a list and a number", `vars.any < 3`, `evaluate "vars.any < 3": invalid operation: map < int`},
		{"a function that panics", `crash(event.cause)`, `evaluate "crash(event.cause)": crash: panic: boom`},
		{"a function with a wrong result", `lie()`, `evaluate "lie()": lie: the result is not true or false`},
		{"an argument of a wrong type", `upper(vars.any)`, `evaluate "upper(vars.any)": upper: value 1 is not a string`},
		{"a zone that does not exist", `within(now, "Mon 9:00-10:00", event.cause)`, `evaluate "within(now, \"Mon 9:00-10:00\", event.cause)": the time zone is not known`},
		{"a text that grows", `replace(replace(replace("aaaaaaaaaaaaaaaa" + event.digits, "a", "bbbbbbbbbbbbbbbb"), "b", "cccccccccccccccc"), "c", "dd")`,
			`evaluate "replace(replace(replace(\"aaaaaaaaaaaaaaaa\" + event.digits, \"a\", \"bbbbbbbbbbbbbbbb\"), \"b\", \"cccccccccccccccc\"), \"c\", \"dd\")": replace: the result is a text of more than 4096 bytes`},
	}
	var vm VM
	look := testRecord()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := vm.Run(mustValue(t, tt.src), look)
			if err == nil {
				t.Fatal("no error")
			}
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}
