package runtime

import (
	"errors"
	"fmt"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/bxml"
)

// add stores an effect for later. That cannot fail: what the runtime itself has to tell is bounded by legs and members.
func (r *stepRun) add(request Request) {
	r.m.LastEffect++
	r.m.Effects = append(r.m.Effects, Effect{ID: r.m.LastEffect, Turn: r.m.Turn, Request: request})
	if r.tracing {
		r.trace.Effects = append(r.trace.Effects, r.shown(&r.m.Effects[len(r.m.Effects)-1].Request))
	}
}

// effect stores what an action asks for.
func (r *stepRun) effect(request Request) error {
	if len(r.m.Effects) >= MaxPending {
		return r.limit("more than %d effects wait to be performed", MaxPending)
	}
	if r.waiting == 0 {
		for i := range r.m.Effects {
			r.waiting += r.size(&r.m.Effects[i].Request)
		}
	}
	size := r.size(&request)
	if r.waiting+size > MaxWaiting {
		return r.limit("the effects that wait to be performed take more than %d bytes", MaxWaiting)
	}
	r.waiting += size
	r.add(request)
	return nil
}

// size returns how many bytes the request of an effect takes.
func (r *stepRun) size(request *Request) int {
	r.text = request.append(r.text[:0])
	return len(r.text)
}

// onCalls performs an action on another call or on a conference.
func (r *stepRun) onCalls(a *flow.Action) error {
	switch a.Kind {
	case flow.ActionCreateCall:
		return r.createCall(a)
	case flow.ActionUpdateCall, flow.ActionEndCall:
		return r.moveLeg(a)
	case flow.ActionSend:
		return r.signal(a)
	}
	return r.operation(a)
}

// asks begins an effect of an action.
func (r *stepRun) asks(a *flow.Action, operation string) Request {
	return Request{Kind: a.Kind, Name: a.Name, Source: r.where() + ": " + a.Name, Timeout: a.Timeout, Operation: operation}
}

// moveLeg moves another leg to a state, or ends it.
func (r *stepRun) moveLeg(a *flow.Action) error {
	name, err := r.textOf(a.Move.Leg)
	if err != nil {
		return fmt.Errorf("leg: %w", err)
	}
	to := r.receiver(name)
	switch {
	case to == "":
		r.nobody(a, name)
		return nil
	case a.Kind == flow.ActionEndCall:
		request := r.asks(a, opHangUp)
		request.Target = to
		return r.effect(request)
	}
	e := r.about(flow.EventGoto)
	e.Target = a.Move.Target
	return r.deliver(a, to, e)
}

// signal sends a signal to another machine. One that nobody can get is dropped: the receiver may have gone a moment ago.
func (r *stepRun) signal(a *flow.Action) error {
	name, err := r.textOf(a.Send.To)
	if err != nil {
		return fmt.Errorf("to: %w", err)
	}
	with, err := r.given(a.With)
	if err != nil {
		return err
	}
	to := r.receiver(name)
	if to == "" {
		r.nobody(a, name)
		return nil
	}
	e := r.about(a.Send.Signal)
	e.Cause, e.With = "", with
	return r.deliver(a, to, e)
}

// deliver leaves an event of an action for another machine.
func (r *stepRun) deliver(a *flow.Action, to string, e InternalEvent) error {
	e.From, e.ID = r.m.Key, r.m.LastEffect+1
	request := r.asks(a, opTell)
	request.Tell = &Tell{To: to, Event: e}
	return r.effect(request)
}

// nobody traces an action on a leg that there is not, or not any more.
func (r *stepRun) nobody(a *flow.Action, name string) {
	if r.tracing {
		r.trace.Effects = append(r.trace.Effects, a.Name+" "+name+" (nobody)")
	}
}

// Words that an action may name instead of a leg.
const (
	toParent     = "parent"
	toConference = "conference"
)

// receiver returns the key of the machine, or the callId, that a name means: the parent, the conference, a leg by its name, or
// a callId itself. It returns "" for a leg that was not made yet or has ended, and where there is no parent or conference.
func (r *stepRun) receiver(name string) string {
	m := r.m
	switch {
	case name == toParent && m.More != nil && m.More.Maker != "":
		return m.More.Maker
	case name == toParent:
		return m.Call.Parent
	case name == toConference && m.More != nil:
		return m.More.Conference
	case name == toConference:
		return ""
	}
	if l := m.legNamed(name); l != nil {
		if l.Ended {
			return ""
		}
		return l.Key
	}
	for i := range m.Frames {
		for _, leg := range m.Frames[i].Flow.Legs {
			if leg == name {
				return ""
			}
		}
	}
	return name
}

// textOf evaluates a text that an effect keeps.
func (r *stepRun) textOf(t *flow.Template) (string, error) {
	if t == nil {
		return "", nil
	}
	text, err := r.ev.AppendText(r.text[:0], t, &r.env)
	r.text = text
	if err == nil && len(text) > MaxText {
		err = errLong
	}
	return string(text), err
}

var errLong = fmt.Errorf("a text is longer than %d bytes", MaxText)

// given evaluates the map of values that an effect keeps; nil for none.
func (r *stepRun) given(v *flow.Value) (map[string]any, error) {
	if v == nil {
		return nil, nil
	}
	value, err := r.ev.Value(v, &r.env)
	if err == nil {
		value, err = plain(value, 0)
	}
	if err == nil {
		err = r.keepable(value)
	}
	m, isMap := value.(map[string]any)
	if err == nil && !isMap && value != nil {
		err = fmt.Errorf("a value of type %T is no map", value)
	}
	return m, err
}

// keepable checks that a value is not too large to be kept.
func (r *stepRun) keepable(v any) error {
	if longText(v) {
		return errLong
	}
	r.text = appendValue(r.text[:0], v, nil)
	if len(r.text) > MaxVariables {
		return fmt.Errorf("the values take more than %d bytes", MaxVariables)
	}
	return nil
}

// operation performs another operation of the REST API. The flow names the conference or the call that it is about, which goes
// into the path of the request, beside the fields of the request.
func (r *stepRun) operation(a *flow.Action) error {
	v, err := r.ev.Value(a.With, &r.env)
	if err != nil {
		return err
	}
	if v, err = plain(v, 0); err != nil {
		return err
	}
	request := r.asks(a, a.Name)
	request.Args, _ = v.(map[string]any)
	for _, name := range [...]string{"callId", "conferenceId"} {
		if text, ok := request.Args[name].(string); ok {
			request.Target = text
			delete(request.Args, name)
		}
	}
	switch r.text = appendValue(r.text[:0], request.Args, nil); {
	case request.Target == "":
		return errNoTarget
	case len(r.text) > MaxVariables+bxml.MaxBytes:
		return fmt.Errorf("the values take more than %d bytes", MaxVariables+bxml.MaxBytes)
	}
	return r.effect(request)
}

var errNoTarget = errors.New("the call or conference that it is about is not known")
