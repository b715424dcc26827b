package schema_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow/schema"
	"github.com/bxmlflow/bxmlflow/internal/npm"
)

// position is a place in a file as the Language Server Protocol counts: both from 0.
type position struct {
	Line      int `json:"line"`
	Character int `json:"character"`
}

// opened is a file that the editor opens, and what it asks about it.
type opened struct {
	Path     string     `json:"path"`
	Text     string     `json:"text"`
	Hover    []position `json:"hover,omitempty"`
	Complete []position `json:"complete,omitempty"`
}

// diagnostic is a mistake that the editor shows, in the server's own words.
type diagnostic struct {
	Range   struct{ Start position }
	Message string
}

// shown is what the editor then shows.
type shown struct {
	Path        string
	Diagnostics []diagnostic
	Hover       []struct {
		Contents struct{ Value string }
	}
	Complete [][]struct {
		Label         string
		Documentation any
	}
}

// edit opens files in yaml-language-server, the program that editors run for YAML (see testdata/yamlls/package.json), driven by the
// protocol's own library for Node.js. It needs node and npm; npm gets the packages the first time.
func edit(t *testing.T, folder string, files ...opened) []shown {
	t.Helper()
	project := npm.Install(t, "testdata/yamlls")
	input, err := json.Marshal(map[string]any{"root": folder, "files": files})
	if err != nil {
		t.Fatal(err)
	}
	var answers []shown
	lines := json.NewDecoder(bytes.NewReader(project.Run(t, input, "client.mjs")))
	for lines.More() {
		var s shown
		if err := lines.Decode(&s); err != nil {
			t.Fatal(err)
		}
		answers = append(answers, s)
	}
	if len(answers) != len(files) {
		t.Fatalf("%d files were opened and %d answers came", len(files), len(answers))
	}
	return answers
}

