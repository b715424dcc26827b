package explore

import "slices"

// Step leads to a situation.
type Step[S comparable] struct {
	Label string
	To    S
}

// Trouble is what goes wrong in a situation on the event with the label. Key tells what it is: of equal keys the one that is
// reached first is kept.
type Trouble[K comparable] struct {
	Key   K
	Label string
}

// Found is a trouble with the labels of the steps that lead to it, the last is its own.
type Found[K comparable] struct {
	Key  K
	Path []string
}

// node is a situation with the step that reached it first.
type node[S comparable] struct {
	situation S
	label     string
	from      int // index of the node before, -1 for the first
}

// Search visits the situations that can be reached, those behind fewer steps first, and returns every trouble once with a
// shortest way to it. next tells what follows from a situation. After limit situations it stops, and reports false.
func Search[S, K comparable](starts []Step[S], limit int, next func(S) ([]Step[S], []Trouble[K])) ([]Found[K], bool) {
	var nodes []node[S]
	var found []Found[K]
	seen, known := map[S]bool{}, map[K]bool{}
	add := func(s Step[S], from int) {
		if !seen[s.To] {
			seen[s.To] = true
			nodes = append(nodes, node[S]{s.To, s.Label, from})
		}
	}
	for _, s := range starts {
		add(s, -1)
	}
	for i := 0; i < len(nodes); i++ {
		if i >= limit {
			return found, false
		}
		steps, troubles := next(nodes[i].situation)
		for _, t := range troubles {
			if !known[t.Key] {
				known[t.Key] = true
				found = append(found, Found[K]{t.Key, append(path(nodes, i), t.Label)})
			}
		}
		for _, s := range steps {
			add(s, i)
		}
	}
	return found, true
}

// path returns the labels that lead to a node.
func path[S comparable](nodes []node[S], at int) []string {
	var labels []string
	for ; at >= 0; at = nodes[at].from {
		labels = append(labels, nodes[at].label)
	}
	slices.Reverse(labels)
	return labels
}
