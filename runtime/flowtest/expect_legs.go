package flowtest

import (
	"slices"
	"strings"
)

// legStates are what becomes of a leg.
var legStates = []string{legDialing, legAnswered, legEnded}

const (
	legDialing  = "dialing"
	legAnswered = "answered"
	legEnded    = "ended"
)

// expectLegs reads what must have become of legs, by their names.
func (r *reader) expectLegs(n *node) func(*session) string {
	type pair struct{ name, want text }
	var pairs []pair
	r.named(n, `"legs"`, func(name text, n *node) {
		want, ok := r.scalar(n, `"`+name.value+`"`)
		if ok && !slices.Contains(legStates, want.value) {
			r.unknown(ruleValue, want.span, "a leg is never", want.value, legStates)
		}
		pairs = append(pairs, pair{name, want})
	})
	return func(s *session) string {
		var lines []string
		for _, p := range pairs {
			got := "there is no such leg, " + s.known()
			if l := s.legNamed(p.name.value); l != nil {
				got = p.name.value + ": " + s.world.status(l)
			}
			if d := differs(p.name.value+": "+p.want.value, got); d != "" {
				lines = append(lines, d)
			}
		}
		return strings.Join(lines, "\n")
	}
}

// expectMembers reads who must be in the conference that is looked at, in the order in which they joined.
func (r *reader) expectMembers(n *node) func(*session) string {
	var want []string
	r.list(n, `"members"`, func(n *node) {
		t, _ := r.scalar(n, "a member")
		want = append(want, t.value)
	})
	return func(s *session) string {
		m := s.machine(s.at)
		if m.More == nil || m.More.Conference != m.Key {
			return differs("members: "+bracketed(want), "this is no conference: say which one beside it, as in `leg: town-hall`")
		}
		var got []string
		for i, id := range m.More.Members {
			name := s.label(id)
			if i < len(want) && s.legNamed(want[i]) != nil && s.legNamed(want[i]).id == id {
				name = want[i] // a leg has several names
			}
			got = append(got, name)
		}
		return differs(bracketed(want), bracketed(got))
	}
}
