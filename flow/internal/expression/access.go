package expression

import (
	"fmt"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// checkMember judges x.name and x[i].
func (c *compilation) checkMember(n *ast.MemberNode) {
	base, on := typeOf(n.Node), c.source.quote(n.Node)
	name, named := n.Property.(*ast.StringNode)
	switch {
	case base == Any, base == Map && !isNumeric(typeOf(n.Property)), base == List && !named:
		return
	case named && (name.Value == "length" || name.Value == "size"):
		c.reportNode(RuleType, n, fmt.Sprintf("%s is %s and has no %s", on, base.words(), name.Value), fmt.Sprintf("write len(%s)", on))
	case named:
		c.reportNode(RuleType, n, fmt.Sprintf("%s is %s and has no field %q", on, base.words(), name.Value), "")
	case base == String:
		c.reportNode(RuleType, n, fmt.Sprintf("%s is a string, and [ ] takes no single character", on), fmt.Sprintf("write %s[0:1] for the first", on))
	default:
		c.reportNode(RuleType, n, fmt.Sprintf("%s is %s: it has no parts to pick", on, base.words()), "")
	}
}

func (c *compilation) checkSlice(n *ast.SliceNode) {
	c.checkNode(&n.Node)
	for _, edge := range []*ast.Node{&n.From, &n.To} {
		if *edge == nil {
			continue
		}
		c.checkNode(edge)
		if t := typeOf(*edge); t != Int && t != Any {
			c.reportNode(RuleType, *edge, fmt.Sprintf("%s is %s, and a position is a whole number", c.source.quote(*edge), t.words()), "")
		}
	}
	if t := typeOf(n.Node); t != String && t != List && t != Any {
		c.reportNode(RuleType, n, fmt.Sprintf("%s is %s: it has no parts to pick", c.source.quote(n.Node), t.words()), "")
	}
}

// checkBuiltin judges len and the closures.
func (c *compilation) checkBuiltin(n *ast.BuiltinNode) {
	if len(n.Arguments) == 0 {
		return // reported by expr-lang
	}
	t := typeOf(n.Arguments[0])
	of := c.source.quote(n.Arguments[0])
	if n.Name == "len" {
		if t != String && t != List && t != Map && t != Any {
			c.reportNode(RuleType, n.Arguments[0], fmt.Sprintf("%s is %s and has no length", of, t.words()), "")
		}
		return
	}
	if t != List && t != Any {
		c.reportNode(RuleType, n.Arguments[0], fmt.Sprintf("%s goes through a list, and %s is %s", n.Name, of, t.words()), "")
	}
	if len(n.Arguments) < 2 || n.Name == "map" {
		return
	}
	if p, ok := n.Arguments[1].(*ast.PredicateNode); ok {
		c.wantBool(p.Node, "the condition of "+n.Name)
	}
}

// checkCall judges the arguments of a call, and works out now what does not depend on names.
func (c *compilation) checkCall(node *ast.Node, n *ast.CallNode) {
	callee, ok := n.Callee.(*ast.IdentifierNode)
	if !ok {
		return
	}
	fn, ok := c.functions[callee.Value]
	if !ok {
		return // one that bound or bind put there
	}
	least, most := len(fn.Params)-fn.Optional, len(fn.Params)
	if fn.Variadic {
		least--
	}
	if got := len(n.Arguments); got < least || got > most && !fn.Variadic {
		c.reportNode(RuleType, n, fmt.Sprintf("%s takes %s, got %d", callee.Value, countWords(least, most, fn.Variadic), got), "write "+fn.usage)
		return
	}
	before := len(c.problems)
	for i, arg := range n.Arguments {
		c.checkArgument(callee.Value, fn, i, arg)
	}
	if len(c.problems) == before && fn.builtIn {
		c.precompute(node, n, fn)
	}
}

func countWords(least, most int, variadic bool) string {
	switch {
	case variadic:
		return "at least " + plural(least, "value")
	case least != most:
		return fmt.Sprintf("%d to %d values", least, most)
	}
	return plural(most, "value")
}

func (c *compilation) checkArgument(name string, fn Function, i int, arg ast.Node) {
	want := fn.Params[min(i, len(fn.Params)-1)]
	got := typeOf(arg)
	if got == want || got == Any || want == Any || want == Number && got == Int {
		return
	}
	help := "write " + fn.usage
	if want == String && isNumeric(got) {
		help = fmt.Sprintf("write string(%s)", c.source.quote(arg))
		if isLiteral(arg) {
			help = fmt.Sprintf("write %q", c.source.quote(arg))
		}
	}
	c.reportNode(RuleType, arg, fmt.Sprintf("%s takes %s here, and %s is %s", name, want.words(), c.source.quote(arg), got.words()), help)
}

// precompute evaluates a call of a built-in function whose arguments are literals, and lets functions with a costly
// argument that is a literal (a schedule, a zone) read it once.
func (c *compilation) precompute(node *ast.Node, n *ast.CallNode, fn Function) {
	name := n.Callee.(*ast.IdentifierNode).Value
	args, all := make([]any, len(n.Arguments)), true
	for i, arg := range n.Arguments {
		value, ok := literal(arg)
		args[i], all = value, all && ok
	}
	if fn.prepare != nil {
		prepared, err := fn.prepare(args)
		if err != nil {
			c.reportPrepare(n, err)
			return
		}
		fn.Call = prepared
	}
	if all {
		c.foldCall(node, n, wrap(name, fn))
		return
	}
	if fn.prepare == nil {
		return
	}
	own := fmt.Sprintf("%s #%d", name, len(c.config.Functions))
	c.declare(own, fn, wrap(name, fn))
	ident := &ast.IdentifierNode{Value: own}
	ident.SetLocation(n.Callee.Location())
	*ident.Nature() = *n.Callee.Nature()
	n.Callee = ident
}

// foldCall puts the result of a call in its place.
func (c *compilation) foldCall(node *ast.Node, n *ast.CallNode, call func(args ...any) (any, error)) {
	args := make([]any, len(n.Arguments))
	for i, arg := range n.Arguments {
		args[i], _ = literal(arg)
	}
	value, err := call(args...)
	if err != nil {
		c.reportPrepare(n, err)
		return
	}
	folded := &ast.ConstantNode{Value: value}
	folded.SetLocation(c.source.location(c.source.span(n)))
	folded.SetNature(natureOf(typeOf(n)))
	*node = folded
}

// reportPrepare reports a literal argument that makes no sense, at the argument when the error tells which.
func (c *compilation) reportPrepare(n *ast.CallNode, err error) {
	message, help := err.Error(), ""
	at := ast.Node(n)
	if bad, ok := err.(*argumentError); ok {
		message, help = bad.message, bad.help
		if bad.index < len(n.Arguments) {
			at = n.Arguments[bad.index]
		}
	}
	c.reportNode(RuleType, at, message, help)
}

// literal returns the value of a node that is written out: a literal, or a list or map of literals.
func literal(node ast.Node) (any, bool) {
	switch n := node.(type) {
	case *ast.UnaryNode:
		return negative(n)
	case *ast.ArrayNode:
		list := make([]any, len(n.Nodes))
		for i, item := range n.Nodes {
			value, ok := literal(item)
			if !ok {
				return nil, false
			}
			list[i] = value
		}
		return list, true
	case *ast.MapNode:
		m := make(map[string]any, len(n.Pairs))
		for _, p := range n.Pairs {
			pair := p.(*ast.PairNode)
			key, isText := pair.Key.(*ast.StringNode)
			value, ok := literal(pair.Value)
			if !isText || !ok {
				return nil, false
			}
			m[key.Value] = value
		}
		return m, true
	}
	return constant(node)
}

func negative(n *ast.UnaryNode) (any, bool) {
	if n.Operator != "-" {
		return nil, false
	}
	switch value := n.Node.(type) {
	case *ast.IntegerNode:
		return -value.Value, true
	case *ast.FloatNode:
		return -value.Value, true
	}
	return nil, false
}

// The functions that bounds put around operands. No source can spell their names.
const (
	boundedAdd  = "+ bounded"
	boundedList = "list bounded"
	boundedText = "text bounded"
	boundedItem = "item bounded"
)

// bound puts a limit on the list that a closure goes through.
func (c *compilation) bound(list *ast.Node) {
	*list = c.wrapNode(boundedList, *list)
}

// bind puts limits on the operands of operators whose cost or result could grow: texts that are joined, lists searched.
func (c *compilation) bind(node *ast.Node, n *ast.BinaryNode) {
	switch {
	case n.Operator == "+" && (typeOf(n) == String || typeOf(n) == Any) && !(isLiteral(n.Left) && isLiteral(n.Right)):
		typ := *n.Nature()
		*node = c.wrapNode(boundedAdd, n.Left, n.Right)
		(*node).SetNature(typ)
	case n.Operator == "in" && !isWritten(n.Right) && (typeOf(n.Right) == List || typeOf(n.Right) == Any):
		typ := *n.Right.Nature()
		n.Right = c.wrapNode(boundedList, n.Right)
		n.Right.SetNature(typ)
	}
}

func isWritten(n ast.Node) bool {
	_, ok := n.(*ast.ArrayNode)
	return ok
}

func (c *compilation) wrapNode(name string, args ...ast.Node) ast.Node {
	from, to := c.source.spanOf(args[0], args[len(args)-1])
	callee := &ast.IdentifierNode{Value: name}
	call := &ast.CallNode{Callee: callee, Arguments: args}
	callee.SetLocation(c.source.location(from, to))
	call.SetLocation(c.source.location(from, to))
	return call
}

// isBound reports whether a call is one that this package put around operands, so that its place is that of the operands.
func isBound(n *ast.CallNode) bool {
	callee, ok := n.Callee.(*ast.IdentifierNode)
	return ok && strings.HasSuffix(callee.Value, " bounded")
}
