package graph

import (
	"cmp"
	"slices"

	"github.com/bxmlflow/bxmlflow/flow/internal/graph/layered"
)

// sizes of what is drawn, in pixels.
const (
	nodeHeight = 34.0
	nodeInset  = 14.0 // of the name of a state
	portInset  = 8.0  // of the lines from the corners of a state
	leastWidth = 60.0
	groupInset = 14.0 // of the states in a group
	groupHead  = 30.0 // height of the name of a group
	dotRadius  = 6.0
	loopReach  = 22.0 // of a loop beside its state
	loopGap    = 6.0  // between a loop and its label, and between loops
)

// way is a line from one state to another: all transitions between the two that are alike. From -1 is where a call begins.
type way struct {
	from, to int
	leg      bool
	inner    bool // leads to the first state of a group, and is no transition
	within   int  // the group whose first state it leads to, when inner
	label    label
	pieces   []piece // in the order of the way
	points   []layered.Point
}

// scene is a graph with places for everything in it.
type scene struct {
	*Graph
	ways   []way
	loops  [][]int // of every node: ways to itself
	boxes  []box   // of the nodes
	levels map[int]*level
	trunks map[trunk]int
	dots   []dot
	width  float64
	height float64
	across bool // lines lead from the left to the right instead of down
}

// trunk joins ways that lead to one node.
type trunk struct {
	to  int
	leg bool
}

type box struct{ x, y, w, h float64 }

// dot is where a call, or a group, begins.
type dot struct{ x, y float64 }

// wide is the width from which a picture that reads from the left to the right is tried.
const wide = 1600

// draft lays out g from the top down, or from the left to the right where that makes a wide picture much narrower.
func draft(g *Graph) *scene {
	s := newScene(g, false)
	if s.width > wide && s.width > s.height {
		if t := newScene(g, true); t.width+t.height/2 < s.width+s.height/2 {
			return t
		}
	}
	return s
}

// newScene lays out g.
func newScene(g *Graph, across bool) *scene {
	s := &scene{Graph: g, across: across, loops: make([][]int, len(g.Nodes)), boxes: make([]box, len(g.Nodes)), levels: map[int]*level{}, trunks: map[trunk]int{}}
	s.collect()
	top := s.layOut(-1, s.pieces())
	s.width, s.height = s.turn(top.graph.Width, top.graph.Height)
	s.put(top, 0, 0)
	for i := range s.ways {
		s.join(&s.ways[i])
	}
	return s
}

// collect makes ways of the edges.
func (s *scene) collect() {
	type ends struct {
		from, to int
		leg      bool
	}
	known := map[ends]int{}
	for i, e := range s.Edges {
		key := ends{e.From, e.To, e.Leg}
		k, there := known[key]
		if !there {
			k = len(s.ways)
			known[key] = k
			s.ways = append(s.ways, way{from: e.From, to: e.To, leg: e.Leg, within: -1})
			if e.From == e.To {
				s.loops[e.To] = append(s.loops[e.To], k)
			}
		}
		s.ways[k].label.add(i, e)
	}
	for i, n := range s.Nodes {
		if n.Outer {
			s.ways = append(s.ways, way{from: -1, to: n.Initial, inner: true, within: i})
		}
	}
}

// pieces returns the pieces of all ways at the level on which they pass from one node to another.
func (s *scene) pieces() map[int][]piece {
	at := map[int][]piece{}
	for i := range s.ways {
		w := &s.ways[i]
		if w.from == w.to {
			continue
		}
		group := w.within
		if w.from >= 0 {
			group = s.around(w.from, w.to)
		}
		p := piece{way: i, trunk: s.trunk(w), from: end{node: -1}, to: end{node: -1}, labelled: true}
		switch {
		case w.from < 0:
			p.from.kind = start
		case w.from == group:
			p.from = end{kind: portal, node: -1, trunk: p.trunk, side: layered.Top}
		default:
			p.from = end{kind: state, node: s.childOf(group, w.from)}
			p.labelled = p.from.node == w.from
		}
		if w.to == group {
			p.to = end{kind: portal, node: -1, trunk: p.trunk, side: layered.Bottom}
		} else {
			p.to = end{kind: state, node: s.childOf(group, w.to)}
		}
		at[group] = append(at[group], p)
	}
	return at
}

