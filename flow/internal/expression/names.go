package expression

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser/utils"
)

// resolveChain replaces the longest declared prefix of a member chain by one identifier.
func (c *compilation) resolveChain(node *ast.Node) {
	links, root := c.chain(node)
	ident, ok := (*root).(*ast.IdentifierNode)
	if !ok {
		if root != node { // a member of something that is not a name: (a ? b : c).x, first(list).x, .x
			c.resolve(root)
		}
		c.resolveProperties(links)
		return
	}
	names := make([]string, 1, len(links)+1)
	names[0] = ident.Value
	for _, l := range links {
		name, ok := l.Property.(*ast.StringNode)
		if !ok || !utils.IsValidIdentifier(name.Value) {
			break
		}
		names = append(names, name.Value)
	}
	for n := len(names); n > 0; n-- {
		if name, ok := c.scope.Names[strings.Join(names[:n], ".")]; ok {
			if name.Closed && n < len(names) {
				c.unknownMember(ident, links[n-1], strings.Join(names[:n+1], "."))
				return
			}
			c.fold(node, root, links[:n-1], strings.Join(names[:n], "."), name)
			c.resolveProperties(links[n-1:])
			return
		}
	}
	c.unknownName(ident, links, names)
}

// chain returns the members of a chain from the root outward, and the place of its root.
func (c *compilation) chain(node *ast.Node) (links []*ast.MemberNode, root *ast.Node) {
	for root = node; ; {
		switch n := (*root).(type) {
		case *ast.ChainNode:
			root = &n.Node
		case *ast.MemberNode:
			links = append(links, n)
			root = &n.Node
		default:
			slices.Reverse(links)
			return links, root
		}
	}
}

func (c *compilation) resolveProperties(links []*ast.MemberNode) {
	asking := c.asking
	c.asking = false
	for _, l := range links {
		c.resolve(&l.Property)
	}
	c.asking = asking
}

// fold puts one identifier in the place of the folded members and notes that the program reads it.
func (c *compilation) fold(node, root *ast.Node, folded []*ast.MemberNode, name string, decl Name) {
	at := root
	if len(folded) > 0 {
		at = c.placeOf(node, folded[len(folded)-1])
	}
	from, to := c.source.span(*at)
	whole := c.isWhole(node, at)
	ref := load{Ref: Ref{Name: name, Slot: decl.Slot, From: from, To: to}, typ: decl.Type, key: name, member: decl.Member}
	if c.asking && whole {
		ref.Presence, ref.key, ref.typ = true, presence+name, Bool
	}
	ident := &ast.IdentifierNode{Value: ref.key}
	ident.SetLocation(c.source.location(from, to))
	*at = ident
	if whole {
		*node = ident // event?.cause leaves no chain behind
	}
	c.note(ref)
}

// placeOf returns where in the chain a member hangs.
func (c *compilation) placeOf(node *ast.Node, member *ast.MemberNode) *ast.Node {
	for at := node; ; {
		switch n := (*at).(type) {
		case *ast.ChainNode:
			at = &n.Node
		case *ast.MemberNode:
			if n == member {
				return at
			}
			at = &n.Node
		default:
			return at
		}
	}
}

// isWhole reports whether nothing but optional chaining stands between the root of a chain and this place.
func (c *compilation) isWhole(node, at *ast.Node) bool {
	for node != at {
		chain, ok := (*node).(*ast.ChainNode)
		if !ok {
			return false
		}
		node = &chain.Node
	}
	return true
}

func (c *compilation) note(l load) {
	for _, known := range c.loads {
		if known.key == l.key {
			return
		}
	}
	c.loads = append(c.loads, l)
}

// unknownName reports a chain of which no part is declared, at the shortest part that leads nowhere.
func (c *compilation) unknownName(ident *ast.IdentifierNode, links []*ast.MemberNode, names []string) {
	n := 1
	for n < len(names) && c.isNamespace(strings.Join(names[:n], ".")) {
		n++
	}
	name := strings.Join(names[:n], ".")
	from, to := c.source.bytes(ident.Location())
	if n > 1 {
		to = c.source.propertyEnd(links[n-2])
	}
	if c.isNamespace(name) {
		c.report(RuleName, from, to, fmt.Sprintf("%q is not a value by itself", name), "write one of its fields: "+c.someField(name))
		return
	}
	if c.scope.Unknown != nil && len(names) > 1 {
		asked := strings.Join(names[:max(n, 2)], ".")
		if message, help := c.scope.Unknown(asked); message != "" {
			c.report(RuleName, from, c.source.propertyEnd(links[max(n, 2)-2]), message, help)
			return
		}
	}
	c.report(RuleName, from, to, fmt.Sprintf("%q does not exist here", name), c.unknownHelp(names[:n]))
}

// unknownMember reports a member of a closed name that is not declared.
func (c *compilation) unknownMember(ident *ast.IdentifierNode, link *ast.MemberNode, name string) {
	message, help := fmt.Sprintf("%q does not exist here", name), ""
	if c.scope.Unknown != nil {
		if said, mend := c.scope.Unknown(name); said != "" {
			message, help = said, mend
		}
	}
	from, _ := c.source.bytes(ident.Location())
	c.report(RuleName, from, c.source.propertyEnd(link), message, help)
}

// unknownHelp says what an unknown name may have meant.
func (c *compilation) unknownHelp(names []string) string {
	parent, last := strings.Join(names[:len(names)-1], "."), names[len(names)-1]
	if parent == "" && slices.Contains([]string{"null", "None", "undefined", "NULL"}, last) {
		return `an absent field is the zero value of its type: "", 0 or false; has(name) tells`
	}
	if parent == "" {
		for _, root := range []string{"event", "vars", "params", "args", "call"} {
			if _, ok := c.scope.Names[root+"."+last]; ok {
				return didYouMean(root + "." + last)
			}
		}
	}
	if near := nearest(last, c.children(parent)); near != "" {
		return didYouMean(strings.TrimPrefix(parent+"."+near, "."))
	}
	if usage, ok := c.usages()[last]; ok && parent == "" {
		return fmt.Sprintf("%s is a function: write %s", last, usage)
	}
	if parent == "" && c.compared() && !strings.HasPrefix(last, "$") {
		return fmt.Sprintf("write %q for a text", last)
	}
	return ""
}

// compared reports whether the innermost operator compares.
func (c *compilation) compared() bool {
	if len(c.bare) == 0 {
		return false
	}
	switch c.bare[len(c.bare)-1].Operator {
	case "==", "!=", "in", "contains", "startsWith", "endsWith", "<", ">", "<=", ">=":
		return true
	}
	return false
}

func (c *compilation) isNamespace(name string) bool {
	for declared := range c.scope.Names {
		if len(declared) > len(name) && declared[len(name)] == '.' && strings.HasPrefix(declared, name) {
			return true
		}
	}
	return false
}

// children returns the parts that may follow a namespace; those of "" are the roots.
func (c *compilation) children(namespace string) []string {
	prefix, set := "", map[string]bool{}
	if namespace != "" {
		prefix = namespace + "."
	}
	for declared := range c.scope.Names {
		if rest, ok := strings.CutPrefix(declared, prefix); ok {
			first, _, _ := strings.Cut(rest, ".")
			set[first] = true
		}
	}
	return slices.Collect(maps.Keys(set))
}

func (c *compilation) someField(namespace string) string {
	const most = 6
	fields := c.children(namespace)
	slices.Sort(fields)
	for i := range fields {
		fields[i] = namespace + "." + fields[i]
	}
	if len(fields) > most {
		fields = append(fields[:most], "...")
	}
	return strings.Join(fields, ", ")
}