// workspace is a folder with the schemas where the first lines of the samples look for them.
func workspace(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range map[string][]byte{"docs/flow.schema.json": schema.Flow(), "docs/test.schema.json": schema.Tests()} {
		if err := os.MkdirAll(filepath.Join(folder, "docs"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// at finds a place by the words that begin there; by is how far behind it lies.
func at(t *testing.T, text, words string, by int) position {
	t.Helper()
	i := strings.Index(text, words)
	if i < 0 {
		t.Fatalf("there is no %q in\n%s", words, text)
	}
	before := text[:i+by]
	return position{strings.Count(before, "\n"), len(before) - strings.LastIndexByte(before, '\n') - 1}
}

func TestTheEditorIsSilentOnTheSamples(t *testing.T) {
	folder := workspace(t)
	var samples []opened
	for _, path := range files(t, "../../flows/*.yaml") {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		samples = append(samples, opened{Path: filepath.Join(folder, "flows", filepath.Base(path)), Text: string(text)})
		if first, _, _ := strings.Cut(string(text), "\n"); !strings.HasPrefix(first, "# yaml-language-server: $schema=../docs/") {
			t.Errorf("%s: the first line names no schema: %s", path, first)
		}
	}
	if len(samples) < 20 {
		t.Fatalf("only %d samples were found", len(samples))
	}
	for _, s := range edit(t, folder, samples...) {
		for _, d := range s.Diagnostics {
			t.Errorf("%s:%d: %s", filepath.Base(s.Path), d.Range.Start.Line+1, d.Message)
		}
	}
}

const faulty = `# yaml-language-server: $schema=../docs/flow.schema.json
flow: faulty
start: {initiate: a}
states:
  a:
    bxml:
      - Gather:
          maxDigts: 1
      - Gater: {}
      - Pause: {duration: 100000}
      - hangup
    on:
      gathr: a
      disconnect: a
      gather: [{taget: a}]
    entry:
      - logg: hello
`

func TestTheEditorShowsMistakes(t *testing.T) {
	folder := workspace(t)
	const tests = "# yaml-language-server: $schema=../docs/test.schema.json\nflow: a.yaml\ntests:\n  - name: x\n    steps:\n      - initiate: {frm: x}\n      - expct: {}\n"
	answers := edit(t, folder, opened{Path: filepath.Join(folder, "flows", "faulty.yaml"), Text: faulty},
		opened{Path: filepath.Join(folder, "flows", "faulty_test.yaml"), Text: tests})
	want := [][]string{{
		"8: Property maxDigts is not allowed.", "9: Property Gater is not allowed.", "10: Value is above the maximum of 86400.",
		"11: Value is not accepted. Valid values", "13: Value is not accepted. Valid values", `14: Incorrect type. Expected one of object, array.`,
		"15: Property taget is not allowed.", "17: Value is not accepted. Valid values",
	}, {"6: Property frm is not allowed.", "7: Property expct is not allowed."}}
	for i, a := range answers {
		slices.SortFunc(a.Diagnostics, func(x, y diagnostic) int { return x.Range.Start.Line - y.Range.Start.Line })
		var got []string
		for _, d := range a.Diagnostics {
			message, _, _ := strings.Cut(d.Message, ":")
			got = append(got, fmt.Sprintf("%d: %s", d.Range.Start.Line+1, message))
		}
		if diff := cmp.Diff(want[i], got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", filepath.Base(a.Path), diff)
		}
	}
}

const begun = `# yaml-language-server: $schema=../docs/flow.schema.json
flow: begun
start: {initiate: a}
states:
  a:
    bxml:
      - Gather:
          maxDigits: 2
          
    on:
      disconnect: {}
      gather: a
    entry:
      - 
  b:
    
`

func TestTheEditorHelps(t *testing.T) {
	folder := workspace(t)
	file := opened{Path: filepath.Join(folder, "flows", "begun.yaml"), Text: begun}
	hovers := []struct{ words, want string }{
		{"Gather:", "collects digits or speech, while nested audio plays"},
		{"maxDigits:", "the gather ends after so many digits; from 1 to 50"},
		{"gather: a", "It is synchronous: answered with the document"},
		{"disconnect:", "It is asynchronous"},
		{"bxml:", "the document that is heard on entering the state"},
	}
	for _, h := range hovers {
		file.Hover = append(file.Hover, at(t, begun, h.words, 2))
	}
	completions := []struct {
		words  string
		by     int
		want   []string
		absent []string
	}{
		{"maxDigits: 2\n", len("maxDigits: 2\n") + 10, []string{"gatherUrl", "interDigitTimeout", "nested"}, []string{"maxDigits", "Pause", "guard"}},
		{"- Gather", 2, []string{"SpeakSentence", "Gather", "Hangup", "guard", "use"}, []string{"PhoneNumber"}},
		{"      - \n", 8, []string{"set", "log", "createCall", "onError"}, []string{"Hangup"}},
		{"  b:\n    \n", 9, []string{"bxml", "on", "after", "type"}, []string{"start"}},
	}
	for _, c := range completions {
		file.Complete = append(file.Complete, at(t, begun, c.words, c.by))
	}
	answer := edit(t, folder, file)[0]
	for i, h := range hovers {
		if got := answer.Hover[i].Contents.Value; !strings.Contains(got, h.want) {
			t.Errorf("at %q: %s", h.words, got)
		}
	}
	for i, c := range completions {
		var labels []string
		for _, item := range answer.Complete[i] {
			labels = append(labels, item.Label)
			if slices.Contains(c.want, item.Label) && fmt.Sprint(item.Documentation) == "" {
				t.Errorf("behind %q: %q is offered without a description", c.words, item.Label)
			}
		}
		for _, w := range c.want {
			if !slices.Contains(labels, w) {
				t.Errorf("behind %q: %q is not offered: %s", c.words, w, labels)
			}
		}
		for _, w := range c.absent {
			if slices.Contains(labels, w) {
				t.Errorf("behind %q: %q is offered: %s", c.words, w, labels)
			}
		}
	}
}
