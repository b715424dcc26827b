package flowtest

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/internal/golden"
)

const mistakes = `flow: shop.yaml
parms: {agent: 1}
mocks:
  http: [{method: GET}, {url: u, status: 404, fail: timeout}, {url: u, statis: 1}]
  action: {}
tests:
  - name: fields
    steps:
      - initiate: {frm: "+1", direction: outbound, sipHeaders: 5, diversion: {orig: "+1"}}
      - gather: {digits: [1], eventTime: noon, eventType: gather}
      - recordComplete: {duration: soon, channels: two}
      - machineDetectionComplete: {machineDetectionResult: {value: robot}}
  - name: steps
    steps:
      - expect: {state: menu}
      - press: 1
      - restart
      - gather: {}
        leg: agent
      - gather: {}
        disconnect: {}
      - gathr: {}
      - conferenceCreated: {}
      - expect: {state: menu}
        unexpected: true
      - {unexpected: true}
      - gather: {}
        unexpected: maybe
      - [gather]
  - name: expectations
    steps:
      - initiate: {}
      - expect: {stat: menu, legs: {}, ended: 1, hears: [a]}
      - expect: {}
      - expect: {bxml: [Gathr, {Gather: {maxDigit: 1, nested: [Hang]}}, {Gather: 1, Record: 2}]}
      - expect: {bxml: "<Gather>"}
  - name: steps
    steps: [initiate]
  - steps: [initiate]
  - name: nothing
  - name: apology
    steps: [initiate, {expect: {state: menu}, apology: true}, {gather: {}, apology: 1}]
  - name: both
    steps: [initiate]
    replay: a.jsonl
  - name: people
    steps:
      - call: {form: "+1555"}
        leg: agent
      - gather: {digits: "1"}
      - press: 1x
      - silence: long
      - pickUp: agent
      - say
      - signal: {with: {a: 1}}
      - start: {}
      - wait: 20s
        as: bob
  - name: events
    steps:
      - initiate
      - hangUp
      - duplicate: gathr
      - delay: {event: gather, buy: 2s}
      - drop: {by: 2s}
      - restart: phone
      - reorder: gather
      - restart: carrier
      - duplicate: {}
        fail: {createCall: 429}
      - gather: {}
        fail: {createCal: 429, updateCall: 200, updateCallBxml: {status: 500, cuont: 2}}
      - expect: {legs: {agent: busy}, members: bob}
    never: [{leg: agent, stat: menu}]
  - name: replayed
    replay: a.jsonl
    never: [{state: menu}]
  - name: more people
    steps:
      - call
      - pickUp: {machine: robot}
        leg: agent
      - pickUp: {machin: human}
      - restart: engine
        leg: agent
`

func TestMistakesInATestFileAreReportedAtTheirPlaces(t *testing.T) {
	_, problems := parse("shop_test.yaml", []byte(mistakes))
	var out bytes.Buffer
	read := func(string) []byte { return []byte(mistakes) }
	if err := diag.Text(&out, problems, read, diag.TextOptions{}); err != nil {
		t.Fatal(err)
	}
	golden.Compare(t, "testdata/mistakes.golden", out.Bytes())
}

func TestAFileWithoutWhatItNeeds(t *testing.T) {
	for text, want := range map[string]string{
		"tests: [{name: a, steps: [initiate]}]": `a test file needs "flow"`,
		"flow: a.yaml":                          `a test file needs "tests"`,
		"flow: a.yaml\ntests: []":               `there is no test under "tests"`,
		"[]":                                    "a test file must be a map, not a list",
		"flow: [":                               "",
	} {
		_, problems := parse("a_test.yaml", []byte(text))
		if !problems.HasErrors() || want != "" && problems[0].Message != want {
			t.Errorf("%q gives %v, want %q", text, problems, want)
		}
	}
}

func TestAFlowThatCannotBeUsedFailsTheFile(t *testing.T) {
	for text, want := range map[string]string{
		"flow: nowhere.yaml\ntests: [{name: a, steps: [initiate]}]":                    `there is no file "nowhere.yaml"`,
		"flow: shop.yaml\nparams: {agnt: 1}\ntests: [{name: a, steps: [initiate]}]":    `the deployment sets param "agnt", which the flow does not have`,
		"flow: shop.yaml\nparams: {hours: [1]}\ntests: [{name: a, steps: [initiate]}]": "the deployment sets param \"hours\" to [1], which is no string",
	} {
		t.Run(want, func(t *testing.T) {
			f := runText(t, Options{}, text)
			if f.Failed != 1 || len(f.Tests) != 0 || len(f.Problems) != 1 || f.Problems[0].Message != want {
				t.Errorf("%q gives %v", text, f.Problems)
			}
		})
	}
}

func TestAFlowFileThatThereIsNotIsReportedBesideOtherMistakes(t *testing.T) {
	f := runText(t, Options{}, "flow: nowhere.yaml\ntests: []\n")
	var got []string
	for _, p := range f.Problems {
		got = append(got, p.Message)
	}
	want := []string{`there is no file "nowhere.yaml"`, `there is no test under "tests"`}
	if diff := cmp.Diff(want, got); diff != "" || f.Failed != 1 {
		t.Errorf("%d failed (-want +got):\n%s", f.Failed, diff)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(mistakes))
	f.Add([]byte("flow: shop.yaml\ntests: [{name: a, steps: [initiate, {expect: {bxml: \"<Gather/>\"}}]}]"))
	f.Fuzz(func(t *testing.T, src []byte) {
		file, problems := parse("a_test.yaml", src)
		if file == nil && !problems.HasErrors() {
			t.Error("neither a file nor an error")
		}
	})
}

func TestAFlowInsteadOfItsTestsIsReportedInOneMessage(t *testing.T) {
	for name, want := range map[string]string{
		"shop.yaml": "shop.yaml:1:1: error: this is a flow, its tests are in shop_test.yaml [unknown-flow]",
		"hut.yml":   "hut.yml:1:1: error: this is a flow, its tests belong in hut_test.yaml [unknown-flow]",
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			write(t, name, "flow: shop\nstart: {initiate: end}\nstates: {end: {type: final}}\n")
			write(t, "shop_test.yaml", "")
			result, err := Options{}.Test(name)
			if err != nil {
				t.Fatal(err)
			}
			if f := result.Files[0]; len(f.Problems) != 1 || f.Problems[0].Error() != want || f.Failed != 1 {
				t.Errorf("it says %v, want %s", f.Problems, want)
			}
		})
	}
}

func TestATestThatExpectsNothingIsWarnedAbout(t *testing.T) {
	for test, want := range map[string]int{
		"steps: []":                                                          1,
		"steps: [initiate, gather]":                                          1,
		"steps: [initiate], never: [{state: bye}]":                           0,
		"steps: [initiate, {expect: {state: menu}}]":                         0,
		"steps: [initiate, {redirect: {}, unexpected: true, apology: true}]": 0,
	} {
		t.Run(test, func(t *testing.T) {
			f := runText(t, Options{}, "flow: shop.yaml\nmocks: {functions: {tier: gold}}\ntests: [{name: it, "+test+"}]\n")
			if f.Passed != 1 || len(f.Problems) != want || f.Problems.Count(diag.Warning) != want {
				t.Errorf("%d passed, and it says %v", f.Passed, f.Problems)
			}
			if want > 0 && f.Problems[0].Message != "nothing is expected" {
				t.Errorf("it says %v", f.Problems)
			}
		})
	}
}
