// Package graph draws states and transitions: as SVG, and as text that other programs turn into pictures, Mermaid and DOT.
package graph

import (
	"fmt"
	"strings"
)

// Graph is what is drawn. Nodes stand outer before inner.
type Graph struct {
	Name  string
	Nodes []Node
	Edges []Edge
}

// Node is a state. Parent is the index of the state around it, -1 for none.
type Node struct {
	Label  string
	Name   string // in full; "" is the label
	Parent int
	Final  bool
	Outer  bool // has states inside
	// Initial is the index of the node that entering an outer one leads to.
	Initial int
	// What follows is for SVG.
	Machine  Machine
	Begins   bool // a machine begins here
	Waiting  bool // has no document: what runs goes on
	Anywhere bool // is no state, but stands for all of them
}

// Machine is what is in a state.
type Machine uint8

// The machines.
const (
	Call       Machine = iota // the first leg, or every kind
	Leg                       // a leg that a flow made, or the called leg of a transfer
	Conference                // a conference
)

// full returns the name of n in full.
func (n *Node) full() string {
	if n.Name == "" {
		return n.Label
	}
	return n.Name
}

// Edge is a transition. From -1 is the start; To is the index of a node.
type Edge struct {
	From, To int
	Event    string
	Guard    string
	Leg      bool // another call begins here, or is moved: drawn dashed where that can be
}

// label returns what is written at an edge.
func (e Edge) label() string {
	if e.Guard == "" {
		return e.Event
	}
	return e.Event + " [" + e.Guard + "]"
}

// children returns the nodes directly inside parent.
func (g *Graph) children(parent int) []int {
	var list []int
	for i, n := range g.Nodes {
		if n.Parent == parent {
			list = append(list, i)
		}
	}
	return list
}

// inner returns the innermost node that entering i leads to: DOT has no edges to or from a group.
func (g *Graph) inner(i int) int {
	for i >= 0 && g.Nodes[i].Outer {
		i = g.Nodes[i].Initial
	}
	return i
}

// within reports whether node i is outer or lies inside it.
func (g *Graph) within(i, outer int) bool {
	for ; i >= 0; i = g.Nodes[i].Parent {
		if i == outer {
			return true
		}
	}
	return false
}

// Mermaid draws g as a Mermaid state diagram.
func Mermaid(g *Graph) string {
	var b strings.Builder
	fmt.Fprintf(&b, "---\ntitle: %s\n---\nstateDiagram-v2\n", g.Name)
	g.mermaidStates(&b, -1, "  ")
	for _, e := range g.Edges {
		from := "[*]"
		if e.From >= 0 {
			from = id(e.From)
		}
		fmt.Fprintf(&b, "  %s --> %s: %s\n", from, id(e.To), mermaidText.Replace(e.label()))
	}
	for i, n := range g.Nodes {
		if n.Final {
			fmt.Fprintf(&b, "  %s --> [*]\n", id(i))
		}
	}
	return b.String()
}

func (g *Graph) mermaidStates(b *strings.Builder, parent int, indent string) {
	for _, i := range g.children(parent) {
		fmt.Fprintf(b, "%sstate \"%s\" as %s\n", indent, mermaidText.Replace(g.Nodes[i].Label), id(i))
		if g.Nodes[i].Outer {
			fmt.Fprintf(b, "%sstate %s {\n%s  [*] --> %s\n", indent, id(i), indent, id(g.Nodes[i].Initial))
			g.mermaidStates(b, i, indent+"  ")
			fmt.Fprintf(b, "%s}\n", indent)
		}
	}
}

func id(i int) string { return fmt.Sprintf("s%d", i) }

// mermaidText escapes what Mermaid reads as syntax.
var mermaidText = strings.NewReplacer("#", "#35;", "%", "#37;", `"`, "#quot;", ";", "#59;", ":", "#58;", "<", "#lt;", ">", "#gt;", "\r", "", "\n", " ")

// DOT draws g in the language of Graphviz.
func DOT(g *Graph) string {
	var b strings.Builder
	fmt.Fprintf(&b, "digraph %s {\n", quote(g.Name))
	b.WriteString("  compound=true; rankdir=TB; fontname=\"Helvetica\";\n")
	b.WriteString("  node [shape=box, style=rounded, fontname=\"Helvetica\"];\n  edge [fontname=\"Helvetica\", fontsize=10];\n")
	b.WriteString("  start [shape=point, width=0.15];\n")
	g.dotStates(&b, -1, "  ")
	for _, e := range g.Edges {
		g.dotEdge(&b, e)
	}
	b.WriteString("}\n")
	return b.String()
}

func (g *Graph) dotStates(b *strings.Builder, parent int, indent string) {
	for _, i := range g.children(parent) {
		n := g.Nodes[i]
		switch {
		case n.Outer:
			fmt.Fprintf(b, "%ssubgraph cluster_%s {\n%s  label=%s; style=rounded;\n", indent, id(i), indent, quote(n.Label))
			g.dotStates(b, i, indent+"  ")
			fmt.Fprintf(b, "%s}\n", indent)
		case n.Final:
			fmt.Fprintf(b, "%s%s [label=%s, peripheries=2];\n", indent, id(i), quote(n.Label))
		default:
			fmt.Fprintf(b, "%s%s [label=%s];\n", indent, id(i), quote(n.Label))
		}
	}
}

func (g *Graph) dotEdge(b *strings.Builder, e Edge) {
	from, attributes := "start", "label="+quote(e.label())
	if e.Leg {
		attributes += ", style=dashed"
	}
	if e.From >= 0 {
		from = id(g.inner(e.From))
		if g.Nodes[e.From].Outer && !g.within(e.To, e.From) { // else Graphviz warns: the edge does not leave the group
			attributes += ", ltail=cluster_" + id(e.From)
		}
	}
	fmt.Fprintf(b, "  %s -> %s [%s];\n", from, id(g.inner(e.To)), attributes)
}

func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\r", "", "\n", " ").Replace(s) + `"`
}
