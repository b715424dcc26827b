package layered

import (
	"cmp"
	"slices"
)

// gaps between what stands on a rank.
const (
	nodeGap  = 28.0
	labelGap = 14.0
	lineGap  = 10.0
)

// weights of the pieces of a line: the straighter it should be, the more.
const (
	nodeWeight  = 1.0 // between a node or label and a line
	chainWeight = 6.0 // within a line
)

// passing names a point that the lines of a trunk pass.
type passing struct {
	trunk, rank int
	up          bool
}

// addVertices puts nodes, labels and the points that lines pass on ranks.
func (g *Graph) addVertices() {
	for n := range g.Nodes {
		node := &g.Nodes[n]
		g.vertices = append(g.vertices, vertex{node: n, rank: g.rank[n], left: node.Left, right: node.Right, height: node.Height})
	}
	shared := map[passing]int{}
	joined := map[[2]int]int{}
	for i := range g.Edges {
		chain := g.chain(i, shared)
		trail := make([]int, len(chain)-1)
		for k := range trail {
			ends := [2]int{chain[k], chain[k+1]}
			l, there := joined[ends]
			if !there { // else the trunk was here before
				l = g.link(&g.Edges[i], ends[0], ends[1])
				joined[ends] = l
			}
			trail[k] = l
		}
		g.trails = append(g.trails, trail)
	}
}

// link adds a link of an edge.
func (g *Graph) link(e *Edge, top, bottom int) int {
	l := link{top: top, bottom: bottom, weight: nodeWeight}
	if g.passes(top) && g.passes(bottom) {
		l.weight = chainWeight
	}
	if top == e.upper() {
		l.topX, l.topFixed = e.fixed(!e.Up)
	}
	if bottom == e.lower() {
		l.bottomX, l.bottomFixed = e.fixed(e.Up)
	}
	g.vertices[top].down = append(g.vertices[top].down, len(g.links))
	g.vertices[bottom].up = append(g.vertices[bottom].up, len(g.links))
	g.links = append(g.links, l)
	return len(g.links) - 1
}

// fixed returns where e meets its start, or its end, when that is fixed.
func (e *Edge) fixed(start bool) (float64, bool) {
	if start {
		return e.FromX, e.FromFixed
	}
	return e.ToX, e.ToFixed
}

// chain returns the vertices that edge i passes, from the top down, and makes those that are not there.
func (g *Graph) chain(i int, shared map[passing]int) []int {
	e := &g.Edges[i]
	top, bottom := e.upper(), e.lower()
	label := g.labelRank(e)
	chain := []int{top}
	for rank := g.rank[top] + 1; rank < g.rank[bottom]; rank++ {
		p := passing{e.Trunk, rank, e.Up}
		v, there := shared[p]
		switch {
		case rank == label:
			v = g.add(vertex{node: -1, rank: rank, left: e.Width / 2, right: e.Width / 2, height: e.Height})
		case !there:
			v = g.add(vertex{node: -1, rank: rank})
			shared[p] = v
		}
		chain = append(chain, v)
	}
	return append(chain, bottom)
}

// labelRank returns the rank of the label of e, -1 for none.
func (g *Graph) labelRank(e *Edge) int {
	switch {
	case e.Width == 0:
		return -1
	case e.Up:
		return g.rank[e.From] - 1
	}
	return g.rank[e.From] + 1
}

func (g *Graph) add(v vertex) int {
	g.vertices = append(g.vertices, v)
	return len(g.vertices) - 1
}

// order sorts the vertices of each rank so that few links cross.
func (g *Graph) order() {
	g.firstOrder()
	best, least := g.snapshot(), g.crossings()
	sweeps := min(24, max(4, 400_000/(len(g.links)+1)))
	for i, idle := 0, 0; i < sweeps && least > 0 && idle < 6; i++ {
		g.sweep(i%2 == 0, i >= 8 && i%4 >= 2)
		if len(g.links) < 20_000 {
			g.swap()
		}
		idle++
		if n := g.crossings(); n < least {
			best, least, idle = g.snapshot(), n, 0
		}
	}
	g.restore(best)
}

// firstOrder takes vertices as they are found on the way down from the first node.
func (g *Graph) firstOrder() {
	seen := make([]bool, len(g.vertices))
	var visit func(v int)
	visit = func(v int) {
		seen[v] = true
		rank := g.vertices[v].rank
		for len(g.ranks) <= rank {
			g.ranks = append(g.ranks, nil)
		}
		g.vertices[v].index = len(g.ranks[rank])
		g.ranks[rank] = append(g.ranks[rank], v)
		for _, l := range g.vertices[v].down {
			if to := g.links[l].bottom; !seen[to] {
				visit(to)
			}
		}
	}
	for v := range g.vertices {
		if len(g.vertices[v].up) == 0 && !seen[v] {
			visit(v)
		}
	}
}

func (g *Graph) snapshot() [][]int {
	ranks := make([][]int, len(g.ranks))
	for i, rank := range g.ranks {
		ranks[i] = slices.Clone(rank)
	}
	return ranks
}

func (g *Graph) restore(ranks [][]int) {
	g.ranks = ranks
	for _, rank := range ranks {
		g.number(rank)
	}
}

func (g *Graph) number(rank []int) {
	for i, v := range rank {
		g.vertices[v].index = i
	}
}

// sweep sorts every rank by the middle of the neighbours above, from the top down, or by those below. Equal ones keep their
// order, or change it when turned.
func (g *Graph) sweep(down, turned bool) {
	keys := make([]float64, len(g.vertices))
	for i := range g.ranks {
		rank := g.ranks[i]
		if !down {
			rank = g.ranks[len(g.ranks)-1-i]
		}
		for _, v := range rank {
			keys[v] = g.middle(v, down)
		}
		sortMovable(rank, keys, turned)
		g.number(rank)
	}
}

// sortMovable sorts those with a key of at least 0; the others keep their places.
func sortMovable(rank []int, keys []float64, turned bool) {
	var movable, places []int
	for i, v := range rank {
		if keys[v] >= 0 {
			movable, places = append(movable, v), append(places, i)
		}
	}
	if turned {
		slices.Reverse(movable)
	}
	slices.SortStableFunc(movable, func(a, b int) int { return cmp.Compare(keys[a], keys[b]) })
	for i, v := range movable {
		rank[places[i]] = v
	}
}

// middle returns the median index of the neighbours of v, -1 when it has none.
func (g *Graph) middle(v int, above bool) float64 {
	list := g.neighbours(v, above)
	n := len(list)
	switch {
	case n == 0:
		return -1
	case n%2 == 1:
		return float64(list[n/2])
	case n == 2:
		return float64(list[0]+list[1]) / 2
	}
	left, right := float64(list[n/2-1]-list[0]), float64(list[n-1]-list[n/2])
	if left+right == 0 {
		return float64(list[n/2])
	}
	return (float64(list[n/2-1])*right + float64(list[n/2])*left) / (left + right)
}

// neighbours returns the sorted indices of those that v is linked to on the rank above or below.
func (g *Graph) neighbours(v int, above bool) []int {
	links := g.vertices[v].down
	if above {
		links = g.vertices[v].up
	}
	list := make([]int, len(links))
	for i, l := range links {
		list[i] = g.vertices[g.links[l].bottom].index
		if above {
			list[i] = g.vertices[g.links[l].top].index
		}
	}
	slices.Sort(list)
	return list
}
