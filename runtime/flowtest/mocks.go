package flowtest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/internal/yamlsrc"
	"github.com/bxmlflow/bxmlflow/runtime"
)

// mocks answer what a flow asks of the world.
type mocks struct {
	http      []httpMock // nil when none are given
	actions   map[string]any
	functions map[string]any
}

// httpMock answers a request of the http action.
type httpMock struct {
	method, url string // method "" is any
	status      int
	body        any
	headers     map[string]any
	fail        string // why there is no answer
	span        diag.Span
	used        bool
}

// noMock is the error of a look-up that nothing answers.
type noMock struct {
	name string // what is asked for
	with string // the rest of the message
}

func (e *noMock) Error() string { return "no mock answers " + e.name + e.with }

func (r *reader) mocks(n *node) mocks {
	m := mocks{}
	r.object(n, `"mocks"`, keys{
		"http": func(_, n *node) {
			m.http = []httpMock{}
			r.list(n, `"http"`, func(n *node) { m.http = append(m.http, r.httpMock(n)) })
		},
		"actions": func(_, n *node) { m.actions = r.actions(n) },
		"functions": func(_, n *node) {
			m.functions = r.results(n, `"functions"`)
			for _, e := range n.Entries {
				r.refer(refFunction, text{e.Key.Value, e.Key.Span})
			}
		},
	})
	return m
}

func (r *reader) results(n *node, what string) map[string]any {
	results := map[string]any{}
	r.named(n, what, func(name text, n *node) { results[name.value] = value(n) })
	return results
}

// mockFailure is the mock of an action that fails, for the reason that it says.
type mockFailure string

// actions reads the mocks of actions: the result, or a map with the one key `fail`.
func (r *reader) actions(n *node) map[string]any {
	results := map[string]any{}
	r.named(n, `"actions"`, func(name text, n *node) {
		r.refer(refAction, name)
		results[name.value] = value(n)
		if n.Kind == yamlsrc.Map && len(n.Entries) == 1 && n.Entries[0].Key.Value == "fail" {
			reason, _ := r.scalar(n.Entries[0].Value, `"fail"`)
			results[name.value] = mockFailure(reason.value)
		}
	})
	return results
}

func (r *reader) httpMock(n *node) httpMock {
	m := httpMock{status: 200, headers: map[string]any{}, span: n.Span}
	given := map[string]text{}
	word := func(to *string) func(key, n *node) {
		return func(key, n *node) {
			t, _ := r.scalar(n, `"`+key.Value+`"`)
			*to, given[key.Value] = t.value, text{key.Value, key.Span}
		}
	}
	r.object(n, "a mock of http", keys{
		"method": word(&m.method),
		"url":    word(&m.url),
		"status": func(key, n *node) {
			m.status, given["status"] = r.integer(n, `"status"`), text{key.Value, key.Span}
		},
		"body":    func(_, n *node) { m.body = value(n) },
		"headers": func(_, n *node) { m.headers = r.results(n, `"headers"`) },
		"fail":    word(&m.fail),
	})
	if m.url == "" && n.Kind == yamlsrc.Map && given["url"].value == "" {
		r.problems.Errorf(ruleMissingKey, n.Span, "a mock of http needs %q", "url")
	}
	if s, ok := given["status"]; ok && m.fail != "" {
		r.problems.Errorf(ruleUnknownKey, s.span, "a mock of http has either %q or %q", "status", "fail").
			WithHelp("fail means that there is no answer at all")
	}
	return m
}

// over returns the mocks of a test laid over those of its file: the list for http replaces theirs, actions and functions
// replace theirs by name.
func (m mocks) over(below mocks) mocks {
	if m.http == nil {
		m.http = below.http
	}
	m.actions, m.functions = overlay(below.actions, m.actions), overlay(below.functions, m.functions)
	return m
}

