package runtime

import (
	"fmt"

	"github.com/bxmlflow/bxmlflow/flow"
)

// lookUp takes the result of a look-up, or asks for it.
func (r *stepRun) lookUp(a *flow.Action, request Request) error {
	request.Position, request.Action = r.position, a
	if r.position >= maxLookups {
		return fmt.Errorf("more than %d look-ups in one step", maxLookups)
	}
	r.position++
	if request.Position >= len(r.in.Results) || !r.in.Results[request.Position].Request.Equal(&request) {
		r.request = &request
		return errNeed
	}
	result := &r.in.Results[request.Position]
	if r.tracing {
		r.trace.Lookups = append(r.trace.Lookups, TracedLookup{Name: request.Name, Error: result.Err})
	}
	if result.Err != "" {
		return fmt.Errorf("%s", result.Err)
	}
	return r.keep(a, result.Value)
}

// keep puts the result of a look-up into the variable that `as` names.
func (r *stepRun) keep(a *flow.Action, v any) error {
	v, err := plain(v, 0)
	if err == nil {
		err = declared(v, a.Returns)
	}
	if err != nil {
		return fmt.Errorf("result: %w", err)
	}
	if a.As < 0 {
		return nil
	}
	f := &r.m.Frames[r.env.at]
	if v, err = fit(v, f.Flow.Vars[a.As].Type); err != nil {
		return fmt.Errorf("result: %w", err)
	}
	f.Vars[a.As] = v
	return r.room()
}

// declared compares a result, which it may change, with what the flow declares of it.
func declared(v any, returns []flow.Return) error {
	m, isMap := v.(map[string]any)
	for _, want := range returns {
		value, ok := m[want.Name]
		switch {
		case v != nil && !isMap:
			return fmt.Errorf("a value of type %T is no map", v)
		case !ok || value == nil && want.Type != flow.Any:
			return fmt.Errorf("%q is missing", want.Name)
		}
		fitted, err := fit(value, want.Type)
		if err != nil {
			return fmt.Errorf("%q is no %s", want.Name, want.Type) // what it is instead may be nobody's business
		}
		m[want.Name] = fitted
	}
	return nil
}
