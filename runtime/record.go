package runtime

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/event"
)

// Recorded is what a step was given, as far as a replay needs it to decide again. It is not masked: it tells who called and
// what they entered, so write it only where that may be. What a sensitive state or a secret holds is left out all the same.
type Recorded struct {
	Now      time.Time        `json:"now"`
	Event    json.RawMessage  `json:"event,omitempty"` // the webhook; nil for an internal event
	Internal *InternalEvent   `json:"internal,omitempty"`
	Token    *RecordedToken   `json:"token,omitempty"` // what the webhook's token said
	Results  []RecordedResult `json:"results,omitempty"`
	// Withheld says that something sensitive was left out, so that the step cannot be decided again. After then tells what
	// became of the machine.
	Withheld bool            `json:"withheld,omitempty"`
	After    []RecordedFrame `json:"after,omitempty"`
}

// RecordedToken is what a token said, without the proof.
type RecordedToken struct {
	Machine string `json:"machine"`
	Flow    string `json:"flow"`
	Turn    uint32 `json:"turn"`
	Verb    uint16 `json:"verb"`
	Event   string `json:"event"`
}

// Claims returns the token as a step takes it; nil for no token.
func (t *RecordedToken) Claims() *Claims {
	if t == nil {
		return nil
	}
	c := Claims(*t)
	return &c
}

// RecordedResult is what a look-up brought.
type RecordedResult struct {
	Name  string `json:"name"`
	Value any    `json:"value,omitempty"`
	Error string `json:"error,omitempty"`
}

// RecordedFrame is one active flow after a step, without its secrets. Durations are texts such as 1m30s.
type RecordedFrame struct {
	Flow   string            `json:"flow"`
	State  string            `json:"state"`
	Vars   map[string]any    `json:"vars,omitempty"`
	Params map[string]any    `json:"params,omitempty"` // of an invoked flow
	Visits map[string]uint32 `json:"visits,omitempty"` // by state
}

// record notes what the step was given.
func (r *stepRun) record(out *Outcome) *Recorded {
	rec := &Recorded{Now: r.in.Now, Internal: r.in.Internal.recorded()}
	if r.in.Token != nil {
		claims := RecordedToken(*r.in.Token)
		rec.Token = &claims
	}
	if r.in.Event != nil {
		rec.Event, rec.Withheld = r.recordEvent()
	}
	for i := range r.in.Results {
		result := &r.in.Results[i]
		one := RecordedResult{Name: result.Request.Name, Value: recordable(result.Value), Error: result.Err}
		if a := result.Request.Action; a != nil && (a.Sensitive || r.keepsSecret(a)) {
			one.Value, rec.Withheld = nil, true
		}
		rec.Results = append(rec.Results, one)
	}
	if rec.Withheld {
		for i := range out.Machine.Frames {
			rec.After = append(rec.After, out.Machine.Frames[i].recorded())
		}
	}
	return rec
}

// recorded returns the event as JSON can hold it.
func (e *InternalEvent) recorded() *InternalEvent {
	if e == nil || len(e.With) == 0 {
		return e
	}
	c := *e
	c.With, _ = recordable(e.With).(map[string]any)
	return &c
}

// recordEvent returns the webhook, without what was keyed in or said in a sensitive state, and whether something is missing.
func (r *stepRun) recordEvent() (json.RawMessage, bool) {
	e := r.in.Event
	if !r.fromSensitive() {
		return e.AppendJSON(nil), false
	}
	raw, withheld := e.Raw(), false
	fields := e.Type().Fields
	for i := range fields {
		f := &fields[i]
		if f.Sensitive && !f.Personal && e.Has(f.ID) && !(f.Kind != event.List && f.Kind != event.Map && e.Str(f.ID) == "") {
			withheld = remove(raw, f.Name) || withheld
		}
	}
	if !withheld {
		return e.AppendJSON(nil), false
	}
	body, err := json.Marshal(raw)
	if err != nil {
		return json.RawMessage("{}"), true
	}
	return body, true
}

// remove takes a member with a dotted name out of an object.
func remove(object map[string]any, name string) bool {
	outer, rest, nested := strings.Cut(name, ".")
	v, ok := object[outer]
	if !ok {
		return false
	}
	if inner, isMap := v.(map[string]any); nested && isMap {
		return remove(inner, rest)
	}
	delete(object, outer)
	return true
}

// keepsSecret reports whether the result of an action goes into a secret variable of some active flow.
func (r *stepRun) keepsSecret(a *flow.Action) bool {
	for i := range r.orig.Frames {
		vars := r.orig.Frames[i].Flow.Vars
		if a.As >= 0 && a.As < len(vars) && vars[a.As].Secret {
			return true
		}
	}
	return false
}

func (f *Frame) recorded() RecordedFrame {
	rec := RecordedFrame{Flow: f.Flow.Name, State: f.name(), Vars: map[string]any{}, Visits: map[string]uint32{}}
	for i, v := range f.Vars {
		if !f.Flow.Vars[i].Secret {
			rec.Vars[f.Flow.Vars[i].Name] = recordable(v)
		}
	}
	for i, v := range f.Params {
		if !f.Flow.Params[i].Secret {
			rec.Params = with(rec.Params, f.Flow.Params[i].Name, recordable(v))
		}
	}
	for _, v := range f.Visits {
		rec.Visits[f.Flow.States[v.State].Name] = v.Count
	}
	return rec
}

func with(m map[string]any, name string, v any) map[string]any {
	if m == nil {
		m = map[string]any{}
	}
	m[name] = v
	return m
}

// recordable returns a value as JSON can hold it.
func recordable(v any) any {
	return withDurations(v, func(d time.Duration) any { return d.String() })
}

// Restore makes frames of what a recording tells, for flows that are found by their names. It reports false when a flow or
// state does not exist any more. Secrets have their defaults.
func (m *Machine) Restore(frames []RecordedFrame, find func(name string) *flow.Flow) bool {
	restored := Machine{}
	for i := range frames {
		fl := find(frames[i].Flow)
		if fl == nil {
			return false
		}
		f := restored.pushFrame()
		f.begin(fl)
		if i > 0 {
			for _, p := range fl.Params {
				f.Params = append(f.Params, refit(frames[i].Params[p.Name], p.Type, p.Value))
			}
		}
		for j, v := range fl.Vars {
			f.Vars[j] = refit(frames[i].Vars[v.Name], v.Type, v.Default)
		}
		for _, s := range fl.States {
			if s.Name == frames[i].State {
				f.State = s
			}
			if n := frames[i].Visits[s.Name]; n > 0 {
				f.Visits = append(f.Visits, Visit{State: s.ID, Count: n})
			}
		}
		if f.State == nil {
			return false
		}
	}
	m.Frames = restored.Frames
	return true
}

// refit returns a value that JSON held as one of type t.
func refit(v any, t flow.Type, fallback any) any {
	if v == nil {
		return fallback
	}
	if p, err := plain(v, 0); err == nil {
		if fitted, ok := as(p, t); ok {
			return fitted
		}
	}
	return fallback
}