func overlay(below, above map[string]any) map[string]any {
	all := map[string]any{}
	maps.Copy(all, below)
	maps.Copy(all, above)
	return all
}

// functionsOver returns the mocks of functions for the compiler, over those that the options bring.
func (m mocks) functionsOver(bring map[string]flow.Function) map[string]flow.Function {
	all := map[string]flow.Function{}
	maps.Copy(all, bring)
	for name, result := range m.functions {
		all[name] = flow.Function{Call: func(...any) (any, error) { return result, nil }}
	}
	return all
}

// lookUp answers what flows ask of the world, in place of the network and the kit. Effects are done when no mock says otherwise.
// What nothing answers fails the test.
func (s *session) lookUp(_ context.Context, r *runtime.Request) (map[string]any, bool, error) {
	value, err := s.mocks.answer(r)
	var lacks *noMock
	if !errors.As(err, &lacks) {
		return value, true, err
	}
	switch {
	case r.Action == nil: // an effect, as it was stored
		return map[string]any{"status": http.StatusOK}, true, nil
	case r.Kind == flow.ActionCustom && s.Actions[r.Name] != nil:
		return nil, false, nil
	case s.lacks == nil:
		lacks.with += "\nthe request comes from " + r.Source
		s.lacks = lacks
	}
	return nil, true, err
}

// answer returns the result that a mock gives. The error may be the mock's, or a *noMock.
func (m mocks) answer(r *runtime.Request) (map[string]any, error) {
	if r.Kind == flow.ActionHTTP {
		return m.answerHTTP(r)
	}
	mock, ok := m.actions[r.Name]
	if !ok {
		return nil, &noMock{"the action " + r.Name,
			fmt.Sprintf(" with %s\nadd it under mocks: actions: {%s: {%s}}", show(r.Args), r.Name, example(r.Action))}
	}
	switch v := typed(r.Action, mock).(type) {
	case nil:
		return nil, nil
	case mockFailure:
		return nil, errors.New(string(v))
	case map[string]any:
		return v, nil
	}
	return nil, fmt.Errorf("the result %s is no map", show(mock))
}

func (m mocks) answerHTTP(r *runtime.Request) (map[string]any, error) {
	for i := range m.http {
		mock := &m.http[i]
		if !mock.matches(r) {
			continue
		}
		if mock.used = true; mock.fail != "" {
			return nil, errors.New(mock.fail)
		}
		return map[string]any{"status": mock.status, "body": mock.body, "headers": mock.headers}, nil
	}
	return nil, &noMock{r.Method + " " + r.URL,
		fmt.Sprintf("\nadd it under mocks: http: [{url: %q, status: 200, body: {}}]", withoutQuery(r.URL))}
}

// example writes the declared values of a result, each with its type.
func example(a *flow.Action) string {
	var list []string
	if a == nil {
		return ""
	}
	for _, r := range a.Returns {
		list = append(list, r.Name+": "+r.Type.String())
	}
	return strings.Join(list, ", ")
}

// typed returns a result with the durations that the flow declares: in YAML and JSON they are texts.
func typed(a *flow.Action, result any) any {
	m, ok := result.(map[string]any)
	if !ok || a == nil {
		return result
	}
	m = maps.Clone(m)
	for _, r := range a.Returns {
		if text, ok := m[r.Name].(string); ok && r.Type == flow.Duration {
			if d, err := time.ParseDuration(text); err == nil {
				m[r.Name] = d
			}
		}
	}
	return m
}

func (m *httpMock) matches(r *runtime.Request) bool {
	return withoutQuery(m.url) == withoutQuery(r.URL) && (m.method == "" || strings.EqualFold(m.method, r.Method))
}

func withoutQuery(url string) string {
	url, _, _ = strings.Cut(url, "?")
	return url
}

// clockStart is when every test begins that says nothing else: a Monday, noon.
var clockStart = time.Date(2026, time.January, 5, 12, 0, 0, 0, time.UTC)
