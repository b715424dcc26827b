package schema_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/flow/schema"
	"github.com/bxmlflow/bxmlflow/runtime/flowtest"
)

// odd is a key that no level has.
const odd = "qqqqqqqqqqqq"

// takes returns the keys that the checker names when it meets a key that it does not know.
func takes(t *testing.T, problems diag.List) []string {
	t.Helper()
	for _, p := range problems {
		if list, ok := strings.CutPrefix(p.Help, "it takes "); ok && strings.Contains(p.Message, odd) {
			keys := strings.Split(strings.ReplaceAll(list, " and ", ", "), ", ")
			slices.Sort(keys)
			return keys
		}
	}
	t.Fatalf("the unknown key is not reported: %v", problems)
	return nil
}

// keysAt returns the keys under the properties of a definition, or of what a path of keys leads to from there.
func keysAt(t *testing.T, text []byte, path ...string) []string {
	t.Helper()
	var root map[string]any
	if err := json.Unmarshal(text, &root); err != nil {
		t.Fatal(err)
	}
	at := root
	for _, p := range path {
		next, ok := at[p].(map[string]any)
		if !ok {
			t.Fatalf("the schema has no %s", strings.Join(path, "/"))
		}
		if name, ok := next["$ref"].(string); ok {
			next = root["$defs"].(map[string]any)[strings.TrimPrefix(name, "#/$defs/")].(map[string]any)
		}
		at = next
	}
	var keys []string
	for k := range at["properties"].(map[string]any) {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// TestTheSchemaHasTheKeysOfTheChecker asks the checker for the keys of every level by one that it does not know.
func TestTheSchemaHasTheKeysOfTheChecker(t *testing.T) {
	const frame = "flow: t\nstart: {initiate: a}\nstates: {a: {type: final, bxml: [Hangup]}}\n"
	action := func(name string) string {
		return "flow: t\noutbound: {from: \"+15551230000\"}\nstart: {initiate: a}\nstates: {a: {type: final, entry: [{" + name + ": {" + odd + ": 1}}], bxml: [Hangup]}}\n"
	}
	type level struct {
		name, text string
		path       []string
	}
	levels := []level{
		{"a flow", frame + odd + ": 1\n", nil},
		{"a state", "flow: t\nstart: {initiate: a}\nstates: {a: {type: final, bxml: [Hangup], " + odd + ": 1}}\n", []string{"$defs", "state"}},
		{"a transition", "flow: t\nstart: {initiate: {target: a, " + odd + ": 1}}\nstates: {a: {type: final, bxml: [Hangup]}}\n", []string{"$defs", "transition"}},
		{"the limits", frame + "limits: {" + odd + ": 1}\n", []string{"properties", "limits"}},
		{"outbound", frame + "outbound: {" + odd + ": 1}\n", []string{"properties", "outbound"}},
		{"a declaration", frame + "params: {p: {type: int, " + odd + ": 1}}\n", []string{"$defs", "param", "then"}},
		{"uses", frame + "uses: {" + odd + ": 1}\n", []string{"properties", "uses"}},
		{"an action under uses", frame + "uses: {actions: {x: {" + odd + ": 1}}}\n", []string{"$defs", "usedAction"}},
		{"a function under uses", frame + "uses: {functions: {x: {returns: int, " + odd + ": 1}}}\n", []string{"$defs", "usedFunction"}},
		{"a fragment", frame + "fragments: {x: {entries: [Hangup], " + odd + ": 1}}\n", []string{"properties", "fragments", "additionalProperties"}},
		{"invoke", "flow: t\nstart: {initiate: a}\nstates: {a: {invoke: {flow: t, " + odd + ": 1}}}\n", []string{"$defs", "state", "properties", "invoke"}},
		{"machineDetection", frame + "outbound: {machineDetection: {" + odd + ": 1}}\n", []string{"$defs", "machineDetection"}},
	}
	for _, name := range []string{"http", "createCall", "updateCall", "send", "updateConference", "updateConferenceMember", "updateConferenceBxml",
		"updateCallRecordingState", "deleteRecording", "transcribeRecording"} {
		levels = append(levels, level{name, action(name), []string{"$defs", "action", "properties", name}})
	}
	for _, l := range levels {
		t.Run(l.name, func(t *testing.T) {
			_, problems := flow.Compile(flow.Options{}, flow.Source{Path: "t.yaml", Text: []byte(l.text)})
			if diff := cmp.Diff(takes(t, problems), keysAt(t, schema.Flow(), l.path...)); diff != "" {
				t.Errorf("keys (-checker +schema):\n%s", diff)
			}
		})
	}
}

// TestTheSchemaHasTheKeysOfTests does the same for test files.
func TestTheSchemaHasTheKeysOfTests(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("t.yaml", "flow: t\nstart: {initiate: a}\nstates: {a: {type: final, bxml: [Hangup]}}\n")
	step := func(s string) string {
		return "flow: t.yaml\ntests: [{name: x, steps: [{call: {}}, " + s + ", {expect: {state: a}}]}]\n"
	}
	for _, l := range []struct {
		name, text string
		path       []string
	}{
		{"a file", "flow: t.yaml\n" + odd + ": 1\n", nil},
		{"a test", "flow: t.yaml\ntests: [{name: x, " + odd + ": 1}]\n", []string{"$defs", "test"}},
		{"mocks", "flow: t.yaml\nmocks: {" + odd + ": 1}\n", []string{"$defs", "mocks"}},
		{"a mock of http", "flow: t.yaml\nmocks: {http: [{url: a, " + odd + ": 1}]}\n", []string{"$defs", "mocks", "properties", "http", "items"}},
		{"expect", step("{expect: {" + odd + ": 1}}"), []string{"$defs", "expect"}},
		{"never", "flow: t.yaml\ntests: [{name: x, never: [{" + odd + ": 1}], steps: [{call: {}}]}]\n", []string{"$defs", "never"}},
		{"call", step("{call: {" + odd + ": 1}}"), []string{"$defs", "step", "properties", "call"}},
		{"start", step("{start: {" + odd + ": 1}}"), []string{"$defs", "step", "properties", "start"}},
		{"signal", step("{signal: {" + odd + ": 1}}"), []string{"$defs", "step", "properties", "signal"}},
		{"duplicate", step("{duplicate: {" + odd + ": 1}}"), []string{"$defs", "step", "properties", "duplicate"}},
		{"drop", step("{drop: {" + odd + ": 1}}"), []string{"$defs", "step", "properties", "drop"}},
		{"delay", step("{delay: {" + odd + ": 1}}"), []string{"$defs", "step", "properties", "delay"}},
		{"reorder", step("{reorder: {" + odd + ": 1}}"), []string{"$defs", "step", "properties", "reorder"}},
		{"fail", step("{hangUp: {}, fail: {" + odd + ": 1}}"), []string{"$defs", "step", "properties", "fail"}},
		{"a request that fails", step("{hangUp: {}, fail: {createCall: {" + odd + ": 1}}}"), []string{"$defs", "step", "properties", "fail", "properties", "createCall"}},
		{"the fields of gather", step("{gather: {" + odd + ": 1}}"), []string{"$defs", "fields.gather"}},
		{"an attribute", step("{expect: {bxml: [{Gather: {" + odd + ": 1}}]}}"), []string{"$defs", "pattern.Gather"}},
	} {
		t.Run(l.name, func(t *testing.T) {
			result, err := flowtest.Options{}.Test(write("t_test.yaml", l.text))
			if err != nil {
				t.Fatal(err)
			}
			var problems diag.List
			for _, f := range result.Files {
				problems = append(problems, f.Problems...)
			}
			if diff := cmp.Diff(takes(t, problems), keysAt(t, schema.Tests(), l.path...)); diff != "" {
				t.Errorf("keys (-runner +schema):\n%s", diff)
			}
		})
	}
	t.Run("steps", func(t *testing.T) {
		result, err := flowtest.Options{}.Test(write("t_test.yaml", step("{"+odd+": 1}")))
		if err != nil {
			t.Fatal(err)
		}
		known := append(takes(t, result.Files[0].Problems), "leg", "as", "fail", "unexpected", "apology", "recordingComplete", "partialgather")
		slices.Sort(known)
		if diff := cmp.Diff(known, keysAt(t, schema.Tests(), "$defs", "step")); diff != "" {
			t.Errorf("steps (-runner +schema):\n%s", diff)
		}
	})
}
