package flowtest

import (
	"strings"
	"testing"

	"github.com/bxmlflow/bxmlflow/flow/diag"
)

// Run runs the test files at the paths as Go subtests, named by file and test; folders are searched.
func Run(t *testing.T, paths ...string) *Result {
	t.Helper()
	return Options{}.Run(t, paths...)
}

// Run is Run with options.
func (o Options) Run(t *testing.T, paths ...string) *Result {
	t.Helper()
	result, err := o.Test(paths...)
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Files) == 0 {
		t.Errorf("there is no test file at %s", strings.Join(paths, ", "))
	}
	for _, f := range result.Files {
		t.Run(f.Path, func(t *testing.T) {
			if err := f.Problems.Err(); err != nil {
				t.Error(err)
			}
			for _, p := range f.Problems {
				if p.Severity != diag.Error {
					t.Log(p)
				}
			}
			for _, one := range f.Tests {
				t.Run(one.Name, func(t *testing.T) {
					for _, note := range one.Notes {
						t.Log(note)
					}
					if one.Failure != nil {
						t.Errorf("\n%s", one.Failure)
					}
				})
			}
		})
	}
	return result
}
