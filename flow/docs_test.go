package flow_test

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/internal/expression"
)

// fenced finds the YAML examples of a page.
var fenced = regexp.MustCompile("(?ms)^```yaml\n(.*?)^```")

// TestExamplesOfThePagesCompile compiles every example that is a whole flow; those of a page are loaded together.
func TestExamplesOfThePagesCompile(t *testing.T) {
	found := 0
	for _, page := range []string{"../docs/language.md", "../README.md"} {
		text, err := os.ReadFile(page)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range fenced.FindAllStringSubmatch(string(text), -1) {
			if !whole.MatchString(m[1]) {
				continue
			}
			found++
			if _, problems := flow.Compile(flow.Options{}, flow.Source{Path: page, Text: []byte(m[1])}); len(problems) > 0 {
				t.Errorf("an example of %s does not compile:\n%s\n%s", page, lines(problems), m[1])
			}
		}
	}
	if found == 0 {
		t.Error("the pages hold no whole flow")
	}
}

// whole is what a whole flow has: a name, and states at the outermost level.
var whole = regexp.MustCompile(`(?ms)^flow:.*^states:`)

var (
	span      = regexp.MustCompile("`([^`]+)`")
	quoted    = regexp.MustCompile(`"[^"]*"`)
	arguments = regexp.MustCompile(`\([^()]*\)`)
)

// TestThePageNamesEveryFunction compares the first column of the table of functions with the functions that there are.
func TestThePageNamesEveryFunction(t *testing.T) {
	text, err := os.ReadFile("../docs/language.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "\n## Functions\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var named []string
	for line := range strings.Lines(section) {
		cells := strings.Split(line, " | ")
		if !strings.HasPrefix(line, "|") {
			continue
		}
		for _, m := range span.FindAllStringSubmatch(cells[0], -1) {
			call := quoted.ReplaceAllString(m[1], "")
			named = append(named, strings.Fields(arguments.ReplaceAllString(call, ""))...)
		}
	}
	slices.Sort(named)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(expression.BuiltIns())), slices.Compact(named)); diff != "" {
		t.Errorf("functions of docs/language.md (-there are +named):\n%s", diff)
	}
}
