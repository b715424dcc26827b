package graph

import "github.com/bxmlflow/bxmlflow/flow/internal/graph/layered"

// level is what stands directly inside a group, or at the outermost level.
type level struct {
	group int   // -1 for the outermost
	ends  []end // what the nodes of the graph are
	index map[end]int
	graph layered.Graph
	x, y  float64 // where its content begins in the picture
}

// end is what a piece of a way begins or ends at.
type end struct {
	kind  endKind
	node  int // of a state, else -1
	trunk int // of a portal: ways of one trunk share it
	side  layered.Side
}

type endKind uint8

const (
	state  endKind = iota
	start          // where the level begins
	portal         // where ways pass the border of the group
)

// piece is the part of a way at one level. A way into a group has one outside and one inside, which meet at a portal.
type piece struct {
	way, trunk int
	from, to   end
	labelled   bool // the label of the way is here, near its start
	order      int  // among the pieces of the way
	level      *level
	edge       int // of the graph of the level
}

// layOut lays out what is inside of a group, groups in it first.
func (s *scene) layOut(group int, at map[int][]piece) *level {
	l := &level{group: group, index: map[end]int{}}
	l.graph.Dense = s.across
	s.levels[group] = l
	pieces := at[group]
	for _, p := range pieces {
		if p.from.kind == start {
			l.add(p.from) // what is read first comes first
		}
	}
	for _, n := range s.children(group) {
		l.add(end{kind: state, node: n})
	}
	s.connect(l, pieces)
	l.graph.Orient()
	for _, p := range pieces {
		s.enter(p, at)
		s.ways[p.way].pieces = append(s.ways[p.way].pieces, p)
	}
	for i, e := range l.ends {
		s.measure(&l.graph.Nodes[i], e, at)
	}
	for _, p := range pieces {
		s.fix(p)
	}
	l.graph.Layout()
	return l
}

// connect makes edges of pieces. Those without a label that lead the same way share one.
func (s *scene) connect(l *level, pieces []piece) {
	type key struct{ from, to, trunk, way int }
	known := map[key]int{}
	for i := range pieces {
		p := &pieces[i]
		k := key{l.add(p.from), l.add(p.to), p.trunk, -1}
		if p.labelled {
			k.way = p.way
		}
		edge, there := known[k]
		if !there {
			edge = len(l.graph.Edges)
			known[k] = edge
			e := layered.Edge{From: k.from, To: k.to, Trunk: p.trunk}
			if p.labelled {
				e.Width, e.Height = s.turn(s.ways[p.way].label.w, s.ways[p.way].label.h)
			}
			l.graph.Edges = append(l.graph.Edges, e)
		}
		p.level, p.edge = l, edge
	}
}

func (l *level) add(e end) int {
	i, there := l.index[e]
	if !there {
		i = len(l.ends)
		l.index[e] = i
		l.ends = append(l.ends, e)
		l.graph.Nodes = append(l.graph.Nodes, layered.Node{Side: e.side})
	}
	return i
}

// enter continues a piece inside of the groups that it begins and ends at.
func (s *scene) enter(p piece, at map[int][]piece) {
	w, up := &s.ways[p.way], p.level.graph.Edges[p.edge].Up
	if inside(p.from, w.from) {
		group := p.from.node
		inner := piece{way: p.way, trunk: p.trunk, order: p.order - 1, to: port(p.trunk, up)}
		inner.from = end{kind: state, node: s.childOf(group, w.from)}
		inner.labelled = inner.from.node == w.from
		at[group] = append(at[group], inner)
	}
	if inside(p.to, w.to) {
		group := p.to.node
		inner := piece{way: p.way, trunk: p.trunk, order: p.order + 1, from: port(p.trunk, !up)}
		inner.to = end{kind: state, node: s.childOf(group, w.to)}
		at[group] = append(at[group], inner)
	}
}

// inside reports whether a way that meets e goes on inside of it, to node.
func inside(e end, node int) bool { return e.kind == state && e.node != node }

// port is where a way of a trunk passes the border of a group.
func port(trunk int, top bool) end {
	e := end{kind: portal, node: -1, trunk: trunk, side: layered.Bottom}
	if top {
		e.side = layered.Top
	}
	return e
}

// measure gives a node its size.
func (s *scene) measure(n *layered.Node, e end, at map[int][]piece) {
	switch e.kind {
	case start:
		n.Left, n.Right, n.Height = dotRadius, dotRadius, 2*dotRadius
		return
	case portal:
		return
	}
	if s.Nodes[e.node].Outer {
		s.layOut(e.node, at)
	}
	w, h := s.size(e.node)
	on, along := s.turn(w, h)
	n.Left, n.Right, n.Port = on/2, on/2, on/2-portInset
	n.Box, n.Height = along, along
	if loops := s.loops[e.node]; len(loops) > 0 {
		lw, lh := 0.0, 0.0
		for _, k := range loops {
			lw, lh = max(lw, s.ways[k].label.w), lh+s.ways[k].label.h
		}
		on, along = s.turn(lw, lh)
		n.Right += loopReach + loopGap + on
		n.Height = max(n.Height, along)
	}
}

// fix tells where the portals of groups are, so that a way goes on where it ended.
func (s *scene) fix(p piece) {
	l, e := p.level, &p.level.graph.Edges[p.edge]
	w := &s.ways[p.way]
	if inside(p.from, w.from) {
		e.FromX, e.FromFixed = s.portalX(p.from.node, port(p.trunk, e.Up)), true
	}
	if inside(p.to, w.to) {
		e.ToX, e.ToFixed = s.portalX(p.to.node, port(p.trunk, !e.Up)), true
	}
	for _, at := range []end{p.from, p.to} { // portals of ways without labels stand side by side
		if at.kind == portal {
			n := &l.graph.Nodes[l.index[at]]
			n.Left, n.Right = 1, 1
		}
	}
}

// portalX returns where a portal of a group is, from the middle of the group.
func (s *scene) portalX(group int, e end) float64 {
	inner := s.levels[group]
	before, _ := s.turn(s.content(group))
	size, _ := s.turn(s.size(group))
	return before + inner.graph.Nodes[inner.index[e]].X - size/2
}

// name returns what is written on a node.
func (s *scene) name(n int) string { return fit(printable(s.Nodes[n].Label), nameSize, mostName) }
