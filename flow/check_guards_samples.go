package flow

import (
	"slices"
	"strconv"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/bxmlflow/bxmlflow/flow/internal/expression"
)

// samples returns the values of a field that the guards tell apart.
func (o *occasions) samples(f *field, gathers []gathering) []sample {
	literals, asked := o.literals(f)
	switch {
	case f.slot.Root() == RootVisits:
		return o.counts(f)
	case f.typ == Bool:
		return []sample{{value: false}, {value: true}}
	case f.typ != String:
		return numbers(literals, asked)
	}
	var texts []string
	for _, l := range literals {
		texts = append(texts, expression.Text(l))
	}
	if f.slot.Root() == RootEvent && o.event == "gather" {
		if values, ok := gathered(gathers, f.slot.Field(), texts, o.lengths()...); ok {
			return presence(values, asked)
		}
	}
	return o.texts(f, texts, asked)
}

// literals returns what a field is compared with, and whether it is asked whether the field is there.
func (o *occasions) literals(f *field) (values []any, asked bool) {
	for _, a := range o.atoms {
		if a.field == nil || a.field.slot != f.slot {
			continue
		}
		if a.literal != nil {
			values = append(values, a.literal.Value)
		}
		asked = asked || a.outline.Part == expression.Presence
	}
	return values, asked
}

// lengths returns the numbers with which guards compare how many digits came.
func (o *occasions) lengths() []int {
	var list []int
	for _, a := range o.atoms {
		if m := lengths.FindStringSubmatch(a.key); m != nil {
			n, _ := strconv.Atoi(m[1])
			list = append(list, n)
		}
	}
	return list
}

// presence adds the field that is not there, where that makes a difference.
func presence(values []sample, asked bool) []sample {
	if asked && !slices.ContainsFunc(values, func(s sample) bool { return s.absent }) {
		values = append(values, sample{value: "", absent: true})
	}
	return values
}

// numbers returns the numbers that guards tell apart.
func numbers(literals []any, asked bool) []sample {
	values := []sample{{value: 0}}
	most := 0
	for _, l := range literals {
		n, ok := l.(int)
		if !ok {
			continue
		}
		values, most = append(values, sample{value: n}), max(most, n)
	}
	values = append(values, sample{value: most + 1, stands: true})
	if asked {
		values = append(values, sample{value: 0, absent: true})
	}
	return values
}

// counts returns the numbers of visits that guards tell apart.
func (o *occasions) counts(f *field) []sample {
	set := map[int]bool{1: true}
	for _, a := range o.atoms {
		if a.field == nil || a.field.slot != f.slot {
			continue
		}
		text := ""
		if m := orders.FindStringSubmatch(a.key); m != nil {
			text = m[1]
		} else if a.literal != nil {
			text = expression.Text(a.literal.Value)
		}
		if n, err := strconv.Atoi(text); err == nil {
			for v := max(n-1, 1); v <= n+1; v++ {
				set[v] = true
			}
		}
	}
	var values []sample
	for n := range set {
		values = append(values, sample{value: n})
	}
	slices.SortFunc(values, func(a, b sample) int { return a.value.(int) - b.value.(int) })
	return values
}

// texts returns the texts of a field that guards tell apart: those that the carrier documents, those that guards compare with,
// and one that nobody knows, where there can be one.
func (o *occasions) texts(f *field, literals []string, asked bool) []sample {
	doc := documented(o.event, f)
	var values []sample
	add := func(text string) {
		if !slices.ContainsFunc(values, func(s sample) bool { return s.value == text && !s.absent }) {
			values = append(values, sample{value: text})
		}
	}
	closed := doc != nil && len(doc.Values) > 0 && !doc.Open
	if doc != nil {
		for _, v := range doc.Values {
			add(v)
		}
	}
	if !closed {
		for _, l := range literals {
			if l != "" || doc == nil || len(doc.Values) == 0 { // an enumeration is never empty
				add(l)
			}
		}
		values = append(values, sample{value: "something-new", stands: true})
	}
	if doc == nil || doc.Optional || len(doc.Values) == 0 {
		values = slices.Insert(values, 0, sample{value: "", absent: true, rare: doc != nil && !doc.Optional})
		if asked && (doc == nil || len(doc.Values) == 0) {
			add("")
		}
	}
	return values
}

// documented returns the row of a field of the carrier's event, nil for others. A field in an object that may be missing is
// optional.
func documented(name string, f *field) *event.Field {
	t := event.Lookup(name)
	if t == nil || f.slot.Root() != RootEvent {
		return nil
	}
	row := t.Field(f.slot.Field().String())
	if row == nil {
		return nil
	}
	if object, _, nested := strings.Cut(row.Name, "."); nested {
		if outer := t.Field(object); outer != nil && outer.Optional && !row.Optional {
			copied := *row
			copied.Optional = true
			return &copied
		}
	}
	return row
}
