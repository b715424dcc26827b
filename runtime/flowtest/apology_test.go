package flowtest

import "testing"

func TestAnErrorThatTheFlowDoesNotHandleFailsItsStep(t *testing.T) {
	const help = "\nhandle it under `on: error`, or write `apology: true` beside the event if that is meant"
	const heard = "\nthe flow does not handle this error: the caller hears the built-in apology" + help
	const undone = "\nthe flow does not handle this error: nothing that the event did is kept" + help
	tests := map[string]struct{ handler, steps, want string }{
		"when nobody handles it": {
			"", `initiate, {gather: {}}`, "action in a: find: find: no" + heard},
		"of an event that is not answered": {
			"", `initiate, {dtmf: {}}`, "action in a: find: find: no" + undone},
		"of a disconnect": {
			"", `initiate, {disconnect: {}}`, "action in a: find: find: no" + undone},
		"when handling it fails as well": {
			`{error: {actions: [{find: {}}]}}`, `initiate, {gather: {}}`, "action in a: find: find: no\naction in a: find: find: no" + heard},
		"not when it is handled": {
			`{error: b}`, `initiate, {gather: {}}, {expect: {state: b}}`, ""},
		"not when it is meant": {
			"", `initiate, {gather: {}, apology: true}, {expect: {hears: an error occurred}}`, ""},
		"not when it is meant and not answered": {
			"", `initiate, {dtmf: {}, apology: true}, {expect: {state: a}}`, ""},
		"when it is meant and handled": {
			`{error: b}`, `initiate, {gather: {}, apology: true}`, "the built-in apology is expected, but the flow handles the error"},
		"when it is meant and does not come": {
			"", `{initiate: {}, apology: true}`, "the built-in apology is expected, but nothing went wrong"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			text := "flow: f\nuses: {actions: {find: {returns: {x: string}}}}\nstart: {initiate: a}\n"
			if tt.handler != "" {
				text += "on: " + tt.handler + "\n"
			}
			write(t, "f.yaml", text+`states:
  a:
    bxml: [StartGather, Gather]
    on: {gather: {actions: [{find: {}}]}, dtmf: {actions: [{find: {}}]}, disconnect: {actions: [{find: {}}]}}
  b: {type: final, bxml: [Hangup]}
`)
			write(t, "f_test.yaml", "flow: f.yaml\nmocks: {actions: {find: {fail: no}}}\ntests: [{name: it, steps: ["+tt.steps+"]}]\n")
			result, err := Options{}.Test("f_test.yaml")
			if err != nil {
				t.Fatal(err)
			}
			if err := result.Files[0].Problems.Err(); err != nil {
				t.Fatal(err)
			}
			got := ""
			if failure := result.Files[0].Tests[0].Failure; failure != nil {
				got = failure.Message
			}
			if got != tt.want {
				t.Errorf("it fails with\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}
