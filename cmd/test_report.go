package cmd

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/runtime/flowtest"
)

// testReport writes the result of tests.
type testReport struct {
	*app
	flags *testFlags
	start time.Time
}

// Colours of the terminal.
const (
	red   = "31"
	green = "32"
)

// colored returns s in a colour when the output shows colours.
func (a *app) colored(color, s string) string {
	if !a.Terminal {
		return s
	}
	return "\x1b[" + color + "m" + s + "\x1b[0m"
}

func joined(paths []string) string { return strings.Join(paths, ", ") }

// file writes the text for one file as soon as it was run.
func (r *testReport) file(f *flowtest.FileResult) {
	if len(f.Tests) == 0 && len(f.Problems) == 0 {
		return // no test was chosen
	}
	word := r.colored(green, "ok  ")
	if f.Failed > 0 {
		word = r.colored(red, "FAIL")
	}
	fmt.Fprintf(r.Out, "%s %s (%s)\n", word, f.Path, counted(f))
	for i := range f.Tests {
		r.one(&f.Tests[i])
	}
	problems := f.Problems
	if !r.flags.verbose { // remarks are for those who ask
		problems = slices.DeleteFunc(slices.Clone(problems), func(d diag.Diagnostic) bool { return d.Severity == diag.Info })
	}
	if len(problems) > 0 {
		if err := r.show(r.Out, problems); err != nil {
			fmt.Fprintln(r.Out, err)
		}
	}
}

func counted(f *flowtest.FileResult) string {
	switch {
	case len(f.Tests) == 0:
		return "cannot be run"
	case len(f.Tests) == 1:
		return "1 test"
	}
	return fmt.Sprintf("%d tests", len(f.Tests))
}

func (r *testReport) one(t *flowtest.TestResult) {
	switch {
	case t.Failure != nil:
		fmt.Fprintf(r.Out, "  %s %s\n    %s\n", r.colored(red, "failed:"), t.Name, strings.ReplaceAll(t.Failure.String(), "\n", "\n    "))
	case r.flags.verbose:
		fmt.Fprintf(r.Out, "  %s %s\n", r.colored(green, "passed:"), t.Name)
	}
	for _, note := range t.Notes {
		fmt.Fprintf(r.Out, "    note: %s\n", note)
	}
}

// end writes what is left when all is done.
func (r *testReport) end(result *flowtest.Result, low bool) error {
	switch r.flags.format {
	case "json":
		return r.json(result)
	case "junit":
		return r.junit(result)
	}
	if r.flags.cover {
		if err := r.cover(result); err != nil {
			return err
		}
	}
	if low {
		fmt.Fprintf(r.Out, "the tests take %s of the transitions, less than %g%%\n", percent(result.Percent()), r.flags.threshold)
	}
	line := fmt.Sprintf("%d passed, %d failed", result.Passed, result.Failed)
	color := green
	if result.Failed > 0 || low {
		color = red
	}
	_, err := fmt.Fprintln(r.Out, r.colored(color, line))
	return err
}

// percent never rounds up to 100.
func percent(p float64) string { return fmt.Sprintf("%.1f%%", math.Floor(p*10)/10) }

