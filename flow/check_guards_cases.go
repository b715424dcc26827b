package flow

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/internal/explore"
	"github.com/bxmlflow/bxmlflow/flow/internal/expression"
)

// maxCases bounds the combinations of values that are tried for one list of guards.
const maxCases = 600

// sample is a value of a field that stands for all values which no guard tells from it.
type sample struct {
	value  any
	absent bool
	// stands says that it stands for other values too; else it is that value alone.
	stands bool
	// rare values are possible, but no example of anything.
	rare bool
}

// occasion is one way in which an event can come: a value for every field that guards read.
type occasion struct {
	samples []sample
	rare    bool
}

// occasions are the ways in which an event can come, as far as a number of guards tell them apart.
type occasions struct {
	event  string
	fields []*field
	list   []occasion
	atoms  []*atom        // those of all guards, each once
	number map[string]int // of atoms by key
	vm     expression.VM
}

// occasionsOf returns the ways in which an event can come to transitions. It reports false when there are too many.
func (p *prover) occasionsOf(name string, list []*Transition, gathers []gathering) (*occasions, bool) {
	o := &occasions{event: name, number: map[string]int{}}
	for _, t := range list {
		if cond := p.conditions[t]; cond != nil {
			for _, a := range cond.atoms {
				o.add(a)
			}
		}
	}
	o.list = []occasion{{}}
	for _, f := range o.fields {
		samples := o.samples(f, gathers)
		if len(o.list)*len(samples) > maxCases {
			return nil, false
		}
		var more []occasion
		for _, so := range o.list {
			for _, v := range samples {
				more = append(more, occasion{append(slices.Clip(so.samples), v), so.rare || v.rare})
			}
		}
		o.list = more
	}
	return o, true
}

// add notes an atom and what it reads.
func (o *occasions) add(a *atom) {
	if _, ok := o.number[a.key]; !ok {
		o.number[a.key] = len(o.atoms)
		o.atoms = append(o.atoms, a)
	}
	if a.field != nil && !slices.ContainsFunc(o.fields, func(f *field) bool { return f.slot == a.field.slot }) {
		o.fields = append(o.fields, a.field)
	}
}

// formulas returns the guards of transitions over the atoms of o.
func (o *occasions) formulas(p *prover, list []*Transition) []explore.Condition {
	var formulas []explore.Condition
	for _, t := range list {
		switch cond := p.conditions[t]; {
		case t.Guard == nil:
			formulas = append(formulas, explore.Condition{})
		case cond == nil: // nothing is known
			o.atoms = append(o.atoms, &atom{})
			formulas = append(formulas, explore.Condition{Op: explore.Atom, Atom: len(o.atoms) - 1})
		default:
			formulas = append(formulas, o.renumber(cond, cond.formula))
		}
	}
	return formulas
}

func (o *occasions) renumber(cond *condition, f explore.Condition) explore.Condition {
	out := explore.Condition{Op: f.Op, Atom: f.Atom}
	if f.Op == explore.Atom {
		out.Atom = o.number[cond.atoms[f.Atom].key]
	}
	for _, a := range f.Args {
		out.Args = append(out.Args, o.renumber(cond, a))
	}
	return out
}

// facts returns what is known of the atoms on an occasion. What a value that stands for others decides is evaluated when all tells
// so, for then the occasion is only an example; otherwise it is unknown, for others may decide otherwise.
func (o *occasions) facts(n int, all bool) []explore.Truth {
	facts := make([]explore.Truth, len(o.atoms))
	so := &o.list[n]
	for i, a := range o.atoms {
		switch {
		case a.field != nil && a.exact && a.literal != nil:
			facts[i] = explore.Of(same(o.value(so, a.field.slot).value, a.literal.Value))
		case a.field != nil && a.exact && a.outline.Part == expression.Presence:
			facts[i] = explore.Of(!o.value(so, a.field.slot).absent)
		case a.program != nil && (a.exact || a.field != nil && (all || !o.value(so, a.field.slot).stands)):
			if ok, err := o.vm.Bool(a.program, occasionEnv{o, so}); err == nil {
				facts[i] = explore.Of(ok)
			}
		case a.field != nil && a.exact: // a condition of another machine, by itself
			facts[i] = explore.Of(o.value(so, a.field.slot).value == true)
		}
	}
	return facts
}

func same(a, b any) bool {
	if x, ok := b.(float64); ok {
		n, isInt := a.(int)
		return isInt && float64(n) == x
	}
	return a == b
}

// value returns the value of a field on an occasion.
func (o *occasions) value(so *occasion, slot Slot) sample {
	for i, f := range o.fields {
		if f.slot == slot {
			return so.samples[i]
		}
	}
	return sample{absent: true}
}

// occasionEnv gives expressions the values of an occasion.
type occasionEnv struct {
	o  *occasions
	so *occasion
}

func (e occasionEnv) Lookup(slot int) any { return e.o.value(e.so, Slot(slot)).value }
func (e occasionEnv) Has(slot int) bool   { return !e.o.value(e.so, Slot(slot)).absent }

// example writes the event of an occasion as a step of a test: gather: {digits: "1"}.
func (o *occasions) example(n int) string {
	var parts []string
	for i, f := range o.fields {
		s := o.list[n].samples[i]
		switch name := strings.TrimPrefix(f.name, "event."); {
		case f.slot.Root() == RootVisits, s.absent:
		case f.typ == String:
			parts = append(parts, fmt.Sprintf("%s: %q", name, s.value))
		default:
			parts = append(parts, fmt.Sprintf("%s: %v", name, s.value))
		}
	}
	return o.event + ": {" + strings.Join(parts, ", ") + "}"
}
