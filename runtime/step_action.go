package runtime

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/bxmlflow/bxmlflow/flow"
)

// Request is a look-up to perform before the answer, or an effect to perform after it.
type Request struct {
	// Position is the number of the look-up in its step, from 0.
	Position int
	// Action is the action that asks, nil in an effect that was stored.
	Action *flow.Action
	Kind   flow.ActionKind // ActionHTTP or ActionCustom
	Name   string          // of the action
	Source string          // state and action, for messages
	// Method, URL, Headers, Query and Body are those of an HTTP request. Body is JSON, empty for none.
	Method, URL    string
	Headers, Query []Pair
	Body           []byte
	// Args are the arguments of a custom action, or the fields of an operation of the REST API.
	Args map[string]any
	// Operation is that of an effect on calls: one of the op constants, or an operation of the REST API.
	Operation string
	// Target is a callId, a conferenceId, or the key of a leg's machine, whose callId is looked up.
	Target string
	Dial   *Dial
	Tell   *Tell
	// Last says of a document to be sent that its failure is not told: it was the answer to such a failure.
	Last bool
	// Timeout bounds one attempt; 0 is the runtime's default.
	Timeout time.Duration
}

// Pair is a name and its value. When Secret is set, the value is Value, the secret of that name, and After: the secret itself
// is neither stored nor shown.
type Pair struct{ Name, Value, Secret, After string }

// Equal reports whether two requests ask for the same at the same place of a step, so that the result of one serves the
// other.
func (r *Request) Equal(o *Request) bool {
	return r.Position == o.Position && r.Kind == o.Kind && r.Name == o.Name && r.Method == o.Method && r.URL == o.URL &&
		slices.Equal(r.Headers, o.Headers) && slices.Equal(r.Query, o.Query) && bytes.Equal(r.Body, o.Body) &&
		bytes.Equal(appendValue(nil, r.Args, nil), appendValue(nil, o.Args, nil))
}

// Result is what a look-up brought.
type Result struct {
	Request Request
	// Value is what the action returned: values of the types of flow.Type.
	Value any
	// Err says why there is no value; "" when there is one.
	Err string
}

// drop removes an effect that is done.
func (m *Machine) drop(id uint32) {
	m.Effects = slices.DeleteFunc(m.Effects, func(e Effect) bool { return e.ID == id })
}

// act runs a list of actions in a frame. The failure of one ends the list.
func (r *stepRun) act(frame int, actions []*flow.Action) error {
	for _, a := range actions {
		r.env.at = frame
		if err := r.action(a); err != nil {
			return r.actionFailed(a, err)
		}
	}
	return nil
}

func (r *stepRun) actionFailed(a *flow.Action, err error) error {
	if err == errNeed {
		return err
	}
	reason := flow.ReasonAction
	if f, ok := err.(*stepFailure); ok {
		reason = f.reason
	}
	return &stepFailure{
		reason: reason, message: fmt.Sprintf("%s: %s", a.Name, err), source: r.where() + ": " + a.Name, target: a.OnError,
	}
}

// action runs one action, for every item of its `each`.
func (r *stepRun) action(a *flow.Action) error {
	if a.Each == nil {
		return r.once(a)
	}
	return r.ev.Each(a.Each, a.Depth, &r.env, func() error { return r.once(a) })
}

// once runs an action when its guard is true.
func (r *stepRun) once(a *flow.Action) error {
	if a.Guard != nil {
		ok, err := r.guard(a.Guard, r.where()+": "+a.Name)
		if err != nil {
			return fmt.Errorf("guard %q: %w", a.Guard.Source, err)
		}
		if !ok {
			return nil
		}
	}
	if r.tracing {
		r.trace.Actions = append(r.trace.Actions, a.Name)
	}
	switch a.Kind {
	case flow.ActionSet:
		return r.set(a)
	case flow.ActionLog:
		return r.log(a)
	case flow.ActionHTTP, flow.ActionCustom:
	default:
		return r.onCalls(a)
	}
	request, err := r.build(a)
	if err != nil {
		return err
	}
	if a.Effect {
		return r.effect(request)
	}
	return r.lookUp(a, request)
}

