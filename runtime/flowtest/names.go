package flowtest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/diag"
)

// refKind is what a test file names.
type refKind uint8

const (
	refState refKind = iota
	refVar
	refEffect
	refAction
	refFunction
	refSignal
)

// ref is a name in a test file that the flow, or one that it invokes, must have.
type ref struct {
	kind refKind
	text
}

// refer notes a name, which is looked for when the flow is loaded.
func (r *reader) refer(kind refKind, name text) { r.refs = append(r.refs, ref{kind, name}) }

// unknownNames returns the names of a test file that its flow does not have.
func unknownNames(f *file, fl *flow.Flow) diag.List {
	all := reach(fl)
	var problems diag.List
	for _, name := range f.refs {
		if name.kind == refState {
			checkState(&problems, outermost(fl), name.text)
			continue
		}
		what, known, help := name.kind.known(all)
		if slices.Contains(known, name.value) {
			continue
		}
		d := problems.Errorf(ruleName, name.span, "flow %q has no %s %q", fl.Name, what, name.value)
		if near, ok := diag.Nearest(name.value, known); ok {
			help = fmt.Sprintf("did you mean %q?", near)
		} else if len(known) > 0 {
			help = "it has " + strings.Join(known, ", ")
		}
		if name.kind == refAction && name.value == "http" {
			help = "requests of `http` are mocked under `http`, beside `actions`"
		}
		d.WithHelp("%s", help)
	}
	return problems
}

// known returns what a kind is called, the names of it that flows have, and the help when there are none.
func (k refKind) known(flows []*flow.Flow) (what string, names []string, help string) {
	for _, f := range flows {
		switch k {
		case refVar:
			for _, v := range f.Vars {
				names = append(names, v.Name)
			}
		case refEffect:
			names = append(names, f.Actions...)
			onCalls(f, func(a *flow.Action) { names = append(names, a.Name) })
		case refAction:
			names = append(names, f.Actions...)
		case refFunction:
			names = append(names, f.Functions...)
		case refSignal:
			names = slices.AppendSeq(names, maps.Keys(f.Signals))
		}
	}
	switch k {
	case refVar:
		what, help = "variable", "it has none: a test compares those under `vars` and those that `as` makes"
	case refEffect:
		what, names = "effect", append(names, "http")
	case refAction:
		what, help = "action", "it declares none under `uses`"
	case refFunction:
		what, help = "function", "it declares none under `uses`"
	case refSignal:
		what, help = "signal", "it declares none under `signals`"
	}
	slices.Sort(names)
	return what, slices.Compact(names), help
}

// checkState reports a state that cannot be the active one of a call or leg.
func checkState(problems *diag.List, flows []*flow.Flow, name text) {
	if name.value == "" { // there is none when the first event fails
		return
	}
	var known []string
	for _, f := range flows {
		outer, ok := findState(f, name.value)
		if ok {
			return
		}
		if outer != nil {
			problems.Errorf(ruleState, name.span, "the active state is never %q itself, but one inside it", name.value).
				WithHelp("entering it leads to %q", outer.Leaf().Name)
			return
		}
		known = leaves(known, f, "")
	}
	d := problems.Errorf(ruleState, name.span, "flow %q has no state %q", flows[0].Name, name.value)
	if near, ok := diag.Nearest(name.value, known); ok {
		d.WithHelp("did you mean %q?", near)
		return
	}
	d.WithHelp("it has %s", strings.Join(known, ", "))
}

// findState looks for a state by the full name that it has while it is active: those of a sub-flow begin with the name of the
// invoking state. Of a state that has inner ones it returns the state and false.
func findState(f *flow.Flow, name string) (outer *flow.State, ok bool) {
	for _, s := range f.States {
		switch rest, inside := strings.CutPrefix(name, s.Name+"."); {
		case name == s.Name && s.Initial != nil:
			return s, false
		case name == s.Name:
			return s, true
		case inside && s.Invoke != nil:
			if outer, ok := findState(s.Invoke.Flow, rest); ok || outer != nil {
				return outer, ok
			}
		}
	}
	return nil, false
}

// leaves appends the full names of the innermost states of a flow and of those that it invokes.
func leaves(names []string, f *flow.Flow, prefix string) []string {
	for _, s := range f.States {
		switch {
		case s.Invoke != nil:
			names = leaves(names, s.Invoke.Flow, prefix+s.Name+".")
		case s.Initial == nil:
			names = append(names, prefix+s.Name)
		}
	}
	return names
}

// onCalls hands over the actions of a flow that are effects on calls and conferences.
func onCalls(f *flow.Flow, fn func(*flow.Action)) {
	each(f, func(a *flow.Action) {
		if a.Kind >= flow.ActionCreateCall {
			fn(a)
		}
	})
}

// lacking reports the functions that a flow declares and that nobody brings.
func lacking(set *flow.Set, fl *flow.Flow, span diag.Span) diag.List {
	var problems diag.List
	for _, f := range reach(fl) {
		for _, name := range f.Functions {
			if set.HasFunction(name) {
				continue
			}
			problems.Errorf(ruleFunction, span, "the function %q of flow %q is not registered with this binary and must be mocked", name, f.Name).
				WithHelp("add `mocks: {functions: {%s: ...}}`, or run these tests where it is registered: in a Go test or with a binary of your own", name)
		}
	}
	return problems
}

// unused remarks on mocks of http that no test used.
func unused(f *file) diag.List {
	var problems diag.List
	remark := func(list []httpMock) {
		for i := range list {
			if !list[i].used {
				problems = append(problems, diag.Diagnostic{
					Severity: diag.Info, Rule: ruleUnused, Span: list[i].span, Message: fmt.Sprintf("no test used this mock of %q", list[i].url),
				})
			}
		}
	}
	remark(f.mocks.http)
	for _, t := range f.tests {
		remark(t.mocks.http)
	}
	return problems
}
