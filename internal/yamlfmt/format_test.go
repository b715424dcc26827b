package yamlfmt

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// corpus returns the text of every YAML file of the project by its path.
func corpus(t testing.TB) map[string]string {
	t.Helper()
	files := map[string]string{}
	for _, folder := range []string{"flows", "examples", "cmd/template", "flow/testdata", "runtime/flowtest/testdata"} {
		err := filepath.WalkDir(filepath.Join("../..", folder), func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ".yaml" {
				return err
			}
			text, err := os.ReadFile(path)
			files[filepath.ToSlash(path)] = string(text)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return files
}

func TestSamplesAreFormatted(t *testing.T) {
	for path, text := range corpus(t) {
		if strings.Contains(path, "testdata") {
			continue
		}
		got, problems := Format(path, []byte(text))
		if problems.HasErrors() {
			t.Errorf("%s: %v", path, problems)
		}
		if diff := cmp.Diff(strings.Split(text, "\n"), strings.Split(string(got), "\n")); diff != "" {
			t.Errorf("%s is not formatted (-is +formatted):\n%s", path, diff)
		}
	}
}

func TestLayout(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"nothing", "", ""},
		{"only empty lines", "\n\n\n", ""},
		{"only comments", "\n# one\n\n\n  # two", "# one\n\n# two\n"},
		{"spaces around separators", "a :  1\nb: {  c : 1 ,\"d\":\"x\"  }\ne: [ 1,2 , [ ] ]\n", "a: 1\nb: {c: 1, \"d\": \"x\"}\ne: [1, 2, []]\n"},
		{"a key without value keeps its space", "a: {b: , c: }\n", "a: {b: , c: }\n"},
		{"levels of four", "a:\n    b:\n        c: 1\n    d: 2\n", "a:\n  b:\n    c: 1\n  d: 2\n"},
		{"levels of one", "a:\n b:\n  c: 1\n d: 2\n", "a:\n  b:\n    c: 1\n  d: 2\n"},
		{"a list at the column of its key", "a:\n- 1\n- b: 2\n  c: 3\nd: 4\n", "a:\n  - 1\n  - b: 2\n    c: 3\nd: 4\n"},
		{"a list at the top", "- 1\n-   a: 1\n    b: 2\n- -  1\n  -  2\n", "- 1\n- a: 1\n  b: 2\n- - 1\n  - 2\n"},
		{"a map below its dash", "-\n      a: 1\n      b: 2\n", "-\n  a: 1\n  b: 2\n"},
		{"a value below its key", "a:\n      one two\nb:\n      {c: 1}\n", "a:\n  one two\nb:\n  {c: 1}\n"},
		{"empty lines", "\n\na: 1\n\n\n\nb:\n\n  c: 1   \n  \n\n", "a: 1\n\nb:\n\n  c: 1\n"},
		{"phone numbers stay quoted", "a: '+15551234567'\nb: \"+15551234567\"\n", "a: '+15551234567'\nb: \"+15551234567\"\n"},
		{"text keeps its quotes and escapes", "a:   'it''s  #1'\nb:  \"\\t {x: 1}\"\n", "a: 'it''s  #1'\nb: \"\\t {x: 1}\"\n"},
		{"a comment behind a value", "a: 1 # one\nb: 1      # two\n", "a: 1  # one\nb: 1      # two\n"},
		{"comments below each other stay so", "a:\n    b: 1   # one\n    cc: 2  # two\n", "a:\n  b: 1   # one\n  cc: 2  # two\n"},
		{"a comment above an entry", "a:\n# one\n    b: 1\n      # two\n    c: 1\n", "a:\n  # one\n  b: 1\n  # two\n  c: 1\n"},
		{"a comment at the end of a level", "a:\n    b:\n        c: 1\n        # of c\n    # of b\nd: 1\n# end\n", "a:\n  b:\n    c: 1\n    # of c\n  # of b\nd: 1\n# end\n"},
		{"a comment below a list at the column of its key", "a:\n- 1\n# b\nb: 1\n", "a:\n  - 1\n# b\nb: 1\n"},
		{"a comment in brackets", "a: [\n      # one\n  1,\n     2 # two\n ,\n # three\n]\n", "a: [\n  # one\n  1,\n  2  # two\n  ,\n  # three\n]\n"},
		{"brackets over lines", "a: {\n      b: 1,\n      c: [\n1\n]\n    }\n", "a: {\n  b: 1,\n  c: [\n    1\n  ]\n}\n"},
		{"brackets that hang", "- {a: 1,\n      b: [1,\n 2]}\n", "- {a: 1,\n   b: [1,\n       2]}\n"},
		{"a literal", "a:\n    b: |\n          one\n            two\n\n          three  \n\n\n    c: 1\n", "a:\n  b: |\n    one\n      two\n\n    three  \n\n  c: 1\n"},
		{"a literal with an indentation of its own", "a:\n    b: |2-\n          one\n        two\n", "a:\n  b: |2-\n        one\n      two\n"},
		{"a literal that keeps its end", "a: |+\n   one\n\n\n\nb: 1\n", "a: |+\n  one\n\n\n\nb: 1\n"},
		{"a literal without text", "a: |\n\n\nb: >-  # c\nc: |+\n\n\nd: 1\n", "a: |\n\nb: >-  # c\nc: |+\n\n\nd: 1\n"},
		{"a literal that does not end", "a: |\n   one", "a: |\n  one"},
		{"a stripped literal that does not end", "a: |-\n   one", "a: |-\n  one\n"},
		{"a literal in a list at the column of its key", "a:\n- |\n one\n- |2\n   two\n", "a:\n  - |\n    one\n  - |2\n     two\n"},
		{"a folded text with a comment", "a: > # c\n\n     one\n     two\n", "a: >  # c\n\n  one\n  two\n"},
		{"text over lines", "a:\n     b: one\n           two\n\n           three\n", "a:\n  b: one\n        two\n\n        three\n"},
		{"text over lines that would stand too far out", "a:\n b:\n  c: one\n   two\n", "a:\n  b:\n    c: one\n     two\n"},
		{"quoted text over lines", "a: 'one  \n\n  two'\nb: \"x \\  \n   y\\\n   z\"\n", "a: 'one\n\n  two'\nb: \"x \\  \n   y\\\n   z\"\n"},
		{"anchors and aliases", "a:  &x  {b: 1}\nc:   *x\nd: &y\n    e: 1\nf: [ *x , *x ]\n*y : 1\n", ""},
		{"anchors", "a:  &x  {b: 1}\nc:   *x\nd: &y\n    e: 1\nf: [ *x , *y ]\n", "a: &x {b: 1}\nc: *x\nd: &y\n  e: 1\nf: [*x, *y]\n"},
		{"an anchor of a key", "a:\n    &x b: 1\n    c: *x\n", "a:\n  &x b: 1\n  c: *x\n"},
		{"a tag", "a:  !!str   012\n", "a: !!str 012\n"},
		{"document markers", "%YAML 1.1\n---   # c\na: 1\n...\n", "%YAML 1.1\n---   # c\na: 1\n...\n"},
		{"explicit keys", "?   a\n:    b\n?  c\n", "? a\n: b\n? c\n"},
		{"CRLF", "a:   1\r\nb: |\r\n    x\r\n", "a: 1\r\nb: |\r\n  x\r\n"},
		{"a byte order mark", "\ufeffa:  1\n", "a: 1\n"},
		{"wide text", "ключ:   日本   # c\n", "ключ: 日本     # c\n"},
		{"tabs between tokens", "a:\t1\t# c\nb: [1,\t2]\n", "a: 1  # c\nb: [1, 2]\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, problems := Format("f.yaml", []byte(tt.src))
			if diff := cmp.Diff(tt.want, string(got)); diff != "" {
				t.Errorf("%v (-want +got):\n%s", problems, diff)
			}
			check(t, tt.src)
		})
	}
}
