package expression

import (
	"strings"
	"testing"
)

// problemTest says what is underlined (the n-th occurrence is never needed: the text is unique in the source) and what is said.
type problemTest struct {
	name, src, under, message, help string
}

var guardProblems = []problemTest{
	{"a string beside a number", `event.digits == 1`, `event.digits == 1`, `event.digits is a string and 1 is a number: they are never equal`, `digits and phone numbers are strings: write "1"`},
	{"a number keeps its zeros in the mend", `event.digits == 012`, `event.digits == 012`, `event.digits is a string and 012 is a number: they are never equal`, `digits and phone numbers are strings: write "012"`},
	{"a number before the string", `1 == event.digits`, `1 == event.digits`, `1 is a number and event.digits is a string: they are never equal`, `digits and phone numbers are strings: write "1"`},
	{"a string ordered with a number", `event.digits > 3`, `event.digits > 3`, `event.digits is a string and 3 is a number: they cannot be compared`, `write int(event.digits) to read a number from it`},
	{"a number beside a string", `visits == "1"`, `visits == "1"`, `visits is a number and "1" is a string: they are never equal`, `leave out the quotes around the number`},
	{"a string beside nil", `event.cause != nil`, `event.cause != nil`, `event.cause is never nil: an absent field is ""`, `write event.cause != "", or has(event.cause) to ask whether it came`},
	{"a list beside nil", `vars.list == nil`, `vars.list == nil`, `vars.list is never nil: an absent field is empty`, `write len(vars.list) == 0, or has(vars.list) to ask whether it came`},
	{"a number beside nil", `nil == visits`, `nil == visits`, `visits is never nil: an absent field is 0`, `write has(visits) to ask whether it came`},
	{"null of other languages", `event.cause == null`, `null`, `"null" does not exist here`, `an absent field is the zero value of its type: "", 0 or false; has(name) tells`},
	{"?? on what is never nil", `(event.cause ?? "x") == "y"`, `event.cause ?? "x"`, `event.cause is never nil, so what follows ?? is never used`, `write event.cause == "", or has(event.cause) to ask whether it came`},
	{"one equals sign", `event.digits = "1"`, `=`, `= does not compare`, `write == to compare; variables are assigned by the set action`},
	{"three equals signs", `event.digits === "1"`, `===`, `=== is not an operator here`, `write ==`},
	{"three signs of inequality", `event.digits !== "1"`, `!==`, `!== is not an operator here`, `write !=`},
	{"an arrow", `visits => 2`, `=>`, `=> is not an operator`, `write >=`},
	{"a reversed comparison", `visits =< 2`, `=<`, `=< is not an operator`, `write <=`},
	{"inequality of SQL", `visits <> 2`, `<>`, `<> is not an operator here`, `write !=`},
	{"a word for ==", `event.digits is "1"`, `is`, `"is" is not an operator here`, `write ==`},
	{"a word in capitals", `visits < 3 AND visits > 1`, `AND`, `"AND" is not an operator here`, `write &&`},
	{"one ampersand", `visits == 1 & vars.done`, `&`, `& is not an operator here`, `write && or and`},
	{"one bar", `visits == 1 | vars.done`, `|`, `| is not an operator here`, `write || or or; functions are called as upper(x)`},
	{"length as a field", `event.digits.length > 0`, `event.digits.length`, `event.digits is a string and has no length`, `write len(event.digits)`},
	{"length as a method", `event.digits.length() > 0`, `event.digits.length()`, `values have no methods`, `write len(event.digits)`},
	{"a method that is an operator", `event.digits.startsWith("1")`, `event.digits.startsWith("1")`, `values have no methods`, `write event.digits startsWith ...`},
	{"a method of another language", `event.cause.toUpperCase() == "A"`, `event.cause.toUpperCase()`, `values have no methods`, `write upper(x)`},
	{"a method of a Go type", `now.Year() == 2026`, `now.Year()`, `values have no methods`, `functions are called as f(x): Year(now)`},
	{"a field of a Go type", `now.Unix == 1`, `now.Unix`, `now is a time and has no field "Unix"`, ``},
	{"a template in a guard", `${event.digits == "1"}`, `${event.digits == "1"}`, `the guard is an expression already, without ${ }`, `write event.digits == "1"`},
	{"a template in a part of a guard", `visits == 1 && ${vars.done}`, `${vars.done}`, `the guard is an expression already, without ${ }`, `write vars.done`},
	{"a template in a text of a guard", `event.digits == "${vars.x}"`, `"${vars.x}"`, `${ } has no meaning in a text inside an expression`, `write the name without quotes, and + between texts`},
	{"a guard quoted twice", `"event.digits == '1'"`, `"event.digits == '1'"`, `the guard is a quoted text, not a condition: it is quoted twice`, `write event.digits == '1'`},
	{"a guard that is a string", `event.digits`, `event.digits`, `the guard is a string, not true or false`, `write event.digits != ""`},
	{"a guard that is a number", `visits + 1`, `visits + 1`, `the guard is a number, not true or false`, `write (visits + 1) != 0, or compare it with another number`},
	{"a guard that is a duration", `duration("2s")`, `duration("2s")`, `the guard is a duration, not true or false`, ``},
	{"an empty guard", ` `, ` `, `the guard is empty`, `write an expression, or leave it out`},
	{"a field that the event has not", `event.cuase == "busy"`, `event.cuase`, `"event.cuase" does not exist in gather`, `its fields are: digits, cause; not cuase`},
	{"the same in brackets", `event["cuase"] == "busy"`, `event["cuase"]`, `"event.cuase" does not exist in gather`, `its fields are: digits, cause; not cuase`},
	{"the same with optional access", `event?.cuase == "busy"`, `event?.cuase`, `"event.cuase" does not exist in gather`, `its fields are: digits, cause; not cuase`},
	{"the same inside has", `has(event.cuase)`, `event.cuase`, `"event.cuase" does not exist in gather`, `its fields are: digits, cause; not cuase`},
	{"the same after other alphabets and lines", "\"é世\" == event.cause ||\n  event.cuase == \"é\"", `event.cuase`, `"event.cuase" does not exist in gather`, `its fields are: digits, cause; not cuase`},
	{"a variable that does not exist", `vars.attemts < 3`, `vars.attemts`, `"vars.attemts" does not exist here`, `did you mean "vars.attempts"?`},
	{"a part in the middle that does not exist", `call.legs.agnt.id == ""`, `call.legs.agnt`, `"call.legs.agnt" does not exist here`, `did you mean "call.legs.agent"?`},
	{"a root that does not exist", `evnt.digits == "1"`, `evnt`, `"evnt" does not exist here`, `did you mean "event"?`},
	{"a root in capitals", `Visits == 1`, `Visits`, `"Visits" does not exist here`, `did you mean "visits"?`},
	{"a root that is no value", `event == "x"`, `event`, `"event" is not a value by itself`, `write one of its fields: event.answered, event.cause, event.digits, event.duration, event.errorMessage, event.raw`},
	{"a text without quotes", `event.cause == busy`, `busy`, `"busy" does not exist here`, `write "busy" for a text`},
	{"a function without its brackets", `len == 1`, `len`, `"len" does not exist here`, `len is a function: write len(x)`},
	{"the environment of expr-lang", `$env.x == 1`, `$env`, `"$env" does not exist here`, ``},
	{"a function that does not exist", `lenn(event.digits) > 1`, `lenn`, `there is no function "lenn"`, `did you mean "len"?`},
	{"a custom function misspelt", `greett(event.digits) == ""`, `greett`, `there is no function "greett"`, `did you mean "greet"?`},
	{"the clock of expr-lang", `now() > now`, `now`, `"now" is a value, not a function`, `write now without ()`},
	{"a closure that is left out", `reduce(vars.numbers, #acc + #) > 1`, `reduce`, `there is no function "reduce"`, ``},
	{"a secret", `secret("pin") == event.digits`, `secret("pin")`, `secret(...) may only stand in username and password attributes of verbs and in http headers`, `it is put in its place when the bytes leave, so nothing can be computed from it`},
	{"an unclosed text", `event.digits == "1`, `"1`, `a text that begins here is never closed`, `close it with "`},
	{"an unclosed bracket", `(event.digits == "1"`, `(`, `"(" is never closed`, `add the missing ")"`},
	{"a bracket too many", `event.digits == "1")`, `)`, `")" closes nothing`, `leave it out, or add the missing "("`},
	{"brackets that do not fit", `len(event.digits] > 1`, `(`, `"(" is closed by "]"`, ``},
	{"a missing operand", `vars.done &&`, `&&`, `the guard ends where something more is due`, `write what follows &&, or leave it out`},
	{"a missing operator", `event.digits "1"`, `"1"`, `"\"1\"" is not expected here`, `an operator is missing before it, or quotes around a text`},
	{"typographic quotes", `event.cause == “busy”`, `“`, `"“" does not belong in an expression`, `use straight quotes: "..." or '...'`},
	{"a backslash without meaning", `event.cause == "a\qb"`, `q`, `a backslash in a text is followed by something that has no meaning`, `write \\ for a backslash itself`},
	{"a number too large", `visits == 99999999999999999999`, `99999999999999999999`, `the number is not one, or too large`, `digits that are not counted with are a text: write them in quotes`},
	{"a variable of its own", `let x = 1; x > 0`, `let`, `an expression is a single value, without variables of its own`, `set a variable of the flow first`},
	{"a range", `visits in 1..3`, `..`, `ranges are not part of the language`, `compare instead: x >= 1 && x <= 9`},
	{"if and else", `if vars.done {true} else {false}`, `if`, `if and else are not part of the language`, `write condition ? a : b`},
	{"a nested closure", `any(vars.list, any(vars.numbers, # == 1))`, `any(vars.numbers, # == 1)`, `any inside another closure would go through a list for every item of a list`, `set a variable first, or use in`},
	{"a computed pattern", `call.from matches vars.m.name`, `vars.m.name`, `a pattern of matches must be a literal text`, `write the pattern itself, or use contains`},
	{"a broken pattern", `call.from matches "("`, `"("`, "parsing regexp: missing closing ): `(`", ``},
	{"too long", strings.Repeat(" ", 500) + "vars.done == true", "", `the guard is 517 bytes long, at most 512`, `split it: set a variable first, or use several transitions`},
	{"too many parts", strings.Repeat("1+", 150) + "1 > 0", "", `the guard has more than 200 parts`, `split it`},
	{"numbers in a list for a string", `event.digits in ["1", 2]`, `2`, `event.digits is a string and 2 is a number: they are never equal`, `digits and phone numbers are strings: write "2"`},
	{"in a text", `event.digits in "12"`, `event.digits in "12"`, `in looks into a list or a map, not into a text`, `write "12" contains event.digits`},
	{"contains of a list", `vars.list contains "a"`, `vars.list contains "a"`, `contains looks into a text, not into a list`, `write "a" in vars.list`},
	{"a duration beside a number", `event.duration < 2`, `event.duration < 2`, `event.duration is a duration and 2 is a number: they cannot be compared`, `write duration("2s")`},
	{"a duration beside a text", `event.duration < "2s"`, `event.duration < "2s"`, `event.duration is a duration and "2s" is a string: they cannot be compared`, `write duration("2s")`},
	{"a time beside an hour", `now > "12:00"`, `now > "12:00"`, `now is a time and "12:00" is a string: they cannot be compared`, `write within(now, "Mon-Fri 09:00-17:00", zone) to ask for the time of day`},
	{"a field without its event", `digits == "1"`, `digits`, `"digits" does not exist here`, `did you mean "event.digits"?`},
	{"a variable without its root", `attempts > 1`, `attempts`, `"attempts" does not exist here`, `did you mean "vars.attempts"?`},
	{"a time beside a text", `now > "2026-01-01"`, `now > "2026-01-01"`, `now is a time and "2026-01-01" is a string: they cannot be compared`, `write date("2026-01-01")`},
	{"a bool beside a text", `event.answered == "true"`, `event.answered == "true"`, `event.answered is true or false and "true" is a string: they are never equal`, `write event.answered or !event.answered by itself`},
	{"! before a comparison", `!event.cause == "busy"`, `!event.cause`, `! needs true or false, and event.cause is a string`, `! binds tighter than a comparison: write !(a == b)`},
	{"a string as a condition", `event.cause && vars.done`, `event.cause`, `what stands before && must be true or false, and event.cause is a string`, `write event.cause == "" or event.cause != ""`},
	{"a character of a text", `event.digits[0] == "1"`, `event.digits[0]`, `event.digits is a string, and [ ] takes no single character`, `write event.digits[0:1] for the first`},
	{"a text and a number joined", `"n" + visits == "n1"`, `"n" + visits`, `"n" is a string and visits is a number: + does not take them`, `write string(visits)`},
	{"a number for a text", `last4(visits) == ""`, `visits`, `last4 takes a string here, and visits is a number`, `write string(visits)`},
	{"too few values", `last4() == ""`, `last4()`, `last4 takes 1 value, got 0`, `write last4(s)`},
	{"too many values", `last4("a", ("b")) == ""`, `last4("a", ("b"))`, `last4 takes 1 value, got 2`, `write last4(s)`},
	{"a schedule that is none", `within(now, "Mon-Fri 9-17", "UTC")`, `"Mon-Fri 9-17"`, `a part of the schedule is neither days nor hours`, `write "Mon-Fri 09:00-17:00, Sat 10:00-14:00"`},
	{"a zone that is none", `within(now, "Mon 09:00-17:00", "America/Gotham")`, `"America/Gotham"`, `the time zone is not known`, `write an IANA name such as "America/New_York" or "UTC"`},
	{"the zone of the machine", `onDate(now, "12-25", "Local")`, `"Local"`, `the time zone is not known`, `write an IANA name such as "America/New_York" or "UTC"`},
	{"a date that is none", `onDate(now, ["2026-13-01"], "UTC")`, `["2026-13-01"]`, `onDate: a date is not one`, `write "2026-12-25" for one day, "12-25" for a day of every year; quote dates in YAML`},
	{"a duration that is none", `duration("2x") > event.duration`, `"2x"`, `duration: the text is not a duration`, `write duration("1m30s") or duration("PT1M30S")`},
	{"weights that are none", `choose("x", {"a": -1}) == "a"`, `{"a": -1}`, `choose: a weight is not a number from 0 up`, ``},
	{"the length of a number", `len(visits) > 1`, `visits`, `visits is a number and has no length`, ``},
	{"the length of two things", `len(vars.list, vars.list) > 1`, `len(vars.list, vars.list)`, `len does not take 2 values`, `write len(x)`},
	{"a closure over a text", `any(event.digits, # == "1")`, `event.digits`, `any goes through a list, and event.digits is a string`, ``},
	{"a closure whose condition is a number", `any(vars.numbers, visits)`, `visits`, `the condition of any must be true or false, and visits is a number`, `write visits > 0`},
	{"a closure without a condition", `any(vars.numbers)`, `)`, `a value is missing here`, ``},
	{"a choice of values", `trim() == ""`, `trim()`, `trim takes 1 to 2 values, got 0`, `write trim(s) or trim(s, characters)`},
	{"a number of values without end", `min() == 1`, `min()`, `min takes at least 1 value, got 0`, `write min(a, b, ...) or min(list)`},
	{"a position that is a text", `event.cause["a":] == ""`, `"a"`, `"a" is a string, and a position is a whole number`, ``},
	{"a part of a number", `visits[0] == 1`, `visits[0]`, `visits is a number: it has no parts to pick`, ``},
	{"a text operator on a number", `visits contains "a"`, `visits contains "a"`, `visits is a number and "a" is a string: contains compares two texts`, ``},
	{"a remainder of a fraction", `visits % 2.5 == 0`, `visits % 2.5`, `visits is a number and 2.5 is a number: % does not take them`, `% takes whole numbers: write int(...)`},
	{"an order of bools", `vars.done < true`, `vars.done < true`, `vars.done is true or false and true is true or false: < does not order them`, ``},
	{"a bool beside nil", `vars.done == nil`, `vars.done == nil`, `vars.done is never nil: an absent field is false`, `write has(vars.done) to ask whether it came`},
	{"?? beside ==", `vars.any.x ?? "x" == "y"`, `==`, `== beside ?? could mean two things`, `put ( ) around a ?? b`},
	{"bytes", `b"x" == event.digits`, `b"x"`, `byte texts are not part of the language`, `write a text: "..."`},
	{"has of a text", `has("x")`, `"x"`, `has asks whether a name is present, and this is not a name`, `write has(event.cause)`},
	{"a function for credentials only", `token("x") == ""`, `token("x")`, `token(...) may only stand in username and password attributes of verbs and in http headers`, `it is put in its place when the bytes leave, so nothing can be computed from it`},
	{"a comment and nothing else", `// vars.done`, `// vars.done`, `the guard is empty`, `a comment is no expression`},
	{"a literal division by zero", `1 % 0 == 1`, `%`, `integer divide by zero`, ``},
}

