package expression

import (
	"fmt"
	"slices"

	"github.com/expr-lang/expr/ast"
)

func (c *compilation) checkIn(n *ast.BinaryNode, l, r Type) {
	switch array, ok := n.Right.(*ast.ArrayNode); {
	case ok:
		for _, item := range array.Nodes {
			c.checkItem(n, item, l)
		}
	case r == String:
		c.reportNode(RuleType, n, "in looks into a list or a map, not into a text",
			fmt.Sprintf("write %s contains %s", c.source.quote(n.Right), c.source.quote(n.Left)))
	case r != List && r != Map && r != Any, r == Map && l != String && l != Any:
		c.mismatch(n, l, r, "in looks for a value in a list, or for a text among the keys of a map")
	}
}

func (c *compilation) checkItem(n *ast.BinaryNode, item ast.Node, l Type) {
	t := typeOf(item)
	if t == l || t == Any || l == Any || isNumeric(t) && isNumeric(l) {
		return
	}
	pair := &ast.BinaryNode{Operator: "==", Left: n.Left, Right: item}
	c.reportNode(RuleType, item, fmt.Sprintf("%s is %s and %s is %s: they are never equal",
		c.source.quote(n.Left), l.words(), c.source.quote(item), t.words()), c.mend(pair, l, t))
}

func (c *compilation) checkText(n *ast.BinaryNode, l, r Type) {
	text := func(t Type) bool { return t == String || t == Any }
	switch {
	case l == List && n.Operator == "contains":
		c.reportNode(RuleType, n, "contains looks into a text, not into a list",
			fmt.Sprintf("write %s in %s", c.source.quote(n.Right), c.source.quote(n.Left)))
	case !text(l):
		c.mismatch(n, l, r, n.Operator+" compares two texts")
	case !text(r):
		c.mismatch(n, l, r, n.Operator+" compares two texts")
	}
}

func (c *compilation) checkArithmetic(n *ast.BinaryNode, l, r Type) {
	if l == Any || r == Any || isNumeric(l) && isNumeric(r) && (n.Operator != "%" || l == Int && r == Int) {
		return
	}
	allowed := map[string][][2]Type{
		"+": {{String, String}, {Time, Duration}, {Duration, Time}, {Duration, Duration}},
		"-": {{Time, Time}, {Time, Duration}, {Duration, Duration}},
		"*": {{Int, Duration}, {Number, Duration}, {Duration, Int}, {Duration, Number}},
	}
	if slices.Contains(allowed[n.Operator], [2]Type{l, r}) {
		return
	}
	help := ""
	switch {
	case n.Operator == "+" && l == String:
		help = fmt.Sprintf("write string(%s)", c.source.quote(n.Right))
	case n.Operator == "+" && r == String:
		help = fmt.Sprintf("write string(%s)", c.source.quote(n.Left))
	case n.Operator == "%":
		help = "% takes whole numbers: write int(...)"
	}
	message := fmt.Sprintf("%s is %s and %s is %s: %s does not take them", c.source.quote(n.Left), l.words(), c.source.quote(n.Right), r.words(), n.Operator)
	c.reportNode(RuleType, n, message, help)
}
