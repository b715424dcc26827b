package flow_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/diag"
)

// said returns problems as "line <what is underlined> rule: message", warnings with a "~" in front. Each belongs to one of
// the sources.
func said(problems diag.List, sources ...flow.Source) []string {
	var list []string
	for _, p := range problems {
		mark := ""
		if p.Severity == diag.Warning {
			mark = "~"
		}
		i := slices.IndexFunc(sources, func(s flow.Source) bool { return s.Path == p.Span.File })
		list = append(list, fmt.Sprintf("%s%d <%s> %s: %s", mark, p.Span.Start.Line, underlined(sources[i], p.Span), p.Rule, p.Message))
	}
	return list
}

// underlined returns the source text of a place, of several lines the first.
func underlined(s flow.Source, at diag.Span) string {
	line := []rune(strings.TrimSuffix(strings.Split(string(s.Text), "\n")[at.Start.Line-1], "\r"))
	if at.End.Line != at.Start.Line {
		return string(line[at.Start.Col-1:]) + "..."
	}
	return string(line[at.Start.Col-1 : at.End.Col-1])
}

// complaints compiles one flow and returns what is wrong with it.
func complaints(text string) []string {
	source := flow.Source{Path: "test.yaml", Text: []byte(text)}
	_, problems := flow.Compile(flow.Options{}, source)
	return said(problems, source)
}

// wrong is a flow and all that is to be said about it.
type wrong struct {
	sentence string
	text     string
	want     []string
}

func testWrong(t *testing.T, tests []wrong) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.sentence, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, complaints(tt.text)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

// set compiles flows that may invoke each other and fails on errors.
func set(t *testing.T, texts ...string) *flow.Set {
	t.Helper()
	set, problems := flow.Compile(flow.Options{}, sources(texts...)...)
	if problems.HasErrors() {
		t.Fatalf("flows do not compile:\n%s", lines(problems))
	}
	return set
}

// sources names the files of flows by their number.
func sources(texts ...string) []flow.Source {
	var list []flow.Source
	for i, text := range texts {
		list = append(list, flow.Source{Path: fmt.Sprintf("%d.yaml", i), Text: []byte(text)})
	}
	return list
}

// render returns the document of a state without its frame.
func render(t *testing.T, f *flow.Flow, name string, env flow.DocumentEnv) string {
	t.Helper()
	var ev flow.Evaluator
	got, err := ev.Append(nil, state(t, f, name).Document, env)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.TrimPrefix(string(got), `<?xml version="1.0" encoding="UTF-8"?><Response>`)
	return strings.TrimSuffix(text, "</Response>")
}
