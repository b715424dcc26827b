package flow

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/flow/internal/expression"
)

// loneParam is a text that is the value of a param and nothing else.
var loneParam = regexp.MustCompile(`^\$\{\s*params\.([A-Za-z_][A-Za-z0-9_]*)\s*\}$`)

// checkParam checks a value that is that of a param, for it is known before any call. A param without a value, and one that a
// flow around this one sets, is checked while rendering.
func (c *compiler) checkParam(t *Template, at diag.Span, what string, check func(text string) error) {
	m := loneParam.FindStringSubmatch(t.Source)
	if m == nil || c.broken {
		return
	}
	i, ok := c.params[m[1]]
	if !ok || c.flow.Params[i].Value == nil {
		return
	}
	err := check(expression.Text(c.flow.Params[i].Value))
	if err == nil || c.linker.sets(c, m[1]) {
		return
	}
	d := c.errorf(ruleAttributeValue, at, "%s, from param %q: %s", what, m[1], err)
	if c.flow.Params[i].Secret {
		d.Message = fmt.Sprintf("%s, from param %q: the value is not legal here", what, m[1])
	}
	for _, decl := range c.file.Params {
		if _, given := c.linker.options.Params[c.flow.Name][m[1]]; decl.Name.Value == m[1] && given {
			d.WithRelated(decl.Name.Span, "the deployment sets it")
		} else if decl.Name.Value == m[1] {
			d.WithRelated(decl.Default.Span, "its default")
		}
	}
}

// sets reports whether a flow gives a param of a flow that it invokes, or that its legs run.
func (l *linker) sets(inner *compiler, param string) bool {
	if slices.Contains(inner.handed, "params."+param) {
		return true
	}
	return slices.ContainsFunc(l.compilers, func(c *compiler) bool {
		return slices.ContainsFunc(c.flow.States, func(s *State) bool {
			with := c.source[s].Invoke
			return s.Invoke != nil && s.Invoke.Flow == inner.flow && with.With != nil && with.With.Get(param) != nil
		})
	})
}

// placeholder finds what other template languages put into a text.
var placeholder = regexp.MustCompile(`\$\{[^}]*\}|\{\{\s*([^{}]*?)\s*\}\}|\$([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)`)

// checkSpoken warns of placeholders of other languages: they are spoken, not filled in.
func (c *compiler) checkSpoken(text *ast.Text) {
	for _, m := range placeholder.FindAllStringSubmatchIndex(text.Value, -1) {
		name := ""
		switch {
		case m[2] >= 0:
			name = text.Value[m[2]:m[3]]
		case m[4] >= 0:
			name = text.Value[m[4]:m[5]]
		default:
			continue // a template of ours
		}
		d := c.warnf(ruleQuote, text.At(m[0], m[1]), "%q is spoken as it stands", text.Value[m[0]:m[1]])
		if name == "" {
			name = "vars.name"
		}
		d.WithHelp("write ${%s}", strings.TrimPrefix(name, "."))
	}
}

// instead says where a text belongs that a verb does not take.
func (el *element) instead(v *ast.Value) string {
	if v.Kind != ast.Scalar || el.entry.ContentKey != nil {
		return ""
	}
	text := v.Text.Value
	for i := range el.verb.Attributes {
		a := &el.verb.Attributes[i]
		if a.Type != bxml.TypeURL && a.FallbackOf == "" && v.Scalar != ast.String && a.Check(text) == nil {
			return fmt.Sprintf("write `%s: {%s: %s}`", el.verb.Name, a.Name, text)
		}
	}
	for _, name := range el.verb.Children.Allowed {
		if content := bxml.Lookup(name).Content; content != nil && content.Check(text) == nil {
			return fmt.Sprintf("write `%s: {nested: [{%s: %q}]}`", el.verb.Name, name, text)
		}
	}
	return ""
}
