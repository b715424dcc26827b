package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

const (
	red    = "31"
	green  = "32"
	yellow = "33"
)

// report prints packages as they finish and keeps the totals.
type report struct {
	out    io.Writer
	colour bool
	strict bool // a skipped test is a failed one

	builds  map[string][]string // what the compiler said, by import path
	running map[string]*suite
	passed  int
	failed  int
	skipped int
	names   []string // what failed, for the list at the end
}

// read books the stream to its end. A line that is not an event, such as a
// message of the go command, is passed on.
func (r *report) read(in io.Reader) error {
	reader := bufio.NewReader(in)
	for {
		text, err := reader.ReadString('\n')
		var l line
		if json.Unmarshal([]byte(text), &l) == nil && l.Action != "" {
			r.take(l)
		} else if text != "" {
			fmt.Fprintln(r.out, strings.TrimRight(text, "\r\n"))
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading the test stream: %w", err)
		}
	}
}

func (r *report) take(l line) {
	if l.Action == "build-output" {
		r.builds[l.ImportPath] = append(r.builds[l.ImportPath], l.Output)
		return
	}
	if l.Package == "" {
		return
	}
	s, ok := r.running[l.Package]
	if !ok {
		s = newSuite(l.Package)
		r.running[l.Package] = s
	}
	s.take(l)
	if l.Test == "" && (l.Action == "pass" || l.Action == "fail" || l.Action == "skip") {
		delete(r.running, l.Package)
		r.close(s, l)
	}
}

// close prints a package that is done and adds it to the totals.
func (r *report) close(s *suite, end line) {
	s.close()
	passed, failed, skipped := s.counted()
	broken := end.Action == "fail" && len(failed) == 0 // outside its tests
	r.passed += len(passed)
	r.failed += len(failed)
	r.skipped += len(skipped)
	if broken {
		r.failed++
		r.names = append(r.names, short(s.path))
	}
	if end.Action == "skip" && len(s.tests) == 0 {
		return // no test files: nothing to say
	}
	r.headline(s, end)
	r.print(r.build(end.FailedBuild))
	if end.Action == "fail" {
		r.print(s.text())
	}
	for _, t := range s.tests {
		r.details(t)
	}
	for _, t := range failed {
		r.names = append(r.names, short(s.path)+" "+t.name)
	}
	if r.strict {
		for _, t := range skipped {
			r.names = append(r.names, short(s.path)+" "+t.name+" (skipped)")
		}
	}
}

// headline is the package's one line: verdict, path, counts and time.
func (r *report) headline(s *suite, end line) {
	passed, failed, skipped := s.counted()
	verdict, code := "ok", green
	counts := fmt.Sprintf("%d passed", len(passed))
	if len(failed) > 0 {
		counts += fmt.Sprintf(", %d failed", len(failed))
	}
	if len(skipped) > 0 {
		counts += fmt.Sprintf(", %d skipped", len(skipped))
		verdict, code = "skip", yellow
	}
	if end.Action == "fail" || r.strict && len(skipped) > 0 {
		verdict, code = "FAIL", red
	}
	switch {
	case end.FailedBuild != "":
		counts = "does not build"
	case end.Action == "fail" && len(failed) == 0:
		counts += ", failed outside its tests"
	case strings.Contains(strings.Join(s.output, ""), "(cached)"):
		counts += " (cached)"
	default:
		took := time.Duration(end.Elapsed * float64(time.Second)).Round(10 * time.Millisecond)
		counts += "  " + took.String()
	}
	fmt.Fprintf(r.out, "%s  %-36s %s\n", r.paint(code, fmt.Sprintf("%-4s", verdict)), short(s.path), counts)
}

// details prints a failed test, or one around it, that has something to say,
// and a skipped one with its reason.
func (r *report) details(t *test) {
	text := t.text()
	switch {
	case t.outcome == "fail" && (text != "" || !t.parent):
		fmt.Fprintf(r.out, "      %s %s\n", r.paint(red, "failed"), t.name)
	case t.outcome == "skip":
		fmt.Fprintf(r.out, "      %s %s\n", r.paint(yellow, "skipped"), t.name)
	default:
		return
	}
	r.print(text)
}

// print writes text below the line that it belongs to.
func (r *report) print(text string) {
	for l := range strings.Lines(text) {
		if l = strings.TrimRight(l, "\r\n"); l != "" {
			fmt.Fprintln(r.out, "        "+l)
		}
	}
}

// build is what the compiler said about an import path, told once though
// several packages may fail for it.
func (r *report) build(path string) string {
	text := strings.Join(r.builds[path], "")
	delete(r.builds, path)
	return text
}

// finish prints the totals and tells whether all is well.
func (r *report) finish() bool {
	for _, path := range slices.Sorted(maps.Keys(r.running)) {
		r.close(r.running[path], line{Action: "fail"}) // the stream was cut off
	}
	failed := r.failed
	if r.strict {
		failed += r.skipped
	}
	if len(r.names) > 0 {
		fmt.Fprintf(r.out, "\n%s\n", r.paint(red, "failed:"))
		for _, name := range r.names {
			fmt.Fprintln(r.out, "  "+name)
		}
	}
	if r.passed+failed == 0 {
		fmt.Fprintln(r.out, "no tests were run")
	}
	if r.skipped > 0 && !r.strict {
		fmt.Fprintf(r.out, "%d skipped\n", r.skipped)
	}
	fmt.Fprintf(r.out, "%d passed, %d failed\n", r.passed, failed)
	return failed == 0 && r.passed > 0
}

func (r *report) paint(code, text string) string {
	if !r.colour {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// short is an import path without the module that this program belongs to.
func short(path string) string {
	if info, ok := debug.ReadBuildInfo(); ok {
		if rest, ok := strings.CutPrefix(path, info.Main.Path+"/"); ok {
			return rest
		}
	}
	return path
}
