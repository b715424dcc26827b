package flow

import (
	"slices"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/bxmlflow/bxmlflow/flow/internal/explore"
)

// choice is a transition that can be taken, with an event on which it is.
type choice struct {
	transition *Transition
	label      string
}

// reactionKey names an event in a state while a document runs.
type reactionKey struct {
	level    *State
	document int
	event    string
}

// reaction is what a state does about an event.
type reaction struct {
	level *State
	taken []choice
	// open is an event for which no transition fits, "" when there is none for sure.
	open string
}

// react finds what can be done about an event by a list of transitions.
func (p *prover) react(s *State, document int, name string, list []*Transition) *reaction {
	key := reactionKey{s, document, name}
	if r := p.reactions[key]; r != nil {
		return r
	}
	r := &reaction{level: s}
	p.reactions[key] = r
	gathers := []gathering{anyGathering}
	if document >= 0 && len(p.gathers[p.c.flow.States[document]]) > 0 {
		gathers = p.gathers[p.c.flow.States[document]]
	}
	o, ok := p.occasionsOf(name, list, gathers)
	if !ok {
		for _, t := range list {
			r.taken = append(r.taken, choice{t, name + ": {}"})
		}
		return r
	}
	formulas := o.formulas(p, list)
	again := o.repeats(s, formulas, list)
	r.examples(o, again, formulas, list)
	for n := range o.list { // guards that no example makes true, but others might
		chosen, _, _ := explore.Choose(formulas, o.facts(n, false))
		for i, t := range list {
			chosen[i] = chosen[i] && p.conditions[t].vague(name)
		}
		r.take(list, chosen, o.example(n))
	}
	r.open = o.firstOpen(s, again, formulas)
	return r
}

// vague reports whether a guard depends on more than examples can show: on how a text that is no enumeration looks, on visits.
func (cond *condition) vague(name string) bool {
	return cond != nil && slices.ContainsFunc(cond.atoms, func(a *atom) bool {
		if a.program == nil || a.field == nil {
			return a.program != nil
		}
		doc := documented(name, a.field)
		return a.field.slot.Root() == RootVisits || !a.exact && (doc == nil || len(doc.Values) == 0)
	})
}

// examples notes the transitions that are taken on single events, after others where the state has to be entered again first.
func (r *reaction) examples(o *occasions, again map[int]string, formulas []explore.Condition, list []*Transition) {
	for n := range o.list {
		way, ok := o.wayTo(r.level, o.visits(n), again)
		if ok && !o.list[n].rare {
			chosen, _, _ := explore.Choose(formulas, o.facts(n, true))
			r.take(list, chosen, strings.Join(append(way, o.example(n)), " / "))
		}
	}
}

// take notes the transitions that can be taken on an event.
func (r *reaction) take(list []*Transition, chosen []bool, label string) {
	for i, t := range list {
		if chosen[i] && !slices.ContainsFunc(r.taken, func(c choice) bool { return c.transition == t }) {
			r.taken = append(r.taken, choice{t, label})
		}
	}
}

// firstOpen returns an event for which no transition fits whatever is unknown, "" when there is none. A number of visits counts
// when the state leads to itself so often; the events that do so stand before it.
func (o *occasions) firstOpen(s *State, again map[int]string, formulas []explore.Condition) string {
	for n := range o.list {
		if o.list[n].rare {
			continue
		}
		way, ok := o.wayTo(s, o.visits(n), again)
		if !ok {
			continue
		}
		if _, _, must := explore.Choose(formulas, o.facts(n, true)); must {
			return strings.Join(append(way, o.example(n)), " / ")
		}
	}
	return ""
}

// visits returns the number of visits on an occasion, 1 when no guard reads it.
func (o *occasions) visits(n int) int {
	if v, ok := o.value(&o.list[n], SlotOf(RootVisits, 0)).value.(int); ok {
		return v
	}
	return 1
}

// repeats returns the events on which a state surely leads to itself, by the number of visits.
func (o *occasions) repeats(s *State, formulas []explore.Condition, list []*Transition) map[int]string {
	again := map[int]string{}
	for n := range o.list {
		v := o.visits(n)
		if o.list[n].rare || again[v] != "" {
			continue
		}
		chosen, canFail, _ := explore.Choose(formulas, o.facts(n, true))
		i := slices.Index(chosen, true)
		if i >= 0 && !canFail && !slices.Contains(chosen[i+1:], true) && list[i].Leaf == s {
			again[v] = o.example(n)
		}
	}
	return again
}

// maxRepeats bounds how often a state is led to itself to show something.
const maxRepeats = 60

