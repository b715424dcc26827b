package arch

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	module = "github.com/bxmlflow/bxmlflow"
	root   = "../.."
)

// pkg is what "go list -json" says about a package, as far as it matters here.
type pkg struct {
	ImportPath   string
	Standard     bool
	Module       *struct{ Path string }
	Imports      []string
	TestImports  []string
	XTestImports []string
}

func TestPackagesImportOnlyWhatTheirRuleAllows(t *testing.T) {
	pkgs := list(t, "linux", "./...")
	if len(pkgs) == 0 {
		t.Fatal("go list names no package")
	}
	for _, problem := range arrows(rules, pkgs) {
		t.Error(problem)
	}
}

func TestEachForeignModuleHasItsOwner(t *testing.T) {
	for _, problem := range strangers(owners, list(t, "linux", "./...")) {
		t.Error(problem)
	}
}

func TestTheLibraryTakesInThreeModules(t *testing.T) {
	for _, goos := range []string{"linux", "darwin", "windows"} {
		for _, dir := range []string{"flow", "runtime"} {
			t.Run(dir+" on "+goos, func(t *testing.T) {
				if sources, err := filepath.Glob(filepath.Join(root, dir, "*.go")); err != nil || len(sources) == 0 {
					return // not written yet: nothing is taken in
				}
				pkgs := list(t, goos, "-deps", "./"+dir)
				if !slices.ContainsFunc(pkgs, func(p pkg) bool { return p.ImportPath == module+"/"+dir }) {
					t.Fatalf("go list does not name %s", dir)
				}
				for _, problem := range surplus(core, pkgs) {
					t.Error(problem)
				}
			})
		}
	}
}

