package expression

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// closures of expr-lang that the language has: they go through one list and cannot be nested.
var closures = []string{"all", "any", "none", "one", "count", "filter", "map", "find"}

// presence is the name under which the compiled program knows the answer to has(name). No source can spell it.
const presence = "has "

// resolve folds names and reports what does not exist or is not allowed. It walks the tree from the root, so that a
// member chain is seen whole.
func (c *compilation) resolve(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.IdentifierNode, *ast.MemberNode, *ast.ChainNode:
		c.resolveChain(node)
	case *ast.CallNode:
		c.resolveCall(node, n)
	case *ast.BuiltinNode:
		c.resolveBuiltin(n)
	case *ast.PredicateNode:
		c.resolve(&n.Node)
	case *ast.UnaryNode:
		c.resolve(&n.Node)
	case *ast.BinaryNode:
		c.resolveBinary(n)
	case *ast.SliceNode:
		c.resolve(&n.Node)
		c.resolveOptional(&n.From)
		c.resolveOptional(&n.To)
	case *ast.ConditionalNode:
		c.resolve(&n.Cond)
		c.resolve(&n.Exp1)
		c.resolve(&n.Exp2)
	case *ast.ArrayNode:
		c.resolveAll(n.Nodes)
	case *ast.MapNode:
		c.resolveAll(n.Pairs)
	case *ast.PairNode:
		c.resolve(&n.Key)
		c.resolve(&n.Value)
	}
}

func (c *compilation) resolveOptional(node *ast.Node) {
	if *node != nil {
		c.resolve(node)
	}
}

func (c *compilation) resolveAll(nodes []ast.Node) {
	for i := range nodes {
		c.resolve(&nodes[i])
	}
}

func (c *compilation) resolveBinary(n *ast.BinaryNode) {
	c.bare = append(c.bare, n) // an unquoted word beside a comparison is most likely a text
	c.resolve(&n.Left)
	c.resolve(&n.Right)
	c.bare = c.bare[:len(c.bare)-1]
	if n.Operator != "matches" {
		return
	}
	pattern, literal := n.Right.(*ast.StringNode)
	if !literal {
		c.reportNode(RuleLimit, n.Right, "a pattern of matches must be a literal text", "write the pattern itself, or use contains")
		return
	}
	if _, err := regexp.Compile(pattern.Value); err != nil {
		c.reportNode(RuleSyntax, n.Right, strings.TrimPrefix(err.Error(), "error "), "")
	}
	if c.inClosure {
		n.Left = c.wrapNode(boundedItem, n.Left)
	} else {
		n.Left = c.wrapNode(boundedText, n.Left)
	}
}

func (c *compilation) resolveBuiltin(n *ast.BuiltinNode) {
	closure := slices.Contains(closures, n.Name)
	if !closure && n.Name != "len" {
		c.unknownFunction(n, n.Name)
		return
	}
	if closure && c.inClosure {
		c.reportNode(RuleLimit, n, fmt.Sprintf("%s inside another closure would go through a list for every item of a list", n.Name),
			"set a variable first, or use in")
		return
	}
	if got := len(n.Arguments); got == 0 || got > 2 || n.Name == "len" && got > 1 {
		c.reportNode(RuleType, n, fmt.Sprintf("%s does not take %s", n.Name, plural(len(n.Arguments), "value")), "write "+BuiltIns()[n.Name])
		return
	}
	c.resolve(&n.Arguments[0])
	c.inClosure = closure || c.inClosure
	c.resolveAll(n.Arguments[1:])
	if closure {
		c.inClosure = false
		c.bound(&n.Arguments[0])
	}
}

