package diag_test

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/internal/golden"
)

var files = map[string]string{
	"menu.yaml": "\ufeffstates:\n  menu:\n\tbxml: [Hangup]\n  日本: {to: x}\r\n  text: |\n    one\n    two\n  empty:\n  cafe\u0301: x\n  \x1b[31m: y\n",
	"long.yaml": "a: [" + strings.Repeat("one, ", 60) + "TWO, " + strings.Repeat("three, ", 60) + "]\n",
}

func source(file string) []byte {
	if text, ok := files[file]; ok {
		return []byte(text)
	}
	return nil
}

func span(file string, line, col, endLine, endCol int) diag.Span {
	return diag.Span{File: file, Start: diag.Pos{Line: line, Col: col}, End: diag.Pos{Line: endLine, Col: endCol}}
}

// problems has every kind of place and of problem.
func problems() diag.List {
	var l diag.List
	l.Errorf("unknown-key", span("menu.yaml", 1, 1, 1, 7), "the first line begins after the byte order mark")
	l.Warnf("tabs", span("menu.yaml", 3, 2, 3, 6), "tabs are kept").WithHelp("first do this\nthen do that")
	l.Errorf("wide", span("menu.yaml", 4, 3, 4, 5), "wide characters").
		WithRelated(span("menu.yaml", 2, 3, 2, 7), "the state is here").
		WithRelated(diag.Span{File: "other.yaml"}, "a file without text")
	l.Errorf("carriage-return", span("menu.yaml", 4, 7, 4, 14), "the end of a line")
	l.Errorf("lines", span("menu.yaml", 5, 9, 7, 8), "several lines")
	l.Errorf("empty", span("menu.yaml", 8, 9, 8, 9), "an empty span")
	l.Errorf("mark", span("menu.yaml", 9, 3, 9, 8), "a mark without width")
	l.Errorf("control", span("menu.yaml", 10, 3, 10, 8), "control characters \x1b[31m")
	l.Errorf("long", span("long.yaml", 1, 305, 1, 308), "a long line")
	l.Errorf("outside", span("menu.yaml", 99, 1, 99, 2), "a line that is not there")
	l.Errorf("", diag.Span{}, "no place and no rule")
	l = append(l, diag.Diagnostic{Severity: diag.Info, Rule: "remark", Span: diag.Span{File: "menu.yaml"}, Message: "of the file as a whole"})
	return l
}

func TestText(t *testing.T) {
	for _, test := range []struct {
		name string
		src  diag.Sources
		o    diag.TextOptions
	}{
		{"plain", source, diag.TextOptions{}},
		{"color", source, diag.TextOptions{Color: true}},
		{"sourceless", nil, diag.TextOptions{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := diag.Text(&b, problems(), test.src, test.o); err != nil {
				t.Fatal(err)
			}
			golden.Compare(t, "testdata/"+test.name+".golden", b.Bytes())
		})
	}
}

type brokenWriter struct{}

var errBroken = errors.New("broken")

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func TestRenderingReturnsTheErrorOfTheWriter(t *testing.T) {
	for name, err := range map[string]error{
		"text": diag.Text(brokenWriter{}, problems(), source, diag.TextOptions{}),
		"json": diag.JSON(brokenWriter{}, problems()),
	} {
		if !errors.Is(err, errBroken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func ExampleText() {
	var list diag.List
	at := diag.Span{File: "menu.yaml", Start: diag.Pos{Line: 2, Col: 3}, End: diag.Pos{Line: 2, Col: 8}}
	list.Errorf("unknown-key", at, "unknown key %q", "gaurd").WithHelp("did you mean %q?", "guard")
	source := func(string) []byte { return []byte("gather:\n  gaurd: visits < 3\n") }
	if err := diag.Text(os.Stdout, list, source, diag.TextOptions{}); err != nil {
		panic(err)
	}
	// Output:
	// menu.yaml:2:3: error: unknown key "gaurd" [unknown-key]
	//       gaurd: visits < 3
	//       ^~~~~
	//     help: did you mean "guard"?
}