func TestGuardProblems(t *testing.T) {
	for _, tt := range guardProblems {
		t.Run(tt.name, func(t *testing.T) {
			p, problems := Guard(tt.src, testScope())
			if p != nil || len(problems) != 1 {
				t.Fatalf("program %v, problems %+v, want none and one", p, problems)
			}
			got := problems[0]
			under := tt.under
			if under == "" {
				under = tt.src
			}
			if text := tt.src[got.From:got.To]; text != under {
				t.Errorf("underlined %q, want %q", text, under)
			}
			if got.Message != tt.message || got.Help != tt.help {
				t.Errorf("said\n\t%s\n\t%s\nwant\n\t%s\n\t%s", got.Message, got.Help, tt.message, tt.help)
			}
			if got.Rule == "" {
				t.Error("no rule")
			}
		})
	}
}

func TestEveryMistakeOfAGuardIsReportedOnceAndInOrder(t *testing.T) {
	src := `event.digits == 1 || event.cause != nil || event.digits in [1]`
	_, problems := Guard(src, testScope())
	var under []string
	for _, p := range problems {
		under = append(under, src[p.From:p.To])
	}
	if got := strings.Join(under, "; "); got != `event.digits == 1; event.cause != nil; 1` {
		t.Errorf("underlined %s", got)
	}
}

