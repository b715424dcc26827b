package flow

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/flow/diag"
)

// httpReturns is the result of an http look-up.
var httpReturns = []Return{{"status", Int}, {"body", Any}, {"headers", Map}}

// returns is the declared result of an action, empty when nothing is declared.
func (c *compiler) returns(action string) []Return {
	if action == "http" {
		return httpReturns
	}
	used := c.actions[action]
	if used == nil {
		return nil
	}
	var list []Return
	for _, d := range used.Returns {
		t, ok := typeNames[d.Type.Value]
		if !ok { // reported where it is declared
			t = Any
		}
		list = append(list, Return{d.Name.Value, t})
	}
	return list
}

// declareResults makes a variable of every `as` that no declaration names, and learns what the results hold.
func (c *compiler) declareResults() {
	c.results = map[int][]Return{}
	open := map[int]bool{}
	for _, v := range c.file.Vars {
		i := c.vars[v.Name.Value]
		m, _ := c.flow.Vars[i].Default.(map[string]any)
		open[i] = c.flow.Vars[i].Type != Map || len(m) > 0 // it may hold something else
	}
	var lists [][]*ast.Action
	for _, p := range c.pending {
		lists = append(lists, p.source.Actions)
	}
	for _, s := range c.flow.States {
		lists = append(lists, c.source[s].Entry, c.source[s].Exit)
	}
	all := slices.Concat(lists...)
	for _, a := range all {
		if a.As != nil {
			c.result(a, open)
		}
	}
	for _, a := range all {
		if a.Name.Value != "set" {
			continue
		}
		for _, p := range a.Arg.Pairs {
			if i, ok := c.vars[p.Key.Value]; ok {
				open[i] = true
			}
		}
	}
	for i := range open {
		if open[i] {
			delete(c.results, i)
		}
	}
}

// result declares the variable of one `as`. A variable that takes the results of several actions has the names of all; one
// that they do not share or do not agree about may be anything.
func (c *compiler) result(a *ast.Action, open map[int]bool) {
	c.checkName(*a.As, "variable", identifier)
	i, ok := c.vars[a.As.Value]
	if !ok {
		i = c.addVar(a.As.Value, Map, nil, false)
	}
	list := c.returns(a.Name.Value)
	before, again := c.results[i]
	switch {
	case len(list) == 0:
		open[i] = true
	case again:
		c.results[i] = union(before, list)
	default:
		c.results[i] = list
	}
}

func union(a, b []Return) []Return {
	var all []Return
	for _, r := range slices.Concat(a, b) {
		switch named := func(o Return) bool { return o.Name == r.Name }; {
		case slices.ContainsFunc(all, named):
		case slices.Contains(a, r) && slices.Contains(b, r):
			all = append(all, r)
		default:
			all = append(all, Return{r.Name, Any})
		}
	}
	return all
}

// resultNames adds what results hold to the names of a scope.
func (c *compiler) resultNames(n names) {
	for i, list := range c.results {
		whole := "vars." + c.flow.Vars[i].Name
		closed := n[whole]
		closed.Closed = true
		n[whole] = closed
		for _, r := range list {
			member := name(r.Type, RootVar, i)
			member.Member = r.Name
			n[whole+"."+r.Name] = member
		}
	}
}

// unknownResult explains a name that a result does not have; the message is empty when rest names no result.
func (c *compiler) unknownResult(rest string) (message, help string) {
	variable, member, _ := strings.Cut(rest, ".")
	i, ok := c.vars[variable]
	if !ok || c.results[i] == nil {
		return "", ""
	}
	var known []string
	for _, r := range c.results[i] {
		known = append(known, r.Name)
	}
	message = fmt.Sprintf("the result vars.%s has no %q", variable, member)
	if near, ok := diag.Nearest(member, known); ok {
		return message, fmt.Sprintf("did you mean vars.%s.%s?", variable, near)
	}
	return message, "it has " + strings.Join(known, ", ")
}
