package main

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow/schema"
)

func TestTheSchemasOfTheDocsAreUpToDate(t *testing.T) {
	for path, want := range map[string][]byte{"flow.schema.json": schema.Flow(), "test.schema.json": schema.Tests()} {
		got, err := os.ReadFile("../../../../docs/" + path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("docs/%s is stale, run go generate ./flow/schema (-table +file):\n%s", path, diff)
		}
	}
}
