package flowtest

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/internal/golden"
)

const unknown = `flow: house.yaml
mocks:
  http: [{url: "https://example.com"}]
  actions: {findOrdr: {}, http: {}}
  functions: {teir: gold, tier: gold}
tests:
  - name: states
    never: [{state: sub.aks}, {state: open}]
    steps: [initiate, {expect: {state: open.menu}}, {expect: {state: open.menue}}, {expect: {state: elsewhere}}, {expect: {state: sub.ask}}, {expect: {state: ask}}]
  - name: variables and effects
    mocks: {actions: {notify: {}, findOrder: {}}, functions: {upper: A}}
    steps: [initiate, {signal: free}, {signal: {name: fre, with: {desk: 1}}}, {signal: elsewhere}, {expect: {vars: {tries: 1, trys: 1, inner: 1, order: {}}, effects: [notify, notfy, http]}}]
`

const house = `flow: house
vars: {tries: 1}
uses:
  actions:
    findOrder: {with: {code: string}, returns: {item: string}}
    notify: {with: {text: string}, effect: true}
  functions:
    tier: {params: [string], returns: string}
signals: {free: {desk: int}}
start: {initiate: open}
on: {free: {}}
states:
  open:
    initial: menu
    on: {gather: [{guard: 'tier("a") == "b"', target: sub}, {actions: [{findOrder: {code: "1"}, as: order}]}]}
    states: {menu: {bxml: [Gather]}}
  sub: {invoke: {flow: sub}, on: {done: open}}
`

const sub = `flow: sub
vars: {inner: 1}
start: {invoke: ask}
states:
  ask: {bxml: [Gather], on: {gather: told}}
  told: {type: final}
`

// inHouse runs the text of a test file beside the flows house and sub.
func inHouse(t *testing.T, o Options, text string) *FileResult {
	t.Helper()
	t.Chdir(t.TempDir())
	write(t, "house.yaml", house)
	write(t, "sub.yaml", sub)
	write(t, "house_test.yaml", text)
	result, err := o.Test("house_test.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return result.Files[0]
}

func TestNamesThatTheFlowDoesNotHaveAreReportedAtTheirPlaces(t *testing.T) {
	r := &FileResult{}
	t.Run("house", func(t *testing.T) { r = inHouse(t, Options{}, unknown) })
	if len(r.Tests) != 0 || r.Failed != 1 {
		t.Errorf("%d tests were run, %d failed", len(r.Tests), r.Failed)
	}
	var out bytes.Buffer
	read := func(string) []byte { return []byte(unknown) }
	if err := diag.Text(&out, r.Problems, read, diag.TextOptions{}); err != nil {
		t.Fatal(err)
	}
	golden.Compare(t, "testdata/names.golden", out.Bytes())
}

func TestMocksAreNotAskedForByAFlowThatDeclaresNothing(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "bare.yaml", "flow: bare\nstart: {initiate: end}\nstates:\n  end: {type: final, bxml: [Hangup]}\n")
	write(t, "bare_test.yaml", "flow: bare.yaml\nmocks: {actions: {a: 1}, functions: {f: 1}}\ntests: [{name: it, steps: [initiate, {expect: {vars: {v: 1}}}]}]\n")
	result, err := Options{}.Test("bare_test.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range result.Files[0].Problems {
		got = append(got, p.Message+"; "+p.Help)
	}
	want := []string{
		`flow "bare" has no action "a"; it declares none under ` + "`uses`",
		`flow "bare" has no function "f"; it declares none under ` + "`uses`",
		`flow "bare" has no variable "v"; it has none: a test compares those under ` + "`vars` and those that `as` makes",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAFunctionThatNobodyBringsIsReportedOnceForItsFile(t *testing.T) {
	const tests = "flow: house.yaml\ntests: [{name: a, steps: [initiate, {expect: {state: open.menu}}]}, {name: b, steps: [initiate, {expect: {state: open.menu}}]}]\n"
	const want = `house_test.yaml:1:7: error: the function "tier" of flow "house" is not registered with this binary and must be mocked [missing-function]`
	r := inHouse(t, Options{}, tests)
	if len(r.Problems) != 1 || r.Problems[0].Error() != want || len(r.Tests) != 0 {
		t.Errorf("%d tests were run, and it says %v", len(r.Tests), r.Problems)
	}
	brought := Options{Functions: map[string]flow.Function{"tier": {Call: func(...any) (any, error) { return "c", nil }}}}
	if r := inHouse(t, brought, tests); r.Passed != 2 || len(r.Problems) != 0 {
		t.Errorf("with the function %d passed, and it says %v", r.Passed, r.Problems)
	}
	if r := inHouse(t, Options{}, "mocks: {functions: {tier: c}}\n"+tests); r.Passed != 2 || len(r.Problems) != 0 {
		t.Errorf("with a mock %d passed, and it says %v", r.Passed, r.Problems)
	}
}

func TestALookUpThatNothingAnswersIsExplainedOnce(t *testing.T) {
	const steps = "steps: [initiate, {gather: {}}, {expect: {state: open.menu}}]"
	r := inHouse(t, Options{}, "flow: house.yaml\nmocks: {functions: {tier: c}}\ntests: [{name: a, "+steps+"}, {name: b, "+steps+"}]\n")
	if len(r.Tests) != 2 || r.Failed != 2 {
		t.Fatalf("%d tests were run, %d failed: %v", len(r.Tests), r.Failed, r.Problems)
	}
	if got := r.Tests[0].Failure.Message; !strings.Contains(got, "add it under mocks: actions: {findOrder: {item: string}}") {
		t.Errorf("the first says %q", got)
	}
	if got, want := r.Tests[1].Failure.Message, "no mock answers the action findOrder here either"; got != want {
		t.Errorf("the second says %q, want %q", got, want)
	}
}

func TestMocksOfHTTPThatNoTestUsedAreRemarkedOn(t *testing.T) {
	const text = `flow: asks.yaml
mocks: {http: [{url: "https://example.com/a"}, {url: "https://example.com/b"}]}
tests:
  - {name: a, steps: [initiate, {expect: {state: end}}]}
  - {name: c, mocks: {http: [{url: "https://example.com/c"}, {url: "https://example.com/a"}]}, steps: [initiate, {expect: {state: end}}]}
`
	const asks = `flow: asks
start: {initiate: end}
states:
  end: {type: final, entry: [{http: {method: GET, url: "https://example.com/a"}, as: a}], bxml: [Hangup]}
`
	tests := map[string]struct {
		text  string
		match *regexp.Regexp
		want  []string
	}{
		"after all tests": {text, nil, []string{
			`asks_test.yaml:2:48: info: no test used this mock of "https://example.com/b" [unused-mock]`,
			`asks_test.yaml:5:30: info: no test used this mock of "https://example.com/c" [unused-mock]`,
		}},
		"not after some tests":       {text, regexp.MustCompile("a"), nil},
		"not when a test has failed": {strings.Replace(text, "{state: end}", "{hears: no}", 1), nil, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			write(t, "asks.yaml", asks)
			write(t, "asks_test.yaml", tt.text)
			result, err := Options{Match: tt.match}.Test("asks_test.yaml")
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range result.Files[0].Problems {
				got = append(got, p.Error())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
