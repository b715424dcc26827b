package flowtest

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/bxmlflow/bxmlflow/internal/golden"
	"github.com/bxmlflow/bxmlflow/runtime"
)

// record plays the tests of a sample flow, each as a call of its own, and returns what a recorder writes. Afterwards the
// folder at hand is one with the flows and with the recording in calls.jsonl.
func record(t *testing.T, name string) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS("../../flows")); err != nil {
		t.Fatal(err)
	}
	t.Chdir(folder)
	src, err := os.ReadFile(name + "_test.yaml")
	if err != nil {
		t.Fatal(err)
	}
	f, problems := parse(name+"_test.yaml", src)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	recorder := NewRecorder(&out)
	u, err := Options{Observe: recorder.Observe}.suite()
	if err != nil {
		t.Fatal(err)
	}
	for i, test := range f.tests {
		test.params = nil // a replay has the params of the deployment
		fl, problems, err := u.flow(&file{path: f.path, flow: f.flow}, test)
		if fl == nil {
			t.Fatal(problems.Err(), err)
		}
		if first := test.steps[0].event; first != nil { // who calls by himself has a callId of his own
			first.fields["callId"] = fmt.Sprintf("%s%02d", defaultCall[:len(defaultCall)-2], i)
		}
		s, err := u.session(f, test, fl)
		if err != nil {
			t.Fatal(err)
		}
		for i := range test.steps {
			if test.steps[i].expect != nil {
				continue
			}
			if f := s.happen(&test.steps[i]); f != nil {
				t.Fatalf("%s: %v", test.name.value, f)
			}
		}
	}
	if err := recorder.Err(); err != nil {
		t.Fatal(err)
	}
	write(t, "calls.jsonl", out.String())
	return out.String()
}

func TestRecordedCallsAreDecidedAgainInTheSameWay(t *testing.T) {
	for _, name := range []string{"front-desk", "voicemail", "account"} {
		t.Run(name, func(t *testing.T) {
			if lines := strings.Count(record(t, name), "\n"); lines < 10 {
				t.Fatalf("%d steps were recorded", lines)
			}
			Replay(t, name+".yaml", "calls.jsonl")
		})
	}
}

func TestWhatIsEnteredInASensitiveStateIsNotRecordedAndNotDecidedAgain(t *testing.T) {
	recorded := record(t, "account")
	for _, pin := range []string{"1234", "1111", "2222", "3333"} {
		if strings.Contains(strings.ReplaceAll(recorded, `"from":"+15551112222"`, ""), `"`+pin) {
			t.Errorf("the recording holds the PIN %s", pin)
		}
	}
	one := replayed(t, "account")
	if one.Failure != nil {
		t.Fatalf("\n%s", one.Failure)
	}
	want := `calls.jsonl:2: not decided again: what was entered is withheld, so gather leads to "speaking" as recorded`
	if len(one.Notes) == 0 || one.Notes[0] != want {
		t.Errorf("the notes are %q, want first %q", one.Notes, want)
	}
}

// replayed runs a test file that replays calls.jsonl.
func replayed(t *testing.T, name string) TestResult {
	t.Helper()
	write(t, "replay_test.yaml", "flow: "+name+".yaml\ntests:\n  - name: recorded\n    replay: calls.jsonl\n")
	result, err := Options{}.Test("replay_test.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := result.Files[0].Problems.Err(); err != nil {
		t.Fatal(err)
	}
	return result.Files[0].Tests[0]
}

func TestAFlowThatDecidesOtherwiseFailsTheReplay(t *testing.T) {
	tests := []struct{ name, flow, old, new string }{
		{"another state", "front-desk", "event.digits == \"2\", target: voicemail", "event.digits == \"2\", target: goodbye"},
		{"another document", "front-desk", "- SpeakSentence: Please hold", "- SpeakSentence: Please wait"},
		{"a state that is gone", "account", "speaking", "telling"},
		{"a look-up that is new", "voicemail", "  thanks:\n", "  thanks:\n    entry: [{http: {url: \"https://example.com/thanks\"}}]\n"},
	}
	var out strings.Builder
	for _, tt := range tests {
		got := ""
		t.Run(tt.name, func(t *testing.T) { got = changed(t, tt.flow, tt.old, tt.new) })
		fmt.Fprintf(&out, "== %s\n%s\n\n", tt.name, got)
	}
	golden.Compare(t, "testdata/replays.golden", []byte(out.String()))
}

