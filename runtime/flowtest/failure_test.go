package flowtest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/internal/golden"
	"github.com/bxmlflow/bxmlflow/runtime"
)

// failingTests are tests of shop.yaml that must fail, each for another reason.
var failingTests = []struct{ name, steps string }{
	{"state", `[{initiate: {}}, {expect: {state: bye}}]`},
	{"hears", `[{initiate: {}}, {expect: {hears: goodbye}}]`},
	{"hears nothing", `[{initiate: {}}, {dtmf: {digit: 5}}, {expect: {hears: Welcome}}]`},
	{"top level", `[{initiate: {}}, {expect: {bxml: [SpeakSentence, Gather]}}]`},
	{"attribute", `[{initiate: {}}, {expect: {bxml: [SpeakSentence, StartGather, {Gather: {maxDigits: 5, terminatingDigits: "#"}}]}}]`},
	{"nested", `[{initiate: {}}, {gather: {digits: "1"}}, {expect: {bxml: [{Transfer: {nested: [PhoneNumber]}}]}}]`},
	{"part", `[{initiate: {}}, {expect: {bxml: {Gather: {maxDigits: 5}}}}]`},
	{"part that is missing", `[{initiate: {}}, {expect: {bxml: {Record: {}}}}]`},
	{"order of a part", `[{initiate: {}}, {expect: {bxml: {Gather: {}, SpeakSentence: {}}}}]`},
	{"text", `[{initiate: {}}, {expect: {bxml: {SpeakSentence: Welcome to the inn.}}}]`},
	{"xml", `[{initiate: {}}, {expect: {bxml: "<SpeakSentence>Hi</SpeakSentence><StartGather/><Gather maxDigits='4'><SpeakSentence>Enter your code.</SpeakSentence></Gather>"}}]`},
	{"variables", `[{initiate: {}}, {expect: {vars: {tries: "1", wait: 80s, order: {item: hat}}}}]`},
	{"effects", `[{initiate: {}}, {gather: {digits: "1"}}, {expect: {effects: []}}]`},
	{"ended", `[{initiate: {}}, {expect: {ended: true}}]`},
	{"several at once", `[{initiate: {}}, {gather: {digits: "22"}}, {expect: {state: bye, ended: true}}]`},
	{"synchronous event that cannot come", `[{initiate: {}}, {recordComplete: {}}]`},
	{"asynchronous event that cannot come", `[{initiate: {}}, {recordingAvailable: {}}]`},
	{"event after the end", `[{initiate: {}}, {disconnect: {}}, {gather: {}}]`},
	{"event that nobody starts with", `[{answer: {}}]`},
	{"event that nobody handles", `[{initiate: {}}, {redirect: {}, unexpected: true}, {expect: {state: bye}}]`},
	{"apology that does not come", `[{initiate: {}}, {gather: {}, apology: true}]`},
	{"action without a mock", `[{initiate: {}}, {gather: {digits: "1234"}}]`},
	{"never", `[{initiate: {}}, {gather: {}}]`},
}

func TestAFailureSaysAllThatIsNeededToUnderstandIt(t *testing.T) {
	var out strings.Builder
	for _, f := range failingTests {
		text := "flow: shop.yaml\nmocks: {functions: {tier: gold}}\ntests:\n  - name: it's " + f.name + "\n    steps: " + f.steps + "\n"
		if f.name == "never" {
			text += "    never: [{state: agent}, {state: menu, hears: Enter your code, vars: {tries: 2}}]\n"
		}
		t.Run(f.name, func(t *testing.T) {
			one := only(t, Options{}, text)
			if one.Failure == nil {
				t.Fatal("the test passed")
			}
			fmt.Fprintf(&out, "== %s\n%s\n\n", f.name, one.Failure)
		})
	}
	golden.Compare(t, "testdata/failures.golden", []byte(out.String()))
}

// only runs a test file with one test of shop.yaml.
func only(t *testing.T, o Options, text string) TestResult {
	t.Helper()
	f := runText(t, o, text)
	if err := f.Problems.Err(); err != nil {
		t.Fatal(err)
	}
	if len(f.Tests) != 1 {
		t.Fatalf("%d tests were run", len(f.Tests))
	}
	return f.Tests[0]
}

