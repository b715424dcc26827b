package schema_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/bxmlflow/bxmlflow/flow/schema"
	"github.com/bxmlflow/bxmlflow/internal/yamlsrc"
)

// compile compiles a schema. The validator checks it against the meta-schema of the dialect that it names.
func compile(t testing.TB, text []byte) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTheSchemasAreValid(t *testing.T) {
	meta, err := jsonschema.NewCompiler().Compile("https://json-schema.org/draft/2020-12/schema")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{"flow": schema.Flow(), "tests": schema.Tests()} {
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := meta.Validate(doc); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := compile(t, text).DraftVersion; got != 2020 {
			t.Errorf("%s: draft %d", name, got)
		}
		for _, example := range doc.(map[string]any)["examples"].([]any) {
			if err := compile(t, text).Validate(example); err != nil {
				t.Errorf("%s: its example: %v", name, err)
			}
		}
	}
}

func TestTheSchemasAreTheSameEveryTime(t *testing.T) {
	if diff := cmp.Diff(string(schema.Flow()), string(schema.Flow())); diff != "" {
		t.Errorf("flow:\n%s", diff)
	}
	if diff := cmp.Diff(string(schema.Tests()), string(schema.Tests())); diff != "" {
		t.Errorf("tests:\n%s", diff)
	}
}

// value is what an editor's YAML reader makes of a node.
func value(n *yamlsrc.Node) any {
	switch n.Kind {
	case yamlsrc.Map:
		m := map[string]any{}
		for _, e := range n.Entries {
			m[e.Key.Value] = value(e.Value)
		}
		return m
	case yamlsrc.List:
		list := []any{}
		for _, item := range n.Items {
			list = append(list, value(item))
		}
		return list
	}
	switch n.Resolved {
	case yamlsrc.Bool:
		return strings.EqualFold(n.Value, "true")
	case yamlsrc.Null:
		return nil
	case yamlsrc.Int, yamlsrc.Float:
		if f, err := strconv.ParseFloat(n.Value, 64); err == nil {
			return f
		}
	}
	return n.Value
}

// read returns what a file holds; false when it is no YAML.
func read(t testing.TB, path string) (any, bool) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	root, problems := yamlsrc.Parse(path, text)
	if root == nil || problems.HasErrors() {
		return nil, false
	}
	return value(root), true
}

// files returns the files of folders that fit a pattern.
func files(t testing.TB, patterns ...string) []string {
	t.Helper()
	var all []string
	for _, p := range patterns {
		found, err := filepath.Glob(p)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, found...)
	}
	return all
}

func TestGoodFilesAreAccepted(t *testing.T) {
	flows, tests := compile(t, schema.Flow()), compile(t, schema.Tests())
	counts := map[*jsonschema.Schema]int{}
	for _, path := range files(t, "../../flows/*.yaml", "../../cmd/template/*.yaml", "../testdata/good/*.yaml", "../testdata/right/*.yaml",
		"../../examples/*/*.yaml", "../../examples/*/*/*.yaml", "../../runtime/flowtest/testdata/*/*.yaml") {
		doc, ok := read(t, path)
		m, isMap := doc.(map[string]any)
		if !ok || !isMap || m["flow"] == nil {
			continue
		}
		s := flows
		if m["tests"] != nil {
			s = tests
		}
		counts[s]++
		if err := s.Validate(doc); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	t.Logf("%d flows and %d test files", counts[flows], counts[tests])
	if counts[flows] < 40 || counts[tests] < 15 {
		t.Errorf("only %d flows and %d test files were found", counts[flows], counts[tests])
	}
}
