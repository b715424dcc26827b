package flow

import (
	"regexp"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/flow/internal/explore"
	"github.com/bxmlflow/bxmlflow/flow/internal/expression"
)

// The rules about guards.
const (
	ruleGuard      = "guard-constant"
	ruleImpossible = "impossible-value"
)

// prover decides about the guards and the events of one flow that has no errors.
type prover struct {
	c          *compiler
	conditions map[*Transition]*condition
	gathers    map[*State][]gathering // of the documents
	raised     map[*State][]*URL      // of the documents: webhooks of the call itself that are answered
	reactions  map[reactionKey]*reaction
}

// condition is the guard of a transition as a formula over atoms.
type condition struct {
	text    *ast.Text
	formula explore.Condition
	atoms   []*atom // numbered in the formula
}

// atom is a piece of a guard that is true or false.
type atom struct {
	outline *expression.Outline
	literal *expression.Literal // of Equal: the one that is compared
	text    *ast.Text           // of the guard
	// key is equal for atoms that are true together.
	key string
	// program evaluates it when it reads nothing but fields of the event; nil otherwise.
	program *expression.Program
	// field is what it reads when that is a single thing which has a finite number of kinds of value; nil otherwise.
	field *field
	// exact says that the values of the field tell what it can be.
	exact bool
}

// field is a value that guards read.
type field struct {
	name string
	slot Slot
	typ  Type
}

// prove checks what can be proved of the guards and of the protocol. It looks at flows without errors only: what is wrong there
// would be reported a second time.
func (l *linker) prove() {
	bad := l.bad()
	for _, c := range l.compilers {
		if bad[c] || c.lost {
			continue
		}
		p := &prover{
			c: c, conditions: map[*Transition]*condition{}, gathers: map[*State][]gathering{}, raised: map[*State][]*URL{},
			reactions: map[reactionKey]*reaction{},
		}
		p.prepare()
		p.checkGuards()
		p.checkProtocol()
	}
}

// prepare outlines the guards and the documents.
func (p *prover) prepare() {
	for _, t := range p.c.pending {
		if t.source.Guard == nil || t.transition.Guard == nil {
			continue
		}
		scope := p.c.scope(p.c.triggers(t.transition), p.c.kindsOf(t.transition))
		o := expression.OutlineOf(t.source.Guard.Value, scope)
		if o == nil {
			continue
		}
		cond := &condition{text: t.source.Guard}
		cond.formula = cond.build(o, scope)
		p.conditions[t.transition] = cond
	}
	for _, s := range p.c.flow.States {
		if s.Document != nil {
			p.gathers[s] = p.c.gathersOf(p.c.source[s].Document, 0)
			p.raised[s] = raisedBy(s.Document)
		}
	}
}

// build turns an outline into a formula.
func (cond *condition) build(o *expression.Outline, scope *expression.Scope) explore.Condition {
	var args []explore.Condition
	for _, a := range o.Args {
		args = append(args, cond.build(a, scope))
	}
	switch o.Part {
	case expression.And:
		return explore.Condition{Op: explore.And, Args: args}
	case expression.Or:
		return explore.Condition{Op: explore.Or, Args: args}
	case expression.Not:
		return explore.Condition{Op: explore.Not, Args: args}
	case expression.Equal, expression.In:
		for i := range o.Literals {
			args = append(args, cond.atom(o, &o.Literals[i], scope))
		}
		return explore.Condition{Op: explore.Or, Args: args}
	}
	return cond.atom(o, nil, scope)
}

// orders matches a comparison of `visits` with a number.
var orders = regexp.MustCompile(`^visits\s*(?:<|<=|>|>=)\s*(\d{1,6})$`)

// lengths matches a comparison of how many digits came with a number.
var lengths = regexp.MustCompile(`^len\(event\.digits\)\s*(?:<|<=|>|>=|==|!=)\s*(\d{1,4})$`)

// atom makes an atom of a piece of a guard.
func (cond *condition) atom(o *expression.Outline, l *expression.Literal, scope *expression.Scope) explore.Condition {
	text := strings.TrimSpace(cond.text.Value[o.From:o.To])
	a := &atom{outline: o, literal: l, text: cond.text, key: text}
	if l != nil {
		a.key = o.Reads[0].Name + "==" + expression.Text(l.Value)
	}
	if f := fieldOf(o.Reads, scope); f != nil {
		a.field = f
		single := o.Part == expression.Presence || f.typ == Bool && text == f.name
		a.exact = l != nil || single || orders.MatchString(text) || lengths.MatchString(text)
	}
	if l == nil && o.Part != expression.Presence && ofEvent(o.Reads) {
		a.program, _ = expression.Guard(text, scope)
	}
	cond.atoms = append(cond.atoms, a)
	return explore.Condition{Op: explore.Atom, Atom: len(cond.atoms) - 1}
}

// fieldOf returns the one thing that is read when its values can be told apart, nil otherwise.
func fieldOf(refs []expression.Ref, scope *expression.Scope) *field {
	if len(refs) == 0 {
		return nil
	}
	for _, r := range refs {
		if r.Name != refs[0].Name {
			return nil
		}
	}
	name := scope.Names[refs[0].Name]
	f := &field{name: refs[0].Name, slot: Slot(name.Slot), typ: name.Type}
	switch f.slot.Root() {
	case RootEvent, RootInternal, RootSignal, RootVisits:
	default:
		return nil
	}
	if f.typ != String && f.typ != Bool && f.typ != Int && f.typ != Number || name.Member != "" {
		return nil
	}
	return f
}

// ofEvent reports whether all that is read is part of the event and can be given any value.
func ofEvent(refs []expression.Ref) bool {
	for _, r := range refs {
		if root := Slot(r.Slot).Root(); root != RootEvent && root != RootVisits {
			return false
		}
	}
	return len(refs) > 0
}