// cover writes a table of the flows, and the transitions that no test takes.
func (r *testReport) cover(result *flowtest.Result) error {
	w := tabwriter.NewWriter(r.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "flow\ttransitions\ttaken\tcoverage")
	taken, total := 0, 0
	for _, c := range result.Coverage {
		fmt.Fprintf(w, "%s\t%d\t%d\t%s\n", c.Flow, c.Total, c.Taken, percent(c.Percent()))
		taken, total = taken+c.Taken, total+c.Total
	}
	if len(result.Coverage) > 1 {
		fmt.Fprintf(w, "all\t%d\t%d\t%s\n", total, taken, percent(result.Percent()))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, c := range result.Coverage {
		for _, m := range c.Missing {
			fmt.Fprintf(r.Out, "%s: no test takes %s\n", m.Span, m.Name)
		}
	}
	return nil
}

// The result as JSON.
type (
	jsonResult struct {
		Passed   int            `json:"passed"`
		Failed   int            `json:"failed"`
		Percent  float64        `json:"coverage"` // of the transitions of all flows
		Files    []jsonFile     `json:"files"`
		Coverage []jsonCoverage `json:"flows"`
	}
	jsonFile struct {
		Path     string        `json:"path"`
		Tests    []jsonTest    `json:"tests"`
		Problems []jsonProblem `json:"problems,omitempty"`
	}
	jsonTest struct {
		Name    string       `json:"name"`
		Line    int          `json:"line"`
		Passed  bool         `json:"passed"`
		Failure *jsonFailure `json:"failure,omitempty"`
		Notes   []string     `json:"notes,omitempty"`
	}
	jsonFailure struct {
		Span    diag.Span `json:"span"`
		Step    string    `json:"step"`
		Message string    `json:"message"`
		After   string    `json:"after,omitempty"`
		Guards  []string  `json:"guards,omitempty"`
		Faults  []string  `json:"faults,omitempty"`
		Command string    `json:"command"`
	}
	jsonProblem struct {
		Span     diag.Span `json:"span"`
		Severity string    `json:"severity"`
		Rule     string    `json:"rule"`
		Message  string    `json:"message"`
		Help     string    `json:"help,omitempty"`
	}
	jsonCoverage struct {
		Flow    string        `json:"flow"`
		Path    string        `json:"path"`
		Total   int           `json:"transitions"`
		Taken   int           `json:"taken"`
		Missing []jsonMissing `json:"missing"`
	}
	jsonMissing struct {
		Name string    `json:"name"`
		Span diag.Span `json:"span"`
	}
)

func (r *testReport) json(result *flowtest.Result) error {
	out := jsonResult{Passed: result.Passed, Failed: result.Failed, Percent: result.Percent(), Files: []jsonFile{}, Coverage: []jsonCoverage{}}
	for _, f := range result.Files {
		file := jsonFile{Path: f.Path, Tests: []jsonTest{}}
		for _, t := range f.Tests {
			one := jsonTest{Name: t.Name, Line: t.Span.Start.Line, Passed: t.Failure == nil, Notes: t.Notes}
			if t.Failure != nil {
				one.Failure = (*jsonFailure)(t.Failure)
			}
			file.Tests = append(file.Tests, one)
		}
		for _, p := range f.Problems {
			file.Problems = append(file.Problems, jsonProblem{p.Span, p.Severity.String(), p.Rule, p.Message, p.Help})
		}
		out.Files = append(out.Files, file)
	}
	for _, c := range result.Coverage {
		one := jsonCoverage{c.Flow, c.Path, c.Total, c.Taken, []jsonMissing{}}
		for _, m := range c.Missing {
			one.Missing = append(one.Missing, jsonMissing(m))
		}
		out.Coverage = append(out.Coverage, one)
	}
	e := json.NewEncoder(r.Out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

// The result as JUnit XML, which build servers read.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Time     string       `xml:"time,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Time     string      `xml:"time,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		File    string        `xml:"file,attr"`
		Line    int           `xml:"line,attr,omitempty"`
		Time    string        `xml:"time,attr"`
		Failure *junitFailure `xml:"failure"`
	}
	junitFailure struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

func (r *testReport) junit(result *flowtest.Result) error {
	out := junitSuites{Tests: result.Passed + result.Failed, Failures: result.Failed, Time: seconds(time.Since(r.start))}
	for _, f := range result.Files {
		s := junitSuite{Name: f.Path, Tests: f.Passed + f.Failed, Failures: f.Failed}
		var elapsed time.Duration
		for _, t := range f.Tests {
			elapsed += t.Elapsed
			c := junitCase{Name: t.Name, Class: f.Path, File: f.Path, Line: t.Span.Start.Line, Time: seconds(t.Elapsed)}
			if t.Failure != nil {
				c.Failure = &junitFailure{t.Failure.Step, t.Failure.String()}
			}
			s.Cases = append(s.Cases, c)
		}
		if err := f.Problems.Err(); err != nil {
			s.Cases = append(s.Cases, junitCase{Name: "the file", Class: f.Path, File: f.Path, Time: seconds(0), Failure: &junitFailure{"cannot be run", err.Error()}})
		}
		s.Time = seconds(elapsed)
		out.Suites = append(out.Suites, s)
	}
	if _, err := fmt.Fprint(r.Out, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(r.Out)
	e.Indent("", "  ")
	if err := e.Encode(out); err != nil {
		return err
	}
	_, err := fmt.Fprintln(r.Out)
	return err
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