func (s *scene) trunk(w *way) int {
	key := trunk{w.to, w.leg}
	t, there := s.trunks[key]
	if !there {
		t = len(s.trunks)
		s.trunks[key] = t
	}
	return t
}

// around returns the innermost group that holds both nodes, or is one of them; -1 is the whole.
func (s *scene) around(a, b int) int {
	for group := a; group >= 0; group = s.Nodes[group].Parent {
		if s.within(b, group) && (s.Nodes[group].Outer) {
			return group
		}
	}
	return -1
}

// childOf returns the node directly inside group that holds n or is n.
func (s *scene) childOf(group, n int) int {
	for s.Nodes[n].Parent != group {
		n = s.Nodes[n].Parent
	}
	return n
}

// turn makes x and y of how far something is on its rank, and how far its rank is down or across; and the reverse.
func (s *scene) turn(on, along float64) (float64, float64) {
	if s.across {
		return along, on
	}
	return on, along
}

// put writes the places of a level whose content begins at x, y.
func (s *scene) put(l *level, x, y float64) {
	l.x, l.y = x, y
	for i, e := range l.ends {
		n := &l.graph.Nodes[i]
		nx, ny := s.turn(n.X, n.Y)
		nx, ny = nx+x, ny+y
		switch e.kind {
		case start:
			s.dots = append(s.dots, dot{nx, ny})
		case state:
			w, h := s.size(e.node)
			s.boxes[e.node] = box{nx - w/2, ny - h/2, w, h}
			if inner := s.levels[e.node]; inner != nil {
				dx, dy := s.content(e.node)
				s.put(inner, nx-w/2+dx, ny-h/2+dy)
			}
		}
	}
}

// join makes one line of the pieces of a way.
func (s *scene) join(w *way) {
	slices.SortStableFunc(w.pieces, func(a, b piece) int { return cmp.Compare(a.order, b.order) })
	for _, p := range w.pieces {
		e := &p.level.graph.Edges[p.edge]
		for _, q := range s.toBorder(p, slices.Clone(e.Points)) {
			q.X, q.Y = s.turn(q.X, q.Y)
			q.X, q.Y = q.X+p.level.x, q.Y+p.level.y
			w.points = append(w.points, q)
		}
		if p.labelled && e.Width > 0 {
			x, y := s.turn(e.LabelX, e.LabelY)
			w.label.x, w.label.y = x+p.level.x, y+p.level.y
			w.label.inside = p.level.group >= 0
		}
	}
}

// toBorder leads a piece that ends at a portal on to the border of the group.
func (s *scene) toBorder(p piece, points []layered.Point) []layered.Point {
	if p.level.group < 0 {
		return points
	}
	_, before := s.turn(s.content(p.level.group))
	_, size := s.turn(s.size(p.level.group))
	y := func(side layered.Side) float64 {
		if side == layered.Top {
			return -before
		}
		return size - before
	}
	if p.from.kind == portal {
		points = slices.Insert(points, 0, layered.Point{X: points[0].X, Y: y(p.from.side)})
	}
	if p.to.kind == portal {
		points = append(points, layered.Point{X: points[len(points)-1].X, Y: y(p.to.side)})
	}
	return points
}

// size returns the width and height of the box of a node. Those of a group are known when its inside is laid out.
func (s *scene) size(n int) (w, h float64) {
	w, h = max(leastWidth, width(s.name(n), nameSize)+2*nodeInset), nodeHeight
	if inner := s.levels[n]; inner != nil {
		cw, ch := s.turn(inner.graph.Width, inner.graph.Height)
		w, h = max(w, cw+2*groupInset), groupHead+ch+groupInset
	}
	return w, h
}

// content returns where the inside of a group begins, from its corner.
func (s *scene) content(group int) (x, y float64) {
	w, _ := s.size(group)
	inner := &s.levels[group].graph
	cw, _ := s.turn(inner.Width, inner.Height)
	return (w - cw) / 2, groupHead
}
