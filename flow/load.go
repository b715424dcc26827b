package flow

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/flow/event"
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
	// checked but fails when it is called; Flow.Functions names what a flow needs.
	Functions map[string]Function
}

// Source is one flow file.
type Source struct {
	Path string // for messages
	Text []byte
}

// TestSuffix ends the names of test files. Load passes them over.
const TestSuffix = "_test.yaml"

// Load reads flows from files and folders, compiles them and reports what is wrong with them. The Set holds the flows
// that have no errors. The error is about reading: a path that does not exist, a file that cannot be opened.
func Load(o Options, paths ...string) (*Set, diag.List, error) {
	var sources []Source
	for _, path := range paths {
		found, err := read(path)
		if err != nil {
			return nil, nil, fmt.Errorf("load flows: %w", err)
		}
		sources = append(sources, found...)
	}
	set, problems := Compile(o, sources...)
	return set, problems, nil
}

// LoadFS is Load for the flow files of a file system, which are all files *.yaml and *.yml in its root.
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

func isFlow(name string) bool {
	ext := filepath.Ext(name)
	return (ext == ".yaml" || ext == ".yml") && !strings.HasSuffix(name, TestSuffix)
}

// read returns the flow file at path, or those below the folder at path.
func read(path string) ([]Source, error) {
	var sources []Source
	err := filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != path && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata"):
			return filepath.SkipDir
		case d.IsDir() || name != path && !isFlow(name):
			return nil
		}
		text, err := os.ReadFile(name)
		sources = append(sources, Source{name, text})
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
	l := &linker{options: o, byName: map[string]*compiler{}}
	for _, s := range sources {
		file, problems := parse.File(s.Path, s.Text)
		l.problems = append(l.problems, problems...)
		if file != nil && file.Name.Value != "" {
			l.add(file, s.Text, problems.HasErrors())
		}
	}
	l.link()
	l.problems.Sort()
	return l.set(), l.problems
}

// linker compiles a number of flows together.
type linker struct {
	options   Options
	compilers []*compiler
	byName    map[string]*compiler
	problems  diag.List
	// bridgeTargets says that some flow of the set handles bridgeTargetComplete: then the target of a bridge is not hung
	// up when the bridging call leaves.
	bridgeTargets bool
}

func (l *linker) add(file *ast.File, text []byte, broken bool) {
	c := &compiler{linker: l, file: file, text: text, broken: broken}
	if first, ok := l.byName[file.Name.Value]; ok {
		l.problems.Errorf("duplicate-key", file.Name.Span, "two flows are named %q", file.Name.Value).
			WithRelated(first.file.Name.Span, "the first one").WithHelp("the name is also the URL: give each flow its own")
		return
	}
	l.byName[file.Name.Value] = c
	l.compilers = append(l.compilers, c)
	l.bridgeTargets = l.bridgeTargets || handlesAnywhere(file, "bridgeTargetComplete")
}

// link compiles all flows: first what others need of them, then their bodies.
func (l *linker) link() {
	slices.SortFunc(l.compilers, func(a, b *compiler) int { return cmp.Compare(a.file.Name.Value, b.file.Name.Value) })
	for _, c := range l.compilers {
		c.declare()
	}
	for _, c := range l.compilers {
		c.resolve()
	}
	for _, c := range l.compilers {
		c.checkDepth()
	}
	for _, c := range l.compilers {
		c.compile()
	}
	for range MaxInvokeDepth { // what an invoked flow reads, the call must keep
		for _, c := range l.compilers {
			c.inherit()
		}
	}
}

// set returns the flows without errors whose invoked flows have none either.
func (l *linker) set() *Set {
	bad := map[string]bool{}
	for _, d := range l.problems {
		bad[d.Span.File] = bad[d.Span.File] || d.Severity == diag.Error
	}
	s := &Set{byName: map[string]*Flow{}}
	for _, c := range l.compilers {
		if c.usable(bad, 0) {
			c.flow.Hash = c.hash(0)
			s.flows = append(s.flows, c.flow)
			s.byName[c.flow.Name] = c.flow
		}
	}
	return s
}

func handlesAnywhere(file *ast.File, name string) bool {
	return handles(file.On, name) || anyState(file.States, func(s *ast.State) bool { return handles(s.On, name) })
}

func handles(handlers []*ast.Handler, name string) bool {
	return slices.ContainsFunc(handlers, func(h *ast.Handler) bool {
		t := event.Lookup(h.Event.Value) // an alias counts as the name it stands for
		return t != nil && t.Name == name
	})
}

func anyState(states []*ast.State, is func(*ast.State) bool) bool {
	return slices.ContainsFunc(states, func(s *ast.State) bool { return is(s) || anyState(s.States, is) })
}
