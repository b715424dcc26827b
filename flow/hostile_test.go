package flow_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/diag"
)

// TestHostileFilesAreRefused loads files that are made to cost time or memory, or are no flow at all.
func TestHostileFilesAreRefused(t *testing.T) {
	const minimal = "flow: a\nstart: {initiate: b}\nstates: {b: {type: final, bxml: [Hangup]}}\n"
	bomb := "x: &a [" + strings.Repeat("1,", 500) + "]\n"
	for i := range 8 {
		name, next := string(rune('a'+i)), string(rune('b'+i))
		bomb += "y" + next + ": &" + next + " [" + strings.TrimSuffix(strings.Repeat("*"+name+",", 2), ",") + "]\n"
	}
	tests := []struct{ sentence, text, rule string }{
		{"ten megabytes of a comment", minimal + "#" + strings.Repeat("x", 10<<20), "yaml-limit"},
		{"ten megabytes of a text", minimal + "description: " + strings.Repeat("x", 10<<20), "yaml-limit"},
		{"ten megabytes of states", strings.Repeat("states: {}\n", 1<<20), "yaml-limit"},
		{"aliases that multiply", bomb + minimal, "yaml-limit"},
		{"brackets without end", "flow: " + strings.Repeat("[", 100_000), "yaml-limit"},
		{"maps without end", "flow: " + strings.Repeat("{a: ", 100_000), "yaml-limit"},
		{"states in states without end", "states: " + strings.Repeat("{a: {states: ", 60) + strings.Repeat("}}", 60), "yaml-limit"},
		{"no text at all", "\x00\x01\x02", "yaml-encoding"},
		{"a picture", "\x89PNG\r\n\x1a\n", "yaml-encoding"},
		{"a number", "5\n", ""},
		{"nothing", "", ""},
		{"a list", "- a\n", ""},
	}
	for _, tt := range tests {
		t.Run(tt.sentence, func(t *testing.T) {
			f, problems := flow.Parse("a.yaml", []byte(tt.text), flow.Options{})
			if f != nil || !problems.HasErrors() {
				t.Fatalf("accepted: %v", problems)
			}
			if tt.rule != "" && !slices.ContainsFunc(problems, func(p diag.Diagnostic) bool { return p.Rule == tt.rule }) {
				t.Errorf("no problem is of the rule %s: %s", tt.rule, problems[0].Error())
			}
			if n := len(problems); n > 100 {
				t.Errorf("%d problems", n)
			}
		})
	}
}

// TestGuardsThatWouldRunAwayAreRefused has expressions whose cost would not be bounded by their length.
func TestGuardsThatWouldRunAwayAreRefused(t *testing.T) {
	long := `split(event.digits, "")`
	for _, guard := range []string{
		"all(" + long + ", all(" + long + `, # == "1"))`,
		"len(1..1000000000) > 5",
		`repeat(event.digits, 1000000000) == ""`,
		strings.Repeat("(", 300) + "true" + strings.Repeat(")", 300),
		strings.Repeat("true && ", 200) + "true",
		strings.Repeat("!", 300) + "true",
	} {
		text := "flow: away\nstart: {initiate: ask}\nstates:\n  ask:\n    bxml: [Gather]\n    on: {gather: [{guard: '" + guard + "', target: bye}, {target: bye}]}\n  bye: {type: final, bxml: [Hangup]}\n"
		if f, problems := flow.Parse("a.yaml", []byte(text), flow.Options{}); f != nil || !problems.HasErrors() {
			t.Errorf("%.60s is accepted", guard)
		}
	}
}
