package flow

import (
	"maps"
	"slices"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/bxmlflow/bxmlflow/flow/internal/explore"
)

// maxSituations bounds the search in one flow. Real flows have a few for every state.
const maxSituations = 50_000

// Documents that are none of the flow's own.
const (
	noDocument     = -1
	otherDocuments = -2 // those of an invoked flow: what they raise is not known here
)

// situation is what matters of a machine for what can come next.
type situation struct {
	state, document int // State.ID; document is that of the state whose bxml runs
	marks           marks
}

// marks is what happened before, as far as events depend on it.
type marks uint8

const (
	markLeg     marks = 1 << iota // a leg was made that has not ended
	markBridger                   // one that may bridge this call
	markBridged                   // this call was bridged
	markMade                      // the machine is a leg itself
	markKeys                      // StartGather runs
	markOut                       // an outbound call
)

// hearing returns the marks once a document runs.
func (m marks) hearing(d *Document) marks {
	if slices.Contains(d.Verbs, "StartGather") {
		m |= markKeys
	}
	return m
}

// trouble is a synchronous event that gets no answer from the flow.
type trouble struct {
	kind            troubleKind
	state, document int
	event           string
}

type troubleKind uint8

const (
	troubleNobody troubleKind = iota // no level handles the event
	troubleOpen                      // there are handlers, and none fits
	troubleMute                      // a handler answers with the bxml of a state that has none
)

// raisedBy returns the webhook URLs of a document whose events end a verb of the call that runs it.
func raisedBy(d *Document) []*URL {
	var list []*URL
	for _, u := range d.URLs {
		t := event.Lookup(u.Events[0])
		if u.Always && t != nil && t.Sync && t.Bearer == event.OwnCall && t.Machine == event.MachineCall {
			list = append(list, u)
		}
	}
	return list
}

// checkProtocol explores what can happen to the machines of the flow and reports what nobody answers. Sub-flows are looked at
// from outside only, for the flow around them answers too.
func (p *prover) checkProtocol() {
	p.checkDead()
	p.checkBridges()
	starts := p.starts()
	if len(starts) == 0 {
		return
	}
	found, _ := explore.Search(starts, maxSituations, p.next)
	for _, f := range found {
		p.report(f.Key, f.Path)
	}
}

// starts returns the situations in which machines begin.
func (p *prover) starts() []explore.Step[situation] {
	var list []explore.Step[situation]
	f := p.c.flow
	for _, name := range []string{"initiate", "answer", "transferAnswer"} {
		m := marks(0)
		if name == "answer" {
			m = markOut
		}
		r := p.react(f.Root, noDocument, name, f.Start[name])
		for _, taken := range r.taken {
			list = append(list, p.enter(taken, situation{-1, noDocument, m}, true)...)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f.Goto)) {
		t := f.Goto[name]
		for trigger := range p.c.gotos[t] {
			label := "answer: {}"
			if trigger == EventGoto {
				label = "updateCall to " + name
			}
			list = append(list, p.enter(choice{t, label}, situation{-1, otherDocuments, markMade | markOut}, true)...)
		}
	}
	slices.SortStableFunc(list, func(a, b explore.Step[situation]) int { return strings.Compare(a.Label, b.Label) })
	return list
}

