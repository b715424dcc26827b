package flowtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/internal/golden"
	"github.com/bxmlflow/bxmlflow/runtime"
)

func TestEveryKindOfStepOfLegsPeopleAndConferences(t *testing.T) {
	everyTransition(t, "testdata/legs")
}

// impossibleSteps are tests of desk.yaml that must fail, each for another reason.
var impossibleSteps = []struct{ name, steps string }{
	{"a leg that there is not", `[call, {press: "1"}, {pickUp: {}, leg: agnt}]`},
	{"a leg before there is any", `[call, {pickUp: {}, leg: agent}]`},
	{"a leg that does not ring any more", `[call, {press: "1"}, {pickUp: {}, leg: agent}, {refuse: {}, leg: agent}]`},
	{"a leg that has ended", `[call, {press: "1"}, {busy: {}, leg: agent}, {pickUp: {}, leg: agent}]`},
	{"a caller who picks up", `[call, pickUp]`},
	{"a phone that rings and is hung up", `[call, {press: "1"}, {hangUp: {}, leg: agent}]`},
	{"keys that nobody hears", `[call, {press: "1"}, {press: "2"}]`},
	{"keys before the call is answered", `[call, {press: "1"}, {press: "2", leg: agent}]`},
	{"keys after the call", `[call, hangUp, {press: "1"}]`},
	{"keys when the document ends", `[call, {silence: 25s}, {press: "1"}, {press: "1"}]`},
	{"a flow that calls nobody", `[{start: {to: "+15551112222"}}]`},
	{"an event of a call that the carrier refused", `[initiate, {gather: {digits: "1"}, fail: {createCall: 400}}, {answer: {}, leg: agent}]`},
	{"a call that ends twice", `[initiate, {disconnect: {}}, {disconnect: {}}]`},
	{"a leg that ends twice", `[initiate, {gather: {digits: "1"}}, {disconnect: {cause: busy}, leg: agent}, {disconnect: {cause: busy}, leg: agent}]`},
	{"a machine where nobody looks for one", `[call, {press: "1"}, {pickUp: {machine: human}, leg: agent}]`},
	{"another state of a leg", `[call, {press: "1"}, {pickUp: {}, leg: agent}, {expect: {state: bridging, legs: {agent: ended, other: dialing}}, leg: agent}]`},
	{"the guards of another leg", `[call, {press: "1"}, {pickUp: {}, leg: agent}, {press: "2", leg: agent}, {expect: {state: talking}}]`},
	{"members of a call", `[call, {expect: {members: []}}]`},
	{"what must never be, on the way", `[call, {press: "1"}, {wait: 5m}]`},
	{"what the carrier has to complain about", `[call, {drop: gather}, {press: "1"}, {expect: {ended: false}}]`},
	{"an event of a leg that is dialing", `[initiate, {gather: {digits: "1"}}, {gather: {}, leg: agent}]`},
	{"an answer that comes twice", `[initiate, {gather: {digits: "1"}}, {answer: {}, leg: agent}, {answer: {}, leg: agent}]`},
	{"an event that the current document cannot raise", `[initiate, {gather: {digits: "1"}}, {gather: {}}]`},
	{"an event of a leg that there is not", `[initiate, {disconnect: {}, leg: agent}]`},
	{"a conference that there is not", `[initiate, {conferenceMemberJoin: {}}]`},
	{"a transfer that there is not", `[initiate, {transferAnswer: {}, leg: b}]`},
	{"an error in the handler of an internal event", `[initiate, {gather: {digits: "1"}}, {disconnect: {cause: busy}, leg: agent, fail: {updateCallBxml: {status: 400, count: 9}}}]`},
}

func TestAStepThatCannotBeSaysWhyAndWhatCan(t *testing.T) {
	var out strings.Builder
	for _, f := range impossibleSteps {
		text := "flow: desk.yaml\ntests:\n  - name: it\n    steps: " + f.steps + "\n"
		if strings.Contains(f.name, "never") {
			text += "    never: [{leg: agent, state: screening}, {state: voicemail}]\n"
		}
		t.Run(f.name, func(t *testing.T) {
			one := atDesk(t, Options{}, text)
			if one.Failure == nil {
				t.Fatal("the test passed")
			}
			fmt.Fprintf(&out, "== %s\n%s\n\n", f.name, one.Failure)
		})
	}
	golden.Compare(t, "testdata/people.golden", []byte(out.String()))
}

