package flow_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow"
)

// quiet is a flow with places for comments at the ends of lines 2 and 6, and before line 6.
func quiet(param, before, state string) string {
	return "flow: quiet\n" +
		"params: {office: main} " + param + "\n" +
		"start: {initiate: menu}\n" +
		"states:\n" +
		before +
		"  menu: " + state + "\n" +
		"    bxml: [{Pause: {duration: 60}}]\n"
}

const unused, deadEnd = `q.yaml:2:10: warning: param "office" is never used [unused-name]`, `error: there is no way out of state "menu" [dead-end]`

func TestCommentsIgnore(t *testing.T) {
	const office = "# bxmlflow: ignore unused-name the dashboard reads it"
	const menu = "# bxmlflow: ignore dead-end it waits"
	tests := []struct {
		name, src string
		want      []string
		loaded    bool
	}{
		{"nothing is ignored by itself", quiet("", "", ""), []string{unused, "q.yaml:5:3: " + deadEnd}, false},
		{"at the end of the line", quiet(office, "", menu), nil, true},
		{"on the line before", quiet(office, "  "+menu+"\n", ""), nil, true},
		{"before other comments and blank lines", quiet(office, menu+"\n\n# other\n", ""), nil, true},
		{"without blanks", quiet("#bxmlflow:ignore  unused-name\tthe dashboard", "", "##  bxmlflow: ignore dead-end it waits"), nil, true},
		{"two for one line", quiet(office, menu+"\n# bxmlflow: ignore silent-state x\n", ""),
			[]string{`q.yaml:6:1: warning: there is nothing of "silent-state" to ignore here [unused-ignore]`}, true},
		{"on another line", quiet("", menu+"\n"+office+"\n", ""),
			[]string{unused, `q.yaml:6:1: warning: there is nothing of "unused-name" to ignore here [unused-ignore]`}, true},
		{"another rule", quiet("# bxmlflow: ignore dead-end why", "", menu),
			[]string{unused, `q.yaml:2:24: warning: there is nothing of "dead-end" to ignore here [unused-ignore]`}, true},
		{"at the end of the file", quiet(office, "", menu) + menu + "\n",
			[]string{`q.yaml:7:1: warning: there is nothing of "dead-end" to ignore here [unused-ignore]`}, true},
		{"no reason", quiet("# bxmlflow: ignore unused-name", "", menu),
			[]string{`q.yaml:2:24: error: the comment does not say why "unused-name" is ignored [ignore]`}, false},
		{"no rule", quiet("# bxmlflow: ignore", "", menu),
			[]string{unused, "q.yaml:2:24: error: the comment does not say which rule to ignore [ignore]"}, false},
		{"an unknown rule", quiet("# bxmlflow: ignore unused-nam the dashboard", "", menu),
			[]string{unused, `q.yaml:2:43: error: there is no rule "unused-nam" [ignore]`}, false},
		{"another verb", quiet("# bxmlflow: skip unused-name the dashboard", "", menu),
			[]string{unused, `q.yaml:2:36: error: "skip" is nothing that a comment can ask for [ignore]`}, false},
		{"a comment that mentions the program", quiet(office, "# as bxmlflow: ignore says\n", menu), nil, true},
		{"text that looks like a comment", quiet(office, "", menu) + "description: 'see # bxmlflow: skip this'\n", nil, true},
		{"unused ones are not looked for beside errors", quiet("# bxmlflow: ignore dead-end why", "", ""), []string{unused, "q.yaml:5:3: " + deadEnd}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			set, problems := flow.Compile(flow.Options{}, flow.Source{Path: "q.yaml", Text: []byte(tt.src)})
			var got []string
			for _, d := range problems {
				got = append(got, d.Error())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if loaded := len(set.Flows()) == 1; loaded != tt.loaded {
				t.Errorf("loaded: %t", loaded)
			}
		})
	}
}

func TestErrorsThatMakeAFlowUnusableCannotBeIgnored(t *testing.T) {
	src := strings.Replace(quiet("# bxmlflow: ignore unused-name why", "", "# bxmlflow: ignore dead-end why"), "menu}", "meun} # bxmlflow: ignore unknown-state why", 1)
	_, problems := flow.Parse("q.yaml", []byte(src), flow.Options{})
	want := `q.yaml:3:19: error: there is no state "meun" [unknown-state]
q.yaml:3:25: error: an error of "unknown-state" cannot be ignored [ignore]
`
	if diff := cmp.Diff(want, lines(problems)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestACommentIsNoText tries a comment behind text that a comment may have cut.
func TestACommentIsNoText(t *testing.T) {
	src := `flow: quiet
start: {initiate: menu}
states:
  menu:
    type: final
    bxml:
      - SpeakSentence: Hello $name # bxmlflow: ignore quote-text he is called so
      - Hangup
`
	if f, problems := flow.Parse("q.yaml", []byte(src), flow.Options{}); f == nil || len(problems) > 0 {
		t.Errorf("the comment was taken for text:\n%s", lines(problems))
	}
}

func TestAnIgnoredErrorLeavesAFlowThatRuns(t *testing.T) {
	for _, r := range flow.Rules() {
		if r.Severity.String() != "error" || !r.Ignorable {
			continue
		}
		t.Run(r.ID, func(t *testing.T) {
			_, problems := flow.Parse("q.yaml", []byte(r.Bad), flow.Options{})
			text := strings.SplitAfter(r.Bad, "\n")
			for i := len(problems) - 1; i >= 0; i-- {
				at := problems[i].Span.Start.Line - 1
				text[at] = "# bxmlflow: ignore " + r.ID + " it is meant\n" + text[at]
			}
			if f, left := flow.Parse("q.yaml", []byte(strings.Join(text, "")), flow.Options{}); f == nil || len(left) > 0 {
				t.Errorf("it is not loaded, or still reported:\n%s", lines(left))
			}
		})
	}
}
