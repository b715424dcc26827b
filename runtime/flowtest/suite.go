package flowtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/runtime"
)

// Options change how tests run. The zero value is ready.
type Options struct {
	// Functions are what flows declare under `uses.functions`. Mocks go before them.
	Functions map[string]flow.Function
	// Actions answer the look-ups that flows declare under `uses.actions` and that no mock answers.
	Actions map[string]runtime.Action
	// Match chooses tests by their names; nil runs all.
	Match *regexp.Regexp
	// Progress is called after each file.
	Progress func(*FileResult)
}

// Result is what a run of tests brought.
type Result struct {
	Files          []*FileResult
	Passed, Failed int // tests; a file that cannot be used counts as one that failed
	// Coverage is that of every flow under test and of those in the folders that were asked for, by name.
	Coverage []Coverage
}

// FileResult is what one test file brought.
type FileResult struct {
	Path  string
	Tests []TestResult
	// Problems are mistakes in the test file or in its flow. With errors among them nothing was run.
	Problems diag.List
	Passed   int
	Failed   int
}

// TestResult is what one test brought.
type TestResult struct {
	Name    string
	Span    diag.Span // of the name
	Elapsed time.Duration
	// Failure is nil for a test that passed.
	Failure *Failure
	// Notes are remarks, such as steps of a replay that could not be decided again.
	Notes []string
}

// Percent returns how many of a hundred transitions of all flows were taken.
func (r *Result) Percent() float64 {
	var all Coverage
	for _, c := range r.Coverage {
		all.Total += c.Total
		all.Taken += c.Taken
	}
	return all.Percent()
}

// Test runs the test files at the paths; folders are searched for files named *_test.yaml. The error is about reading.
func (o Options) Test(paths ...string) (*Result, error) {
	stepper, err := newStepper()
	if err != nil {
		return nil, fmt.Errorf("test flows: %w", err)
	}
	u := &suite{Options: o, stepper: stepper, cover: newCoverage(), sets: map[string]*compiled{}, result: &Result{}}
	files, err := u.find(paths)
	if err != nil {
		return nil, fmt.Errorf("test flows: %w", err)
	}
	for _, path := range files {
		if err := u.file(path); err != nil {
			return nil, fmt.Errorf("test flows: %w", err)
		}
	}
	u.result.Coverage = u.cover.list()
	return u.result, nil
}

func newStepper() (*runtime.Stepper, error) {
	apology := bxml.Document{Verbs: []*bxml.Element{{Name: "SpeakSentence", Text: runtime.DefaultApology}, {Name: "Hangup"}}}
	hangup := bxml.Document{Verbs: []*bxml.Element{{Name: "Hangup"}}}
	return runtime.NewStepper(runtime.StepConfig{
		AppendToken: appendToken, Apology: apology.Append(nil), Hangup: hangup.Append(nil), Reveal: true,
	})
}

// suite is one run.
type suite struct {
	Options
	stepper *runtime.Stepper
	cover   *coverage
	sets    map[string]*compiled
	result  *Result
	missing error // of the last function that was called and that nobody brings
}

// compiled is a folder of flows with certain params and functions.
type compiled struct {
	set      *flow.Set
	problems diag.List
}

// find returns the test files at the paths and counts the flows of folders for the coverage.
func (u *suite) find(paths []string) ([]string, error) {
	var files []string
	for _, root := range paths {
		info, err := os.Stat(root)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			files = append(files, root)
			continue
		}
		err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata"):
				return filepath.SkipDir
			case !d.IsDir() && strings.HasSuffix(d.Name(), flow.TestSuffix):
				files = append(files, path)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		if err := u.count(root); err != nil {
			return nil, err
		}
	}
	slices.Sort(files)
	return slices.Compact(files), nil
}

// count lets the flows of a folder take part in the coverage, whether a test runs them or not.
func (u *suite) count(folder string) error {
	c, err := u.load(folder, nil, nil)
	if err != nil {
		return err
	}
	for _, f := range c.set.Flows() {
		u.cover.add(f)
	}
	return nil
}

// load compiles the flows of a folder, once for the same params and mocks.
func (u *suite) load(folder string, params map[string]map[string]any, functions map[string]any) (*compiled, error) {
	key, err := json.Marshal([]any{filepath.Clean(folder), params, functions})
	if err != nil {
		return nil, err
	}
	if c := u.sets[string(key)]; c != nil {
		return c, nil
	}
	o := flow.Options{Params: params, Functions: mocks{functions: functions}.functionsOver(u.Functions)}
	set, problems, err := flow.Load(o, folder)
	if err == nil && u.stand(o.Functions, set) {
		set, problems, err = flow.Load(o, folder)
	}
	if err != nil {
		return nil, err
	}
	c := &compiled{set, problems}
	u.sets[string(key)] = c
	return c, nil
}

