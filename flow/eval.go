package flow

import (
	"fmt"

	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/flow/internal/expression"
)

// Type is the type of a value in expressions, params and variables.
type Type = expression.Type

// The types, with their Go values: string, bool, int, float64, time.Duration, []any, map[string]any, any of these, time.Time.
const (
	String   = expression.String
	Bool     = expression.Bool
	Int      = expression.Int
	Number   = expression.Number
	Duration = expression.Duration
	List     = expression.List
	Map      = expression.Map
	Any      = expression.Any
	Time     = expression.Time
)

// Env gives expressions their values. Both methods are called with slots (see Slot) while an expression is prepared, never
// concurrently.
type Env interface {
	// Lookup returns the value of the slot; the zero value of its type when it is absent.
	Lookup(slot int) any
	// Has reports whether the value is there.
	Has(slot int) bool
}

// Evaluator evaluates what a flow compiled. Its zero value is ready. It is scratch space: reuse it, but never from two
// goroutines at once. Values that it returns may alias what Env returned.
type Evaluator struct {
	vm    expression.VM
	args  []any
	items []any
	index []any
	text  []byte // of the value being rendered
	scope scope

	bridged string         // target of the last Bridge rendered
	member  map[string]any // `with` of the last Conference rendered
}

// Bridged returns the callId that the last Bridge verb of the document names that Append rendered last, "" when there was
// none. Only a document with Tells set has one.
func (ev *Evaluator) Bridged() string { return ev.bridged }

// Member returns what stands under `with` beside the last Conference verb of the document that Append rendered last: an empty map
// when nothing does, nil when there was no such verb. Only a document with Tells set has one.
func (ev *Evaluator) Member() map[string]any { return ev.member }

// Reset drops the values of the last evaluation, so that an idle Evaluator keeps nothing alive.
func (ev *Evaluator) Reset() {
	ev.vm.Reset()
	clear(ev.args)
	clear(ev.items)
	ev.scope = scope{}
	ev.bridged, ev.member = "", nil
}

// Guard is a compiled condition.
type Guard struct {
	Source  string
	Span    diag.Span
	program *expression.Program
}

// Template is a compiled string with `${ }` parts.
type Template struct {
	Source   string
	Span     diag.Span
	template *expression.Template
}

// Value is a compiled value: a literal, a template, a list or map of values, or a document, which becomes a text.
type Value struct {
	literal  any
	document *Document
	template *Template
	items    []*Value
	fields   []Field
	kind     valueKind
}

type valueKind uint8

const (
	valueLiteral valueKind = iota
	valueTemplate
	valueList
	valueMap
	valueDocument
)

// scope is an Env with the evaluator's own slots in front.
type scope struct {
	ev  *Evaluator
	env Env
}

// in returns env with the evaluator's own slots in front.
func (ev *Evaluator) in(env Env) *scope {
	ev.scope = scope{ev, env}
	return &ev.scope
}

func (s *scope) Lookup(slot int) any {
	switch i := Slot(slot).Index(); Slot(slot).Root() {
	case RootArg:
		return at(s.ev.args, i)
	case RootItem:
		return at(s.ev.items, i)
	case RootIndex:
		return at(s.ev.index, i)
	}
	return s.env.Lookup(slot)
}

func (s *scope) Has(slot int) bool {
	switch Slot(slot).Root() {
	case RootArg, RootItem, RootIndex:
		return true
	}
	return s.env.Has(slot)
}

func at(values []any, i int) any {
	if i < len(values) {
		return values[i]
	}
	return nil
}

func put(values []any, i int, v any) []any {
	for len(values) <= i {
		values = append(values, nil)
	}
	values[i] = v
	return values
}

// Bool evaluates a guard. A nil guard is true.
func (ev *Evaluator) Bool(g *Guard, env Env) (bool, error) {
	if g == nil {
		return true, nil
	}
	return ev.vm.Bool(g.program, ev.in(env))
}

// Template evaluates t: the value of its one expression, or a text.
func (ev *Evaluator) Template(t *Template, env Env) (any, error) {
	return ev.vm.Eval(t.template, ev.in(env))
}

// AppendText appends the text of t to dst.
func (ev *Evaluator) AppendText(dst []byte, t *Template, env Env) ([]byte, error) {
	return ev.vm.Append(dst, t.template, ev.in(env))
}

// Value evaluates v. Lists and maps are new on every call.
func (ev *Evaluator) Value(v *Value, env Env) (any, error) {
	switch v.kind {
	case valueTemplate:
		return ev.Template(v.template, env)
	case valueList:
		return ev.list(v, env)
	case valueMap:
		return ev.fields(v, env)
	case valueDocument:
		text, err := ev.Append(nil, v.document, unbound{env})
		return string(text), err
	default:
		return v.literal, nil
	}
}

// unbound is an Env for documents that belong to no turn: no URL is filled in.
type unbound struct{ Env }

func (unbound) AppendURL(dst []byte, _ *URL) []byte { return dst }

func (ev *Evaluator) list(v *Value, env Env) (any, error) {
	list := make([]any, len(v.items))
	for i, item := range v.items {
		value, err := ev.Value(item, env)
		if err != nil {
			return nil, fmt.Errorf("item %d: %w", i, err)
		}
		list[i] = value
	}
	return list, nil
}

func (ev *Evaluator) fields(v *Value, env Env) (any, error) {
	m := make(map[string]any, len(v.fields))
	for _, f := range v.fields {
		value, err := ev.Value(f.Value, env)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", f.Name, err)
		}
		m[f.Name] = value
	}
	return m, nil
}

// Each evaluates the list of an `each` at the depth and calls fn for every item with item and index in scope. A nil list
// calls fn once.
func (ev *Evaluator) Each(list *Template, depth int, env Env, fn func() error) error {
	if list == nil {
		return fn()
	}
	value, err := ev.Template(list, env)
	if err != nil {
		return err
	}
	items, ok := value.([]any)
	if !ok {
		return fmt.Errorf("each needs a list, %q gives %T", list.Source, value)
	}
	for i, item := range items {
		ev.items = put(ev.items, depth, item)
		ev.index = put(ev.index, depth, i)
		if err := fn(); err != nil {
			return err
		}
	}
	return nil
}

// AppendValue appends a value the way it reads in text: durations in seconds, numbers without exponent, nil as nothing.
func AppendValue(dst []byte, v any) []byte { return expression.AppendText(dst, v) }