// runText runs the text of a test file beside shop.yaml.
func runText(t *testing.T, o Options, text string) *FileResult {
	t.Helper()
	src, err := os.ReadFile("testdata/shop.yaml")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	write(t, "shop.yaml", string(src))
	write(t, "shop_test.yaml", text)
	result, err := o.Test("shop_test.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return result.Files[0]
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.FromSlash(path), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestExpectationsThatHold(t *testing.T) {
	tests := map[string]string{
		"a list is the exact top level":   `[{initiate: {}}, {expect: {bxml: [SpeakSentence, {StartGather: {}}, {Gather: {maxDigits: 4}}]}}]`,
		"a map is a part in order":        `[{initiate: {}}, {expect: {bxml: {SpeakSentence: {}, Gather: {nested: [{SpeakSentence: Enter your code.}]}}}}]`,
		"a part of the children":          `[{initiate: {}}, {gather: {digits: 1}}, {expect: {bxml: [{Transfer: {nested: {PhoneNumber: "+15550002222"}}}]}}]`,
		"XML without the URLs":            `[{initiate: {}}, {gather: {digits: 1}}, {expect: {bxml: "<Response><Transfer callTimeout='20'><PhoneNumber>+15550001111</PhoneNumber> <PhoneNumber>+15550002222</PhoneNumber></Transfer></Response>"}}]`,
		"speech without its markup":       `[{initiate: {}}, {expect: {hears: Welcome to the shop. Enter}}]`,
		"variables by value":              `[{initiate: {}}, {expect: {vars: {tries: 1.0, wait: PT90S, order: {}}}}, {expect: {vars: {wait: 1m30s}}}]`,
		"effects since the last event":    `[{initiate: {}}, {expect: {effects: []}}, {gather: {digits: "1"}}, {expect: {effects: [notify]}}, {transferComplete: {}}, {expect: {effects: []}}]`,
		"an action with a mock":           `[{initiate: {}}, {gather: {digits: "1234"}}, {expect: {state: found, hears: You ordered a hat, vars: {order: {item: a hat}}}}]`,
		"an event of an earlier document": `[{initiate: {}}, {gather: {digits: "1"}}, {dtmf: {}}, {expect: {state: agent}}]`,
		"an ended call":                   `[{initiate: {}}, {disconnect: {}}, {expect: {ended: true, state: menu}}]`,
		"an event as a word":              `[initiate, gather, {expect: {state: menu}}]`,
		"an event that cannot come":       `[initiate, {recordingAvailable: {}, unexpected: true}, {expect: {state: menu}}]`,
		"the end of a bridge":             `[initiate, {bridgeTargetComplete: {}, apology: true}, {expect: {bxml: [SpeakSentence, Hangup]}}]`,
	}
	for name, steps := range tests {
		t.Run(name, func(t *testing.T) {
			text := "flow: shop.yaml\nmocks: {functions: {tier: gold}, actions: {findOrder: {item: a hat}}}\ntests:\n  - name: it\n    steps: " + steps + "\n"
			if one := only(t, Options{}, text); one.Failure != nil {
				t.Errorf("\n%s", one.Failure)
			}
		})
	}
}

func TestMocksAndParamsOfATestGoBeforeThoseOfItsFile(t *testing.T) {
	one := only(t, Options{}, `
flow: shop.yaml
params: {agent: "+15550007777", hours: 3s}
mocks: {functions: {tier: silver}}
tests:
  - name: gold
    params: {agent: "+15550008888"}
    mocks: {functions: {tier: gold}}
    steps: [initiate, {gather: {digits: "1"}}, {expect: {bxml: {Transfer: {nested: {PhoneNumber: "+15550008888"}}}}}]
`)
	if one.Failure != nil {
		t.Errorf("\n%s", one.Failure)
	}
}

func TestActionsOfTheOptionsAnswerWhatNoMockDoes(t *testing.T) {
	tests := map[string]struct {
		action runtime.Action
		want   string // beside the event
	}{
		"a result": {func(_ context.Context, c runtime.ActionCall) (map[string]any, error) {
			return map[string]any{"item": "a coat for " + c.With["code"].(string)}, nil
		}, `}, {expect: {state: found, hears: a coat for 1234}}`},
		"an error": {func(context.Context, runtime.ActionCall) (map[string]any, error) { return nil, os.ErrNotExist }, `, apology: true}`},
		"a panic":  {func(context.Context, runtime.ActionCall) (map[string]any, error) { panic("no") }, `, apology: true}`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			o := Options{Actions: map[string]runtime.Action{"findOrder": tt.action}}
			one := only(t, o, "flow: shop.yaml\nmocks: {functions: {tier: gold}}\ntests: [{name: it, steps: [initiate, {gather: {digits: \"1234\"}"+tt.want+"]}]\n")
			if one.Failure != nil {
				t.Errorf("\n%s", one.Failure)
			}
		})
	}
}

func TestAMockOfAnActionMayFail(t *testing.T) {
	tests := map[string]struct{ mock, want string }{
		"for a reason":                    {`{fail: timeout}`, `action in menu: findOrder: findOrder: timeout`},
		"a result with another key":       {`{fail: no, item: hat}`, ``},
		"a result as declared":            {`{item: hat}`, ``},
		"a result that lacks a value":     {`{}`, `action in menu: findOrder: findOrder: result: "item" is missing`},
		"a result of another type":        {`{item: 7}`, `action in menu: findOrder: findOrder: result: "item" is no string`},
		"a result that is nothing at all": {`null`, `action in menu: findOrder: findOrder: result: "item" is missing`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			one := only(t, Options{}, "flow: shop.yaml\nmocks: {functions: {tier: gold}, actions: {findOrder: "+tt.mock+
				"}}\ntests: [{name: it, steps: [initiate, {gather: {digits: \"1234\"}}, {expect: {state: found}}]}]\n")
			got := ""
			if one.Failure != nil {
				got, _, _ = strings.Cut(one.Failure.Message, "\n")
			}
			if got != tt.want {
				t.Errorf("it fails with %q, want %q", got, tt.want)
			}
		})
	}
	_, problems := parse("x_test.yaml", []byte("flow: shop.yaml\nmocks: {actions: {findOrder: {fail: [1]}}}\ntests: [{name: it, steps: [initiate]}]\n"))
	if err := problems.Err(); err == nil || !strings.Contains(err.Error(), `"fail" must be a text, not a list`) {
		t.Errorf("a reason that is a list: %v", err)
	}
}

func TestAMockGivesDurationsAsText(t *testing.T) {
	action := &flow.Action{Returns: []flow.Return{{Name: "wait", Type: flow.Duration}, {Name: "note", Type: flow.String}}}
	got := typed(action, map[string]any{"wait": "90s", "note": "90s", "other": "90s"})
	if diff := cmp.Diff(map[string]any{"wait": 90 * time.Second, "note": "90s", "other": "90s"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