// changed records a flow, changes it and returns how the replay fails.
func changed(t *testing.T, name, old, new string) string {
	t.Helper()
	record(t, name)
	src, err := os.ReadFile(name + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(src), old, new)
	if text == string(src) {
		t.Fatal("nothing was changed")
	}
	write(t, name+".yaml", text)
	one := replayed(t, name)
	if one.Failure == nil {
		t.Fatal("the replay passed")
	}
	return one.Failure.String()
}

func TestALineThatIsNoStepFailsTheReplay(t *testing.T) {
	tests := map[string]string{
		"":                       "the recording is empty",
		"{":                      "calls.jsonl:1: this is no recorded step: unexpected EOF",
		"{}":                     "it has no event",
		`{"input":{"event":{}}}`: "it names no call",
		`{"machine":"c-1","input":{"now":"2026-01-05T12:00:00Z","event":{"a":1}}}`: "the event cannot be read",
		`{"machine":"c-1","input":{"event":{},"internal":{"Name":"error"}}}`:       "it has two events",
	}
	record(t, "front-desk")
	for text, want := range tests {
		write(t, "calls.jsonl", text)
		one := replayed(t, "front-desk")
		if one.Failure == nil || !strings.Contains(one.Failure.Message, want) {
			t.Errorf("%q gives %v, want %q", text, one.Failure, want)
		}
	}
	if err := os.Remove("calls.jsonl"); err != nil {
		t.Fatal(err)
	}
	if one := replayed(t, "front-desk"); one.Failure == nil {
		t.Error("a recording that is not there can be replayed")
	}
}

func TestACallWhoseBeginningWasNotRecordedIsLeftOut(t *testing.T) {
	_, rest, _ := strings.Cut(record(t, "voicemail"), "\n")
	write(t, "calls.jsonl", rest)
	one := replayed(t, "voicemail")
	if one.Failure != nil || len(one.Notes) != 1 || !strings.Contains(one.Notes[0], "was not recorded") {
		t.Errorf("notes %q, failure %v", one.Notes, one.Failure)
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestARecorderKeepsItsFirstError(t *testing.T) {
	recorded := record(t, "voicemail")
	first, _, _ := strings.Cut(recorded, "\n")
	l, err := decode([]byte(first))
	if err != nil {
		t.Fatal(err)
	}
	l.Trace.Input = l.Input
	r := NewRecorder(brokenWriter{})
	r.Observe(l.Trace)
	if err := r.Err(); err == nil || err.Error() != "record step: disk full" {
		t.Errorf("the error is %v", err)
	}
}

func TestAReplayOutsideOfATestFileFailsAtTheLineOfTheRecording(t *testing.T) {
	recorded := record(t, "front-desk")
	u, err := Options{}.suite()
	if err != nil {
		t.Fatal(err)
	}
	f := &file{path: "replay", flow: text{value: "front-desk.yaml"}}
	fl, problems, err := u.flow(f, &test{})
	if fl == nil {
		t.Fatal(problems.Err(), err)
	}
	first, rest, _ := strings.Cut(recorded, "\n")
	for content, want := range map[string]string{
		first + "\n" + strings.Replace(rest, `"to":"`, `"to":"no `, 1): "calls.jsonl:2: replay\n  gather is decided otherwise than it was recorded",
		first + "\n{": "calls.jsonl:2: replay\n  this is no recorded step",
		"":            "calls.jsonl: replay\n  the recording is empty",
	} {
		write(t, "calls.jsonl", content)
		failure, _ := u.replay(fl, text{value: "replay"}, "calls.jsonl")
		if failure == nil || !strings.HasPrefix(failure.String(), want) {
			t.Errorf("it fails with\n%s\nwant\n%s", failure, want)
		}
	}
}

func TestRecordingsLeaveOutWhatDiffersEveryTime(t *testing.T) {
	var out bytes.Buffer
	step := &runtime.Trace{Machine: "c-1", Hash: "ab", Took: 5, Input: &runtime.Recorded{}}
	NewRecorder(&out).Observe(step)
	if strings.Contains(out.String(), "hash") || strings.Contains(out.String(), "took") {
		t.Errorf("it records %s", out.String())
	}
	if step.Hash != "ab" || step.Took != 5 {
		t.Error("the trace was changed")
	}
}
