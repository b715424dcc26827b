package layered

import (
	"cmp"
	"slices"
)

// crossings returns how many pairs of links cross.
func (g *Graph) crossings() int {
	total := 0
	for i := range len(g.ranks) - 1 {
		total += g.crossingsBelow(i)
	}
	return total
}

// crossingsBelow counts the crossings between a rank and the next in n log n: going through the links from left to right at
// the top, it counts for each those before that end further right, with a tree of sums.
func (g *Graph) crossingsBelow(rank int) int {
	var ends []int
	for _, v := range g.ranks[rank] {
		from := len(ends)
		for _, l := range g.vertices[v].down {
			ends = append(ends, g.vertices[g.links[l].bottom].index)
		}
		slices.Sort(ends[from:])
	}
	sums := make([]int, len(g.ranks[rank+1])+1)
	total := 0
	for done, end := range ends {
		total += done
		for i := end + 1; i > 0; i -= i & -i {
			total -= sums[i]
		}
		for i := end + 1; i < len(sums); i += i & -i {
			sums[i]++
		}
	}
	return total
}

// swap exchanges neighbours on a rank as long as that removes crossings.
func (g *Graph) swap() {
	for better, rounds := true, 0; better && rounds < 8; rounds++ {
		better = false
		for _, rank := range g.ranks {
			for i := range len(rank) - 1 {
				a, b := rank[i], rank[i+1]
				if g.between(b, a) < g.between(a, b) {
					rank[i], rank[i+1] = b, a
					g.vertices[b].index, g.vertices[a].index = i, i+1
					better = true
				}
			}
		}
	}
}

// between counts the crossings of the links of a with those of b when a stands left of b.
func (g *Graph) between(a, b int) int {
	return inversions(g.neighbours(a, true), g.neighbours(b, true)) + inversions(g.neighbours(a, false), g.neighbours(b, false))
}

// inversions counts the pairs of which the first is greater; both lists are sorted.
func inversions(left, right []int) int {
	total, k := 0, 0
	for _, l := range left {
		for k < len(right) && right[k] < l {
			k++
		}
		total += k
	}
	return total
}

// meet spreads the links of a node over its border in the order of where they lead. Fixed places stay.
func (g *Graph) meet() {
	for v := range g.vertices {
		n := g.vertices[v].node
		if n < 0 {
			continue
		}
		g.spread(g.vertices[v].down, n, false)
		g.spread(g.vertices[v].up, n, true)
	}
}

func (g *Graph) spread(links []int, node int, above bool) {
	const most = 14.0 // between two lines
	port := g.Nodes[node].Port
	if port == 0 || len(links) < 2 {
		return
	}
	other := func(l int) int {
		if above {
			return g.vertices[g.links[l].top].index
		}
		return g.vertices[g.links[l].bottom].index
	}
	slices.SortStableFunc(links, func(a, b int) int { return cmp.Compare(other(a), other(b)) })
	gap := min(most, 2*port/float64(len(links)))
	for i, l := range links {
		x := gap * (float64(i) - float64(len(links)-1)/2)
		switch k := &g.links[l]; {
		case above && !k.bottomFixed:
			k.bottomX = x
		case !above && !k.topFixed:
			k.topX = x
		}
	}
}
