package flow

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/flow/event"
)

// The rules of the protocol.
const (
	ruleUnanswered   = "unanswered-event"
	ruleOpen         = "open-outcome"
	ruleDeadHandler  = "dead-handler"
	ruleBridgeTarget = "bridge-target"
)

// report reports an event that is not answered, with the steps that lead there.
func (p *prover) report(t trouble, path []string) {
	f := p.c.flow
	s := f.States[t.state]
	steps := "it happens with the steps " + strings.Join(path, " / ")
	var d *diag.Diagnostic
	switch t.kind {
	case troubleOpen:
		level, h := p.handlerOf(s, t.event)
		if h == nil {
			return
		}
		last := path[len(path)-1]
		last = last[strings.LastIndex(last, " / ")+1:]
		d = p.c.errorf(ruleOpen, h.Event.Span, "no transition fits %s%s", strings.TrimPrefix(last, "/ "), in(level))
		d.WithHelp("add a transition without a guard at the end; %s", steps)
		return
	case troubleMute:
		d = p.c.errorf(ruleUnanswered, s.Span, "state %q has no bxml to answer %s with", s.Name, t.event)
	default:
		d = p.c.errorf(ruleUnanswered, s.Span, "nobody answers %s in state %q", t.event, s.Name)
	}
	d.WithHelp("lead %s to a state with bxml, here or at flow level; %s", t.event, steps)
	if t.document < 0 {
		return
	}
	for _, u := range p.raised[f.States[t.document]] {
		if slices.Contains(u.Events, t.event) && t.document != t.state {
			d.WithRelated(u.Span, fmt.Sprintf("the document of state %q goes on and raises it", f.States[t.document].Name))
			return
		}
	}
}

// handlerOf returns the innermost handler of an event.
func (p *prover) handlerOf(s *State, name string) (*State, *ast.Handler) {
	for _, level := range levels(s) {
		list := p.c.file.On
		if !level.IsRoot() {
			list = p.c.source[level].On
		}
		for _, h := range list {
			if t := event.Lookup(h.Event.Value); h.Event.Value == name || t != nil && t.Name == name || h.Event.Value == EventAny {
				return level, h
			}
		}
	}
	return nil, nil
}

// verbEvents are the events that nothing but a verb of the call itself raises.
var verbEvents = []string{"gather", "recordComplete", "transferComplete", "bridgeComplete", "referComplete"}

// checkDead reports handlers of states for events that no document raises there.
func (p *prover) checkDead() {
	for _, s := range p.c.flow.States {
		if slices.ContainsFunc(p.c.leaves(s), func(leaf *State) bool { return p.c.source[leaf].HasDocument && leaf.Document == nil }) {
			continue // one of them is never reached
		}
		for _, h := range p.c.source[s].On {
			name := h.Event.Value
			if t := event.Lookup(name); t != nil {
				name = t.Name
			}
			if slices.Contains(verbEvents, name) && !p.mayRaise(s, name) {
				p.c.warnf(ruleDeadHandler, h.Event.Span, "%q cannot come in state %q: no document raises it there", name, s.Name).
					WithHelp("%s raises it: remove the handler, or move it to the state whose bxml has the verb", raisersOf(name))
			}
		}
	}
}

// raisersOf names the verbs that raise an event.
func raisersOf(name string) string {
	var list []string
	for _, v := range bxml.Verbs() {
		if v.URL(name) != nil {
			list = append(list, v.Name)
		}
	}
	return strings.Join(list, " or ")
}

// mayRaise reports whether a document can raise an event while a state inside level is active. In a state without a document it
// may be any.
func (p *prover) mayRaise(level *State, name string) bool {
	for _, leaf := range p.c.leaves(level) {
		if leaf.Document != nil && !documentRaises(leaf.Document, name) {
			continue
		}
		if leaf.Document != nil || leaf.Invoke != nil || leaf.Final {
			return true
		}
		for _, other := range p.c.machine {
			for _, s := range other.flow.States {
				if s.Document != nil && documentRaises(s.Document, name) {
					return true
				}
			}
		}
	}
	return false
}

func documentRaises(d *Document, name string) bool {
	return slices.ContainsFunc(d.Verbs, func(verb string) bool { return bxml.Lookup(verb).URL(name) != nil })
}

// checkBridges reports bridges after which one of the two calls is hung up without a word.
func (p *prover) checkBridges() {
	for _, s := range p.c.flow.States {
		list := p.c.source[s].Document
		for i, e := range list {
			if e.Verb.Value != "Bridge" {
				continue
			}
			if !p.c.linker.bridgeTargets && !hasAttribute(e, "bridgeTargetCompleteUrl") {
				p.c.warnf(ruleBridgeTarget, e.Verb.Span, "the other call is hung up without a word when this one leaves the bridge").
					WithHelp("handle bridgeTargetComplete in the flow of the other call; `bridgeTargetCompleteUrl: null` says that it is meant so")
			}
			if i == len(list)-1 && !s.Final && !hasAttribute(e, "bridgeCompleteUrl") && p.unasked(s, "bridgeComplete") {
				p.c.warnf(ruleBridgeTarget, e.Verb.Span, "this call is hung up without a word when the other one leaves the bridge, or when there is none").
					WithHelp("handle bridgeComplete; `bridgeCompleteUrl: null` says that it is meant so")
			}
		}
	}
}

// unasked reports whether nobody can handle an event of a verb in a state, so that it is not asked for.
func (p *prover) unasked(s *State, name string) bool {
	return s.Document != nil && !s.Handles(name) && len(p.c.flow.Start[EventInvoke]) == 0
}

func hasAttribute(e *ast.Entry, name string) bool {
	return slices.ContainsFunc(e.Attributes, func(a ast.Pair) bool { return a.Key.Value == name })
}
