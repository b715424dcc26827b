package main

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheReferenceOfVerbsIsUpToDate(t *testing.T) {
	got, err := os.ReadFile("../../../../docs/verbs.md")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(render()), string(got)); diff != "" {
		t.Errorf("docs/verbs.md is stale, run go generate ./flow/bxml (-table +file):\n%s", diff)
	}
}
