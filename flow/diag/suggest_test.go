package diag_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/bxmlflow/bxmlflow/flow/diag"
)

func TestNearest(t *testing.T) {
	keys := []string{"target", "guard", "actions", "to", "maxDigits", "SpeakSentence", "gather", "Gather", "on", "after", "états"}
	tests := []struct{ name, word, want string }{
		{"swapped letters", "gaurd", "guard"},
		{"two swaps", "tragte", "target"},
		{"a letter too many", "targget", "target"},
		{"a letter too few", "gurd", "guard"},
		{"another case", "speaksentence", "SpeakSentence"},
		{"another style", "max_digits", "maxDigits"},
		{"the same case is nearer", "Gathre", "Gather"},
		{"short words only but for case", "To", "to"},
		{"short words are not guessed", "in", ""},
		{"letters beyond ASCII", "etats", "états"},
		{"nothing near", "banana", ""},
		{"nothing at all", "", ""},
		{"a word beyond measure", strings.Repeat("a", 1000), ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, ok := diag.Nearest(test.word, keys)
			if got != test.want || ok != (test.want != "") {
				t.Errorf("%q, %v; want %q", got, ok, test.want)
			}
		})
	}
}

func TestNearestDoesNotDependOnTheOrder(t *testing.T) {
	words := []string{"bat", "cat", "hat"}
	first, _ := diag.Nearest("aat", words)
	slices.Reverse(words)
	if second, _ := diag.Nearest("aat", words); first != "bat" || second != "bat" {
		t.Errorf("%q, then %q", first, second)
	}
}
