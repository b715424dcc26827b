package main

import "strings"

// line is one event of the stream; "go doc test2json" describes the fields.
type line struct {
	Action      string
	Package     string
	ImportPath  string // of build-output and build-fail
	Test        string
	Output      string
	FailedBuild string
	Elapsed     float64 // seconds
}

// test is a test or subtest, an example, or a fuzz target with its seeds.
type test struct {
	name    string
	outcome string // pass, fail or skip; empty while it runs
	output  []string
	parent  bool // it has subtests, which count in its place
}

// suite collects the tests of one package until the package is done.
type suite struct {
	path   string
	tests  []*test // in the order of their start
	byName map[string]*test
	output []string // of the package itself, outside any test
}

func newSuite(path string) *suite {
	return &suite{path: path, byName: map[string]*test{}}
}

// take books one event of the suite's package.
func (s *suite) take(l line) {
	if l.Test == "" {
		if l.Action == "output" {
			s.output = append(s.output, l.Output)
		}
		return
	}
	t := s.test(l.Test)
	switch l.Action {
	case "output":
		t.output = append(t.output, l.Output)
	case "pass", "fail", "skip":
		if t.outcome == "fail" {
			return // with -count a later run does not mend an earlier one
		}
		t.outcome = l.Action
		if l.Action == "pass" {
			t.output = nil
		}
	}
}

// test returns the test of that name and makes it, and so marks the test
// around it as a parent, when it is new.
func (s *suite) test(name string) *test {
	if t, ok := s.byName[name]; ok {
		return t
	}
	t := &test{name: name}
	s.byName[name] = t
	s.tests = append(s.tests, t)
	for i := len(name) - 1; i > 0; i-- {
		// A subtest's own name may hold a slash, so the parent is the longest
		// name that is known.
		if around, ok := s.byName[name[:i]]; ok && name[i] == '/' {
			around.parent = true
			break
		}
	}
	return t
}

// close gives every test an outcome: in a package that is done, a test that
// still runs was cut off.
func (s *suite) close() {
	for _, t := range s.tests {
		if t.outcome == "" {
			t.outcome = "fail"
			t.output = append(t.output, "did not finish\n")
		}
	}
}

// counted returns the tests that count, by outcome.
func (s *suite) counted() (passed, failed, skipped []*test) {
	for _, t := range s.tests {
		switch {
		case t.outcome == "pass" && !t.parent:
			passed = append(passed, t)
		case t.outcome == "fail" && (!t.parent || !s.below(t, "fail")):
			failed = append(failed, t)
		case t.outcome == "skip" && (!t.parent || !s.below(t, "skip")):
			skipped = append(skipped, t)
		}
	}
	return passed, failed, skipped
}

// below tells whether a subtest of t, however deep, has the outcome.
func (s *suite) below(t *test, outcome string) bool {
	for _, other := range s.tests {
		if other.outcome == outcome && strings.HasPrefix(other.name, t.name+"/") {
			return true
		}
	}
	return false
}

// text is what the test printed, without the marks of the test runner.
func (t *test) text() string {
	return strip(t.output, "=== ", "--- ")
}

// text is what the package printed outside its tests.
func (s *suite) text() string {
	return strip(s.output, "FAIL\n", "FAIL\t", "PASS\n", "ok  \t", "?   \t", "coverage: ")
}

func strip(output []string, prefixes ...string) string {
	var b strings.Builder
	fresh := true // at the beginning of a line: output comes in pieces
	for _, piece := range output {
		mark := false
		for _, prefix := range prefixes {
			mark = mark || fresh && strings.HasPrefix(strings.TrimLeft(piece, " "), prefix)
		}
		fresh = strings.HasSuffix(piece, "\n")
		if !mark {
			b.WriteString(piece)
		}
	}
	return b.String()
}
