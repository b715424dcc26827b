package flow

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/flow/internal/expression"
)

// typeNames are the types as flows write them. A phone number is a string that must look like one.
var typeNames = map[string]Type{
	"string": String, "bool": Bool, "int": Int, "number": Number, "duration": Duration, "phone": String, "list": List,
	"map": Map, "any": Any,
}

func (c *compiler) typeOf(t *ast.Text) Type {
	typ, ok := typeNames[t.Value]
	if !ok {
		c.errorf(ruleType, t.Span, "there is no type %q", t.Value).
			WithHelp("the types are string, bool, int, number, duration, phone, list, map and any")
		return Any
	}
	return typ
}

// isPhone reports whether s is a number as E.164 writes it.
func isPhone(s string) bool {
	if len(s) < 3 || len(s) > 16 || s[0] != '+' {
		return false
	}
	for _, r := range s[1:] {
		if r < '0' || r > '9' {
			return false
		}
	}
	return true
}

// literal returns the value of YAML that holds no expressions, and the type it gives.
func (c *compiler) literal(v *ast.Value) (Type, any) {
	switch v.Kind {
	case ast.List:
		list := make([]any, len(v.Items))
		for i, item := range v.Items {
			_, list[i] = c.literal(item)
		}
		return List, list
	case ast.Map:
		m := make(map[string]any, len(v.Pairs))
		for _, p := range v.Pairs {
			_, m[p.Key.Value] = c.literal(p.Value)
		}
		return Map, m
	}
	typ, value, err := scalar(v)
	if err != nil {
		c.errorf(ruleType, v.Span, "%s", err)
	}
	return typ, value
}

// scalar returns the value of an unquoted number or boolean, of an empty value, or of a text.
func scalar(v *ast.Value) (Type, any, error) {
	switch v.Scalar {
	case ast.Int:
		n, err := strconv.ParseInt(v.Text.Value, 0, 64)
		if err != nil || n > math.MaxInt {
			return Int, 0, fmt.Errorf("%q is too large a number", v.Text.Value)
		}
		return Int, int(n), nil
	case ast.Float:
		f, err := strconv.ParseFloat(v.Text.Value, 64)
		if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
			return Number, 0.0, fmt.Errorf("%q is no number that can be used", v.Text.Value)
		}
		return Number, f, nil
	case ast.Bool:
		return Bool, v.Text.Value == "true" || v.Text.Value == "True" || v.Text.Value == "TRUE", nil
	case ast.Null:
		return Any, nil, nil
	}
	return String, v.Text.Value, nil
}

// value compiles any value.
func (c *compiler) value(v *ast.Value, scope *expression.Scope) *Value {
	switch v.Kind {
	case ast.List:
		list := &Value{kind: valueList}
		for _, item := range v.Items {
			list.items = append(list.items, c.value(item, scope))
		}
		return list
	case ast.Map:
		m := &Value{kind: valueMap}
		for _, p := range v.Pairs {
			m.fields = append(m.fields, Field{Name: p.Key.Value, Value: c.value(p.Value, scope)})
		}
		return m
	}
	if v.Scalar != ast.String || !strings.Contains(v.Text.Value, "${") {
		_, literal := c.literal(v)
		return &Value{literal: literal}
	}
	template := c.template(&v.Text, scope)
	if template == nil {
		return &Value{}
	}
	if text, ok := template.template.Literal(); ok {
		return &Value{literal: text}
	}
	return &Value{kind: valueTemplate, template: template}
}

// refs returns the names that v reads.
func (v *Value) refs() []expression.Ref {
	if v.template != nil {
		return v.template.template.Refs()
	}
	var list []expression.Ref
	for _, item := range v.items {
		list = append(list, item.refs()...)
	}
	for _, f := range v.fields {
		list = append(list, f.Value.refs()...)
	}
	return list
}

// typ returns the type of v, Any when it cannot be told.
func (v *Value) typ() Type {
	switch v.kind {
	case valueTemplate:
		return v.template.template.Type()
	case valueList:
		return List
	case valueMap:
		return Map
	case valueDocument:
		return String
	}
	switch v.literal.(type) {
	case string:
		return String
	case bool:
		return Bool
	case int:
		return Int
	case float64:
		return Number
	}
	return Any
}

// fit converts a literal to the type that is wanted. It returns the problem that it reports when the value cannot be of that
// type, else nil.
func (c *compiler) fit(v *Value, a *ast.Value, want Type) *diag.Diagnostic {
	switch v.kind {
	case valueLiteral:
		return c.fitLiteral(v, a, want)
	case valueTemplate:
		got := v.template.template.Type()
		if got != want && got != Any && want != Any && !(got == Int && want == Number) {
			return c.errorf(ruleType, a.Span, "%s is %s, not %s", a.Text.Value, aType(got), aType(want))
		}
	case valueList:
		if want != List && want != Any {
			return c.errorf(ruleType, a.Span, "a list is no %s", want)
		}
	case valueMap:
		if want != Map && want != Any {
			return c.errorf(ruleType, a.Span, "a map is no %s", want)
		}
	}
	return nil
}

func (c *compiler) fitLiteral(v *Value, a *ast.Value, want Type) *diag.Diagnostic {
	if v.literal == nil && a.Scalar == ast.String {
		return nil // an expression that was reported
	}
	converted, err := convert(v.literal, want)
	if err != nil {
		d := c.errorf(ruleType, a.Span, "%q is no %s", a.Text.Value, want)
		if looksComputed(a.Text.Value) {
			d.WithHelp("to compute it write ${%s}", a.Text.Value)
		}
		return d
	}
	v.literal = converted
	if text, ok := converted.(string); ok && looksComputed(text) {
		c.warnf(ruleQuote, a.Span, "%q is stored as this text", text).WithHelp("to compute it write ${%s}", text)
	}
	return nil
}

// looksComputed reports whether a text reads like an expression whose `${ }` was forgotten.
func looksComputed(s string) bool {
	for _, root := range []string{"vars.", "event.", "params.", "call."} {
		if rest, ok := strings.CutPrefix(s, root); ok && rest != "" && !strings.Contains(rest, ". ") {
			return true
		}
	}
	return false
}