// stand adds functions that stand in for those that flows of a set declare and nobody brings: a call of one fails the test. It
// reports whether there are any.
func (u *suite) stand(functions map[string]flow.Function, set *flow.Set) bool {
	added := false
	for _, f := range set.Flows() {
		for _, name := range f.Functions {
			if functions[name].Call != nil {
				continue
			}
			added = true
			functions[name] = flow.Function{Call: func(args ...any) (any, error) {
				u.missing = fmt.Errorf("no mock answers the function %s with %s\nadd it under mocks: functions: {%s: ...}, or bring it in a Go test",
					name, show(args), name)
				return nil, u.missing
			}}
		}
	}
	return added
}

// file runs the tests of one file.
func (u *suite) file(path string) error {
	src, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	f, problems := parse(path, src)
	r := &FileResult{Path: path, Problems: problems}
	if !problems.HasErrors() {
		if err := u.tests(r, f); err != nil {
			return err
		}
	}
	if r.Problems.HasErrors() {
		r.Failed++
	}
	u.result.Files = append(u.result.Files, r)
	u.result.Passed += r.Passed
	u.result.Failed += r.Failed
	if u.Progress != nil {
		u.Progress(r)
	}
	return nil
}

func (u *suite) tests(r *FileResult, f *file) error {
	for _, t := range f.tests {
		if u.Match != nil && !u.Match.MatchString(t.name.value) {
			continue
		}
		fl, problems, err := u.flow(f, t)
		if err != nil {
			return err
		}
		if fl == nil {
			r.Problems = append(r.Problems, problems...)
			return nil
		}
		u.cover.add(fl)
		one := u.run(f, t, fl)
		if one.Failure == nil {
			r.Passed++
		} else {
			r.Failed++
			one.Failure.Command = alone(f.path, t.name.value)
		}
		r.Tests = append(r.Tests, one)
	}
	return nil
}

func (u *suite) run(f *file, t *test, fl *flow.Flow) TestResult {
	begin := time.Now()
	s := u.session(f, t, fl)
	one := TestResult{Name: t.name.value, Span: t.name.span}
	if t.replay.value != "" {
		one.Failure, one.Notes = s.replay(t.replay, filepath.Join(filepath.Dir(f.path), t.replay.value))
	} else {
		one.Failure = s.play(t)
	}
	one.Elapsed = time.Since(begin)
	return one
}

func (u *suite) session(f *file, t *test, fl *flow.Flow) *session {
	return &session{
		stepper: u.stepper, flow: fl, mocks: t.mocks.over(f.mocks), actions: u.Actions, cover: u.cover, missing: &u.missing,
		machine: &runtime.Machine{}, now: clockStart,
	}
}

// flow returns the flow of a test with its params, or what is wrong with it. All flows of its folder are loaded, so that it
// finds those that it invokes.
func (u *suite) flow(f *file, t *test) (*flow.Flow, diag.List, error) {
	path := filepath.Join(filepath.Dir(f.path), filepath.FromSlash(f.flow.value))
	folder := filepath.Dir(path)
	var problems diag.List
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		problems.Errorf(ruleFlow, f.flow.span, "there is no file %q", path).WithHelp("the path is relative to the test file")
		return nil, problems, nil
	}
	c, err := u.load(folder, nil, t.mocks.over(f.mocks).functions)
	if err != nil {
		return nil, nil, err
	}
	found := flowAt(c.set, path)
	if params := overlay(f.params, t.params); found != nil && len(params) > 0 {
		name := found.Name
		c, err = u.load(folder, map[string]map[string]any{name: params}, t.mocks.over(f.mocks).functions)
		if err != nil {
			return nil, nil, err
		}
		found = c.set.Flow(name)
	}
	if found != nil {
		return found, nil, nil
	}
	for _, d := range c.problems {
		if d.Severity == diag.Error {
			problems = append(problems, d)
		}
	}
	if len(problems) == 0 {
		problems.Errorf(ruleFlow, f.flow.span, "%q holds no flow", path)
	}
	return nil, problems, nil
}

// flowAt returns the flow of a file, nil when it has errors.
func flowAt(set *flow.Set, path string) *flow.Flow {
	for _, f := range set.Flows() {
		if filepath.Clean(f.Path) == filepath.Clean(path) {
			return f
		}
	}
	return nil
}