// wayTo returns the events on which a state was entered for the given time. It reports false when it cannot be told that it is
// ever entered so often. Between two numbers that guards tell apart all are like the lower one.
func (o *occasions) wayTo(s *State, visits int, again map[int]string) (way []string, ok bool) {
	if visits > maxRepeats || s.Visits != NoLimit && visits > s.Visits {
		return nil, false
	}
	like := 1
	for v := 1; v < visits; v++ {
		if slices.ContainsFunc(o.list, func(so occasion) bool { return o.value(&so, SlotOf(RootVisits, 0)).value == v }) {
			like = v
		}
		if again[like] == "" {
			return nil, false
		}
		way = append(way, again[like])
	}
	return way, true
}

// enter returns where a transition leads from a situation: to the states behind `always`, with the document that runs then.
func (p *prover) enter(c choice, at situation, sync bool) []explore.Step[situation] {
	t := c.transition
	var from *State
	if at.state >= 0 {
		from = p.c.flow.States[at.state]
	}
	w := &arrival{p: p, label: c.label, sync: sync, document: at.document, seen: map[situation]bool{}}
	if t.Leaf == nil {
		to := at
		to.marks = p.marked(at.marks, t.Actions)
		if sync && from != nil && from.Document != nil {
			to.document = at.state
			to.marks = to.marks.hearing(from.Document)
		}
		if from != nil && (!sync || from.Document != nil || from.Invoke != nil) {
			w.steps = append(w.steps, explore.Step[situation]{Label: c.label, To: to})
		}
		w.failing(from, t.Actions, at.marks)
		return w.steps
	}
	w.follow(from, t, at.marks)
	return w.steps
}

// arrival follows transitions to where the machine rests.
type arrival struct {
	p        *prover
	label    string
	sync     bool
	document int
	seen     map[situation]bool
	steps    []explore.Step[situation]
}

// follow takes a transition that has a target.
func (w *arrival) follow(from *State, t *Transition, m marks) {
	actions := w.p.c.actionsOf(from, t)
	m = w.p.marked(m, actions)
	leaf := t.Leaf
	at := situation{leaf.ID, 0, m}
	if w.seen[at] {
		return
	}
	w.seen[at] = true
	w.failing(leaf, actions, m)
	for _, next := range w.p.c.alwaysOf(leaf) {
		w.follow(leaf, next, m)
		if next.Guard == nil {
			return
		}
	}
	w.rest(leaf, m)
}

// failing follows where actions lead that fail.
func (w *arrival) failing(from *State, actions []*Action, m marks) {
	for _, a := range actions {
		if a.OnError != nil {
			w.follow(from, a.OnError, m)
		}
	}
}

// rest notes that the machine rests in a state.
func (w *arrival) rest(leaf *State, m marks) {
	to := situation{leaf.ID, w.document, m}
	switch {
	case leaf.Invoke != nil:
		to.document = otherDocuments
	case leaf.Document != nil:
		to.document = leaf.ID
		to.marks = to.marks.hearing(leaf.Document) &^ markBridged
	case w.sync: // nothing to answer with: another rule says so
		return
	}
	w.steps = append(w.steps, explore.Step[situation]{Label: w.label, To: to})
}

// marked returns the marks after actions.
func (p *prover) marked(m marks, actions []*Action) marks {
	for _, a := range actions {
		switch a.Kind {
		case ActionCreateCall:
			m |= markLeg
			if a.Leg != nil && p.bridges(a.Leg) {
				m |= markBridger
			}
		case ActionEndCall, ActionUpdateCall:
			m &^= markBridger
		}
	}
	return m
}

// bridges reports whether a leg runs a flow that bridges calls.
func (p *prover) bridges(l *Leg) bool {
	f := l.Flow
	if f == nil {
		f = p.c.flow
	}
	return slices.ContainsFunc(f.States, func(s *State) bool { return s.Document != nil && slices.Contains(s.Document.Verbs, "Bridge") })
}

// arrives reports whether an event that is not answered with a document can come in a situation. It is sure where it says so.
func (p *prover) arrives(name string, at situation) bool {
	has := func(m marks) bool { return at.marks&m != 0 }
	switch name {
	case EventBridged:
		return has(markBridger) && !has(markBridged)
	case EventBridgeFailed:
		return has(markBridged)
	case EventLegEnded:
		return has(markLeg)
	case EventParentEnded:
		return has(markMade)
	case EventJoined, EventLeft:
		return at.document >= 0 && slices.Contains(p.c.flow.States[at.document].Document.Verbs, "Conference")
	case "dtmf":
		return has(markKeys)
	case "machineDetectionComplete":
		return has(markOut)
	}
	t := event.Lookup(name)
	if t == nil {
		return p.c.flow.Signals[name] != nil
	}
	if t.Sync || t.Ends || at.document < 0 {
		return false
	}
	return slices.ContainsFunc(p.c.flow.States[at.document].Document.URLs, func(u *URL) bool { return slices.Contains(u.Events, name) })
}
