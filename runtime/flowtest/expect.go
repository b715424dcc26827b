package flowtest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/internal/yamlsrc"
)

// expectation is what `expect` or an item of `never` says.
type expectation struct {
	span     diag.Span
	matchers []matcher
	leg      text // of an item of `never`
}

// matcher compares one thing.
type matcher struct {
	key  string
	span diag.Span
	// check returns "" when the leg at which the session looks is as it should be, else the difference in lines.
	check func(s *session) string
}

// expectation reads what must hold.
func (r *reader) expectation(n *node) *expectation {
	e := &expectation{span: n.Span}
	r.matchers(e, n, keys{})
	return e
}

// neverItem reads what must not hold. Its leg stands inside, since nothing can stand beside an item of a list.
func (r *reader) neverItem(n *node) *expectation {
	e := &expectation{span: n.Span}
	r.matchers(e, n, keys{"leg": func(_, n *node) { e.leg, _ = r.scalar(n, `"leg"`) }})
	return e
}

func (r *reader) matchers(e *expectation, n *node, more keys) {
	add := func(check func(n *node) func(*session) string) func(key, n *node) {
		return func(key, n *node) {
			if c := check(n); c != nil {
				e.matchers = append(e.matchers, matcher{key.Value, key.Span, c})
			}
		}
	}
	known := keys{
		"state":   add(r.expectState),
		"bxml":    add(r.expectDocument),
		"hears":   add(r.expectHears),
		"vars":    add(r.expectVars),
		"effects": add(r.expectEffects),
		"ended":   add(r.expectEnded),
		"legs":    add(r.expectLegs),
		"members": add(r.expectMembers),
	}
	maps.Copy(known, more)
	r.object(n, "what is expected", known)
	if n.Kind != yamlsrc.Map || len(n.Entries) == 0 {
		r.problems.Errorf(ruleMissingKey, n.Span, "nothing is compared here").WithHelp("name a state, as in `expect: {state: greeting}`")
	}
}

// holds reports whether all of e is so.
func (e *expectation) holds(s *session) bool {
	return !slices.ContainsFunc(e.matchers, func(m matcher) bool { return m.check(s) != "" })
}

// differs returns the two sides of a comparison under each other.
func differs(want, got string) string {
	if want == got {
		return ""
	}
	return "expected: " + want + "\ngot:      " + got
}

func (r *reader) expectState(n *node) func(*session) string {
	want, ok := r.scalar(n, `"state"`)
	if !ok {
		return nil
	}
	r.refer(refState, want)
	return func(s *session) string {
		return differs(or(want.value, "none"), or(s.state(), "none"))
	}
}

func (r *reader) expectHears(n *node) func(*session) string {
	want, ok := r.scalar(n, `"hears"`)
	if !ok {
		return nil
	}
	part := strings.Join(strings.Fields(want.value), " ")
	return func(s *session) string {
		if part == "" {
			return differs("nothing is said", or(s.at.heard, "nothing is said"))
		}
		if strings.Contains(s.at.heard, part) {
			return ""
		}
		if s.at.heard == "" {
			return differs(show(part), "nothing was said")
		}
		return differs(show(part), show(s.at.heard))
	}
}

func (r *reader) expectEnded(n *node) func(*session) string {
	want := r.boolean(n, `"ended"`)
	return func(s *session) string {
		if want == s.ended() {
			return ""
		}
		return differs(endedText(want), endedText(s.ended()))
	}
}

func endedText(ended bool) string {
	if ended {
		return "the call has ended"
	}
	return "the call goes on"
}

func (r *reader) expectEffects(n *node) func(*session) string {
	var want []string
	r.list(n, `"effects"`, func(n *node) {
		t, ok := r.scalar(n, "an effect")
		if ok {
			r.refer(refEffect, t)
		}
		want = append(want, t.value)
	})
	return func(s *session) string {
		return differs(bracketed(want), bracketed(s.effectNames()))
	}
}

func bracketed(list []string) string { return "[" + strings.Join(list, ", ") + "]" }

func (r *reader) expectVars(n *node) func(*session) string {
	type pair struct {
		name text
		want any
	}
	var pairs []pair
	r.named(n, `"vars"`, func(name text, n *node) {
		r.refer(refVar, name)
		pairs = append(pairs, pair{name, value(n)})
	})
	return func(s *session) string {
		var lines []string
		for _, p := range pairs {
			got, ok := s.variable(p.name.value)
			switch {
			case !ok:
				lines = append(lines, differs(p.name.value+" = "+show(p.want), "no flow that runs now has "+p.name.value))
			case !same(p.want, got):
				lines = append(lines, differs(p.name.value+" = "+show(p.want), p.name.value+" = "+show(got)))
			}
		}
		return strings.Join(lines, "\n")
	}
}

// expectDocument reads what the document must be: a list is its exact top level, a map is a part of it, a text is XML.
func (r *reader) expectDocument(n *node) func(*session) string {
	if n.Kind == yamlsrc.Scalar && !isNull(n) {
		return r.expectXML(n)
	}
	want, exact := r.patterns(n), n.Kind == yamlsrc.List
	return func(s *session) string {
		if s.at.doc() == nil {
			return differs(patternList(want), "no document was sent yet")
		}
		return matchElements(want, s.at.doc().Verbs, exact)
	}
}

func (r *reader) expectXML(n *node) func(*session) string {
	source := strings.TrimSpace(n.Value)
	if !strings.HasPrefix(source, "<?xml") && !strings.HasPrefix(source, "<Response") && !strings.HasPrefix(source, "<Bxml") {
		source = "<Response>" + source + "</Response>"
	}
	want, err := bxml.Decode([]byte(source))
	if err != nil {
		r.problems.Errorf(ruleValue, n.Span, "%q is no BXML document: %s", "bxml", err).
			WithHelp("write a list of verbs, or the document as XML")
		return nil
	}
	return func(s *session) string {
		if s.at.doc() == nil {
			return differs(verbList(want), "no document was sent yet")
		}
		return diffLines(outline(want.Verbs, filledIn), outline(s.at.doc().Verbs, filledIn))
	}
}

// show returns a value as a message quotes it: texts in quotes, so that "1" and 1 are told apart.
func show(v any) string {
	if s, ok := v.(string); ok {
		return fmt.Sprintf("%q", s)
	}
	return showOther(v)
}
