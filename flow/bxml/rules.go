package bxml

import (
	"slices"
	"strconv"
	"strings"
)

// combinations judges what attributes and children are legal alone, but not together.
func (c *check) combinations(path string, e *Element) {
	switch e.Name {
	case "SpeakSentence":
		c.voice(path, e)
	case "Transfer":
		c.privacy(path, e)
	}
	v := Lookup(e.Name)
	if v.Children.Product > 0 {
		c.product(path, v, e)
	}
	if v.Children.Bare {
		for i, child := range e.Children {
			if len(child.Attributes) > 0 {
				c.add(step(path, child.Name, i), Error, RuleCombination, "%s takes no attributes inside %s", child.Name, e.Name)
			}
		}
	}
}

func (c *check) voice(path string, e *Element) {
	if _, ok := e.Attr("voice"); !ok {
		return
	}
	for _, name := range []string{"gender", "locale"} {
		if _, ok := e.Attr(name); ok {
			c.add(path+"@"+name, Warning, RuleIgnored, "%q is ignored beside voice", name)
		}
	}
}

func (c *check) privacy(path string, e *Element) {
	name, ok := e.Attr("transferCallerDisplayName")
	if !ok || c.computed(name) || !is("privacy", "true").Holds(e) || slices.Contains(restrict, name) {
		return
	}
	c.add(path+"@transferCallerDisplayName", Error, RuleCombination, "with privacy only %s are legal", strings.Join(restrict, ", "))
}

func (c *check) product(path string, v *Verb, e *Element) {
	times, _ := e.Attr(v.Children.Times)
	n, err := strconv.Atoi(times)
	if err != nil || len(e.Children) == 0 || n <= v.Children.Product/len(e.Children) {
		return
	}
	c.add(path+"@"+v.Children.Times, Error, RuleChildren, "%s %d times %d children is above %d", v.Children.Times, n, len(e.Children), v.Children.Product)
}

// sequence judges the order of the verbs.
func (c *check) sequence(verbs []*Element) {
	c.dead(verbs)
	gather, forward := position(verbs, "StartGather"), position(verbs, "Forward")
	if gather >= 0 && forward >= 0 {
		c.add(step("", "Forward", forward), Error, RuleCombination, "Forward cannot be combined with StartGather")
	}
	if last := len(verbs) - 1; last >= 0 && verbs[last].Name == "StartStream" && c.context == Call {
		c.add(step("", "StartStream", last), Warning, RuleCombination, "as the last verb StartStream lets the call end at once").Help =
			"put a StopStream with wait, or a verb that takes time, behind it"
	}
	c.names(verbs, "StartStream")
	c.names(verbs, "StartTranscription")
}

// dead reports the first verb that never runs.
func (c *check) dead(verbs []*Element) {
	for i, e := range verbs[:max(0, len(verbs)-1)] {
		v := Lookup(e.Name)
		if v == nil || !v.Dead.Holds(e) {
			continue
		}
		why := "it ends the document"
		if !v.Dead.Always {
			why = "its " + v.Dead.Attribute + " brings the next document"
		}
		c.add(step("", verbs[i+1].Name, i+1), Warning, RuleDead, "%s never runs: %s comes before it, and %s", verbs[i+1].Name, step("", e.Name, i), why)
		return
	}
}

// names reports two verbs that start something under the same name.
func (c *check) names(verbs []*Element, verb string) {
	seen := map[string]bool{}
	for i, e := range verbs {
		name, ok := e.Attr("name")
		switch {
		case e.Name == strings.Replace(verb, "Start", "Stop", 1):
			delete(seen, name)
			if !ok {
				clear(seen)
			}
		case e.Name != verb || !ok || c.computed(name):
		case seen[name]:
			c.add(step("", verb, i)+"@name", Warning, RuleCombination, "%s is the name of an earlier %s: the carrier rejects this one", quote(name), verb)
		default:
			seen[name] = true
		}
	}
}

func position(verbs []*Element, name string) int {
	return slices.IndexFunc(verbs, func(e *Element) bool { return e.Name == name })
}
