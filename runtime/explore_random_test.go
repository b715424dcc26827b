package runtime

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// randomVerbs are the documents of random states: the verb that waits, and the outcomes of its event that guards may tell apart.
var randomVerbs = []struct{ verb, event, field string }{
	{"Gather: {maxDigits: 1}", "gather", "digits"},
	{"Gather: {maxDigits: 2, terminatingDigits: \"#\"}", "gather", "digits"},
	{"Record: {maxDuration: 9}", "recordComplete", ""},
	{"Redirect", "redirect", ""},
	{"Transfer: {nested: [{PhoneNumber: \"+15551112222\"}]}", "transferComplete", "cause"},
	{"Bridge: c-12345678-aaaa", "bridgeComplete", "cause"},
}

// outcomes are the values of the fields, by field: all that random guards tell apart.
var outcomes = map[string][]string{"digits": {"", "1", "2", "7", "0", "00"}, "cause": {"", "busy", "timeout", "hangup", "cancel", "something-new"}}

// randomFlow writes a flow of at most six states.
func randomFlow(r *rand.Rand) string {
	var b strings.Builder
	n := 2 + r.IntN(5)
	b.WriteString("flow: random\nsignals: {go: {}, stop: {}}\nstart: {initiate: s0}\n")
	if r.IntN(4) == 0 {
		fmt.Fprintf(&b, "on: {%s: s%d}\n", []string{"redirect", "gather", "error", "transferComplete", "\"*\""}[r.IntN(5)], n-1)
	}
	b.WriteString("states:\n")
	for i := range n - 1 {
		randomState(&b, r, i, n)
	}
	fmt.Fprintf(&b, "  s%d: {type: final, bxml: [{SpeakSentence: Goodbye.}, Hangup]}\n", n-1)
	return b.String()
}

func randomState(b *strings.Builder, r *rand.Rand, i, n int) {
	fmt.Fprintf(b, "  s%d:\n", i)
	v := randomVerbs[r.IntN(len(randomVerbs))]
	waits := i > 0 && r.IntN(3) == 0
	if !waits {
		fmt.Fprintf(b, "    bxml: [{SpeakSentence: Hello.}, {Pause: {duration: 9}}, %s]\n", "{"+strings.Replace(v.verb, "Redirect", "Redirect: {}", 1)+"}")
	}
	b.WriteString("    on:\n")
	if !waits || r.IntN(2) == 0 {
		if r.IntN(6) > 0 || v.event == "redirect" && r.IntN(2) == 0 {
			fmt.Fprintf(b, "      %s:\n", v.event)
			randomList(b, r, v.field, i, n)
		}
	}
	if r.IntN(2) == 0 || waits {
		fmt.Fprintf(b, "      go: s%d\n", r.IntN(n))
	}
	if r.IntN(4) == 0 {
		fmt.Fprintf(b, "      stop: s%d\n", r.IntN(n))
	}
	if r.IntN(6) == 0 {
		fmt.Fprintf(b, "      error: s%d\n", r.IntN(n))
	}
	fmt.Fprintf(b, "      parentEnded: s%d\n", n-1)
}

// randomList writes the transitions of a handler.
func randomList(b *strings.Builder, r *rand.Rand, field string, i, n int) {
	for range r.IntN(3) {
		target := fmt.Sprintf("target: s%d", r.IntN(n))
		if field == "" {
			continue
		}
		values := outcomes[field]
		value, other := values[r.IntN(min(len(values), 4))], values[r.IntN(min(len(values), 4))]
		guard := fmt.Sprintf("event.%s == %q", field, value)
		switch r.IntN(7) {
		case 0:
			guard = fmt.Sprintf("event.%s != %q", field, value)
		case 1:
			guard = fmt.Sprintf("event.%s in [%q, %q]", field, value, other)
		case 2:
			guard = fmt.Sprintf("!(event.%s == %q) && event.%s != %q", field, value, field, other)
		case 3:
			guard, target = fmt.Sprintf("visits < %d", 2+r.IntN(2)), fmt.Sprintf("target: s%d", i)
		case 4:
			guard = fmt.Sprintf("len(event.%s) > %d", field, r.IntN(2))
		}
		fmt.Fprintf(b, "        - {guard: '%s', %s}\n", guard, target)
	}
	switch r.IntN(4) {
	case 0:
		if field != "" {
			fmt.Fprintf(b, "        - {guard: 'event.%s == \"\"', target: s%d}\n", field, r.IntN(n))
			return
		}
		fallthrough
	case 1:
		b.WriteString("        - actions: [{log: again}]\n")
	default:
		fmt.Fprintf(b, "        - target: s%d\n", r.IntN(n))
	}
}
