package flowtest

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/runtime"
)

// Options change how tests run. The zero value is ready.
type Options struct {
	// Functions are what flows declare under `uses.functions`. Mocks go before them.
	Functions map[string]flow.Function
	// Actions answer the look-ups that flows declare under `uses.actions` and that no mock answers.
	Actions map[string]runtime.Action
	// Observe is handed the trace of every step of every machine, as an observer of an engine is: a Recorder's, for instance.
	Observe runtime.Observer
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
	// Problems are mistakes in the test file or in its flow. With errors among them nothing was run. Warnings are about tests
	// that expect nothing, remarks about mocks that no test used.
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
	u, err := o.suite()
	if err != nil {
		return nil, fmt.Errorf("test flows: %w", err)
	}
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

func (o Options) suite() (*suite, error) {
	stepper, err := newStepper()
	return &suite{
		Options: o, stepper: stepper, cover: newCoverage(), sets: map[string]*compiled{}, alone: map[*flow.Flow]*flow.Set{}, result: &Result{},
	}, err
}

// suite is one run.
type suite struct {
	Options
	stepper *runtime.Stepper
	cover   *coverage
	sets    map[string]*compiled
	alone   map[*flow.Flow]*flow.Set // a flow and those that its calls can get to
	result  *Result
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

// file runs the tests of one file.
func (u *suite) file(path string) error {
	src, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	f, problems := parse(path, src)
	r := &FileResult{Path: path, Problems: problems}
	switch {
	case !problems.HasErrors():
		if err := u.tests(r, f); err != nil {
			return err
		}
	case f != nil && f.flow.value != "":
		r.Problems = append(r.Problems, f.noFlow()...) // nobody has looked for it yet
		r.Problems.Sort()
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

// tests runs the chosen tests of a file once all of them can be run.
func (u *suite) tests(r *FileResult, f *file) error {
	flows := make([]*flow.Flow, len(f.tests)) // nil for those that are not chosen
	checked := false
	for i, t := range f.tests {
		if u.Match != nil && !u.Match.MatchString(t.name.value) {
			continue
		}
		fl, problems, err := u.flow(f, t)
		if err != nil {
			return err
		}
		if fl != nil && !checked { // params change no names
			problems, checked = unknownNames(f, fl), true
		}
		if r.Problems = append(r.Problems, problems...); len(problems) > 0 {
			return nil
		}
		flows[i] = fl
	}
	for i, t := range f.tests {
		if flows[i] != nil {
			u.test(r, f, t, flows[i])
		}
	}
	if r.Failed == 0 && len(r.Tests) == len(f.tests) {
		r.Problems = append(r.Problems, unused(f)...)
	}
	r.Problems.Sort()
	return nil
}

// test runs one test. Of look-ups that nothing answers those that were told in the file before are only named.
func (u *suite) test(r *FileResult, f *file, t *test, fl *flow.Flow) {
	begin := time.Now()
	u.cover.add(fl)
	one := TestResult{Name: t.name.value, Span: t.name.span}
	state := "greeting"
	if t.replay.value != "" {
		one.Failure, one.Notes = u.replay(fl, t.replay, filepath.Join(filepath.Dir(f.path), t.replay.value))
	} else if s, err := u.session(f, t, fl); err != nil {
		one.Failure = &Failure{Span: t.name.span, Step: "test", Message: "the runtime does not take the flow: " + err.Error()}
	} else {
		one.Failure = s.play(t)
		state = s.reached(f, one.Failure)
	}
	one.Elapsed = time.Since(begin)
	if one.Failure == nil && !t.expects() {
		r.Problems.Warnf(ruleNothing, t.name.span, "nothing is expected").WithHelp("add a step, as in `expect: {state: %s}`", or(state, "greeting"))
	}
	if one.Failure == nil {
		r.Passed++
	} else {
		r.Failed++
		one.Failure.Command = alone(f.path, t.name.value)
	}
	r.Tests = append(r.Tests, one)
}

// reached returns the state that a test ended in, and sees to it that what nothing answers is explained once in a file.
func (s *session) reached(f *file, failure *Failure) string {
	if s.lacks != nil {
		if f.told[s.lacks.name] {
			failure.Message, failure.Guards = "no mock answers "+s.lacks.name+" here either", nil
		}
		f.told[s.lacks.name] = true
	}
	if s.look(text{}) != nil {
		return ""
	}
	return s.state()
}
