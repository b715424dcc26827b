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

// SVG returns the flow as a picture that needs no other program and no network. The error is about flows of more than 1,200
// states or 6,000 transitions.
func (f *Flow) SVG() (string, error) { return graph.SVG(f.graph()) }

// graph returns the states, the transitions between them, and the ways of the legs that the flow makes. Handlers of the flow
// level are drawn from a node of their own, since they apply in every state.
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
		n := graph.Node{Label: label, Name: s.Name, Parent: parent, Final: s.Final, Outer: s.Initial != nil}
		n.Waiting = !n.Outer && !n.Final && s.Document == nil && s.Invoke == nil && len(s.Always) == 0
		if n.Outer {
			n.Initial = s.Initial.ID
		}
		g.Nodes = append(g.Nodes, n)
	}
	d := drawing{flow: f, graph: g, anywhere: -1}
	for _, t := range f.Transitions {
		if t.Event == EventGoto { // drawn from where the leg is made or moved
			continue
		}
		if t.Target != nil {
			e := graph.Edge{From: d.from(t), To: t.Target.ID, Event: f.label(t)}
			if t.Guard != nil {
				e.Guard = strings.TrimSpace(t.Guard.Source)
			}
			g.Edges = append(g.Edges, e)
		}
		d.legs(t.Actions, func() int { return d.from(t) })
	}
	for _, s := range f.States {
		d.legs(s.Entry, func() int { return s.ID })
		d.legs(s.Exit, func() int { return s.ID })
	}
	d.machines()
	return g
}

// drawing adds edges to a graph.
type drawing struct {
	flow     *Flow
	graph    *graph.Graph
	anywhere int      // node of the flow level, -1 before it is needed
	made     []*State // where legs begin
}

// from returns the node of the level that holds a transition, -1 for start.
func (d *drawing) from(t *Transition) int {
	switch {
	case t.Event == eventStart:
		return -1
	case !t.Owner.IsRoot():
		return t.Owner.ID
	case d.anywhere < 0:
		d.anywhere = len(d.graph.Nodes)
		d.graph.Nodes = append(d.graph.Nodes, graph.Node{Label: "any state", Parent: -1, Anywhere: true})
	}
	return d.anywhere
}

// noMachine is the kind of a state that no machine is known to come to.
const noMachine = graph.Machine(255)

// machines finds which kind of machine comes to each state, as far as the edges tell; one that several come to counts as of calls.
func (d *drawing) machines() {
	found := make([]graph.Machine, len(d.flow.States))
	for i := range found {
		found[i] = noMachine
	}
	for name, list := range d.flow.Start {
		machine := map[string]graph.Machine{"transferAnswer": graph.Leg, "conferenceCreated": graph.Conference}[name]
		for _, t := range list {
			if t.Target != nil {
				d.graph.Nodes[t.Target.ID].Begins = true
				d.spread(found, t.Target, machine)
			}
		}
	}
	for _, s := range d.made {
		d.spread(found, s, graph.Leg)
	}
	for i, machine := range found {
		if machine != noMachine {
			d.graph.Nodes[i].Machine = machine
		}
	}
}

// spread notes that a machine comes to a state, to the states around it and to those that these lead to.
func (d *drawing) spread(found []graph.Machine, s *State, machine graph.Machine) {
	for s = s.Leaf(); s != nil && !s.IsRoot(); s = s.Parent {
		was := found[s.ID]
		if was == machine || was == graph.Call {
			continue
		}
		if found[s.ID] = machine; was != noMachine {
			found[s.ID] = graph.Call
		}
		for _, e := range d.graph.Edges {
			if e.From == s.ID && !e.Leg {
				d.spread(found, d.flow.States[e.To], found[s.ID])
			}
		}
	}
}

// legs draws where the actions make legs begin, or move them to, as far as they run this flow.
func (d *drawing) legs(actions []*Action, from func() int) {
	for _, a := range actions {
		var target *Transition
		label := a.Name + " "
		switch {
		case a.Leg != nil && a.Leg.Flow == nil:
			target, label = a.Leg.Target, label+d.flow.Legs[a.Leg.Name]
			d.made = append(d.made, target.Target)
		case a.Kind == ActionUpdateCall && a.Move.Leg != nil:
			target, label = d.flow.Goto[a.Move.Target], label+a.Move.Leg.Source
		}
		if target == nil {
			continue
		}
		e := graph.Edge{From: from(), To: target.Target.ID, Event: label, Leg: true}
		if a.Guard != nil {
			e.Guard = strings.TrimSpace(a.Guard.Source)
		}
		d.graph.Edges = append(d.graph.Edges, e)
	}
}

// label names the event of a transition; of start the events that it stands for, of a timer its delay.
func (f *Flow) label(t *Transition) string {
	if t.Event == EventAfter {
		for _, after := range t.Owner.After {
			if slices.Contains(after.Transitions, t) {
				return EventAfter + " " + after.Source
			}
		}
	}
	if t.Event != eventStart {
		return t.Event
	}
	var events []string
	for _, name := range []string{"initiate", "answer", "transferAnswer", "conferenceCreated", EventInvoke} {
		if slices.Contains(f.Start[name], t) {
			events = append(events, name)
		}
	}
	return strings.Join(events, ", ")
}
