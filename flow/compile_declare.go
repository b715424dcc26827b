package flow

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/flow/internal/expression"
)

func (c *compiler) declareParams() {
	c.params = map[string]int{}
	given := c.linker.options.Params[c.flow.Name]
	for _, d := range c.file.Params {
		c.checkName(d.Name, "param", identifier)
		typ, value := c.decl(d)
		p := Param{Name: d.Name.Value, Type: typ, Value: value, Required: d.Required, Secret: d.Secret}
		if v, ok := given[p.Name]; ok {
			p.Value = c.given(d, typ, v)
		}
		c.params[p.Name] = len(c.flow.Params)
		c.flow.Params = append(c.flow.Params, p)
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if _, ok := c.params[name]; !ok {
			c.errorf(ruleName, c.file.Name.Span, "the deployment sets param %q, which the flow does not have", name)
		}
	}
	c.readPar = make([]bool, len(c.flow.Params))
}

// given returns the value that the deployment sets for a param, nil after reporting that it does not fit.
func (c *compiler) given(d *ast.Decl, typ Type, v any) any {
	value, err := convert(v, typ)
	what := typ.String()
	if text, ok := value.(string); err == nil && ok && d.Type != nil && d.Type.Value == "phone" && !isPhone(text) {
		err, what = errNoPhone, "phone number"
	}
	if err == nil {
		return value
	}
	shown := fmt.Sprint(v)
	if d.Secret {
		shown = "a value"
	}
	c.errorf(ruleType, d.Name.Span, "the deployment sets param %q to %s, which is no %s", d.Name.Value, shown, what)
	return nil
}

var errNoPhone = errors.New("no phone number")

func (c *compiler) declareVars() {
	c.vars = map[string]int{}
	for _, d := range c.file.Vars {
		c.checkName(d.Name, "variable", identifier)
		if d.Required {
			c.errorf(ruleKey, d.Name.Span, "a variable cannot be required").WithHelp("params are required, variables have defaults")
		}
		typ, value := c.decl(d)
		c.addVar(d.Name.Value, typ, value, d.Secret)
	}
}

func (c *compiler) addVar(name string, typ Type, value any, secret bool) int {
	if value == nil {
		value = typ.Zero()
	}
	i := len(c.flow.Vars)
	c.vars[name] = i
	c.flow.Vars = append(c.flow.Vars, Var{Name: name, Type: typ, Default: value, Secret: secret})
	c.readVar, c.setVar = append(c.readVar, false), append(c.setVar, false)
	return i
}

// decl returns the type and the default of a declaration; the default is nil when there is none.
func (c *compiler) decl(d *ast.Decl) (Type, any) {
	if d.Type == nil {
		return c.literal(d.Default)
	}
	typ := c.typeOf(d.Type)
	if d.Default == nil {
		return typ, nil
	}
	_, value := c.literal(d.Default)
	converted, err := convert(value, typ)
	if err != nil {
		c.errorf(ruleType, d.Default.Span, "the default of %q is no %s", d.Name.Value, d.Type.Value)
		return typ, nil
	}
	if text, ok := converted.(string); ok && d.Type.Value == "phone" && !isPhone(text) {
		c.errorf(ruleType, d.Default.Span, "%q is no phone number", text).WithHelp(`write it as in "+15551234567"`)
	}
	return typ, converted
}

func (c *compiler) declareTimes() {
	f := c.file
	c.flow.Limits = c.limits(f.Limits, c.flow.Limits, true)
	if records(f) {
		c.flow.Retention = RecordRetention
	}
	c.duration(f.Retention, &c.flow.Retention)
	c.duration(f.Expiry, &c.flow.Expiry)
}

// records reports whether a flow records or transcribes: then late events may come for weeks.
func records(f *ast.File) bool {
	record := func(entries []*ast.Entry) bool {
		for _, e := range entries {
			if v := e.Verb.Value; v == "Record" || v == "StartRecording" || v == "StartTranscription" {
				return true
			}
		}
		return false
	}
	for _, fragment := range f.Fragments {
		if record(fragment.Entries) {
			return true
		}
	}
	return anyState(f.States, func(s *ast.State) bool { return record(s.Document) })
}

func (c *compiler) duration(t *ast.Text, into *time.Duration) {
	if t == nil {
		return
	}
	d, err := expression.ParseDuration(t.Value)
	if err != nil || d <= 0 {
		c.errorf(ruleType, t.Span, "%q is no duration", t.Value).WithHelp("write it as in 20s, 5m or 24h")
		return
	}
	*into = d
}

func (c *compiler) limits(l *ast.Limits, base Limits, steps bool) Limits {
	if l == nil {
		return base
	}
	if l.Steps != nil && !steps {
		c.errorf(ruleKey, l.Steps.Span, "a state has no limit of steps").WithHelp("put it under the limits of the flow")
		l.Steps = nil
	}
	c.limit(l.Visits, &base.Visits)
	c.limit(l.Steps, &base.Steps)
	return base
}

func (c *compiler) limit(t *ast.Text, into *int) {
	if t == nil {
		return
	}
	if t.Value == "none" {
		*into = NoLimit
		return
	}
	n, err := strconv.Atoi(t.Value)
	if err != nil || n < 1 {
		c.errorf(ruleType, t.Span, "a limit must be a number from 1 on or none, not %q", t.Value)
		return
	}
	*into = n
}

// seconds reads a timeout such as `2s`.
func (c *compiler) seconds(t *ast.Text) time.Duration {
	var d time.Duration
	c.duration(t, &d)
	return d
}
