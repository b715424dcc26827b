package flow_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow"
)

// small is the least flow of a name.
func small(name string) string {
	return "flow: " + name + "\nstart: {initiate: a}\nstates:\n  a: {type: final, bxml: [Hangup]}\n"
}

// folder writes files and returns where.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func names(set *flow.Set) []string {
	var list []string
	for _, f := range set.Flows() {
		list = append(list, f.Name)
	}
	return list
}

// mixed is a folder with flows and with files that are none.
var mixed = map[string]string{
	"b.yaml": small("b"), "a.yml": small("a"), "a_test.yaml": "tests: []", "bxmlflow.yaml": "addr: localhost:8080", "notes.txt": "hello",
	".#b.yaml": "an editor's lock", "deep/c.yaml": small("c"), "deep/bxmlflow.yaml": "addr: x", "testdata/d.yaml": "nonsense", ".git/e.yaml": "nonsense",
}

func TestAFolderIsWalked(t *testing.T) {
	root := folder(t, mixed)
	link := filepath.Join(t.TempDir(), "flows")
	if err := os.Symlink(root, link); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		sentence string
		paths    []string
		want     []string
	}{
		{"every flow at any depth", []string{root}, []string{"a", "b", "c"}},
		{"a symbolic link to a folder", []string{link}, []string{"a", "b", "c"}},
		{"one file", []string{filepath.Join(root, "b.yaml")}, []string{"b"}},
		{"a file in testdata by its name", []string{filepath.Join(root, "deep", "c.yaml")}, []string{"c"}},
		{"a folder and a file in it", []string{root, filepath.Join(root, ".", "b.yaml")}, []string{"a", "b", "c"}},
		{"no path", nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.sentence, func(t *testing.T) {
			set, problems, err := flow.Load(flow.Options{}, tt.paths...)
			if err != nil || len(problems) > 0 {
				t.Fatalf("error %v, problems:\n%s", err, lines(problems))
			}
			if diff := cmp.Diff(tt.want, names(set)); diff != "" {
				t.Errorf("flows (-want +got):\n%s", diff)
			}
			if len(tt.want) > 0 && set.Flow(tt.want[0]).Path == "" {
				t.Error("a flow does not know its file")
			}
		})
	}
}

func TestWhatCannotBeReadIsAnError(t *testing.T) {
	if _, _, err := flow.Load(flow.Options{}, filepath.Join(t.TempDir(), "none")); err == nil || !strings.HasPrefix(err.Error(), "load flows: ") {
		t.Errorf("a path that does not exist gives error %v", err)
	}
}

func TestAFileSystemIsLoadedFromItsRoot(t *testing.T) {
	fsys := fstest.MapFS{}
	for name, text := range mixed {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	set, problems, err := flow.LoadFS(flow.Options{}, fsys)
	if err != nil || len(problems) > 0 {
		t.Fatalf("error %v, problems:\n%s", err, lines(problems))
	}
	if diff := cmp.Diff([]string{"a", "b"}, names(set)); diff != "" {
		t.Errorf("flows (-want +got):\n%s", diff)
	}
}

func TestTwoFlowsOfOneName(t *testing.T) {
	set, problems := flow.Compile(flow.Options{}, flow.Source{Path: "1.yaml", Text: []byte(small("same"))}, flow.Source{Path: "2.yaml", Text: []byte(small("same"))})
	if len(problems) != 1 || problems[0].Span.String() != "2.yaml:1:7" || problems[0].Related[0].Span.String() != "1.yaml:1:7" {
		t.Errorf("problems: %+v", problems)
	}
	if f := set.Flow("same"); f == nil || f.Path != "1.yaml" {
		t.Errorf("the flow that is kept is %+v", f)
	}
}

func TestAFlowWithErrorsTakesThoseAlongThatInvokeIt(t *testing.T) {
	invoking := func(name, inner string) string {
		return "flow: " + name + "\nstart: a\nstates:\n  a: {invoke: " + inner + ", on: {done: end}}\n  end: {type: final, bxml: [Hangup]}\n"
	}
	broken := strings.Replace(small("inner"), "Hangup", "Hangupp", 1)
	set, problems := flow.Compile(flow.Options{}, sources(invoking("outer", "middle"), invoking("middle", "inner"), broken, small("other"))...)
	if diff := cmp.Diff([]string{"other"}, names(set)); diff != "" || !problems.HasErrors() {
		t.Errorf("flows (-want +got):\n%s", diff)
	}
}