// next returns what can come in a situation, and what of it is not answered.
func (p *prover) next(at situation) ([]explore.Step[situation], []explore.Trouble[trouble]) {
	var steps []explore.Step[situation]
	var troubles []explore.Trouble[trouble]
	s := p.c.flow.States[at.state]
	if at.document == otherDocuments && s.Invoke != nil {
		return p.around(at, s), nil
	}
	for _, name := range p.answered(at) {
		more, bad := p.ask(at, s, name)
		steps, troubles = append(steps, more...), append(troubles, bad...)
	}
	for _, level := range levels(s) {
		for _, after := range level.After {
			r := p.react(s, at.document, EventAfter+" "+after.Source, after.Transitions)
			for _, taken := range r.taken {
				steps = append(steps, p.enter(taken, at, false)...)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(level.On)) {
			if p.arrives(name, at) {
				steps = append(steps, p.told(at, s, name)...)
			}
		}
	}
	return steps, troubles
}

// levels returns a state and those around it, the flow level too.
func levels(s *State) []*State {
	var list []*State
	for ; s != nil; s = s.Parent {
		list = append(list, s)
	}
	return list
}

// answered returns the synchronous events that can come: those of the document that runs, and the end of a bridge.
func (p *prover) answered(at situation) []string {
	var names []string
	if at.document >= 0 {
		for _, u := range p.raised[p.c.flow.States[at.document]] {
			if !slices.Contains(names, u.Events[0]) {
				names = append(names, u.Events[0])
			}
		}
	}
	if at.marks&markBridged != 0 && p.c.linker.bridgeTargets {
		names = append(names, "bridgeTargetComplete")
	}
	return names
}

// ask offers a synchronous event to the states. What they do not answer goes to those that handle `error`.
func (p *prover) ask(at situation, s *State, name string) (steps []explore.Step[situation], troubles []explore.Trouble[trouble]) {
	from := at
	if name == "bridgeTargetComplete" {
		from.marks &^= markBridged
	}
	fail := func(kind troubleKind, label string) {
		rescued := false
		for _, t := range chain(s, EventError, false) {
			more := p.enter(choice{t, label}, from, true)
			steps, rescued = append(steps, more...), rescued || len(more) > 0
			if t.Guard == nil {
				break
			}
		}
		if !rescued {
			troubles = append(troubles, explore.Trouble[trouble]{Key: trouble{kind, at.state, at.document, name}, Label: label})
		}
	}
	list := chain(s, name, true)
	r := p.react(s, at.document, name, list)
	for _, taken := range r.taken {
		if taken.transition.Leaf == nil && s.Document == nil {
			fail(troubleMute, taken.label)
			continue
		}
		steps = append(steps, p.enter(taken, from, true)...)
	}
	switch {
	case r.open == "":
	case len(list) == 0:
		fail(troubleNobody, r.open)
	default:
		fail(troubleOpen, r.open)
	}
	return steps, troubles
}

// told offers an event that is not answered with a document to the states.
func (p *prover) told(at situation, s *State, name string) []explore.Step[situation] {
	from := at
	switch name {
	case EventBridged:
		from.marks |= markBridged
	case EventBridgeFailed:
		from.marks &^= markBridged
	case EventLegEnded:
		from.marks &^= markLeg | markBridger
	}
	var steps []explore.Step[situation]
	for _, taken := range p.react(s, at.document, name, chain(s, name, false)).taken {
		steps = append(steps, p.enter(taken, from, false)...)
	}
	return steps
}

// around returns where the handlers around an invoked flow can lead.
func (p *prover) around(at situation, s *State) []explore.Step[situation] {
	var steps []explore.Step[situation]
	for _, level := range levels(s) {
		for _, name := range slices.Sorted(maps.Keys(level.On)) {
			t := event.Lookup(name)
			if t != nil && t.Ends || name == EventError {
				continue
			}
			for _, tr := range level.On[name] {
				steps = append(steps, p.enter(choice{tr, name}, at, name == EventDone || t != nil && t.Sync)...)
			}
		}
		for _, after := range level.After {
			for _, tr := range after.Transitions {
				steps = append(steps, p.enter(choice{tr, EventAfter + " " + after.Source}, at, false)...)
			}
		}
	}
	return steps
}

// chain returns the transitions that an event is offered to in a state: from the innermost level outward.
func chain(s *State, name string, any bool) []*Transition {
	var list []*Transition
	for ; s != nil; s = s.Parent {
		list = append(list, s.On[name]...)
		if any {
			list = append(list, s.Any...)
		}
	}
	return list
}
