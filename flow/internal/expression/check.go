package expression

import (
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// checkNode judges the types in a tree from the leaves up and prepares the calls. Operators that expr-lang would let through
// although they can never mean what they say are refused here.
func (c *compilation) checkNode(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.UnaryNode:
		c.checkNode(&n.Node)
		c.checkUnary(n)
	case *ast.BinaryNode:
		c.checkNode(&n.Left)
		c.checkNode(&n.Right)
		c.checkBinary(n)
		c.bind(node, n)
	case *ast.ChainNode:
		c.checkNode(&n.Node)
	case *ast.MemberNode:
		c.checkNode(&n.Node)
		c.checkNode(&n.Property)
		c.checkMember(n)
	case *ast.SliceNode:
		c.checkSlice(n)
	case *ast.CallNode:
		c.checkNodes(n.Arguments)
		c.checkCall(node, n)
	case *ast.BuiltinNode:
		c.checkNodes(n.Arguments)
		c.checkBuiltin(n)
	case *ast.PredicateNode:
		c.checkNode(&n.Node)
	case *ast.ConditionalNode:
		c.checkNode(&n.Cond)
		c.checkNode(&n.Exp1)
		c.checkNode(&n.Exp2)
		c.wantBool(n.Cond, "what stands before ?")
	case *ast.ArrayNode:
		c.checkNodes(n.Nodes)
	case *ast.MapNode:
		c.checkNodes(n.Pairs)
	case *ast.PairNode:
		c.checkNode(&n.Key)
		c.checkNode(&n.Value)
	}
}

func (c *compilation) checkNodes(nodes []ast.Node) {
	for i := range nodes {
		c.checkNode(&nodes[i])
	}
}

// checkGuard checks that the whole is a condition.
func (c *compilation) checkGuard(root ast.Node) Type {
	typ := typeOf(root)
	if typ == Bool || typ == Any || len(c.problems) > 0 {
		return typ
	}
	if text, ok := root.(*ast.StringNode); ok {
		c.report(RuleType, 0, len(c.source.text), "the guard is a quoted text, not a condition: it is quoted twice",
			"write "+text.Value)
		return typ
	}
	help := ""
	switch text := c.operand(root); typ {
	case String:
		help = fmt.Sprintf(`write %s != ""`, text)
	case Int, Number:
		help = fmt.Sprintf("write %s != 0, or compare it with another number", text)
	case List, Map:
		help = fmt.Sprintf("write len(%s) > 0", text)
	}
	c.reportNode(RuleType, root, fmt.Sprintf("the guard is %s, not true or false", typ.words()), help)
	return typ
}

// operand returns the text of a node for use beside an operator.
func (c *compilation) operand(n ast.Node) string {
	switch n.(type) {
	case *ast.BinaryNode, *ast.ConditionalNode, *ast.UnaryNode:
		return "(" + c.source.quote(n) + ")"
	}
	return c.source.quote(n)
}

func (c *compilation) checkValue(root ast.Node) Type { return typeOf(root) }

func (c *compilation) wantBool(n ast.Node, what string) {
	if t := typeOf(n); t != Bool && t != Any {
		c.reportNode(RuleType, n, fmt.Sprintf("%s must be true or false, and %s is %s", what, c.source.quote(n), t.words()), boolHelp(t, c.operand(n)))
	}
}

func boolHelp(t Type, text string) string {
	switch t {
	case String:
		return fmt.Sprintf(`write %s == "" or %s != ""`, text, text)
	case Int, Number:
		return fmt.Sprintf("write %s > 0", text)
	}
	return ""
}

func (c *compilation) checkUnary(n *ast.UnaryNode) {
	t := typeOf(n.Node)
	switch {
	case n.Operator == "!" || n.Operator == "not":
		if t != Bool && t != Any {
			help := fmt.Sprintf("%s binds tighter than a comparison: write %s(a == b)", n.Operator, n.Operator)
			c.reportNode(RuleType, n, fmt.Sprintf("%s needs true or false, and %s is %s", n.Operator, c.source.quote(n.Node), t.words()), help)
		}
	case !isNumeric(t) && t != Any:
		c.reportNode(RuleType, n, fmt.Sprintf("%s needs a number, and %s is %s", n.Operator, c.source.quote(n.Node), t.words()), "")
	}
}

func isNumeric(t Type) bool { return t == Int || t == Number }

func (c *compilation) checkBinary(n *ast.BinaryNode) {
	l, r := typeOf(n.Left), typeOf(n.Right)
	switch n.Operator {
	case "==", "!=":
		c.checkEqual(n, l, r)
	case "<", ">", "<=", ">=":
		c.checkOrder(n, l, r)
	case "&&", "and", "||", "or":
		c.wantBool(n.Left, "what stands before "+n.Operator)
		c.wantBool(n.Right, "what stands after "+n.Operator)
	case "in":
		c.checkIn(n, l, r)
	case "contains", "startsWith", "endsWith", "matches":
		c.checkText(n, l, r)
	case "??":
		if l != Any && l != nilType {
			c.reportNode(RuleType, n, fmt.Sprintf("%s is never nil, so what follows ?? is never used", c.source.quote(n.Left)), absentHelp(l, c.source.quote(n.Left), "=="))
		}
	default:
		c.checkArithmetic(n, l, r)
	}
}

