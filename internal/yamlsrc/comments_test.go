package yamlsrc

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCommentsAreFoundBetweenTexts(t *testing.T) {
	tests := []struct {
		name, src string
		want      []string // place, line that it is about, text
	}{
		{"before a line", "# m: one\na: b\n", []string{"1:1-1:9 about 2: # m: one"}},
		{"at the end of a line", "a: b\nc: d # m: one  \n", []string{"2:6-2:14 about 2: # m: one"}},
		{"several before a line", "# m: one\n\n  # m: two\n# other\na: b\n", []string{"1:1-1:9 about 5: # m: one", "3:3-3:11 about 5: # m: two"}},
		{"with nothing behind it", "a: b\n# m: one\n\n", []string{"2:1-2:9 about 0: # m: one"}},
		{"others are left out", "# other\na: b # more\n", nil},
		{"in quotes", "a: 'x # m: one'\nb: \"x # m: one\" # m: two\n", []string{"2:17-2:25 about 2: # m: two"}},
		{"in quotes over lines", "a: \"x\n  # m: one\n  y\"\n", nil},
		{"in a block", "a: |\n  # m: one\n  x # m: two\nb: c # m: three\n", []string{"4:6-4:16 about 4: # m: three"}},
		{"at the head of a block", "a: | # m: one\n  x\n", []string{"1:6-1:14 about 1: # m: one"}},
		{"behind a block", "a: |\n  x\n# m: one\nb: c\n", []string{"3:1-3:9 about 4: # m: one"}},
		{"in a folded key", "\"k # m: one\": b\n", nil},
		{"no blank before it", "a: b#m:one\n", nil},
		{"in brackets", "a: [b, # m: one\n  c] # m: two\n", []string{"1:8-1:16 about 1: # m: one", "2:6-2:14 about 2: # m: two"}},
		{"characters of several bytes", "ü: 'é' # m: ö\r\n", []string{"1:8-1:14 about 1: # m: ö"}},
		{"a byte order mark", "\ufeff# m: one\na: b\n", []string{"1:1-1:9 about 2: # m: one"}},
		{"behind an alias", "a: &x 'y # m: one'\nb: *x # m: two\n", []string{"2:7-2:15 about 2: # m: two"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			root, problems := Parse("f.yaml", []byte(tt.src))
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			var got []string
			for _, c := range root.Comments("m:") {
				s := c.Span
				got = append(got, fmt.Sprintf("%d:%d-%d:%d about %d: %s", s.Start.Line, s.Start.Col, s.End.Line, s.End.Col, c.Line, c.Text))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestManyMarksInOneLineTakeLittleTime(t *testing.T) {
	src := "a: \"" + strings.Repeat(" # m:", 100_000) + "\" # m: one\n"
	root, problems := Parse("f.yaml", []byte(src))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if got := root.Comments("m:"); len(got) != 1 || got[0].Text != "# m: one" {
		t.Errorf("%d comments", len(got))
	}
}
