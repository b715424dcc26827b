package flow

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"time"

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
	ruleType          = parse.RuleWrongType
	ruleMissing       = parse.RuleMissingKey
	ruleKey           = parse.RuleUnknownKey
	ruleLater         = parse.RuleNotSupported
	ruleQuote         = parse.RuleQuote
)

// compiler compiles one flow.
type compiler struct {
	linker *linker
	file   *ast.File
	text   []byte
	broken bool // the file has errors of syntax
	flow   *Flow

	vars      map[string]int
	params    map[string]int
	states    map[string]*State
	source    map[*State]*ast.State
	fragments map[string]*ast.Fragment
	actions   map[string]*ast.UsedAction
	functions map[string]expression.Function

	pending  []pending                       // transitions with the syntax they come from
	built    map[*ast.Transition]*Transition // of `start`, which may stand for several events
	onError  map[*ast.Action]*Transition
	entering map[*State]triggers // events that can lead into a state
	scopes   map[string]*expression.Scope
	readVar  []bool
	setVar   []bool
	readPar  []bool
	usedFrag map[string]bool
	tainted  bool // the state or transition at hand is sensitive
}

// pending is a transition whose guard and actions are still to be compiled.
type pending struct {
	transition *Transition
	source     *ast.Transition
	event      string
}

func (c *compiler) errorf(rule string, at diag.Span, format string, args ...any) *diag.Diagnostic {
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
	c.declareStates()
	c.fragments = map[string]*ast.Fragment{}
	c.usedFrag = map[string]bool{}
	for _, fragment := range f.Fragments {
		c.fragments[fragment.Name.Value] = fragment
	}
}

func (c *compiler) declareUses() {
	c.actions, c.functions = map[string]*ast.UsedAction{}, map[string]expression.Function{}
	if c.file.Uses == nil {
		return
	}
	for _, a := range c.file.Uses.Actions {
		c.actions[a.Name.Value] = a
		c.flow.Actions = append(c.flow.Actions, a.Name.Value)
		for _, d := range append(a.With, a.Returns...) {
			c.typeOf(d.Type)
		}
		if a.Effect && a.Returns != nil {
			c.errorf(ruleType, a.Name.Span, "the effect %q cannot return anything", a.Name.Value).WithHelp("an effect runs after the answer; drop %q or %q", "effect", "returns")
		}
	}
	for _, f := range c.file.Uses.Functions {
		if _, ok := expression.BuiltIns()[f.Name.Value]; ok {
			c.errorf(ruleDuplicate, f.Name.Span, "%q is a function of the language already", f.Name.Value)
		}
		c.flow.Functions = append(c.flow.Functions, f.Name.Value)
		c.functions[f.Name.Value] = c.function(f)
	}
}

// function returns the function that the kit brings, with the signature that the flow declares.
func (c *compiler) function(f *ast.UsedFunction) expression.Function {
	fn := expression.Function{Result: Any}
	if f.Returns != nil {
		fn.Result = c.typeOf(f.Returns)
	}
	for i := range f.Params {
		fn.Params = append(fn.Params, c.typeOf(&f.Params[i]))
	}
	name := f.Name.Value
	fn.Call = c.linker.options.Functions[name].Call
	if fn.Call == nil {
		fn.Call = func(...any) (any, error) { return nil, errNotRegistered(name) }
	}
	return fn
}

type errNotRegistered string

func (e errNotRegistered) Error() string {
	return "function " + string(e) + " is declared under uses but not registered"
}

func (c *compiler) declareTimes() {
	f := c.file
	c.flow.Limits = c.limits(f.Limits, c.flow.Limits, true)
	if records(f) {
		c.flow.Retention = RecordRetention
	}
	c.duration(f.Retention, &c.flow.Retention)
	c.duration(f.Expiry, &c.flow.Expiry)
}

// records reports whether a flow records or transcribes: then late events may come for weeks.
func records(f *ast.File) bool {
	record := func(entries []*ast.Entry) bool {
		for _, e := range entries {
			if v := e.Verb.Value; v == "Record" || v == "StartRecording" || v == "StartTranscription" {
				return true
			}
		}
		return false
	}
	for _, fragment := range f.Fragments {
		if record(fragment.Entries) {
			return true
		}
	}
	return anyState(f.States, func(s *ast.State) bool { return record(s.Document) })
}

func (c *compiler) duration(t *ast.Text, into *time.Duration) {
	if t == nil {
		return
	}
	d, err := expression.ParseDuration(t.Value)
	if err != nil || d <= 0 {
		c.errorf(ruleType, t.Span, "%q is no duration", t.Value).WithHelp("write it as in 20s, 5m or 24h")
		return
	}
	*into = d
}

func (c *compiler) limits(l *ast.Limits, base Limits, steps bool) Limits {
	if l == nil {
		return base
	}
	if l.Steps != nil && !steps {
		c.errorf(ruleKey, l.Steps.Span, "a state has no limit of steps").WithHelp("put it under the limits of the flow")
		l.Steps = nil
	}
	c.limit(l.Visits, &base.Visits)
	c.limit(l.Steps, &base.Steps)
	return base
}

func (c *compiler) limit(t *ast.Text, into *int) {
	if t == nil {
		return
	}
	if t.Value == "none" {
		*into = NoLimit
		return
	}
	n, err := strconv.Atoi(t.Value)
	if err != nil || n < 1 {
		c.errorf(ruleType, t.Span, "a limit must be a number from 1 on or none, not %q", t.Value)
		return
	}
	*into = n
}

// usable reports whether the flow and all that it invokes are free of errors.
func (c *compiler) usable(bad map[string]bool, depth int) bool {
	if bad[c.file.Path] || c.broken || depth > MaxInvokeDepth {
		return false
	}
	for _, s := range c.flow.States {
		if s.Invoke != nil && !c.linker.byName[s.Invoke.Flow.Name].usable(bad, depth+1) {
			return false
		}
	}
	return true
}

// inherit adds what the invoked flows read of the call.
func (c *compiler) inherit() {
	for _, s := range c.flow.States {
		if s.Invoke != nil {
			c.flow.Reads |= s.Invoke.Flow.Reads
		}
	}
}

// hash returns the content hash: the text, the language version, the resolved params, what the set adds to the URLs, and
// the hashes of the invoked flows.
func (c *compiler) hash(depth int) Hash {
	h := sha256.New()
	put := func(b []byte) {
		h.Write(binary.AppendUvarint(nil, uint64(len(b))))
		h.Write(b)
	}
	put([]byte(strconv.Itoa(LanguageVersion)))
	put(c.text)
	for _, p := range c.flow.Params {
		text, _ := json.Marshal(p.Value)
		put([]byte(p.Name))
		put(text)
	}
	put(strconv.AppendBool(nil, c.linker.bridgeTargets))
	for _, s := range c.flow.States {
		if s.Invoke != nil && depth < MaxInvokeDepth {
			inner := c.linker.byName[s.Invoke.Flow.Name].hash(depth + 1)
			put(inner[:])
		}
	}
	return Hash(h.Sum(nil)[:len(Hash{})])
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
