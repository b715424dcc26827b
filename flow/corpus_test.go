package flow_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/diag"
)

// TestGoodFlowsAreSilent loads every flow of testdata/good and the samples: none may be complained about.
func TestGoodFlowsAreSilent(t *testing.T) {
	for _, folder := range []string{"testdata/good", "../flows", "../cmd/template"} {
		set, problems, err := flow.Load(flow.Options{}, folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range problems {
			t.Errorf("%s", p.Error())
		}
		if len(set.Flows()) == 0 {
			t.Errorf("%s: no flow was loaded", folder)
		}
	}
}

// want is the first line of a wrong flow: the place, the rule and a part of the message.
var want = regexp.MustCompile(`^# want: (\d+:\d+) (\S+) (.+)`)

// with names files that are loaded together with a wrong flow.
var with = regexp.MustCompile(`(?m)^# with: (\S+)`)

// TestWrongFlowsAreReported loads every flow of testdata/bad: each holds one mistake, which must be reported at its place,
// by its rule, and alone.
func TestWrongFlowsAreReported(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) < 100 {
		t.Fatalf("%d wrong flows found, error %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			expected := want.FindStringSubmatch(string(text))
			if expected == nil {
				t.Fatal("the first line does not say what is wanted")
			}
			got := problemsOf(t, file, text)
			if len(got) != 1 {
				t.Fatalf("%d problems, want one:\n%s", len(got), lines(got))
			}
			place := fmt.Sprintf("%d:%d", got[0].Span.Start.Line, got[0].Span.Start.Col)
			if place != expected[1] || got[0].Rule != expected[2] || !strings.Contains(got[0].Message, strings.TrimSpace(expected[3])) {
				t.Errorf("got %s\nwant %s [%s] ... %s", got[0].Error(), expected[1], expected[2], expected[3])
			}
		})
	}
}

// problemsOf returns the problems of one file, loaded with the files that it names.
func problemsOf(t *testing.T, file string, text []byte) diag.List {
	t.Helper()
	sources := []flow.Source{{Path: file, Text: text}}
	for _, m := range with.FindAllStringSubmatch(string(text), -1) {
		path := filepath.Join(filepath.Dir(file), m[1])
		other, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, flow.Source{Path: path, Text: other})
	}
	_, all := flow.Compile(flow.Options{}, sources...)
	var own diag.List
	for _, p := range all {
		if p.Span.File == file {
			own = append(own, p)
		}
	}
	return own
}

func lines(list diag.List) string {
	text := ""
	for _, p := range list {
		text += p.Error() + "\n"
	}
	return text
}
