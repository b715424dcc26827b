package flow

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/flow/internal/expression"
	"github.com/bxmlflow/bxmlflow/flow/internal/parse"
)

// LanguageVersion is the version of the flow language that this package compiles.
const LanguageVersion = 1

// The rules of the compiler, beside those of the parser and of expressions.
const (
	ruleUnknownFlow   = "unknown-flow"
	ruleUnknownState  = "unknown-state"
	ruleUnknownEvent  = "unknown-event"
	ruleUnknownAction = "unknown-action"
	ruleName          = "unknown-name"
	ruleUnused        = "unused-name"
	ruleVersion       = "version"
	ruleRecursion     = "recursion"
	ruleDuplicate     = "duplicate-key"
	ruleSensitive     = "sensitive"
	ruleType          = parse.RuleWrongType
	ruleMissing       = parse.RuleMissingKey
	ruleKey           = parse.RuleUnknownKey
	ruleQuote         = parse.RuleQuote
)

// compiler compiles one flow.
type compiler struct {
	linker *linker
	file   *ast.File
	text   []byte
	broken bool // the file has errors of syntax
	lost   bool // something that was named was not found: states may lack what leads into them or out
	// partial says that not all was compiled: there is a state that is never reached.
	partial bool
	// subflow says that a flow of the set invokes this one.
	subflow bool
	flow    *Flow

	vars      map[string]int
	params    map[string]int
	states    map[string]*State
	source    map[*State]*ast.State
	fragments map[string]*ast.Fragment
	actions   map[string]*ast.UsedAction
	functions map[string]expression.Function

	kinds    map[*State]kinds // of machine by which a state can be entered
	invokers kinds            // of machine that invoke the flow
	made     []made           // legs that the flow makes
	makers   []*compiler      // flows that make legs which run this one
	machine  []*compiler      // flows that may run on the same machine
	legs     map[string]int   // index into Flow.Legs
	gotos    map[*Transition]triggers
	later    []*Transition          // those of gotos
	aimed    map[*ast.Action]string // targets of createCall and updateCall
	moved    bool                   // some updateCall moves a machine of this flow
	handed   []string               // "vars.NAME" and "params.NAME" that some createCall gives

	pending  []pending                       // transitions with the syntax they come from
	built    map[*ast.Transition]*Transition // of `start`, which may stand for several events
	onError  map[*ast.Action]*Transition
	guarded  map[*Transition]bool     // guards are compiled late
	entering map[*State]triggers      // events that can lead into a state
	failing  map[*Transition]triggers // of the transitions of onError
	exposes  map[*State]bool          // states into which an event can lead that was entered in a sensitive state
	scopes   map[string]*expression.Scope
	readVar  []bool
	setVar   []bool
	results  map[int][]Return // what is known of the variables that take results, by variable
	readPar  []bool
	usedFrag map[string]bool
	// outputTypes are the types of what the final states return; Any where they cannot be told.
	outputTypes map[string]Type
	tainted     bool // the event at hand may hold what was entered in a sensitive state
}

// pending is a transition whose guard and actions are still to be compiled.
type pending struct {
	transition *Transition
	source     *ast.Transition
	event      string
}

func (c *compiler) errorf(rule string, at diag.Span, format string, args ...any) *diag.Diagnostic {
	switch rule {
	case ruleUnknownState, ruleUnknownEvent, ruleUnknownFlow:
		c.lost = true
	}
	return c.linker.problems.Errorf(rule, at, format, args...)
}

func (c *compiler) warnf(rule string, at diag.Span, format string, args ...any) *diag.Diagnostic {
	return c.linker.problems.Warnf(rule, at, format, args...)
}

var flowName = regexp.MustCompile(`^[a-z0-9-]+$`)

// declare collects what the flow names: params, variables, states, fragments and what its kit brings.
func (c *compiler) declare() {
	f := c.file
	c.flow = &Flow{
		Name: f.Name.Value, Path: f.Path, Start: map[string][]*Transition{}, Root: &State{On: map[string][]*Transition{}},
		Limits:    Limits{Visits: DefaultVisits, Steps: DefaultSteps},
		Retention: DefaultRetention, Expiry: DefaultExpiry,
	}
	if f.Description != nil {
		c.flow.Description = f.Description.Value
	}
	if !flowName.MatchString(f.Name.Value) {
		c.errorf(ruleType, f.Name.Span, "%q is no name for a flow", f.Name.Value).WithHelp("use lower-case letters, digits and hyphens: it is part of the URL")
	}
	if f.Version != nil && f.Version.Value != strconv.Itoa(LanguageVersion) {
		c.errorf(ruleVersion, f.Version.Span, "this is version %s of the language, not %s", strconv.Itoa(LanguageVersion), f.Version.Value)
	}
	c.declareUses()
	c.declareParams()
	c.declareVars()
	c.declareTimes()
	c.declareSignals()
	c.declareStates()
	c.fragments = map[string]*ast.Fragment{}
	c.usedFrag = map[string]bool{}
	for _, fragment := range f.Fragments {
		c.fragments[fragment.Name.Value] = fragment
		for _, d := range fragment.With {
			c.checkName(d.Name, "argument", identifier)
			c.typeOf(d.Type)
		}
	}
}

