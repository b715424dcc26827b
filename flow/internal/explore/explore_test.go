package explore

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func atom(n int) Condition                  { return Condition{Op: Atom, Atom: n} }
func not(c Condition) Condition             { return Condition{Op: Not, Args: []Condition{c}} }
func and(list ...Condition) Condition       { return Condition{Op: And, Args: list} }
func or(list ...Condition) Condition        { return Condition{Op: Or, Args: list} }
func conditions(l ...Condition) []Condition { return l }

func TestJudge(t *testing.T) {
	unknown := [][]Truth{{Unknown, Unknown}}
	tests := []struct {
		sentence string
		list     []Condition
		cases    [][]Truth
		want     []Verdict
	}{
		{"an unknown atom can be either", conditions(atom(0), Condition{}), unknown, []Verdict{{0, 0, 0}, {0, -1, 0}}},
		{"an atom is the same wherever it occurs", conditions(atom(0), not(atom(0)), Condition{}), unknown, []Verdict{{0, 0, 0}, {0, 0, 0}, {0, -1, -1}}},
		{"a contradiction never holds", conditions(and(atom(0), not(atom(0)))), unknown, []Verdict{{-1, 0, -1}}},
		{"a tautology never fails", conditions(or(atom(0), not(atom(0)))), unknown, []Verdict{{0, -1, 0}}},
		{"what is wider goes before", conditions(or(atom(0), atom(1)), atom(1)), unknown, []Verdict{{0, 0, 0}, {0, 0, -1}}},
		{"cases are told apart", conditions(atom(0), atom(1)), [][]Truth{{False, True}, {True, True}}, []Verdict{{1, 0, 1}, {0, -1, 0}}},
	}
	for _, tt := range tests {
		got, ok := Judge(tt.list, tt.cases)
		if diff := cmp.Diff(tt.want, got); diff != "" || !ok {
			t.Errorf("%s: decided %t (-want +got):\n%s", tt.sentence, ok, diff)
		}
	}
}

func TestTooManyUnknownsAreNotDecided(t *testing.T) {
	var all []Condition
	for i := range 30 {
		all = append(all, atom(i))
	}
	list := conditions(and(all...))
	if _, ok := Judge(list, [][]Truth{make([]Truth, 30)}); ok {
		t.Error("a condition over 30 unknown atoms is decided")
	}
	chosen, can, must := Choose(list, make([]Truth, 30))
	if !chosen[0] || !can || must {
		t.Errorf("it is chosen %t, can fail %t, must fail %t: want all open", chosen[0], can, must)
	}
}

func TestChoose(t *testing.T) {
	list := conditions(atom(0), atom(1))
	tests := []struct {
		known []Truth
		want  string
	}{
		{[]Truth{True, Unknown}, "[true false] false false"},
		{[]Truth{False, Unknown}, "[false true] true false"},
		{[]Truth{False, False}, "[false false] true true"},
	}
	for _, tt := range tests {
		chosen, can, must := Choose(list, tt.known)
		if got := fmt.Sprint(chosen, can, must); got != tt.want {
			t.Errorf("%v: got %s, want %s", tt.known, got, tt.want)
		}
	}
}

// TestJudgeAgreesWithChoose compares both on random lists, where every case is known in full.
func TestJudgeAgreesWithChoose(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		var list []Condition
		for range 1 + random.IntN(4) {
			list = append(list, randomCondition(random, 3))
		}
		var cases [][]Truth
		for n := range 8 {
			cases = append(cases, []Truth{Of(n&1 != 0), Of(n&2 != 0), Of(n&4 != 0)})
		}
		verdicts, _ := Judge(list, cases)
		unknown, _ := Judge(list, [][]Truth{{Unknown, Unknown, Unknown}})
		ever := make([]bool, len(list))
		for _, known := range cases {
			chosen, _, _ := Choose(list, known)
			for i := range chosen {
				ever[i] = ever[i] || chosen[i]
			}
		}
		for i := range list {
			if (verdicts[i].Chosen >= 0) != ever[i] || (unknown[i].Chosen >= 0) != ever[i] {
				t.Fatalf("%v: condition %d is chosen %t, judged %d and %d", list, i, ever[i], verdicts[i].Chosen, unknown[i].Chosen)
			}
		}
	}
}

func randomCondition(r *rand.Rand, depth int) Condition {
	switch op := Op(r.IntN(5)); {
	case op == Always || depth == 0 || op == Atom:
		return atom(r.IntN(3))
	case op == Not:
		return not(randomCondition(r, depth-1))
	default:
		return Condition{Op: op, Args: conditions(randomCondition(r, depth-1), randomCondition(r, depth-1))}
	}
}

func TestSearchFindsTheShortestWay(t *testing.T) {
	next := func(n int) ([]Step[int], []Trouble[string]) {
		if n == 6 {
			return nil, []Trouble[string]{{"six", "bang"}}
		}
		if n > 20 {
			return nil, nil
		}
		return []Step[int]{{"+1", n + 1}, {"*2", n * 2}}, nil
	}
	got, ok := Search([]Step[int]{{"one", 1}}, 100, next)
	want := []Found[string]{{"six", []string{"one", "+1", "+1", "*2", "bang"}}}
	if diff := cmp.Diff(want, got); diff != "" || !ok {
		t.Errorf("finished %t (-want +got):\n%s", ok, diff)
	}
	if _, ok := Search([]Step[int]{{"one", 1}}, 3, next); ok {
		t.Error("it goes on beyond its limit")
	}
}
