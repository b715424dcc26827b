package phone

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/diag"
)

// Signal is a signal that a flow declares.
type Signal struct {
	Name   string  `json:"name"`
	Fields []Field `json:"fields,omitempty"`
}

// Field is a value that a signal carries.
type Field struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// String writes a signal with its fields: free(desk int).
func (s Signal) String() string {
	fields := make([]string, len(s.Fields))
	for i, f := range s.Fields {
		fields[i] = f.Name + " " + f.Type
	}
	return s.Name + "(" + strings.Join(fields, ", ") + ")"
}

// signal sends a signal to the flow of a call.
func (s *Session) signal(ctx context.Context, c command) error {
	parts := strings.Fields(c.text)
	if err := s.declared(parts[0]); err != nil {
		return err
	}
	if err := s.comes(ctx, c.leg); err != nil {
		return err
	}
	l := s.own(c.leg)
	if l == nil {
		return errors.New("there is no call")
	}
	with := map[string]any{}
	for _, p := range parts[1:] {
		name, value, ok := strings.Cut(p, "=")
		if !ok || name == "" {
			return fmt.Errorf("%q is no NAME=VALUE", p)
		}
		with[name] = Given(value)
	}
	handled, err := s.Signal(ctx, l.ID, parts[0], with)
	if settled := s.Settle(ctx); settled != nil {
		return settled
	}
	if err != nil {
		return SignalError(err)
	}
	if !handled {
		return fmt.Errorf("nobody handles the signal %q now", parts[0])
	}
	return nil
}

// SignalError leaves out of what an engine says about a signal that this is about a signal.
func SignalError(err error) error {
	text := err.Error()
	for _, known := range []string{"signal: ", "bad request: "} {
		text = strings.TrimPrefix(text, known)
	}
	return errors.New(text)
}

// declared refuses a signal that no flow declares.
func (s *Session) declared(name string) error {
	switch {
	case s.Signal == nil:
		return errors.New("no flow runs here")
	case len(s.Signals) == 0:
		return errors.New("the flow declares no signals")
	case slices.ContainsFunc(s.Signals, func(d Signal) bool { return d.Name == name }):
		return nil
	}
	names, all := make([]string, len(s.Signals)), make([]string, len(s.Signals))
	for i, d := range s.Signals {
		names[i], all[i] = d.Name, d.String()
	}
	err := fmt.Errorf("there is no signal %q", name)
	if near, ok := diag.Nearest(name, names); ok {
		err = fmt.Errorf("%w, did you mean %q?", err, near)
	}
	return fmt.Errorf("%w: there are %s", err, strings.Join(all, ", "))
}

// Given reads a value as JSON would have it where that is a number, true, false or a text in quotes; all else is a text, such as
// +15551112222.
func Given(text string) any {
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return text
	}
	switch v.(type) {
	case float64, bool, string:
		return v
	}
	return text
}
