package flow

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/flow/internal/expression"
	"github.com/bxmlflow/bxmlflow/flow/internal/parse"
)

// Function is a pure Go function for expressions: deterministic, without I/O, safe for concurrent use.
type Function = expression.Function

// Options change how flows are loaded. The zero value is ready.
type Options struct {
	// Params sets params by flow and name, over their defaults. A value is the Go value of the param's type (see Type), or
	// a string that reads as one.
	Params map[string]map[string]any
	// Functions brings the functions that flows declare under `uses.functions`. One that is declared but not brought can be
	// checked but fails when it is called, and the runtime refuses such a flow; Flow.Functions names what a flow needs.
	Functions map[string]Function
}

// Source is one flow file.
type Source struct {
	Path string // for messages
	Text []byte
}

// TestSuffix ends the names of test files. Load passes them over.
const TestSuffix = "_test.yaml"

// ConfigFile is the name of the command's configuration file, which may lie in a folder of flows. Load passes it over.
const ConfigFile = "bxmlflow.yaml"

// Load reads flows from files and folders, compiles them and reports what is wrong with them. The Set holds the flows
// that have no errors. Of a folder, which may be a symbolic link, it takes the files *.yaml and *.yml at any depth, without
// tests (TestSuffix), ConfigFile, hidden files and folders, and folders named testdata or node_modules. A file named by path is taken
// whatever its name. The error is about reading: a path that does not exist, a file that cannot be opened.
func Load(o Options, paths ...string) (*Set, diag.List, error) {
	var sources []Source
	for _, path := range paths {
		found, err := read(path)
		if err != nil {
			return nil, nil, fmt.Errorf("load flows: %w", err)
		}
		for _, s := range found {
			if !slices.ContainsFunc(sources, func(o Source) bool { return o.Path == s.Path }) { // a folder and a file in it
				sources = append(sources, s)
			}
		}
	}
	set, problems := Compile(o, sources...)
	return set, problems, nil
}

// LoadFS is Load for the flow files of a file system, which are those in its root.
func LoadFS(o Options, fsys fs.FS) (*Set, diag.List, error) {
	var sources []Source
	entries, err := fs.ReadDir(fsys, ".")
	for _, e := range entries {
		if e.IsDir() || !isFlow(e.Name()) {
			continue
		}
		text, readErr := fs.ReadFile(fsys, e.Name())
		err = errors.Join(err, readErr)
		sources = append(sources, Source{e.Name(), text})
	}
	if err != nil {
		return nil, nil, fmt.Errorf("load flows: %w", err)
	}
	set, problems := Compile(o, sources...)
	return set, problems, nil
}

// isFlow reports whether a file in a folder is a flow. Hidden files are the locks and copies of editors.
func isFlow(name string) bool {
	ext := filepath.Ext(name)
	return (ext == ".yaml" || ext == ".yml") && !strings.HasSuffix(name, TestSuffix) && name != ConfigFile && name[0] != '.'
}

// read returns the flow file at path, or those below the folder at path.
func read(path string) ([]Source, error) {
	path = filepath.Clean(path)
	info, err := os.Stat(path) // follows a symbolic link, as WalkDir would not
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		text, err := os.ReadFile(path)
		return []Source{{path, text}}, err
	}
	var sources []Source
	err = fs.WalkDir(os.DirFS(path), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && (d.Name()[0] == '.' || d.Name() == "testdata" || d.Name() == "node_modules"):
			return fs.SkipDir
		case d.IsDir() || !isFlow(d.Name()):
			return nil
		}
		file := filepath.Join(path, filepath.FromSlash(name))
		text, err := os.ReadFile(file)
		sources = append(sources, Source{file, text})
		return err
	})
	return sources, err
}

// Parse compiles one flow that invokes no other.
func Parse(path string, text []byte, o Options) (*Flow, diag.List) {
	set, problems := Compile(o, Source{path, text})
	if len(set.flows) == 0 {
		return nil, problems
	}
	return set.flows[0], problems
}

// Compile compiles flows that may invoke each other. The Set holds those without errors; the problems are sorted.
func Compile(o Options, sources ...Source) (*Set, diag.List) {
	l := &linker{options: o, byName: map[string]*compiler{}, toConferences: map[string]bool{}}
	var files []*ast.File
	for _, s := range sources {
		file, problems := parse.File(s.Path, s.Text, known)
		l.problems = append(l.problems, problems...)
		if file != nil {
			files = append(files, file)
		}
		if file != nil && file.Name.Value != "" {
			l.add(file, s.Text, problems.HasErrors())
		}
	}
	l.link()
	l.problems.Sort()
	l.problems = ignore(distinct(l.problems), files)
	set := l.set()
	return set, tidy(l.problems)
}

// distinct drops repetitions: a fragment is compiled once for every use, and its mistakes are found every time.
func distinct(list diag.List) diag.List {
	type key struct {
		span          diag.Span
		rule, message string
	}
	seen := map[key]bool{}
	return slices.DeleteFunc(list, func(d diag.Diagnostic) bool {
		k := key{d.Span, d.Rule, d.Message}
		again := seen[k]
		seen[k] = true
		return again
	})
}
