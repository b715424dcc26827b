package flow

import (
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/ast"
)

const ruleShadowed = "shadowed"

// checkLists reports transitions that can never be taken for another of their list that always goes first.
func (c *compiler) checkLists() {
	for _, h := range c.file.Start {
		c.checkList(h.Transitions)
	}
	for _, h := range c.file.On {
		c.checkList(h.Transitions)
	}
	for _, s := range c.flow.States {
		a := c.source[s]
		for _, h := range a.On {
			c.checkList(h.Transitions)
		}
		c.checkList(a.Always)
	}
}

func (c *compiler) checkList(list []*ast.Transition) {
	guards := map[string]*ast.Transition{}
	for _, t := range list {
		guard := ""
		if t.Guard != nil && strings.TrimSpace(t.Guard.Value) != "true" {
			guard = strings.TrimSpace(t.Guard.Value)
		}
		switch always, same := guards[""], guards[guard]; {
		case always != nil:
			c.errorf(ruleShadowed, t.Span, "this transition is never taken: one before it has no guard").
				WithHelp("the first that fits is taken: put the one without a guard last").WithRelated(always.Span, "this one is always taken")
			return
		case same != nil:
			c.errorf(ruleShadowed, t.Span, "this transition is never taken: one before it has the same guard").
				WithHelp("the first that fits is taken").WithRelated(same.Guard.Span, "the same guard")
		default:
			guards[guard] = t
		}
	}
}
