// Package layered finds places for boxes and for the lines between them, from the top down, in the manner of Sugiyama: boxes are
// put on ranks so that lines lead down, ordered so that few lines cross, and moved so that lines are short and straight.
//
// Lines that go back up pass the ranks between like any other, so no line ever crosses a box. All is deterministic.
package layered

import "math"

// Side tells where a node belongs.
type Side uint8

// The sides.
const (
	Free   Side = iota // anywhere
	Top                // above all others: where lines come in from the box around, or go out
	Bottom             // below all others
)

// Node is a box. Lines meet it at its top and its bottom.
type Node struct {
	Left, Right float64 // how far it reaches from the point X
	// Port is half of the width, around X, in which lines may meet it.
	Port   float64
	Height float64
	// Box is the height of what lines meet, in the middle of Height; 0 for all of it.
	Box  float64
	Side Side

	X, Y float64 // result: Y is the middle
}

// box is the height of what lines meet.
func (n *Node) box() float64 {
	if n.Box > 0 {
		return n.Box
	}
	return n.Height
}

// Edge is a line between two different nodes.
type Edge struct {
	From, To int
	// Width and Height are those of its label, 0 for none. It is put near From.
	Width, Height float64
	// Trunk joins edges: those with the same one, which lead to the same node, run together.
	Trunk int
	// FromX and ToX are where it meets its nodes, from their X, when that is Fixed there.
	FromX, ToX         float64
	FromFixed, ToFixed bool
	Up                 bool // result of Orient: it leads upwards

	// Points are the result: the line goes straight between two of the same x, else as a curve that begins and ends upright.
	Points         []Point
	LabelX, LabelY float64 // result: the middle of the label
}

// Point is a place.
type Point struct{ X, Y float64 }

// Graph is what is laid out. Its nodes should stand in the order of reading, the first ones first.
type Graph struct {
	Nodes []Node
	Edges []Edge
	// Dense puts what stands on a rank closer together, for ranks that are columns.
	Dense bool

	Width, Height float64 // result

	rank     []int // of the nodes
	vertices []vertex
	links    []link
	trails   [][]int // of every edge its links, from the top down
	ranks    [][]int // vertices in order
}

// vertex is what stands on a rank: a node, a label or a point that a line passes.
type vertex struct {
	node        int // -1 for none
	rank, index int
	left, right float64
	height      float64
	x           float64
	up, down    []int // links to the rank above and below
}

// link is a piece of a line between two ranks.
type link struct {
	top, bottom   int     // vertices
	topX, bottomX float64 // where it meets them, from their x
	// topFixed and bottomFixed say that meet must leave these as they are.
	topFixed, bottomFixed bool
	weight                float64
}

// Orient decides which edges lead upwards: those that would close a circle, and those from the bottom or to the top.
func (g *Graph) Orient() {
	out := make([][]int, len(g.Nodes))
	for i, e := range g.Edges {
		from, to := g.Nodes[e.From].Side, g.Nodes[e.To].Side
		g.Edges[i].Up = from == Bottom || to == Top
		if from == Free && to == Free {
			out[e.From] = append(out[e.From], i)
		}
	}
	const open, closed = 1, 2
	state := make([]uint8, len(g.Nodes))
	var visit func(n int)
	visit = func(n int) {
		state[n] = open
		for _, i := range out[n] {
			switch to := g.Edges[i].To; state[to] {
			case open:
				g.Edges[i].Up = true
			case 0:
				visit(to)
			}
		}
		state[n] = closed
	}
	for n := range g.Nodes {
		if state[n] == 0 {
			visit(n)
		}
	}
}

// upper and lower return the ends of an edge by where they stand.
func (e *Edge) upper() int {
	if e.Up {
		return e.To
	}
	return e.From
}

func (e *Edge) lower() int {
	if e.Up {
		return e.From
	}
	return e.To
}

// step is how many ranks a node is at least below another one: the rank between them is for labels.
const step = 2

// Layout places nodes and edges. Orient must have been called.
func (g *Graph) Layout() {
	g.rankNodes()
	g.addVertices()
	g.order()
	g.meet()
	g.placeX()
	g.straighten()
	tops, bottoms := g.placeY()
	g.route(tops, bottoms)
	g.bounds()
}

// rankNodes puts every node as far up as the edges into it let it.
func (g *Graph) rankNodes() {
	g.rank = make([]int, len(g.Nodes))
	down := make([][]int, len(g.Nodes))
	above := make([]int, len(g.Nodes)) // edges from above that have not been looked at
	for i := range g.Edges {
		e := &g.Edges[i]
		down[e.upper()] = append(down[e.upper()], e.lower())
		above[e.lower()]++
	}
	first := 0
	for i := range g.Nodes {
		if g.Nodes[i].Side == Top {
			first = step
		}
	}
	var ready []int
	sources := make([]bool, len(g.Nodes))
	for n := range g.Nodes {
		if g.Nodes[n].Side != Top {
			g.rank[n] = first
		}
		if above[n] == 0 {
			ready = append(ready, n)
			sources[n] = g.Nodes[n].Side == Free && n > 0
		}
	}
	for len(ready) > 0 {
		n := ready[0]
		ready = ready[1:]
		for _, to := range down[n] {
			g.rank[to] = max(g.rank[to], g.rank[n]+step)
			if above[to]--; above[to] == 0 {
				ready = append(ready, to)
			}
		}
	}
	g.settle(down, sources)
}

// settle moves nodes that nothing leads to down to what they lead to, and what belongs to the bottom below all others.
func (g *Graph) settle(down [][]int, sources []bool) {
	for n := range g.Nodes {
		if !sources[n] || len(down[n]) == 0 {
			continue
		}
		nearest := math.MaxInt
		for _, to := range down[n] {
			nearest = min(nearest, g.rank[to])
		}
		g.rank[n] = nearest - step
	}
	lowest := 0
	for n := range g.Nodes {
		if g.Nodes[n].Side != Bottom {
			lowest = max(lowest, g.rank[n])
		}
	}
	for n := range g.Nodes {
		if g.Nodes[n].Side == Bottom {
			g.rank[n] = lowest + step
		}
	}
}
