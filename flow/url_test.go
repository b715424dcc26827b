package flow_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow"
)

// filled returns the URL attributes of a state's document: those that are always set, and with a "?" those that depend on
// the flow around.
func filled(t *testing.T, f *flow.Flow, name string) []string {
	t.Helper()
	var list []string
	for _, u := range state(t, f, name).Document.URLs {
		mark := ""
		if !u.Always {
			mark = "?"
		}
		list = append(list, u.Element+"."+u.Attribute+mark)
	}
	return list
}

func TestURLsFillThemselvesIn(t *testing.T) {
	tests := []struct {
		sentence string
		text     string
		want     []string
	}{
		{"handled by the state", gathering("      gather: end\n"), []string{"Gather.gatherUrl"}},
		{"handled by an outer state", "flow: t\nstart: {initiate: o}\nstates:\n  o: {initial: a, on: {gather: end}, states: {a: {bxml: [Gather]}}}\n  end: {type: final, bxml: [Hangup]}\n",
			[]string{"Gather.gatherUrl"}},
		{"handled at the flow level", "flow: t\nstart: {initiate: a}\non: {gather: end}\nstates:\n  a: {bxml: [Gather]}\n  end: {type: final, bxml: [Hangup]}\n", []string{"Gather.gatherUrl"}},
		{"handled by another state only", "flow: t\nstart: {initiate: a}\nstates:\n  a: {bxml: [Gather, Redirect], on: {redirect: b}}\n  b: {bxml: [Gather], on: {gather: a, redirect: b}}\n",
			[]string{"Redirect.redirectUrl"}},
		{"handled by * only", gathering("      \"*\": end\n"), nil},
		{"handled under its other name", "flow: t\nstart: {initiate: a}\nstates:\n  a: {bxml: [Record], on: {recordingComplete: end}}\n  end: {type: final, bxml: [Hangup]}\n", []string{"Record.recordCompleteUrl"}},
		{"a late event handled in another state", "flow: t\nstart: {initiate: a}\nstates:\n  a: {bxml: [Record], on: {recordComplete: b}}\n  b: {bxml: [Hangup], type: final, on: {recordingAvailable: {}}}\n",
			[]string{"Record.recordCompleteUrl", "Record.recordingAvailableUrl"}},
		{"an explicit URL wins", "flow: t\nstart: {initiate: a}\nstates:\n  a: {bxml: [{Gather: {gatherUrl: /other}}], on: {gather: end}}\n  end: {type: final, bxml: [Hangup]}\n", nil},
		{"null leaves it out", "flow: t\nstart: {initiate: a}\nstates:\n  a: {bxml: [{Gather: {gatherUrl: null}}], on: {gather: end}}\n  end: {type: final, bxml: [Hangup]}\n", nil},
		{"a sub-flow asks the flow around", "flow: t\nstart: {invoke: a}\nstates:\n  a: {bxml: [Record, Redirect], on: {redirect: end}}\n  end: {type: final}\n",
			[]string{"Record.recordCompleteUrl?", "Record.recordingAvailableUrl?", "Record.transcriptionAvailableUrl?", "Redirect.redirectUrl"}},
		{"asynchronous events of the background", "flow: t\nstart: {initiate: a}\nstates:\n  a: {bxml: [StartGather, {Gather: {}}], on: {gather: end, dtmf: {}}}\n  end: {type: final, bxml: [Hangup]}\n",
			[]string{"StartGather.dtmfUrl", "Gather.gatherUrl"}},
	}
	for _, tt := range tests {
		t.Run(tt.sentence, func(t *testing.T) {
			f, problems := flow.Parse("t.yaml", []byte(tt.text), flow.Options{})
			if f == nil {
				t.Fatalf("flow does not compile:\n%s", lines(problems))
			}
			if diff := cmp.Diff(tt.want, filled(t, f, f.Start[slices.Sorted(maps.Keys(f.Start))[0]][0].Leaf.Name)); diff != "" {
				t.Errorf("URLs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheTargetOfABridgeMayBelongToAnotherFlow(t *testing.T) {
	const bridging = "flow: a\nstart: {initiate: a}\nstates:\n  a: {bxml: [{Bridge: c-95ac8d6e-1a31c52e-b38f-4198-93c1-51633ec68f8d}], on: {bridgeComplete: end}}\n  end: {type: final, bxml: [Hangup]}\n"
	const target = "flow: b\nstart: {initiate: a}\non: {bridgeTargetComplete: end}\nstates:\n  a: {bxml: [{Pause: {duration: 9}}, Redirect], on: {redirect: {}}}\n  end: {type: final, bxml: [Hangup]}\n"
	alone, both := set(t, bridging), set(t, bridging, target)
	if got := filled(t, alone.Flow("a"), "a"); !slices.Equal(got, []string{"Bridge.bridgeCompleteUrl"}) {
		t.Errorf("alone it fills in %q", got)
	}
	if got := filled(t, both.Flow("a"), "a"); !slices.Equal(got, []string{"Bridge.bridgeCompleteUrl", "Bridge.bridgeTargetCompleteUrl"}) {
		t.Errorf("with the other flow it fills in %q", got)
	}
	if alone.Flow("a").Hash == both.Flow("a").Hash {
		t.Error("the hash is the same although the documents differ")
	}
}

func TestURLsOfRequestsAreEscaped(t *testing.T) {
	tests := []struct {
		sentence, url, value string
		want, fails          string
	}{
		{"an ordinary value", "https://a.example/customers/${vars.v}", "c-1.2_3~", "https://a.example/customers/c-1.2_3~", ""},
		{"a slash stays in its segment", "https://a.example/customers/${vars.v}/x", "a/b", "https://a.example/customers/a%2Fb/x", ""},
		{"a query cannot begin", "https://a.example/${vars.v}", "a?admin=1#f", "https://a.example/a%3Fadmin%3D1%23f", ""},
		{"a second value cannot begin", "https://a.example/?q=${vars.v}&r=1", "a&r=2 +", "https://a.example/?q=a%26r%3D2%20%2B&r=1", ""},
		{"a way up is refused", "https://a.example/customers/${vars.v}/x", "..", "", "step up in the path"},
		{"so is one made of parts", "https://a.example/customers/.${vars.v}", ".", "", "step up in the path"},
		{"a way up with slashes is a name", "https://a.example/${vars.v}", "../..", "https://a.example/..%2F..", ""},
		{"dots in a query are harmless", "https://a.example/?q=${vars.v}", "..", "https://a.example/?q=..", ""},
		{"percent signs are escaped", "https://a.example/${vars.v}", "%2e%2e", "https://a.example/%252e%252e", ""},
		{"letters beyond ASCII and control characters", "https://a.example/${vars.v}", "é\r\n", "https://a.example/%C3%A9%0D%0A", ""},
		{"a base URL stays as it is", "${params.base}/customers/${vars.v}", "a/b", "https://api.example.com/v1/customers/a%2Fb", ""},
		{"a base URL is all there is", "${params.base}", "", "https://api.example.com/v1", ""},
		{"a value in the query behind a base URL", "${params.base}?q=${vars.v}", "a&b", "https://api.example.com/v1?q=a%26b", ""},
		{"a query right behind the host", "https://a.example?q=${vars.v}", "x/..", "https://a.example?q=x%2F..", ""},
		{"a literal URL", "https://a.example/a/../b?x=1&y=2", "", "https://a.example/a/../b?x=1&y=2", ""},
	}
	for _, tt := range tests {
		t.Run(tt.sentence, func(t *testing.T) {
			f := compile(t, "flow: t\nparams: {base: \"https://api.example.com/v1\"}\nvars: {v: \"\"}\nstart: {initiate: a}\nstates:\n  a:\n    type: final\n    entry: [{http: {url: \""+tt.url+"\"}}]\n    bxml: [Hangup]\n")
			var ev flow.Evaluator
			got, err := ev.AppendURL([]byte("kept "), state(t, f, "a").Entry[0].HTTP.URL, values{flow: f, set: map[string]any{"v": tt.value}})
			checkURL(t, string(got), err, tt.want, tt.fails)
		})
	}
}

func checkURL(t *testing.T, got string, err error, want, fails string) {
	t.Helper()
	switch {
	case fails == "" && (err != nil || got != "kept "+want):
		t.Errorf("got %q, error %v, want %q", got, err, want)
	case fails != "" && (err == nil || got != "kept "):
		t.Errorf("got %q, error %v, want an error with %q", got, err, fails)
	}
}

func TestHostsAreNeverComputed(t *testing.T) {
	request := func(url string) string {
		return "flow: t\nparams: {base: \"https://a.example\"}\nstart: {initiate: a}\nstates:\n  a:\n    type: final\n    entry: [{log: \"${params.base}\"}, {http: {method: POST, url: " + url + "}}]\n    bxml: [Hangup]\n"
	}
	const refused = "wrong-type: the url of http must begin with http:// or https:// and a literal host"
	testWrong(t, []wrong{
		{"a param and something else", request(`"${params.base + call.from}/x"`), []string{`7 <"${params.base + call.from}/x"> ` + refused}},
		{"a param and a host behind it", request(`"${params.base}.example.com/"`), []string{`7 <"${params.base}.example.com/"> ` + refused}},
		{"a host that is computed", request(`"https://${call.from}/"`), []string{`7 <"https://${call.from}/"> ` + refused}},
		{"a part of a host", request(`"https://a.${call.from}"`), []string{`7 <"https://a.${call.from}"> ` + refused}},
		{"another scheme", request(`ftp://a.example`), []string{`7 <ftp://a.example> ` + refused}},
		{"no host", request(`"https:///x"`), []string{`7 <"https:///x"> ` + refused}},
		{"a param with spaces", request(`"${ params.base }?q=${call.from}"`), nil},
		{"a computed query behind the host", request(`"https://a.example?q=${call.from}"`), nil},
	})
}