func (c *compilation) resolveCall(node *ast.Node, n *ast.CallNode) {
	callee, ok := n.Callee.(*ast.IdentifierNode)
	if !ok {
		c.methodCall(n)
		return
	}
	name := callee.Value
	if name == "has" {
		c.resolveHas(node, n)
		return
	}
	c.resolveAll(n.Arguments)
	fn, known := c.functions[name]
	c.custom = c.custom || !fn.builtIn
	switch {
	case name == "secret" || known && fn.SecretOnly:
		c.reportNode(RuleType, n, name+"(...) may only stand in username and password attributes of verbs and in http headers",
			"it is put in its place when the bytes leave, so nothing can be computed from it")
	case !known:
		c.unknownFunction(callee, name)
	}
}

func (c *compilation) unknownFunction(n ast.Node, name string) {
	from, _ := c.source.bytes(n.Location())
	to := from + len(name)
	message := fmt.Sprintf("there is no function %q", name)
	if _, ok := c.scope.Names[name]; ok {
		c.report(RuleName, from, to, fmt.Sprintf("%q is a value, not a function", name), "write "+name+" without ()")
		return
	}
	help, ok := foreignFunctions[name]
	if !ok {
		help = didYouMean(nearest(name, slices.Collect(maps.Keys(c.usages()))))
	}
	c.report(RuleName, from, to, message, help)
}

// usages returns how every function of the scope is called.
func (c *compilation) usages() map[string]string {
	usages := BuiltIns()
	for name := range c.scope.Functions {
		usages[name] = c.functions[name].usage
	}
	return usages
}

// methodCall reports x.f(...), which is f(x) here.
func (c *compilation) methodCall(n *ast.CallNode) {
	member, ok := n.Callee.(*ast.MemberNode)
	if !ok {
		c.reportNode(RuleType, n, "only functions can be called", "")
		return
	}
	on := c.source.quote(member.Node)
	name, ok := member.Property.(*ast.StringNode)
	if !ok {
		c.reportNode(RuleType, n, "values have no methods", "functions are called as upper(x)")
		return
	}
	help := fmt.Sprintf("functions are called as f(x): %s(%s)", name.Value, on)
	switch mend, foreign := foreignFunctions[name.Value]; {
	case name.Value == "length" || name.Value == "size":
		help = fmt.Sprintf("write len(%s)", on)
	case slices.Contains([]string{"startsWith", "endsWith", "contains", "matches"}, name.Value):
		help = fmt.Sprintf("write %s %s ...", on, name.Value)
	case foreign:
		help = mend
	}
	c.reportNode(RuleType, n, "values have no methods", help)
}

// resolveHas replaces has(name) by a name of its own, and has(name.deeper) by a comparison with nil.
func (c *compilation) resolveHas(node *ast.Node, n *ast.CallNode) {
	if len(n.Arguments) != 1 {
		c.reportNode(RuleType, n, fmt.Sprintf("has takes one name, got %d values", len(n.Arguments)), "write has(event.cause)")
		return
	}
	arg := &n.Arguments[0]
	switch (*arg).(type) {
	case *ast.IdentifierNode, *ast.MemberNode, *ast.ChainNode:
	default:
		c.reportNode(RuleType, *arg, "has asks whether a name is present, and this is not a name", "write has(event.cause)")
		return
	}
	before := len(c.problems)
	c.asking = true
	c.resolve(arg)
	c.asking = false
	if len(c.problems) > before {
		return
	}
	from, to := c.source.span(n)
	if ident, ok := (*arg).(*ast.IdentifierNode); ok {
		ident.SetLocation(c.source.location(from, to))
		*node = ident
		return
	}
	none := &ast.NilNode{}
	none.SetLocation(c.source.location(from, to))
	ast.Patch(node, &ast.BinaryNode{Operator: "!=", Left: optional(*arg), Right: none})
}

// optional makes every step of a member chain answer nil for nil.
func optional(node ast.Node) ast.Node {
	if chain, ok := node.(*ast.ChainNode); ok {
		node = chain.Node
	}
	for n, ok := node.(*ast.MemberNode); ok; n, ok = n.Node.(*ast.MemberNode) {
		n.Optional = true
	}
	chain := &ast.ChainNode{Node: node}
	chain.SetLocation(node.Location())
	return chain
}