func TestGoodGuardsAreSilent(t *testing.T) {
	for _, src := range []string{
		`not vars.done`, `!vars.done`, `! vars.done`, `vars.done`, `vars.any.vip`, `event.cause == 'busy'`, `visits < 3 and event.digits == ""`,
		`event.digits == "" ? visits > 1 : true`, `has(event.cause)`, `vars.any.missing == nil`, `vars.none == nil`, `vars.m["name"] != nil`,
		"event.digits == `1`", `(((visits == 1)))`, `crash(event.cause)`, `state == "greeting"`, `item.to == 1`, `event .digits == "1"`,
		`within(now, "Mon-Fri 09:00-17:00", params.zone) && not onDate(now, params.holidays, params.zone)`,
		`choose(call.from, {"new": 10, "old": 90}) == "new"`, `event.duration >= duration("PT2S")`, strings.Repeat("(", 100) + "true" + strings.Repeat(")", 100),
	} {
		t.Run(src, func(t *testing.T) {
			if _, problems := Guard(src, testScope()); len(problems) > 0 {
				t.Errorf("problems: %+v", problems)
			}
		})
	}
}

func TestUnknownIsAskedForTheShortestPartThatLeadsNowhere(t *testing.T) {
	var asked []string
	s := testScope()
	s.Unknown = func(name string) (string, string) {
		asked = append(asked, name)
		return "", ""
	}
	for _, src := range []string{`event.a.b == 1`, `call.legs.x.id == 1`, `nothing.here == 1`, `alone == 1`} {
		if _, problems := Guard(src, s); len(problems) != 1 {
			t.Errorf("%s: %+v", src, problems)
		}
	}
	if got := strings.Join(asked, " "); got != "event.a call.legs.x nothing.here" {
		t.Errorf("asked for %s", got)
	}
}
