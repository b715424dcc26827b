package flow

import (
	"slices"
	"strconv"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/flow/event"
)

// The keys of a phone that callers have. A few networks also send A to D.
const (
	keypad  = "0123456789*#"
	allKeys = keypad + "ABCD"
)

// mostDigits is how many digits a Gather takes that does not say.
const mostDigits = 50

// gathering is what a Gather can yield.
type gathering struct {
	most    int    // digits
	ends    string // terminating digits; they are never among the digits
	speech  bool   // speech may be recognized
	unknown bool   // an attribute is computed: nothing is impossible
}

// anyGathering stands for a Gather that is not known.
var anyGathering = gathering{most: mostDigits, ends: "", speech: true, unknown: true}

// gathersOf returns the Gather verbs among entries and the fragments that they use.
func (c *compiler) gathersOf(list []*ast.Entry, depth int) []gathering {
	var found []gathering
	for _, e := range list {
		switch {
		case e.Use != nil && depth < 10 && c.fragments[e.Use.Value] != nil:
			found = append(found, c.gathersOf(c.fragments[e.Use.Value].Entries, depth+1)...)
		case e.Verb.Value == "Gather":
			found = append(found, gatheringOf(e))
		}
	}
	return found
}

func gatheringOf(e *ast.Entry) gathering {
	g := gathering{most: mostDigits}
	for _, p := range e.Attributes {
		text := p.Value.Text.Value
		switch name := p.Key.Value; {
		case name != "maxDigits" && name != "terminatingDigits" && name != "input":
		case strings.Contains(text, "${"):
			return anyGathering
		case name == "maxDigits":
			if n, err := strconv.Atoi(text); err == nil {
				g.most = n
			}
		case name == "terminatingDigits":
			g.ends = text
		default:
			g.speech = text != "dtmf"
		}
	}
	return g
}

// yields reports whether the digits can come.
func (g *gathering) yields(digits string) bool {
	if g.unknown {
		return true
	}
	return len(digits) <= g.most && !strings.ContainsAny(digits, g.ends) && strings.Trim(digits, allKeys) == ""
}

// gathered returns what can come in a field of the event gather, as far as a Gather decides that. It reports false for other
// fields. Long are numbers of digits that guards compare with.
func gathered(list []gathering, id event.FieldID, literals []string, long ...int) (values []sample, ok bool) {
	switch id {
	case event.FieldDigits:
		return digitsOf(list, literals, long), true
	case event.FieldTerminatingDigit:
		return endingsOf(list, literals), true
	case event.FieldText:
		for _, g := range list {
			if g.speech {
				return nil, false
			}
		}
		return []sample{{value: "", absent: true}}, true
	}
	return nil, false
}

// digitsOf returns the digits that guards tell apart: none, those that they compare with, and others of every length that
// matters.
func digitsOf(list []gathering, literals []string, long []int) []sample {
	values := []sample{{value: ""}}
	add := func(digits string, s sample) bool {
		known := slices.ContainsFunc(values, func(s sample) bool { return s.value == digits })
		if known || !slices.ContainsFunc(list, func(g gathering) bool { return g.yields(digits) }) {
			return known
		}
		s.value = digits
		values = append(values, s)
		return true
	}
	other := func(length int, keys string, rare bool) {
		for _, key := range keys {
			digits := strings.Repeat(string(key), min(length, mostDigits))
			if !slices.Contains(literals, digits) && add(digits, sample{rare: rare, stands: true}) {
				return
			}
		}
	}
	other(1, keypad, false)
	for _, l := range literals {
		add(l, sample{})
		long = append(long, len(l))
	}
	for _, g := range list {
		other(g.most, keypad, false)
	}
	for _, n := range long {
		for length := max(n-1, 1); length <= n+1; length++ {
			other(length, keypad, false)
		}
	}
	other(1, "ABCD", true)
	return values
}

// endingsOf returns the terminating digits that can come.
func endingsOf(list []gathering, literals []string) []sample {
	values := []sample{{value: ""}}
	for _, g := range list {
		if g.unknown {
			for _, l := range append([]string{"#"}, literals...) {
				values = append(values, sample{value: l})
			}
			continue
		}
		for _, key := range g.ends {
			values = append(values, sample{value: string(key)})
		}
	}
	return values
}
