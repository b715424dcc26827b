package layered

import (
	"math/rand/v2"
	"testing"
)

// random returns a graph of n nodes with lines in all directions, some from or to the border.
func random(r *rand.Rand, n int) *Graph {
	g := &Graph{Dense: r.IntN(2) == 0}
	for range n {
		half := 20 + 40*r.Float64()
		g.Nodes = append(g.Nodes, Node{Left: half, Right: half + float64(r.IntN(2)*60), Port: half - 8, Height: 20 + 20*r.Float64()})
	}
	g.Nodes = append(g.Nodes, Node{Side: Top}, Node{Side: Bottom})
	for range 2 * n {
		e := Edge{From: r.IntN(n), To: r.IntN(n), Width: float64(r.IntN(2) * 60), Height: 14}
		switch r.IntN(10) {
		case 0:
			e.From = n
		case 1:
			e.To = n
		case 2:
			e.To = n + 1
		case 3:
			e.From = n + 1
		}
		if e.Trunk = e.To; e.From != e.To {
			g.Edges = append(g.Edges, e)
		}
	}
	return g
}

func TestRanksAndDistancesAreKept(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 200 {
		g := random(r, 1+r.IntN(25))
		g.Orient()
		g.Layout()
		top, bottom := len(g.Nodes)-2, len(g.Nodes)-1
		for i := range g.Edges {
			e := &g.Edges[i]
			if g.rank[e.upper()] >= g.rank[e.lower()] {
				t.Fatalf("edge %d leads from rank %d to %d", i, g.rank[e.upper()], g.rank[e.lower()])
			}
			if len(e.Points) < 2 || e.Up != (e.Points[0].Y > e.Points[len(e.Points)-1].Y) {
				t.Fatalf("edge %d is up: %v, and leads through %v", i, e.Up, e.Points)
			}
		}
		for n := range g.Nodes[:top] {
			if g.rank[n] <= g.rank[top] && used(g, top) || g.rank[n] >= g.rank[bottom] {
				t.Fatalf("node %d is on rank %d, the top on %d and the bottom on %d", n, g.rank[n], g.rank[top], g.rank[bottom])
			}
		}
		for _, rank := range g.ranks {
			for k := range len(rank) - 1 {
				a, b := rank[k], rank[k+1]
				if d := g.vertices[b].x - g.vertices[a].x; d < g.distance(a, b)-0.01 {
					t.Fatalf("vertices %d and %d are %f apart, not %f", a, b, d, g.distance(a, b))
				}
			}
		}
	}
}

// used reports whether an edge meets a node.
func used(g *Graph, node int) bool {
	for _, e := range g.Edges {
		if e.From == node || e.To == node {
			return true
		}
	}
	return false
}

func TestCrossingsAreCountedAndNeverGrow(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 100 {
		g := random(r, 1+r.IntN(15))
		g.Orient()
		g.rankNodes()
		g.addVertices()
		g.firstOrder()
		before := g.crossings()
		if slow := slowly(g); before != slow {
			t.Fatalf("%d crossings, but one by one there are %d", before, slow)
		}
		g.ranks = nil
		g.order()
		if after := slowly(g); after > before {
			t.Fatalf("%d crossings became %d", before, after)
		}
	}
}

// slowly counts the crossings of every pair of links.
func slowly(g *Graph) int {
	total := 0
	at := func(v int) int { return g.vertices[v].index }
	for i, a := range g.links {
		for _, b := range g.links[:i] {
			if g.vertices[a.top].rank == g.vertices[b.top].rank && (at(a.top)-at(b.top))*(at(a.bottom)-at(b.bottom)) < 0 {
				total++
			}
		}
	}
	return total
}
