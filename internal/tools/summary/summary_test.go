package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// stream builds events of package "p" from short forms: "run TestA",
// "out TestA text", "pass TestA", and for the package itself "out . text",
// "pass ." and so on. Anything else goes in as it is.
func stream(events ...string) string {
	var b strings.Builder
	for _, e := range events {
		action, rest, _ := strings.Cut(e, " ")
		name, text, _ := strings.Cut(rest, " ")
		l := line{Action: action, Package: "p", Test: name, Elapsed: 0.25}
		switch action {
		case "out":
			l.Action, l.Output = "output", text+"\n"
		case "run", "pass", "fail", "skip":
		default:
			b.WriteString(e + "\n")
			continue
		}
		if name == "." {
			l.Test = ""
		}
		data, err := json.Marshal(l)
		if err != nil {
			panic(err) // a line has no field that could fail
		}
		b.Write(append(data, '\n'))
	}
	return b.String()
}

func TestReport(t *testing.T) {
	tests := []struct {
		name   string
		stream string
		strict bool
		want   string
		ok     bool
	}{
		{
			name: "passed tests are counted without what they print, parents by their subtests",
			stream: stream("run TestA", "out TestA quiet", "pass TestA",
				"run TestB", "run TestB/one", "pass TestB/one", "run TestB/a/b", "pass TestB/a/b", "pass TestB", "pass ."),
			want: "ok    p                                    3 passed  250ms\n" +
				"3 passed, 0 failed\n",
			ok: true,
		},
		{
			name: "a failed subtest is shown with what it and its parent print",
			stream: stream("run TestA", "out TestA === RUN   TestA", "out TestA from the parent", "run TestA/x",
				"out TestA/x     a_test.go:3: got 1", "out TestA/x --- FAIL: TestA/x (0.00s)", "fail TestA/x", "fail TestA",
				"out . FAIL", "fail ."),
			want: "FAIL  p                                    0 passed, 1 failed  250ms\n" +
				"      failed TestA\n        from the parent\n" +
				"      failed TestA/x\n            a_test.go:3: got 1\n" +
				"\nfailed:\n  p TestA/x\n" +
				"0 passed, 1 failed\n",
		},
		{
			name:   "a test that fails beside subtests that pass counts as failed",
			stream: stream("run TestA", "run TestA/x", "pass TestA/x", "fail TestA", "fail ."),
			want: "FAIL  p                                    1 passed, 1 failed  250ms\n" +
				"\nfailed:\n  p TestA\n" +
				"1 passed, 1 failed\n",
		},
		{
			name:   "a test that a crash cut off counts as failed",
			stream: stream("run TestA", "run TestA/x", "out . exit status 3", "fail ."),
			want: "FAIL  p                                    0 passed, 1 failed  250ms\n" +
				"        exit status 3\n" +
				"      failed TestA\n        did not finish\n      failed TestA/x\n        did not finish\n" +
				"\nfailed:\n  p TestA/x\n" +
				"0 passed, 1 failed\n",
		},
		{
			name:   "a stream that ends early leaves a failed package",
			stream: stream("run TestA", "pass TestA"),
			want: "FAIL  p                                    1 passed, failed outside its tests\n" +
				"\nfailed:\n  p\n" +
				"1 passed, 1 failed\n",
		},
		{
			name: "a package that does not build is shown with the compiler's words, which are told once",
			stream: stream(
				`{"ImportPath":"q","Action":"build-output","Output":"q.go:1:1: wrong\n"}`,
				`{"Action":"fail","Package":"p","FailedBuild":"q"}`,
				`{"Action":"fail","Package":"r","FailedBuild":"q"}`),
			want: "FAIL  p                                    does not build\n        q.go:1:1: wrong\n" +
				"FAIL  r                                    does not build\n" +
				"\nfailed:\n  p\n  r\n" +
				"0 passed, 2 failed\n",
		},
		{
			name:   "a skipped test is shown with its reason",
			stream: stream("run TestA", "out TestA a_test.go:3: no dot", "skip TestA", "run TestB", "pass TestB", "pass ."),
			want: "skip  p                                    1 passed, 1 skipped  250ms\n" +
				"      skipped TestA\n        a_test.go:3: no dot\n" +
				"1 skipped\n1 passed, 0 failed\n",
			ok: true,
		},
		{
			name:   "a skipped test counts as failed where nothing may be skipped",
			stream: stream("run TestA", "skip TestA", "run TestB", "pass TestB", "pass ."),
			strict: true,
			want: "FAIL  p                                    1 passed, 1 skipped  250ms\n" +
				"      skipped TestA\n" +
				"\nfailed:\n  p TestA (skipped)\n" +
				"1 passed, 1 failed\n",
		},
		{
			name:   "a second run that passes does not mend the first",
			stream: stream("run TestA", "fail TestA", "run TestA", "pass TestA", "fail ."),
			want: "FAIL  p                                    0 passed, 1 failed  250ms\n" +
				"      failed TestA\n" +
				"\nfailed:\n  p TestA\n" +
				"0 passed, 1 failed\n",
		},
		{
			name:   "a cached result is marked and other lines are passed on",
			stream: stream("go: a message", "run TestA", "pass TestA", "out . ok  \tp\t(cached)", "pass ."),
			want: "go: a message\n" +
				"ok    p                                    1 passed (cached)\n" +
				"1 passed, 0 failed\n",
			ok: true,
		},
		{
			name:   "no tests at all is a failure",
			stream: stream("out . ?   \tp\t[no test files]", "skip ."),
			want:   "no tests were run\n0 passed, 0 failed\n",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			r := &report{out: &out, strict: tt.strict, builds: map[string][]string{}, running: map[string]*suite{}}
			if err := r.read(strings.NewReader(tt.stream)); err != nil {
				t.Fatal(err)
			}
			ok := r.finish()
			if diff := cmp.Diff(tt.want, out.String()); diff != "" {
				t.Errorf("output (-want +got):\n%s", diff)
			}
			if ok != tt.ok {
				t.Errorf("finish() = %v, want %v", ok, tt.ok)
			}
		})
	}
}

func TestColourMarksTheVerdictOnly(t *testing.T) {
	var out bytes.Buffer
	r := &report{out: &out, colour: true, running: map[string]*suite{}}
	if err := r.read(strings.NewReader(stream("run TestA", "pass TestA", "pass ."))); err != nil {
		t.Fatal(err)
	}
	r.finish()
	want := "\x1b[32mok  \x1b[0m  p                                    1 passed  250ms\n1 passed, 0 failed\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
}
