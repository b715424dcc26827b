package graph

import (
	"fmt"
	"math/rand/v2"
)

// random returns a graph of n states like those of real flows: most transitions lead a little further, some back, many to a
// few states for the end and for trouble; every fifth state has states inside when groups is set.
func random(seed uint64, n int, groups bool) *Graph {
	r := rand.New(rand.NewPCG(seed, 1))
	g := &Graph{Name: fmt.Sprintf("random %d", seed)}
	for i := range n {
		node := Node{Label: fmt.Sprintf("state%d", i), Parent: -1, Final: i > n-3, Waiting: r.IntN(6) == 0}
		if groups && i > 0 && r.IntN(5) > 0 {
			for p := i - 1; p >= max(0, i-8) && node.Parent < 0; p-- {
				if g.Nodes[p].Outer {
					node.Parent = p
				}
			}
		}
		node.Outer = groups && i%5 == 0 && i+1 < n
		g.Nodes = append(g.Nodes, node)
	}
	for i := range g.Nodes {
		if g.Nodes[i].Outer {
			g.Nodes[i].Outer = false
			for k := i + 1; k < n; k++ {
				if g.Nodes[k].Parent == i {
					g.Nodes[i].Outer, g.Nodes[i].Initial = true, k
					break
				}
			}
		}
	}
	events := []string{"gather", "recordComplete", "transferComplete", "redirect", "bridged", "legEnded", "after 20s"}
	add := func(from, to int) {
		e := Edge{From: from, To: to, Event: events[r.IntN(len(events))], Leg: r.IntN(15) == 0}
		if r.IntN(2) == 0 {
			e.Guard = fmt.Sprintf(`event.digits == "%d" && visits < 3`, r.IntN(10))
		}
		g.Edges = append(g.Edges, e)
	}
	g.Edges = append(g.Edges, Edge{From: -1, To: 0, Event: "initiate"})
	for i := range n - 2 {
		add(i, min(n-1, i+1+r.IntN(6)))
		switch r.IntN(8) {
		case 0, 1:
			add(i, i)
		case 2:
			add(i, max(0, i-1-r.IntN(8)))
		case 3, 4:
			add(i, n-1)
		case 5:
			add(i, n-2)
		case 6:
			add(i, min(n-1, i+1+r.IntN(12)))
		}
	}
	return g
}

// ivr returns a graph of 60 states as a company's menus have: a greeting, nine menus with five choices each, agents and ends.
func ivr() *Graph {
	g := &Graph{Name: "menus"}
	node := func(name string) int {
		g.Nodes = append(g.Nodes, Node{Label: name, Parent: -1})
		return len(g.Nodes) - 1
	}
	edge := func(from, to int, event, guard string) {
		g.Edges = append(g.Edges, Edge{From: from, To: to, Event: event, Guard: guard})
	}
	key := func(k int) string { return fmt.Sprintf(`event.digits == "%d"`, k) }
	greeting := node("greeting")
	g.Nodes[greeting].Begins = true
	edge(-1, greeting, "initiate", "")
	edge(greeting, greeting, "gather", "visits < 3")
	var menus, choices []int
	for m := range 9 {
		menu := node(fmt.Sprintf("menu%d", m+1))
		menus = append(menus, menu)
		edge(greeting, menu, "gather", key(m+1))
		edge(menu, menu, "gather", "visits < 3")
		edge(menu, greeting, "gather", `event.digits == "*"`)
	}
	for m, menu := range menus {
		for c := range 5 {
			choices = append(choices, node(fmt.Sprintf("topic%d%c", m+1, 'A'+c)))
			edge(menu, choices[len(choices)-1], "gather", key(c+1))
		}
	}
	agent, voicemail, goodbye, talking, leg := node("connecting"), node("voicemail"), node("goodbye"), node("talking"), node("screening")
	g.Nodes[goodbye].Final, g.Nodes[talking].Waiting, g.Nodes[leg].Machine = true, true, Leg
	for i, c := range choices {
		edge(c, []int{agent, voicemail, goodbye}[i%3], "redirect", "")
		if i%7 == 0 {
			edge(c, menus[i/5], "gather", `event.digits == "*"`)
		}
	}
	for _, from := range append(menus, greeting, leg) {
		edge(from, goodbye, "gather", "")
	}
	g.Edges = append(g.Edges, Edge{From: agent, To: leg, Event: "createCall agent", Leg: true})
	edge(agent, talking, "bridged", "")
	edge(agent, voicemail, "legEnded", "")
	edge(talking, goodbye, "bridgeTargetComplete", "")
	edge(voicemail, goodbye, "recordComplete", "")
	return g
}