// A test that cannot fail proves nothing, so here are trees that are wrong.
func TestWrongTreesAreSeen(t *testing.T) {
	own := func(path string, imports ...string) pkg {
		p := pkg{ImportPath: module + "/" + path, Imports: imports}
		p.Module = &struct{ Path string }{module}
		return p
	}
	foreign := func(mod, path string) pkg {
		return pkg{ImportPath: path, Module: &struct{ Path string }{mod}}
	}
	tested := own("flow/bxml")
	tested.XTestImports = []string{"gopkg.in/yaml.v3"}

	tests := []struct {
		name string
		got  []string
		want []string
	}{
		{
			"the simulator imports the engine",
			arrows(rules, []pkg{own("runtime/simulator", module+"/runtime", module+"/flow/event", "fmt")}),
			[]string{"runtime/simulator imports runtime: the simulator plays the carrier and must not share beliefs with what it tests"},
		},
		{
			"the engine imports its test runner",
			arrows(rules, []pkg{own("runtime", module+"/runtime/flowtest", module+"/flow")}),
			[]string{"runtime imports runtime/flowtest: the engine knows nothing of who tests it, shows it or starts it"},
		},
		{
			"the language imports the engine",
			arrows(rules, []pkg{own("flow/internal/graph", module+"/runtime/store")}),
			[]string{"flow/internal/graph imports runtime/store: the language can be checked and compiled without an engine"},
		},
		{
			"a pattern ends at a path element",
			arrows(rules, []pkg{own("flows", module+"/flow")}),
			[]string{"flows imports flow: the sample flows are files; embedding them needs no code of ours"},
		},
		{
			"a package has no rule",
			arrows(rules, []pkg{own("misc")}),
			[]string{"misc has no rule: add one with its reason to rules_test.go"},
		},
		{
			"YAML is read elsewhere, if only in a test",
			strangers(owners, []pkg{tested, own("internal/yamlsrc", "gopkg.in/yaml.v3")}),
			[]string{"flow/bxml imports gopkg.in/yaml.v3, which belongs to internal/yamlsrc/...: its node decoder has no bounds and its errors no columns, which yamlsrc mends for all"},
		},
		{
			"a package below an owned module counts as the module",
			strangers(owners, []pkg{own("runtime", "github.com/expr-lang/expr/vm")}),
			[]string{"runtime imports github.com/expr-lang/expr/vm, which belongs to flow/internal/expression/...: expressions are bounded where they are compiled, so nothing may compile them elsewhere"},
		},
		{
			"the library takes in a fourth module",
			surplus(core, []pkg{own("flow"), {ImportPath: "fmt", Standard: true}, foreign("gopkg.in/yaml.v3", "gopkg.in/yaml.v3"), foreign("example.com/heavy", "example.com/heavy/sub")}),
			[]string{"example.com/heavy/sub is taken in by an importer of the library"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, tt.got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

// arrows reports imports between packages of this module that no rule allows.
func arrows(rules []rule, pkgs []pkg) []string {
	var problems []string
	for _, p := range pkgs {
		path := short(p.ImportPath)
		i := slices.IndexFunc(rules, func(r rule) bool { return matches(r.pkg, path) })
		if i < 0 {
			problems = append(problems, path+" has no rule: add one with its reason to rules_test.go")
			continue
		}
		for _, imported := range p.Imports {
			if !strings.HasPrefix(imported, module+"/") {
				continue
			}
			to := short(imported)
			if !slices.ContainsFunc(rules[i].may, func(pattern string) bool { return matches(pattern, to) }) {
				problems = append(problems, fmt.Sprintf("%s imports %s: %s", path, to, rules[i].why))
			}
		}
	}
	return problems
}

// strangers reports imports of an owned module by other packages.
func strangers(owners []owner, pkgs []pkg) []string {
	var problems []string
	for _, p := range pkgs {
		path := short(p.ImportPath)
		imports := slices.Concat(p.Imports, p.TestImports, p.XTestImports)
		slices.Sort(imports)
		for _, imported := range slices.Compact(imports) {
			for _, o := range owners {
				if matches(o.module+"/...", imported) && !matches(o.pkg, path) {
					problems = append(problems, fmt.Sprintf("%s imports %s, which belongs to %s: %s", path, imported, o.pkg, o.why))
				}
			}
		}
	}
	return problems
}

// surplus reports packages that are neither of the standard library, nor ours,
// nor of an allowed module.
func surplus(allowed []string, pkgs []pkg) []string {
	var problems []string
	for _, p := range pkgs {
		ours := p.Module != nil && p.Module.Path == module
		if p.Standard || ours || p.Module != nil && slices.Contains(allowed, p.Module.Path) {
			continue
		}
		problems = append(problems, p.ImportPath+" is taken in by an importer of the library")
	}
	return problems
}

func matches(pattern, path string) bool {
	below, tree := strings.CutSuffix(pattern, "/...")
	if !tree {
		return path == pattern
	}
	return path == below || strings.HasPrefix(path, below+"/")
}

func short(path string) string {
	return strings.TrimPrefix(path, module+"/")
}

// list asks the go command about packages as they are built for goos without
// cgo. A package that does not compile is listed all the same.
func list(t *testing.T, goos string, args ...string) []pkg {
	t.Helper()
	touch(t)
	fields := "-json=ImportPath,Standard,Module,Imports,TestImports,XTestImports"
	cmd := exec.Command("go", append([]string{"list", "-e", fields}, args...)...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GOOS="+goos, "CGO_ENABLED=0")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	var pkgs []pkg
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			return pkgs
		}
		if err != nil {
			t.Fatalf("reading what go list says: %v", err)
		}
		pkgs = append(pkgs, p)
	}
}

// touch opens every directory of the module. The go command keeps the result
// of a test until a file that it opened changes, and does not see what go list
// reads; of a directory it remembers the size and time of every file.
func touch(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && (entry.Name() == ".git" || entry.Name() == "testdata" || entry.Name() == "bin") {
			return filepath.SkipDir
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil // removed by someone meanwhile
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
