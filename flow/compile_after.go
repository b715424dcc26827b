package flow

import (
	"fmt"
	"slices"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/flow/internal/expression"
)

const ruleTimer = "timer"

// maxAfter bounds a timer that is known when the flow is compiled.
const maxAfter = 24 * time.Hour

// timers makes the timers of a state with their transitions.
func (c *compiler) timers(s *State, a *ast.State) {
	for n, h := range a.After {
		after := &After{ID: len(c.flow.Afters), State: s, Source: h.Event.Value}
		for i, t := range h.Transitions {
			made := c.transition(s, EventAfter, i, t)
			made.Name = fmt.Sprintf("%s/%s-%d/%d", s.Name, EventAfter, n, i)
			after.Transitions = append(after.Transitions, made)
		}
		s.After = append(s.After, after)
		c.flow.Afters = append(c.flow.Afters, after)
	}
}

// delays compiles when the timers of a state are due.
func (c *compiler) delays(s *State, a *ast.State, scope *expression.Scope) {
	for i, h := range a.After {
		s.After[i].Delay = c.delay(&h.Event, scope)
	}
}

func (c *compiler) delay(t *ast.Text, scope *expression.Scope) *Value {
	none := &Value{literal: time.Duration(0)}
	template := c.template(t, scope)
	if template == nil {
		return none
	}
	if text, ok := template.template.Literal(); ok {
		d, err := expression.ParseDuration(text)
		if err != nil {
			c.errorf(ruleTimer, t.Span, "%q is no duration", text).WithHelp("write it as in 20s, 5m or 1h")
		} else if problem := timerProblem(d); problem != "" {
			c.errorf(ruleTimer, t.Span, "a timer of %s %s", text, problem)
		}
		return &Value{literal: d}
	}
	if got := template.template.Type(); !slices.Contains([]Type{Duration, Int, Number, Any}, got) {
		c.errorf(ruleTimer, t.Span, "a timer needs a duration, %q is %s", t.Value, aType(got)).
			WithHelp("declare it, as in `wait: {type: duration, default: 20s}`")
		return none
	}
	c.checkParam(template, t.Span, "the timer", func(text string) error {
		d, err := expression.ParseDuration(text)
		if err != nil {
			d, err = expression.ParseDuration(text + "s") // as text a duration is in seconds
		}
		if problem := timerProblem(d); err == nil && problem != "" {
			err = fmt.Errorf("it %s", problem)
		}
		return err
	})
	return &Value{kind: valueTemplate, template: template}
}

func timerProblem(d time.Duration) string {
	switch {
	case d <= 0:
		return "would never run"
	case d > maxAfter:
		return "is longer than a day"
	}
	return ""
}
