package layered

import (
	"math"
	"slices"
)

// placeX moves the vertices of every rank so that their links become short and upright, without changing their order.
func (g *Graph) placeX() {
	for _, rank := range g.ranks {
		x := 0.0
		for i, v := range rank {
			if i > 0 {
				x += g.distance(rank[i-1], v)
			}
			g.vertices[v].x = x
		}
	}
	rounds := min(60, max(8, 2_000_000/(len(g.links)+1)))
	for i := range rounds {
		for k := range g.ranks {
			rank := g.ranks[k]
			if i%2 == 1 {
				rank = g.ranks[len(g.ranks)-1-k]
			}
			g.pull(rank, i < rounds/3, i%2 == 0)
		}
	}
}

// distance is the least between the x of two neighbours.
func (g *Graph) distance(a, b int) float64 {
	left, right := &g.vertices[a], &g.vertices[b]
	gap := lineGap
	switch {
	case left.node >= 0 && right.node >= 0 && left.height > 0 && right.height > 0:
		gap = nodeGap
	case left.height > 0 || right.height > 0:
		gap = labelGap
	}
	if g.Dense {
		gap /= 2
	}
	return left.right + gap + right.left
}

// block are neighbours that were pushed together and move as one.
type block struct {
	sum, weight float64
	from        int
}

// pull moves a rank to where its links want it, as near as the distances allow: it solves the least squares exactly by pooling
// those that would overlap. Early on only the links of one side count.
func (g *Graph) pull(rank []int, oneSided, above bool) {
	var blocks []block
	offset := 0.0
	offsets := make([]float64, len(rank))
	for i, v := range rank {
		if i > 0 {
			offset += g.distance(rank[i-1], v)
		}
		offsets[i] = offset
		want, weight := g.wish(v, !oneSided || above, !oneSided || !above)
		b := block{(want - offset) * weight, weight, i}
		for len(blocks) > 0 {
			before := blocks[len(blocks)-1]
			if before.sum/before.weight < b.sum/b.weight {
				break
			}
			b = block{before.sum + b.sum, before.weight + b.weight, before.from}
			blocks = blocks[:len(blocks)-1]
		}
		blocks = append(blocks, b)
	}
	for k, b := range blocks {
		to := len(rank)
		if k+1 < len(blocks) {
			to = blocks[k+1].from
		}
		for i := b.from; i < to; i++ {
			g.vertices[rank[i]].x = b.sum/b.weight + offsets[i]
		}
	}
}

// wish returns where the links of v want it, and how much. Who has no links wants to stay, a little.
func (g *Graph) wish(v int, above, below bool) (x, weight float64) {
	const little = 0.01
	vertex := &g.vertices[v]
	sum, weight := vertex.x*little, little
	if above {
		for _, i := range vertex.up {
			l := &g.links[i]
			sum += l.weight * (g.vertices[l.top].x + l.topX - l.bottomX)
			weight += l.weight
		}
	}
	if below {
		for _, i := range vertex.down {
			l := &g.links[i]
			sum += l.weight * (g.vertices[l.bottom].x + l.bottomX - l.topX)
			weight += l.weight
		}
	}
	return sum / weight, weight
}

// straighten gives the points that a line passes one x for as many ranks as there is room.
func (g *Graph) straighten() {
	seen := make([]bool, len(g.vertices))
	for v := range g.vertices {
		if seen[v] || !g.passes(v) {
			continue
		}
		run := []int{}
		low, high := math.Inf(-1), math.Inf(1)
		for next := v; next >= 0; next = g.below(next) {
			left, right := g.room(next)
			if max(low, left) > min(high, right) {
				g.align(run, low, high)
				run, low, high = run[:0], math.Inf(-1), math.Inf(1)
			}
			low, high = max(low, left), min(high, right)
			seen[next] = true
			run = append(run, next)
		}
		g.align(run, low, high)
	}
}

// passes reports whether v is a point that a line passes.
func (g *Graph) passes(v int) bool { return g.vertices[v].node < 0 && g.vertices[v].height == 0 }

// below returns the point below v on its line, -1 when the line ends or has a label there.
func (g *Graph) below(v int) int {
	if len(g.vertices[v].down) != 1 {
		return -1
	}
	next := g.links[g.vertices[v].down[0]].bottom
	if !g.passes(next) {
		return -1
	}
	return next
}

// room returns between which x a vertex may stand.
func (g *Graph) room(v int) (low, high float64) {
	rank, i := g.ranks[g.vertices[v].rank], g.vertices[v].index
	low, high = math.Inf(-1), math.Inf(1)
	if i > 0 {
		low = g.vertices[rank[i-1]].x + g.distance(rank[i-1], v)
	}
	if i+1 < len(rank) {
		high = g.vertices[rank[i+1]].x - g.distance(v, rank[i+1])
	}
	return min(low, g.vertices[v].x), max(high, g.vertices[v].x)
}

// align gives a run the middle of its places.
func (g *Graph) align(run []int, low, high float64) {
	if len(run) == 0 {
		return
	}
	places := make([]float64, len(run))
	for i, v := range run {
		places[i] = g.vertices[v].x
	}
	slices.Sort(places)
	x := min(max(places[len(places)/2], low), high)
	for _, v := range run {
		g.vertices[v].x = x
	}
}
