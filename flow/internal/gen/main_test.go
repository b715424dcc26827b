package main

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow"
)

func TestTheReferenceOfChecksIsUpToDate(t *testing.T) {
	got, err := os.ReadFile("../../../docs/checks.md")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(render(flow.Rules())), string(got)); diff != "" {
		t.Errorf("docs/checks.md is stale, run go generate ./flow (-rules +file):\n%s", diff)
	}
}

func TestEveryRuleHasItsSection(t *testing.T) {
	page := string(render(flow.Rules()))
	for _, r := range flow.Rules() {
		if strings.Count(page, "\n## "+r.ID+"\n") != 1 || !strings.Contains(page, r.Output) {
			t.Errorf("the page lacks rule %q or its output", r.ID)
		}
	}
	if n := strings.Count(page, "```"); n != 2+6*len(flow.Rules()) {
		t.Errorf("%d fences for %d rules: an example has one of its own", n, len(flow.Rules()))
	}
}
