package flow

import (
	"slices"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/internal/graph"
)

// Mermaid returns the flow as a Mermaid state diagram, for README files and wikis.
func (f *Flow) Mermaid() string { return graph.Mermaid(f.graph()) }

// DOT returns the flow in the language of Graphviz.
func (f *Flow) DOT() string { return graph.DOT(f.graph()) }

// graph returns the states and the transitions between them. Handlers of the flow level are drawn from a node of their
// own, since they apply in every state.
func (f *Flow) graph() *graph.Graph {
	g := &graph.Graph{Name: f.Name}
	for _, s := range f.States {
		parent := -1
		if !s.Parent.IsRoot() {
			parent = s.Parent.ID
		}
		label := s.Name[strings.LastIndexByte(s.Name, '.')+1:]
		if s.Invoke != nil {
			label += " (runs " + s.Invoke.Flow.Name + ")"
		}
		n := graph.Node{Label: label, Parent: parent, Final: s.Final, Outer: s.Initial != nil}
		if n.Outer {
			n.Initial = s.Initial.ID
		}
		g.Nodes = append(g.Nodes, n)
	}
	anywhere := -1
	for _, t := range f.Transitions {
		if t.Target == nil {
			continue
		}
		e := graph.Edge{From: -1, To: t.Target.ID, Event: f.label(t)}
		if t.Guard != nil {
			e.Guard = strings.TrimSpace(t.Guard.Source)
		}
		switch {
		case t.Event == eventStart:
		case !t.Owner.IsRoot():
			e.From = t.Owner.ID
		default:
			if anywhere < 0 {
				anywhere = len(g.Nodes)
				g.Nodes = append(g.Nodes, graph.Node{Label: "any state", Parent: -1})
			}
			e.From = anywhere
		}
		g.Edges = append(g.Edges, e)
	}
	return g
}

// label names the event of a transition; of start the events that it stands for.
func (f *Flow) label(t *Transition) string {
	if t.Event != eventStart {
		return t.Event
	}
	var events []string
	for _, name := range []string{"initiate", "answer", EventInvoke} {
		if slices.Contains(f.Start[name], t) {
			events = append(events, name)
		}
	}
	return strings.Join(events, ", ")
}
