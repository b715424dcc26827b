package flowtest

import (
	"fmt"
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
}

// matcher compares one thing.
type matcher struct {
	key  string
	span diag.Span
	// check returns "" when the session is as it should be, else the difference in lines.
	check func(s *session) string
}

// expectation reads what must hold, or must never.
func (r *reader) expectation(n *node) *expectation {
	e := &expectation{span: n.Span}
	add := func(check func(n *node) func(*session) string) func(key, n *node) {
		return func(key, n *node) {
			if c := check(n); c != nil {
				e.matchers = append(e.matchers, matcher{key.Value, key.Span, c})
			}
		}
	}
	r.object(n, "what is expected", keys{
		"state":   add(r.expectState),
		"bxml":    add(r.expectDocument),
		"hears":   add(r.expectHears),
		"vars":    add(r.expectVars),
		"effects": add(r.expectEffects),
		"ended":   add(r.expectEnded),
		"legs":    func(key, _ *node) { r.later(key.Span, "legs") },
	})
	if n.Kind != yamlsrc.Map || len(n.Entries) == 0 {
		r.problems.Errorf(ruleMissingKey, n.Span, "nothing is compared here").WithHelp("name a state, as in `expect: {state: greeting}`")
	}
	return e
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
		return differs(want.value, s.state())
	}
}

func (r *reader) expectHears(n *node) func(*session) string {
	want, ok := r.scalar(n, `"hears"`)
	if !ok {
		return nil
	}
	part := strings.Join(strings.Fields(want.value), " ")
	return func(s *session) string {
		if strings.Contains(s.heard, part) {
			return ""
		}
		if s.heard == "" {
			return differs(show(part), "nothing was said")
		}
		return differs(show(part), show(s.heard))
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
		return differs(bracketed(want), bracketed(s.effects))
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
		if s.doc == nil {
			return differs(patternList(want), "no document was sent yet")
		}
		return matchElements(want, s.doc.Verbs, exact)
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
		if s.doc == nil {
			return differs(verbList(want), "no document was sent yet")
		}
		return diffLines(outline(want.Verbs, filledIn), outline(s.doc.Verbs, filledIn))
	}
}

// show returns a value as a message quotes it: texts in quotes, so that "1" and 1 are told apart.
func show(v any) string {
	if s, ok := v.(string); ok {
		return fmt.Sprintf("%q", s)
	}
	return showOther(v)
}
