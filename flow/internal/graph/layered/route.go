package layered

import (
	"math"
	"slices"
)

const (
	leastGap = 16.0 // between two ranks
	mostGap  = 64.0
	slant    = 0.09 // share of the widest link between two ranks by which they stand further apart
)

// placeY returns where every rank begins and ends.
func (g *Graph) placeY() (tops, bottoms []float64) {
	y := 0.0
	for i, rank := range g.ranks {
		height, widest := 0.0, 0.0
		for _, v := range rank {
			height = max(height, g.vertices[v].height)
			for _, l := range g.vertices[v].up {
				k := &g.links[l]
				widest = max(widest, math.Abs(g.vertices[k.top].x+k.topX-g.vertices[v].x-k.bottomX))
			}
		}
		if i > 0 {
			y += min(mostGap, leastGap+slant*widest)
		}
		tops = append(tops, y)
		y += height
		bottoms = append(bottoms, y)
	}
	return tops, bottoms
}

// route writes the results into nodes and edges.
func (g *Graph) route(tops, bottoms []float64) {
	for v := range g.vertices {
		if n := g.vertices[v].node; n >= 0 {
			rank := g.vertices[v].rank
			g.Nodes[n].X, g.Nodes[n].Y = g.vertices[v].x, (tops[rank]+bottoms[rank])/2
		}
	}
	for i := range g.Edges {
		g.trace(i, tops, bottoms)
	}
}

// trace writes the points of edge i along its links.
func (g *Graph) trace(i int, tops, bottoms []float64) {
	e := &g.Edges[i]
	add := func(x, y float64) {
		if p := (Point{x, y}); len(e.Points) == 0 || e.Points[len(e.Points)-1] != p {
			e.Points = append(e.Points, p)
		}
	}
	for _, k := range g.trails[i] {
		l := &g.links[k]
		top, bottom := &g.vertices[l.top], &g.vertices[l.bottom]
		if l.top == e.upper() {
			n := &g.Nodes[l.top]
			add(top.x+l.topX, n.Y+n.box()/2)
		}
		add(top.x+l.topX, bottoms[top.rank])
		add(bottom.x+l.bottomX, tops[bottom.rank])
		if l.bottom == e.lower() {
			n := &g.Nodes[l.bottom]
			add(bottom.x+l.bottomX, n.Y-n.box()/2)
		} else if bottom.rank == g.labelRank(e) {
			e.LabelX, e.LabelY = bottom.x, (tops[bottom.rank]+bottoms[bottom.rank])/2
		}
	}
	if e.Up {
		slices.Reverse(e.Points)
	}
}

// bounds moves everything so that the least x is 0, and finds the size.
func (g *Graph) bounds() {
	left, right := math.Inf(1), math.Inf(-1)
	bottom := 0.0
	for v := range g.vertices {
		left = min(left, g.vertices[v].x-g.vertices[v].left)
		right = max(right, g.vertices[v].x+g.vertices[v].right)
	}
	for n := range g.Nodes {
		g.Nodes[n].X -= left
		bottom = max(bottom, g.Nodes[n].Y+g.Nodes[n].Height/2)
	}
	for i := range g.Edges {
		e := &g.Edges[i]
		e.LabelX -= left
		for k := range e.Points {
			e.Points[k].X -= left
		}
	}
	g.Width, g.Height = max(0, right-left), bottom
}
