package flowtest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bxmlflow/bxmlflow/internal/golden"
	"github.com/bxmlflow/bxmlflow/runtime"
)

// failing are tests of shop.yaml that must fail, each for another reason.
var failing = []struct{ name, steps string }{
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
	{"variables", `[{initiate: {}}, {expect: {vars: {tries: "1", wait: 80s, order: {item: hat}, trys: 1}}}]`},
	{"effects", `[{initiate: {}}, {gather: {digits: "1"}}, {expect: {effects: []}}]`},
	{"ended", `[{initiate: {}}, {expect: {ended: true}}]`},
	{"several at once", `[{initiate: {}}, {gather: {digits: "22"}}, {expect: {state: bye, ended: true}}]`},
	{"synchronous event that cannot come", `[{initiate: {}}, {recordComplete: {}}]`},
	{"asynchronous event that cannot come", `[{initiate: {}}, {recordingAvailable: {}}]`},
	{"event after the end", `[{initiate: {}}, {disconnect: {}}, {gather: {}}]`},
	{"event that nobody starts with", `[{answer: {}}]`},
	{"event that nobody handles", `[{initiate: {}}, {redirect: {}, unexpected: true}, {expect: {state: bye}}]`},
	{"action without a mock", `[{initiate: {}}, {gather: {digits: "1234"}}]`},
	{"never", `[{initiate: {}}, {gather: {}}]`},
}

func TestAFailureSaysAllThatIsNeededToUnderstandIt(t *testing.T) {
	var out strings.Builder
	for _, f := range failing {
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
		"the end of a bridge":             `[initiate, {bridgeTargetComplete: {}}, {expect: {bxml: [SpeakSentence, Hangup]}}]`,
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
		want   string
	}{
		"a result": {func(_ context.Context, c runtime.ActionCall) (map[string]any, error) {
			return map[string]any{"item": "a coat for " + c.With["code"].(string)}, nil
		}, `{state: found, hears: a coat for 1234}`},
		"an error": {func(context.Context, runtime.ActionCall) (map[string]any, error) { return nil, os.ErrNotExist }, `{bxml: {SpeakSentence: {}, Hangup: {}}}`},
		"a panic":  {func(context.Context, runtime.ActionCall) (map[string]any, error) { panic("no") }, `{bxml: {SpeakSentence: {}, Hangup: {}}}`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			o := Options{Actions: map[string]runtime.Action{"findOrder": tt.action}}
			one := only(t, o, "flow: shop.yaml\ntests: [{name: it, steps: [initiate, {gather: {digits: \"1234\"}}, {expect: "+tt.want+"}]}]\n")
			if one.Failure != nil {
				t.Errorf("\n%s", one.Failure)
			}
		})
	}
}
