package rule

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow/diag"
)

func TestReadTakesTheParts(t *testing.T) {
	tests := []struct {
		name, text string
		want       diag.Rule
	}{
		{"all of them", "# a title\n\nseverity: warning\nignorable: yes\n\n## Why\n\none\n\ntwo\n\n## Fix\n\nthree\n",
			diag.Rule{ID: "x", Severity: diag.Warning, Ignorable: true, Title: "a title", Why: "one\n\ntwo", Fix: "three"}},
		{"nothing", "", diag.Rule{ID: "x"}},
		{"words of the head in the text", "# a title\nseverity: info\n\n## Why\n\n# b\nseverity: error\nignorable: yes\n",
			diag.Rule{ID: "x", Severity: diag.Info, Title: "a title", Why: "# b\nseverity: error\nignorable: yes"}},
		{"a severity that there is not", "# a title\nseverity: fatal\n", diag.Rule{ID: "x", Title: "a title"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, read("x", tt.text)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFilesSplitsAnArchive(t *testing.T) {
	tests := []struct {
		name, archive string
		want          []File
	}{
		{"nothing", "", nil},
		{"a comment alone", "about\n", nil},
		{"two files", "about\n-- a.yaml --\none\n\n-- b --\n--x--\n-- --\n", []File{{"a.yaml", "one\n\n"}, {"b", "--x--\n-- --\n"}}},
		{"a file without text", "-- a --", []File{{"a", ""}}},
		{"ends of lines of Windows", "-- a --\r\none\r\n", []File{{"a", "one\r\n"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, Files(tt.archive)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAllIsSorted(t *testing.T) {
	list := All()
	for i := 1; i < len(list); i++ {
		if list[i-1].ID >= list[i].ID {
			t.Errorf("%q stands before %q", list[i-1].ID, list[i].ID)
		}
	}
	list[0].ID = "changed"
	if All()[0].ID == "changed" {
		t.Error("the callers share a slice")
	}
}