// compile compiles guards, actions and documents, and checks the flow as a whole.
func (c *compiler) compile() {
	c.scopes = map[string]*expression.Scope{}
	c.declareResults()
	c.outbound()
	c.enter()
	for _, p := range c.pending {
		c.tainted = c.sensitive(p.transition)
		scope := c.scope(c.triggers(p.transition), c.kindsOf(p.transition))
		if p.source.Guard != nil {
			p.transition.Guard = c.guard(p.source.Guard, scope)
		}
		p.transition.Actions = c.compileActions(p.source.Actions, scope)
	}
	for _, s := range c.flow.States {
		c.body(s, c.source[s])
	}
	c.needs()
	if !c.broken { // what the parser left out would be reported a second time
		c.checkLists()
		c.checkStates()
		c.checkNames()
		c.checkSignals()
	}
}

// identifier is what names of params, variables and states look like.
var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

var stateName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)

func (c *compiler) checkName(t ast.Text, what string, re *regexp.Regexp) {
	if re.MatchString(t.Value) {
		return
	}
	d := c.errorf(ruleType, t.Span, "%q is no name for a %s", t.Value, what)
	if strings.Contains(t.Value, ".") {
		d.WithHelp("a dot joins the names of nested states")
		return
	}
	d.WithHelp("use letters, digits and _, beginning with a letter")
}

// report turns the problems of an expression into problems of the file. base is where the expression begins in the text.
func (c *compiler) report(t *ast.Text, base int, problems []expression.Problem) {
	for _, p := range problems {
		d := c.errorf(p.Rule, t.At(base+p.From, base+p.To), "%s", p.Message)
		d.Help = p.Help
	}
}

// note records which variables and params an expression reads.
func (c *compiler) note(refs []expression.Ref) {
	for _, r := range refs {
		switch s := Slot(r.Slot); s.Root() {
		case RootVar:
			c.readVar[s.Index()] = true
		case RootParam:
			c.readPar[s.Index()] = true
		case RootCall:
			c.flow.Reads |= 1 << s.Index()
		}
	}
}

// guard compiles a condition.
func (c *compiler) guard(t *ast.Text, scope *expression.Scope) *Guard {
	program, problems := expression.Guard(t.Value, scope)
	c.report(t, 0, problems)
	if program == nil {
		return nil
	}
	c.note(program.Refs())
	return &Guard{Source: t.Value, Span: t.Span, program: program}
}

// template compiles a text with `${ }` parts.
func (c *compiler) template(t *ast.Text, scope *expression.Scope) *Template {
	return c.part(t, 0, len(t.Value), scope)
}

// part compiles the bytes [from:to] of a text as a template.
func (c *compiler) part(t *ast.Text, from, to int, scope *expression.Scope) *Template {
	source := t.Value[from:to]
	template, problems := expression.Parse(source, scope)
	c.report(t, from, problems)
	if template == nil {
		return nil
	}
	c.note(template.Refs())
	return &Template{Source: source, Span: t.Span, template: template}
}

// body compiles what a state does when it is entered and left.
func (c *compiler) body(s *State, a *ast.State) {
	scope := c.scope(c.entering[s], c.kinds[s])
	reached := len(c.entering[s]) > 0
	c.tainted = c.exposes[s]
	if reached {
		s.Entry = c.compileActions(a.Entry, scope)
	}
	c.delays(s, a, scope)
	s.Exit = c.compileActions(a.Exit, c.scope(nil, c.kinds[s]))
	if a.HasDocument && reached {
		s.Document = c.document(s, a, scope)
	}
	if s.Invoke != nil {
		c.arguments(s.Invoke, a.Invoke, scope)
	}
	if a.Output != nil && reached {
		c.outputs(s, a.Output, scope)
	}
}