// set assigns variables. All values are taken before the first is assigned.
func (r *stepRun) set(a *flow.Action) error {
	f := &r.m.Frames[r.env.at]
	values := r.values[:0]
	for _, as := range a.Set {
		v, err := r.ev.Value(as.Value, &r.env)
		if err == nil {
			v, err = fit(v, f.Flow.Vars[as.Var].Type)
		}
		if err == nil && longText(v) {
			err = fmt.Errorf("a text is longer than %d bytes", MaxText)
		}
		if err != nil {
			return fmt.Errorf("%q: %w", f.Flow.Vars[as.Var].Name, err)
		}
		values = append(values, v)
	}
	r.values = values
	for i, as := range a.Set {
		f.Vars[as.Var] = values[i]
	}
	return r.room()
}

// room checks that the variables of the machine do not take more than they may.
func (r *stepRun) room() error {
	if r.roomy() {
		return nil
	}
	b := r.text[:0]
	for i := range r.m.Frames {
		for _, v := range r.m.Frames[i].Vars {
			b = appendValue(b, v, nil)
		}
	}
	r.text = b
	if len(b) > MaxVariables {
		return fmt.Errorf("the variables take more than %d bytes", MaxVariables)
	}
	return nil
}

// roomy reports whether the variables cannot take more than they may. It looks at texts and scalars only, which is nearly always
// enough to know.
func (r *stepRun) roomy() bool {
	const scalar = 40 // bytes of one, and of what stands before a text, at most
	most := 0
	for i := range r.m.Frames {
		for _, v := range r.m.Frames[i].Vars {
			most += scalar
			switch x := v.(type) {
			case string:
				most += len(x)
			case []any, map[string]any:
				return false
			}
		}
	}
	return most <= MaxVariables
}

func (r *stepRun) log(a *flow.Action) error {
	text, err := r.ev.AppendText(r.text[:0], a.Log, &r.env)
	r.text = text
	if err != nil {
		return err
	}
	t := r.tell()
	t.Logs = append(t.Logs, string(text))
	return nil
}

// build evaluates what an action asks for.
func (r *stepRun) build(a *flow.Action) (Request, error) {
	request := Request{Kind: a.Kind, Name: a.Name, Source: r.where() + ": " + a.Name, Timeout: a.Timeout}
	if a.Kind == flow.ActionHTTP {
		return request, r.buildHTTP(&request, a.HTTP)
	}
	if a.With == nil {
		return request, nil
	}
	v, err := r.ev.Value(a.With, &r.env)
	if err != nil {
		return request, err
	}
	v, err = plain(v, 0)
	request.Args, _ = v.(map[string]any)
	return request, err
}

func (r *stepRun) buildHTTP(request *Request, h *flow.HTTP) error {
	url, err := r.ev.AppendURL(nil, h.URL, &r.env)
	if err != nil {
		return fmt.Errorf("url: %w", err)
	}
	request.Method, request.URL = h.Method, string(url)
	if request.Headers, err = r.pairs(h.Headers); err != nil {
		return fmt.Errorf("headers: %w", err)
	}
	if request.Query, err = r.pairs(h.Query); err != nil {
		return fmt.Errorf("query: %w", err)
	}
	if h.JSON == nil {
		return nil
	}
	v, err := r.ev.Value(h.JSON, &r.env)
	if err == nil {
		request.Body, err = json.Marshal(inSeconds(v))
	}
	if err != nil {
		return fmt.Errorf("json: %w", err)
	}
	return nil
}

func (r *stepRun) pairs(fields []flow.Field) ([]Pair, error) {
	var list []Pair
	for _, f := range fields {
		if f.Secret != nil {
			list = append(list, Pair{Name: f.Name, Value: f.Secret.Before, Secret: f.Secret.Name, After: f.Secret.After})
			continue
		}
		v, err := r.ev.Value(f.Value, &r.env)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", f.Name, err)
		}
		list = append(list, Pair{Name: f.Name, Value: string(flow.AppendValue(nil, v))})
	}
	return list, nil
}

// inSeconds returns v with its durations as JSON should have them: in seconds, as in text.
func inSeconds(v any) any {
	return withDurations(v, func(d time.Duration) any { return d.Seconds() })
}

// withDurations returns v with the durations in it, at any depth, as write writes them.
func withDurations(v any, write func(time.Duration) any) any {
	switch x := v.(type) {
	case time.Duration:
		return write(x)
	case []any:
		list := make([]any, len(x))
		for i, item := range x {
			list[i] = withDurations(item, write)
		}
		return list
	case map[string]any:
		if x == nil {
			return x // a map that was not given is not an empty one
		}
		m := make(map[string]any, len(x))
		for name, item := range x {
			m[name] = withDurations(item, write)
		}
		return m
	}
	return v
}
