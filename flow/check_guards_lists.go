package flow

import (
	"maps"
	"slices"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/bxmlflow/bxmlflow/flow/internal/explore"
)

// checkGuards reports guards that are the same whatever comes, and transitions that those before them never leave anything for.
func (p *prover) checkGuards() {
	f := p.c.flow
	for _, name := range slices.Sorted(maps.Keys(f.Start)) {
		p.checkList(f.Root, name, f.Start[name])
	}
	for _, level := range append([]*State{f.Root}, f.States...) {
		for _, name := range slices.Sorted(maps.Keys(level.On)) {
			p.checkList(level, name, level.On[name])
		}
		p.checkList(level, EventAny, level.Any)
		p.checkList(level, "", level.Always)
		for _, after := range level.After {
			p.checkList(level, EventAfter, after.Transitions)
		}
	}
}

// checkList checks one list of which the first transition that fits is taken.
func (p *prover) checkList(level *State, name string, list []*Transition) {
	if !slices.ContainsFunc(list, func(t *Transition) bool { return p.conditions[t] != nil }) {
		return
	}
	gathers := p.feeding(level)
	impossible := map[*Transition]bool{}
	for _, t := range list {
		impossible[t] = p.checkLiterals(name, t, gathers)
	}
	o, ok := p.occasionsOf(name, list, gathers)
	if !ok {
		return
	}
	j := &judging{p, o, list, o.formulas(p, list)}
	cases := make([][]explore.Truth, len(o.list))
	for i := range cases {
		cases[i] = o.facts(i, false)
	}
	verdicts, ok := explore.Judge(j.formulas, cases)
	if !ok {
		return
	}
	for i, v := range verdicts {
		t := list[i]
		switch decided := p.conditions[t] != nil; {
		case t.Guard == nil: // the last resort; that nothing is left for it does no harm
			return
		case !decided || v.Holds < 0 && impossible[t]:
		default:
			if j.report(i, v) {
				return
			}
		}
	}
}

// judging is a list that is being judged.
type judging struct {
	p        *prover
	o        *occasions
	list     []*Transition
	formulas []explore.Condition
}

// report reports what is wrong with one transition that has a guard. It reports true when nothing behind it needs to be looked at.
func (j *judging) report(i int, v explore.Verdict) bool {
	t, c := j.list[i], j.p.c
	at := j.p.conditions[t].text.Span
	switch {
	case v.Holds < 0:
		c.warnf(ruleGuard, at, "this guard is never true").WithHelp("no %s that can come makes it true", j.o.words())
	case v.Chosen < 0:
		d := c.warnf(ruleShadowed, t.Span, "this transition is never taken: another goes before it whenever its guard is true")
		j.before(d, i, v.Holds)
	case v.Fails < 0 && slices.ContainsFunc(j.list[i+1:], func(t *Transition) bool { return t.Guard != nil }):
		c.warnf(ruleGuard, at, "this guard is always true, so that nothing behind it is ever taken").
			WithHelp("leave the guard out and put the transition last, or mend the guard")
		return true
	}
	return false
}

// before adds the transition that goes before another on an occasion.
func (j *judging) before(d *diag.Diagnostic, i, n int) {
	known := j.o.facts(n, false)
	for k := range i {
		if chosen, _, _ := explore.Choose(j.formulas[k:k+1], known); chosen[0] {
			d.WithHelp("the first that fits is taken, and %s fits both: put the narrower guard first", j.o.example(n)).
				WithRelated(j.list[k].Span, "this one goes before it")
			return
		}
	}
}

// words names the event in a message.
func (o *occasions) words() string {
	if o.event == "" || o.event == EventAny {
		return "event"
	}
	return o.event
}

// checkLiterals reports values that a field is compared with and never has. It reports whether the guard has one.
func (p *prover) checkLiterals(name string, t *Transition, gathers []gathering) (found bool) {
	cond := p.conditions[t]
	if cond == nil {
		return false
	}
	for _, a := range cond.atoms {
		if a.literal == nil || a.field == nil || a.field.slot.Root() != RootEvent {
			continue
		}
		text, isText := a.literal.Value.(string)
		if !isText || text == "" {
			continue
		}
		if name == "gather" && p.checkDigits(a, text, gathers) {
			found = true
			continue
		}
		doc := documented(name, a.field)
		if doc == nil || doc.Kind != event.Enum && doc.Kind != event.String || len(doc.Values) == 0 || slices.Contains(doc.Values, text) {
			continue
		}
		d := p.c.warnf(ruleImpossible, a.place(), "%s is never %q in %s", a.field.name, text, name)
		if doc.Open {
			d.Message = strings.Replace(d.Message, "is never", "is not documented to be", 1)
		}
		if near, ok := diag.Nearest(text, doc.Values); ok {
			d.WithHelp("did you mean %q?", near)
		} else {
			d.WithHelp("it is one of %s", strings.Join(doc.Values, ", "))
		}
		found = found || !doc.Open
	}
	return found
}

// place returns the place of the literal of an atom.
func (a *atom) place() diag.Span { return a.text.At(a.literal.From, a.literal.To) }

// checkDigits reports digits that no Gather yields.
func (p *prover) checkDigits(a *atom, text string, gathers []gathering) bool {
	id := a.field.slot.Field()
	if id != event.FieldDigits && id != event.FieldTerminatingDigit {
		return false
	}
	values, _ := gathered(gathers, id, []string{text})
	if slices.ContainsFunc(values, func(s sample) bool { return s.value == text }) {
		return false
	}
	d := p.c.warnf(ruleImpossible, a.place(), "%s is never %q", a.field.name, text)
	most, ends := 0, ""
	for _, g := range gathers {
		most, ends = max(most, g.most), ends+g.ends
	}
	switch {
	case id == event.FieldTerminatingDigit && ends == "":
		d.WithHelp("no Gather has terminatingDigits here")
	case id == event.FieldTerminatingDigit:
		d.WithHelp("the terminatingDigits here are %q", ends)
	case strings.Trim(text, allKeys) != "":
		d.WithHelp("digits are 0 to 9, * and #")
	case len(text) > most:
		d.WithHelp("maxDigits is %d", most)
	default:
		d.WithHelp("a terminating digit is no part of the digits: it is in event.terminatingDigit")
	}
	return true
}

// feeding returns the Gather verbs whose event comes to the handlers of a level.
func (p *prover) feeding(level *State) []gathering {
	var list []gathering
	for _, leaf := range p.c.leaves(level) {
		switch {
		case leaf.Invoke != nil:
			return []gathering{anyGathering}
		case leaf.Document != nil:
			list = append(list, p.gathers[leaf]...)
		default: // what ran before goes on
			for _, s := range p.c.flow.States {
				list = append(list, p.gathers[s]...)
			}
		}
	}
	if len(list) == 0 {
		return []gathering{anyGathering}
	}
	return list
}