// atDesk runs a test file with one test beside desk.yaml.
func atDesk(t *testing.T, o Options, text string) TestResult {
	t.Helper()
	src, err := os.ReadFile("testdata/legs/desk.yaml")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	write(t, "desk.yaml", string(src))
	write(t, "desk_test.yaml", text)
	result, err := o.Test("desk_test.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := result.Files[0].Problems.Err(); err != nil {
		t.Fatal(err)
	}
	return result.Files[0].Tests[0]
}

func TestTheSameFileGivesTheSameStepsAlways(t *testing.T) {
	traces := func() string {
		var all bytes.Buffer
		o := Options{Observe: func(t *runtime.Trace) {
			step := *t
			step.Took = 0
			line, err := json.Marshal(line{Trace: &step, Input: t.Input, Document: string(t.Document)})
			if err != nil {
				all.WriteString(err.Error())
			}
			all.Write(append(line, '\n'))
		}}
		result, err := o.Test("testdata/legs")
		if err != nil || result.Failed > 0 {
			t.Fatal(err, result.Failed)
		}
		return all.String()
	}
	first := traces()
	if strings.Count(first, "\n") < 200 {
		t.Fatalf("there are %d steps", strings.Count(first, "\n"))
	}
	if diff := cmp.Diff(first, traces()); diff != "" {
		t.Errorf("(-first +second):\n%s", diff)
	}
}

// recorded plays a call with an agent and records it in a folder with desk.yaml, which is the one at hand afterwards.
func recorded(t *testing.T, recorder func(folder string) *Recorder) *Recorder {
	t.Helper()
	r := recorder(t.TempDir())
	one := atDesk(t, Options{Observe: r.Observe}, `
flow: desk.yaml
tests:
  - name: it
    steps: [call, {press: "1"}, {pickUp: {}, leg: agent}, {press: "1", leg: agent}, {wait: 9s}, {hangUp: {}, leg: agent}, {wait: 9s}, {expect: {ended: true}}]
`)
	if one.Failure != nil {
		t.Fatal(one.Failure)
	}
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestACallWithLegsIsRecordedAndReplayed(t *testing.T) {
	var all bytes.Buffer
	recorded(t, func(string) *Recorder { return NewRecorder(&all) })
	write(t, "calls.jsonl", all.String())
	const test = "flow: desk.yaml\ntests: [{name: recorded, replay: calls.jsonl}]\n"
	one := atDeskAgain(t, test)
	if one.Failure != nil || len(one.Notes) > 0 {
		t.Errorf("%v\n%q", one.Failure, one.Notes)
	}
	for _, name := range []string{"legEnded", "bridged", "legAnswered", "bridgeTargetComplete"} {
		if !strings.Contains(all.String(), `"event":"`+name+`"`) {
			t.Errorf("no %s was recorded", name)
		}
	}
	src, err := os.ReadFile("desk.yaml")
	if err != nil {
		t.Fatal(err)
	}
	write(t, "desk.yaml", strings.Replace(string(src), `{guard: event.digits == "1", target: bridging}`, `{guard: event.digits == "7", target: bridging}`, 1))
	if one := atDeskAgain(t, test); one.Failure == nil || !strings.Contains(one.Failure.Message, `gather is decided otherwise than it was recorded`) {
		t.Errorf("the leg is not decided again: %v", one.Failure)
	}
}

// exampleTests is the example of the language reference.
const exampleTests = `flow: desk.yaml
params: {number: "+15550009999"}
tests:
  - name: a busy agent sends the caller to voicemail
    steps:
      - initiate: {from: "+15551112222"}
      - expect: {state: greeting, bxml: [SpeakSentence, Gather]}
      - gather: {digits: "1"}
      - expect: {state: connecting, legs: {agent: dialing}, effects: [createCall]}
      - disconnect: {cause: busy}
        leg: agent
      - expect: {state: voicemail, hears: leave a message}
  - name: nobody presses anything
    steps:
      - call: {from: "+15551112222"}      # played by the simulator, in virtual time
      - silence: 60s
      - expect: {state: goodbye, ended: true}
  - name: recorded on 2026-11-03
    replay: calls/c-95ac8d6e.jsonl        # every recorded event again; states and BXML must be the same
`

func TestTheExampleOfTheLanguageRuns(t *testing.T) {
	var all bytes.Buffer
	recorded(t, func(string) *Recorder { return NewRecorder(&all) })
	if err := os.Mkdir("calls", 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, "calls/c-95ac8d6e.jsonl", all.String())
	src, err := os.ReadFile("desk.yaml")
	if err != nil {
		t.Fatal(err)
	}
	required := strings.Replace(string(src), `number: "+15559990000"`, "number: {type: string, required: true}", 1)
	write(t, "desk.yaml", required)
	write(t, "example_test.yaml", exampleTests)
	result, err := Options{}.Test("example_test.yaml")
	if err != nil {
		t.Fatal(err)
	}
	f := result.Files[0]
	if required == string(src) || f.Passed != 3 || len(f.Problems) > 0 {
		t.Errorf("%d passed, %v", f.Passed, f.Problems)
	}
	for _, one := range f.Tests {
		if one.Failure != nil {
			t.Errorf("\n%s", one.Failure)
		}
	}
}

func TestAFlowThatTheRuntimeRefusesFailsItsTest(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "f.yaml", "flow: f\nparams: {number: {type: string, required: true}}\nstart: {initiate: a}\nstates: {a: {type: final, bxml: [{SpeakSentence: \"${params.number}\"}, Hangup]}}\n")
	write(t, "f_test.yaml", "flow: f.yaml\ntests: [{name: it, steps: [initiate, {expect: {state: a}}]}]\n")
	result, err := Options{}.Test("f_test.yaml")
	if err != nil {
		t.Fatal(err)
	}
	one := result.Files[0].Tests[0]
	if one.Failure == nil || !strings.Contains(one.Failure.Message, `flow "f" needs the param "number"`) {
		t.Errorf("it says %v", one.Failure)
	}
}

