package cmd

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/tools/txtar"

	"github.com/bxmlflow/bxmlflow/flow"
)

// TestRulesAboutConfigurations checks the examples of those rules that are about a configuration: bad.yaml and good.yaml are
// configurations for flow.yaml. Package flow checks the other rules.
func TestRulesAboutConfigurations(t *testing.T) {
	found := 0
	for _, r := range flow.Rules() {
		path := filepath.Join("..", "flow", "testdata", "rules", r.ID+".txtar")
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files := map[string]string{}
		for _, f := range archive.Files {
			files[f.Name] = string(f.Data)
		}
		if _, ok := files["flow.yaml"]; !ok {
			continue
		}
		found++
		t.Run(r.ID, func(t *testing.T) {
			want := absolute(t, path)
			t.Chdir(folder(t, files))
			code, said, messages := run(t, nil, "check", "--config", "bad.yaml", "flow.yaml")
			if flag.Lookup("update").Value.String() == "true" {
				archive.Files[len(archive.Files)-1].Data = []byte(said)
				if err := os.WriteFile(want, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				files["want"] = said
			}
			if diff := cmp.Diff(files["want"], said); diff != "" || code == exitFine || !strings.Contains(said, " ["+r.ID+"]\n") {
				t.Errorf("code %d, messages %q, bad.yaml is not reported as wanted (-want +got); -update writes it anew\n%s", code, messages, diff)
			}
			if code, said, messages := run(t, nil, "check", "--config", "good.yaml", "flow.yaml"); code != exitFine || said != "" {
				t.Errorf("good.yaml: code %d, it says\n%s%s", code, said, messages)
			}
		})
	}
	if found == 0 {
		t.Error("no rule is about configurations")
	}
}

// TestSARIFOfRealProblemsIsValid checks the report of every wrong flow that there is, with all rules, against the format's schema.
func TestSARIFOfRealProblemsIsValid(t *testing.T) {
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	schema, err := compiler.Compile("../flow/diag/testdata/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	code, out, messages := run(t, nil, "check", "--format", "sarif", "../flow/testdata/bad")
	if code != exitProblems || messages != "" {
		t.Fatalf("code %d, it says\n%s", code, messages)
	}
	log, err := jsonschema.UnmarshalJSON(strings.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(log); err != nil {
		t.Error(err)
	}
	if strings.Count(out, `"ruleId"`) != strings.Count(out, `"ruleIndex"`) {
		t.Error("a problem is of no rule that the report describes")
	}
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	full, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return full
}
