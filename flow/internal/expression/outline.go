package expression

import (
	"github.com/expr-lang/expr/ast"
)

// Part is what a piece of a condition does.
type Part uint8

// The parts. Only Equal, In and Presence are known in full: the others are left to evaluation.
const (
	Other    Part = iota // any other condition; Reads tells what it depends on
	And                  // all of Args
	Or                   // one of Args
	Not                  // not Args[0]
	Equal                // the name in Reads[0] equals Literals[0]
	In                   // the name in Reads[0] equals one of Literals
	Presence             // has() of the name in Reads[0]
)

// Outline is the structure of a condition. From and To are byte offsets in its source.
type Outline struct {
	Part     Part
	From, To int
	Args     []*Outline
	Reads    []Ref     // names that the piece reads
	Literals []Literal // of Equal and In
}

// Literal is a value that is written out.
type Literal struct {
	Value    any // string, bool, int or float64
	From, To int
}

// OutlineOf returns the structure of a condition that Guard compiles in the scope, nil when it does not.
func OutlineOf(src string, s *Scope) (o *Outline) {
	defer func() {
		if recover() != nil { // a fault of expr-lang: nothing is known
			o = nil
		}
	}()
	c := newCompilation("the guard", src, s)
	node := c.parse()
	if node == nil {
		return nil
	}
	c.resolve(&node)
	if len(c.problems) > 0 {
		return nil
	}
	return c.outline(node)
}

func (c *compilation) outline(node ast.Node) *Outline {
	o := &Outline{}
	o.From, o.To = c.source.span(node)
	switch n := node.(type) {
	case *ast.BinaryNode:
		c.outlineBinary(o, n)
	case *ast.UnaryNode:
		if n.Operator == "!" || n.Operator == "not" {
			o.Part, o.Args = Not, []*Outline{c.outline(n.Node)}
		}
	case *ast.IdentifierNode:
		if i := c.loadIndex(n.Value); i >= 0 && c.loads[i].Presence && c.loads[i].member == "" {
			o.Part = Presence
		}
	}
	if len(o.Args) == 0 {
		o.Reads = c.reads(node)
	}
	return o
}

func (c *compilation) outlineBinary(o *Outline, n *ast.BinaryNode) {
	switch n.Operator {
	case "&&", "and":
		o.Part, o.Args = And, []*Outline{c.outline(n.Left), c.outline(n.Right)}
	case "||", "or":
		o.Part, o.Args = Or, []*Outline{c.outline(n.Left), c.outline(n.Right)}
	case "==", "!=":
		name, value := n.Left, n.Right
		if _, ok := constant(name); ok {
			name, value = value, name
		}
		if !c.isName(name) || !c.literals(o, value) {
			return
		}
		o.Part = Equal
		if n.Operator == "!=" {
			equal := *o
			equal.Reads = c.reads(name)
			o.Part, o.Literals, o.Args = Not, nil, []*Outline{&equal}
		}
	case "in":
		list, ok := n.Right.(*ast.ArrayNode)
		if ok && c.isName(n.Left) && c.literals(o, list.Nodes...) {
			o.Part = In
		}
	}
}

// isName reports whether a node is a name and nothing more.
func (c *compilation) isName(node ast.Node) bool {
	n, ok := node.(*ast.IdentifierNode)
	if !ok {
		return false
	}
	i := c.loadIndex(n.Value)
	return i >= 0 && !c.loads[i].Presence && c.loads[i].member == ""
}

// literals adds the values of nodes that are written out. It reports false when one is not.
func (c *compilation) literals(o *Outline, nodes ...ast.Node) bool {
	var list []Literal
	for _, node := range nodes {
		value, ok := constant(node)
		if !ok || value == nil {
			return false
		}
		from, to := c.source.span(node)
		list = append(list, Literal{value, from, to})
	}
	o.Literals = list
	return true
}

// reads returns the names below a node.
func (c *compilation) reads(node ast.Node) []Ref {
	found := reader{c: c}
	ast.Walk(&node, &found)
	return found.refs
}

// reader collects names.
type reader struct {
	c    *compilation
	refs []Ref
}

// Visit is called for every node.
func (r *reader) Visit(node *ast.Node) {
	if n, ok := (*node).(*ast.IdentifierNode); ok {
		if i := r.c.loadIndex(n.Value); i >= 0 {
			r.refs = append(r.refs, r.c.loads[i].Ref)
		}
	}
}
