package flow_test

import "testing"

// listOf is a flow with transitions for an event of a verb; they stand in line 6, and one without a guard comes after them.
func listOf(verb, event, transitions string) string {
	return "flow: test\nvars: {n: 0, s: \"\"}\nstart: {initiate: a}\non: {error: {target: end, guard: vars.n > 0, actions: [{set: {n: 1, s: x}}]}, recordingAvailable: {actions: [{log: \"${vars.s}\"}]}}\nstates:\n" +
		"  a: {bxml: [" + verb + "], on: {" + event + ": [" + transitions + ", {target: end}]}}\n  end: {type: final, bxml: [Hangup]}\n"
}

const oneKey = "{Gather: {maxDigits: 1}}"

func TestGuardsThatNeverChange(t *testing.T) {
	never := func(guard string) []string {
		return []string{"~6 <'" + guard + "'> guard-constant: this guard is never true"}
	}
	tests := []struct {
		sentence, verb, event, guard string
		bad                          bool
	}{
		{"two digits at once", oneKey, "gather", `event.digits == "1" && event.digits == "2"`, true},
		{"a digit that is there and not", oneKey, "gather", `event.digits == "1" && event.digits == ""`, true},
		{"more digits than are taken", oneKey, "gather", `len(event.digits) > 1`, true},
		{"as many digits as are taken", "{Gather: {maxDigits: 4}}", "gather", `len(event.digits) == 4`, false},
		{"fewer visits than one", oneKey, "gather", `visits < 1`, true},
		{"a variable and its opposite", oneKey, "gather", `vars.n > 3 && !(vars.n > 3)`, true},
		{"a variable may be anything", oneKey, "gather", `vars.n > 3 && vars.n < 2`, false},
		{"speech where none is recognized", oneKey, "gather", `event.text != ""`, true},
		{"speech", "{Gather: {input: speech}}", "gather", `event.text != ""`, false},
		{"a transfer without a cause", "{Transfer: {nested: [{PhoneNumber: \"+15551112222\"}]}}", "transferComplete", `event.cause == ""`, true},
		{"a bridge without a cause", "{Bridge: {targetCall: c-1234, bridgeTargetCompleteUrl: null}}", "bridgeComplete", `event.cause == ""`, false},
		{"a cause that is new", "{Transfer: {nested: [{PhoneNumber: \"+15551112222\"}]}}", "transferComplete", `not (event.cause in ["hangup", "busy"])`, false},
		{"digits that a computed Gather takes", "{Gather: {maxDigits: \"${vars.n + 1}\"}}", "gather", `event.digits == "123"`, false},
		{"a pattern", "{Gather: {maxDigits: 4}}", "gather", `event.digits matches "^[0-9]{4}$"`, false},
	}
	var list []wrong
	for _, tt := range tests {
		w := wrong{sentence: tt.sentence, text: listOf(tt.verb, tt.event, "{guard: '"+tt.guard+"', target: a}")}
		if tt.bad {
			w.want = never(tt.guard)
		}
		list = append(list, w)
	}
	testWrong(t, list)
}

func TestGuardsBehindOthers(t *testing.T) {
	testWrong(t, []wrong{
		{"a narrower guard behind a wider one", listOf(oneKey, "gather", `{guard: event.digits != "", target: a}, {guard: event.digits == "1", target: end}`),
			[]string{`~6 <{guard: event.digits == "1", target: end}> shadowed: this transition is never taken: another goes before it whenever its guard is true`}},
		{"a wider guard behind a narrower one", listOf(oneKey, "gather", `{guard: event.digits == "1", target: a}, {guard: event.digits != "", target: end}`), nil},
		{"visits that were taken before", listOf(oneKey, "gather", `{guard: visits < 3, target: a}, {guard: visits == 2, target: end}`),
			[]string{`~6 <{guard: visits == 2, target: end}> shadowed: this transition is never taken: another goes before it whenever its guard is true`}},
		{"always true before another", listOf(oneKey, "gather", `{guard: 'event.digits == "" || event.digits != ""', target: a}, {guard: event.digits == "1", target: end}`),
			[]string{`~6 <'event.digits == "" || event.digits != ""'> guard-constant: this guard is always true, so that nothing behind it is ever taken`}},
		{"the last resort may be left with nothing", listOf(oneKey, "gather", `{guard: event.digits == "", target: a}, {guard: event.digits != "", target: end}`), nil},
	})
}

func TestValuesThatNeverCome(t *testing.T) {
	testWrong(t, []wrong{
		{"two digits of one", listOf(oneKey, "gather", `{guard: event.digits == "12", target: a}`), []string{`~6 <"12"> impossible-value: event.digits is never "12"`}},
		{"a word", listOf("Gather", "gather", `{guard: event.digits == "one", target: a}`), []string{`~6 <"one"> impossible-value: event.digits is never "one"`}},
		{"one of several", listOf(oneKey, "gather", `{guard: 'event.digits in ["1", "10"]', target: a}`), []string{`~6 <"10"> impossible-value: event.digits is never "10"`}},
		{"the terminating digit", listOf(`{Gather: {terminatingDigits: "#"}}`, "gather", `{guard: 'event.digits == "#"', target: a}`), []string{`~6 <"#"> impossible-value: event.digits is never "#"`}},
		{"a misspelt cause", listOf(`{Transfer: {nested: [{PhoneNumber: "+15551112222"}]}}`, "transferComplete", `{guard: event.cause == "timedout", target: a}`),
			[]string{`~6 <"timedout"> impossible-value: event.cause is not documented to be "timedout" in transferComplete`}},
		{"a status that is documented", listOf(`{Refer: {nested: [{SipUri: "sip:a@example.com"}]}}`, "referComplete", `{guard: event.referCallStatus == "failed", target: a}`),
			[]string{`~6 <"failed"> impossible-value: event.referCallStatus is never "failed" in referComplete`}},
	})
}