func (c *compilation) checkEqual(n *ast.BinaryNode, l, r Type) {
	if l == nilType || r == nilType {
		c.checkNil(n, l, r)
		return
	}
	if l == Any || r == Any || l == r || isNumeric(l) && isNumeric(r) {
		return
	}
	c.mismatch(n, l, r, "they are never equal")
}

// checkNil refuses nil beside a value that is never nil.
func (c *compilation) checkNil(n *ast.BinaryNode, l, r Type) {
	other, t := n.Left, l
	if l == nilType {
		other, t = n.Right, r
	}
	if t == Any || t == nilType {
		return
	}
	text := c.source.quote(other)
	c.reportNode(RuleType, n, fmt.Sprintf("%s is never nil: an absent field is %s", text, zeroWords(t)), absentHelp(t, text, n.Operator))
}

func zeroWords(t Type) string {
	switch t {
	case String:
		return `""`
	case Bool:
		return "false"
	case Int, Number:
		return "0"
	case List, Map:
		return "empty"
	}
	return "zero"
}

func absentHelp(t Type, text, operator string) string {
	switch t {
	case String:
		return fmt.Sprintf(`write %s %s "", or has(%s) to ask whether it came`, text, operator, text)
	case List, Map:
		return fmt.Sprintf("write len(%s) %s 0, or has(%s) to ask whether it came", text, operator, text)
	}
	return fmt.Sprintf("write has(%s) to ask whether it came", text)
}

func (c *compilation) checkOrder(n *ast.BinaryNode, l, r Type) {
	ordered := func(t Type) bool { return t == String || isNumeric(t) || t == Duration || t == Time || t == Any }
	switch {
	case l == nilType || r == nilType, !ordered(l), !ordered(r):
		c.mismatch(n, l, r, n.Operator+" does not order them")
	case l == Any || r == Any || l == r || isNumeric(l) && isNumeric(r):
	default:
		c.mismatch(n, l, r, "they cannot be compared")
	}
}

// mismatch reports two values that do not go together, with the mend when one is a literal.
func (c *compilation) mismatch(n *ast.BinaryNode, l, r Type, why string) {
	left, right := c.source.quote(n.Left), c.source.quote(n.Right)
	message := fmt.Sprintf("%s is %s and %s is %s: %s", left, l.words(), right, r.words(), why)
	c.reportNode(RuleType, n, message, c.mend(n, l, r))
}

func (c *compilation) mend(n *ast.BinaryNode, l, r Type) string {
	value, literal, t, lt := n.Left, n.Right, l, r
	if isLiteral(n.Left) {
		value, literal, t, lt = n.Right, n.Left, r, l
	}
	text, lit := c.source.quote(value), c.source.quote(literal)
	equality := n.Operator == "==" || n.Operator == "!="
	switch {
	case slices.Contains([]string{"contains", "startsWith", "endsWith", "matches", "in"}, n.Operator):
		return ""
	case t == String && isNumeric(lt) && isLiteral(literal) && equality:
		return fmt.Sprintf("digits and phone numbers are strings: write %q", lit)
	case t == String && isNumeric(lt):
		return fmt.Sprintf("write int(%s) to read a number from it", text)
	case isNumeric(t) && lt == String && isLiteral(literal):
		return "leave out the quotes around the number"
	case isNumeric(t) && lt == String:
		return fmt.Sprintf("write string(%s)", text)
	case t == Duration && (isNumeric(lt) || lt == String):
		return fmt.Sprintf("write duration(%q)", strings.Trim(lit, `"'`)+map[bool]string{true: "s"}[isNumeric(lt)])
	case t == Time && (isNumeric(lt) || lt == String && isHour(lit)):
		return fmt.Sprintf(`write within(%s, "Mon-Fri 09:00-17:00", zone) to ask for the time of day`, text)
	case t == Time && lt == String:
		return fmt.Sprintf("write date(%s)", lit)
	case t == Bool && equality:
		return fmt.Sprintf("write %s or !%s by itself", text, text)
	}
	return ""
}

// isHour reports whether a quoted text is a time of day.
func isHour(quoted string) bool {
	_, ok := parseMinute(strings.Trim(quoted, `"'`))
	return ok
}

func isLiteral(n ast.Node) bool {
	if u, ok := n.(*ast.UnaryNode); ok {
		n = u.Node
	}
	_, ok := constant(n)
	return ok
}