// atDeskAgain runs a test file in the folder at hand.
func atDeskAgain(t *testing.T, text string) TestResult {
	t.Helper()
	write(t, "replay_test.yaml", text)
	result, err := Options{}.Test("replay_test.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := result.Files[0].Problems.Err(); err != nil {
		t.Fatal(err)
	}
	return result.Files[0].Tests[0]
}

func TestAFolderRecorderWritesAFileForEachMachine(t *testing.T) {
	folder := ""
	recorded(t, func(dir string) *Recorder { folder = dir; return NewFolderRecorder(dir) })
	files, err := filepath.Glob(filepath.Join(folder, "*.jsonl"))
	if err != nil || len(files) != 2 {
		t.Fatalf("there are %q, %v", files, err)
	}
	if err := os.CopyFS("calls", os.DirFS(folder)); err != nil {
		t.Fatal(err)
	}
	caller, leg := filepath.Base(files[0]), filepath.Base(files[1])
	if !strings.HasPrefix(caller, "c-") || !strings.HasPrefix(leg, "leg-") {
		t.Fatalf("the files are %s and %s", caller, leg)
	}
	one := atDeskAgain(t, "flow: desk.yaml\ntests: [{name: recorded, replay: calls/"+caller+"}]\n")
	if one.Failure != nil || len(one.Notes) > 0 {
		t.Errorf("%v\n%q", one.Failure, one.Notes)
	}
	one = atDeskAgain(t, "flow: desk.yaml\ntests: [{name: recorded, replay: calls/"+leg+"}]\n")
	if one.Failure != nil || len(one.Notes) != 1 || !strings.Contains(one.Notes[0], "was not recorded: it is left out") {
		t.Errorf("a leg without its maker: %v\n%q", one.Failure, one.Notes)
	}
}

func TestTheFileOfAMachineStaysInItsFolder(t *testing.T) {
	const usual = "c-95ac8d6e-1a31c52e-b38f-4198-93c1-51633ec68f8d"
	if got := fileOf(usual); got != usual+".jsonl" {
		t.Errorf("the file of %s is %s", usual, got)
	}
	for _, hostile := range []string{"", ".", "..", "../../etc/passwd", "/etc/passwd", `a\b`, "a/b", "-a", "a\x00b", strings.Repeat("a", 300)} {
		if got := fileOf(hostile); filepath.Base(got) != got || !strings.HasPrefix(got, "call-") || len(got) > 60 {
			t.Errorf("the file of %q is %q", hostile, got)
		}
	}
}
