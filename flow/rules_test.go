package flow_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/flow/internal/rule"
)

// configuration is the file of a rule's examples that makes bad.yaml and good.yaml configurations of the command, which tests
// those itself.
const configuration = "flow.yaml"

// TestRulesReportTheirExamples checks bad.yaml and good.yaml of every rule: the one is reported exactly so, the other is not.
func TestRulesReportTheirExamples(t *testing.T) {
	for _, r := range flow.Rules() {
		path := filepath.Join("testdata", "rules", r.ID+".txtar")
		archive, err := os.ReadFile(path)
		if err != nil {
			t.Errorf("rule %q has no examples: %v", r.ID, err)
			continue
		}
		files := rule.Files(string(archive))
		if slices.ContainsFunc(files, func(f rule.File) bool { return f.Name == configuration }) {
			continue
		}
		t.Run(r.ID, func(t *testing.T) {
			bad, said := checked(t, files, "bad.yaml")
			if flag.Lookup("update").Value.String() == "true" {
				head, _, _ := strings.Cut(string(archive), "-- want --\n")
				if err := os.WriteFile(path, []byte(head+"-- want --\n"+said), 0o644); err != nil {
					t.Fatal(err)
				}
				r.Output = said
			}
			if diff := cmp.Diff(r.Output, said); diff != "" || said == "" {
				t.Errorf("bad.yaml is not reported as wanted (-want +got); -update writes it anew\n%s", diff)
			}
			for _, d := range bad {
				if d.Rule != r.ID || d.Severity < r.Severity {
					t.Errorf("bad.yaml shows another rule, or one that is worse than %s: %s", r.Severity, d.Error())
				}
			}
			if _, said := checked(t, files, "good.yaml"); said != "" {
				t.Errorf("good.yaml is reported:\n%s", said)
			}
		})
	}
}

// checked compiles one example of a rule, with the files that stand beside it.
func checked(t *testing.T, files []rule.File, name string) (list diag.List, said string) {
	t.Helper()
	var sources []flow.Source
	for _, f := range files {
		if other := f.Name == "bad.yaml" || f.Name == "good.yaml" || f.Name == "want"; f.Name == name || !other {
			sources = append(sources, flow.Source{Path: f.Name, Text: []byte(f.Text)})
		}
	}
	_, list = flow.Compile(flow.Options{}, sources...)
	var b strings.Builder
	err := diag.Text(&b, list, func(file string) []byte {
		i := slices.IndexFunc(sources, func(s flow.Source) bool { return s.Path == file })
		return sources[i].Text
	}, diag.TextOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return list, b.String()
}

// title is what titles of rules look like.
var title = regexp.MustCompile("^[a-z`].*[^.]$")

func TestRulesAreDocumented(t *testing.T) {
	for _, r := range flow.Rules() {
		if !title.MatchString(r.Title) || r.Why == "" || r.Fix == "" || r.Bad == "" || r.Good == "" || r.Output == "" {
			t.Errorf("rule %q lacks something, or its title begins or ends wrongly: %q", r.ID, r.Title)
		}
		text, err := os.ReadFile(filepath.Join("internal", "rule", r.ID+".md"))
		if err != nil || !strings.Contains(string(text), "\nseverity: "+r.Severity.String()+"\n") {
			t.Errorf("the severity of rule %q is not spelt as %s: %v", r.ID, r.Severity, err)
		}
	}
	examples, err := filepath.Glob("testdata/rules/*.txtar")
	if err != nil || len(examples) != len(flow.Rules()) {
		t.Errorf("%d files with examples for %d rules, error %v", len(examples), len(flow.Rules()), err)
	}
}

// TestNoProblemIsWorseThanItsRule goes through the wrong flows for problems that are errors of rules which are said to warn.
func TestNoProblemIsWorseThanItsRule(t *testing.T) {
	_, problems, err := flow.Load(flow.Options{}, "testdata/bad")
	if err != nil || len(problems) == 0 {
		t.Fatalf("%d problems, error %v", len(problems), err)
	}
	rules := flow.Rules()
	for _, d := range problems {
		i := slices.IndexFunc(rules, func(r flow.Rule) bool { return r.ID == d.Rule })
		if i < 0 || d.Severity < rules[i].Severity {
			t.Errorf("of no rule, or worse than it: %s", d.Error())
		}
	}
}

// TestEveryRuleIsRegistered compares the rules that the code can report with the documented ones, both ways.
func TestEveryRuleIsRegistered(t *testing.T) {
	inCode := map[string][]string{}
	for _, folder := range []string{".", "internal", "../internal/yamlsrc", "../cmd"} {
		collect(t, folder, inCode)
	}
	var registered []string
	for _, r := range flow.Rules() {
		registered = append(registered, r.ID)
	}
	for id, places := range inCode {
		if !slices.Contains(registered, id) {
			t.Errorf("rule %q of %s is not documented: add flow/internal/rule/%s.md and flow/testdata/rules/%s.txtar", id, places[0], id, id)
		}
	}
	for _, id := range registered {
		if inCode[id] == nil {
			t.Errorf("rule %q is documented but never reported", id)
		}
	}
}

// ruleName is how constants of rules are named.
var ruleName = regexp.MustCompile(`^[rR]ule[A-Z]`)

// others are folders without rules of check. Those of flow/bxml are about documents.
var others = []string{"testdata", "bxml", "diag", "event"}

// collect gathers the rules of the code below a folder: constants of such a name, and literals that problems are reported with.
func collect(t *testing.T, folder string, rules map[string][]string) {
	t.Helper()
	set := token.NewFileSet()
	add := func(e ast.Expr) {
		if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if id, err := strconv.Unquote(lit.Value); err == nil {
				rules[id] = append(rules[id], fmt.Sprint(set.Position(lit.Pos())))
			}
		}
	}
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains(others, d.Name()):
			return fs.SkipDir
		}
		if filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				for i, name := range n.Names {
					if ruleName.MatchString(name.Name) && i < len(n.Values) {
						add(n.Values[i])
					}
				}
			case *ast.CallExpr:
				if f, ok := n.Fun.(*ast.SelectorExpr); ok && reports[f.Sel.Name] && !isFmt(f.X) {
					add(n.Args[0])
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// reports are the methods that report a problem of the rule that they are given first.
var reports = map[string]bool{"errorf": true, "warnf": true, "Errorf": true, "Warnf": true}

// isFmt reports whether a method is a function of package fmt.
func isFmt(receiver ast.Expr) bool {
	name, ok := receiver.(*ast.Ident)
	return ok && name.Name == "fmt"
}
