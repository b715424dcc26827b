package flow_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow"
)

// looked is a flow that looks things up on its way into `end`; what it reads stands in line 5.
func looked(vars, actions, text string) string {
	return "flow: t\nuses: {actions: {find: {returns: {name: string, vip: bool, wait: duration}}, seek: {returns: {name: string, vip: int}}, any: {}}}\n" +
		vars + "start: {initiate: a}\nstates: {a: {type: final, entry: [" + actions + "], bxml: [{SpeakSentence: '" + text + "'}, Hangup]}}\n"
}

func TestResultsHaveTheDeclaredNamesAndTypes(t *testing.T) {
	const find = `{find: {}, as: c}`
	testWrong(t, []wrong{
		{"every declared name", looked("", find, "${vars.c.name} ${vars.c.vip ? 1 : 2} ${vars.c.wait + duration(\"1s\")}"), nil},
		{"the result as a whole", looked("", find, "${vars.c}${len(vars.c)}"), nil},
		{"a computed key", looked("", find, "${vars.c[call.from]}"), nil},
		{"presence", looked("", find, "${has(vars.c.name)}${vars.c?.name}"), nil},
		{"a name that is misspelt", looked("", find, "${vars.c.nmae}"), []string{`4 <vars.c.nmae> unknown-name: the result vars.c has no "nmae"`}},
		{"a misspelt name in brackets", looked("", find, "${vars.c[\"nmae\"]}"), []string{`4 <vars.c["nmae"]> unknown-name: the result vars.c has no "nmae"`}},
		{"a misspelt name that is asked for", looked("", find, "${has(vars.c.nmae)}"), []string{`4 <vars.c.nmae> unknown-name: the result vars.c has no "nmae"`}},
		{"a comparison with another type", looked("", find, "${vars.c.vip == \"yes\"}"), []string{`4 <vars.c.vip == "yes"> expression-type: vars.c.vip is true or false and "yes" is a string: they are never equal`}},
		{"a part of a text", looked("", find, "${vars.c.name.first}"), []string{`4 <vars.c.name.first> expression-type: vars.c.name is a string and has no field "first"`}},
		{"the result of http", looked("", `{http: {url: "https://a.example"}, as: c}`, "${vars.c.status + 1}${vars.c.body.name}${vars.c.headers[\"x\"]}"), nil},
		{"a status as a text", looked("", `{http: {url: "https://a.example"}, as: c}`, "${vars.c.status == \"200\"}"), []string{`4 <vars.c.status == "200"> expression-type: vars.c.status is a number and "200" is a string: they are never equal`}},
		{"what http does not bring", looked("", `{http: {url: "https://a.example"}, as: c}`, "${vars.c.statsu}"), []string{`4 <vars.c.statsu> unknown-name: the result vars.c has no "statsu"`}},
		{"an action that declares nothing", looked("", `{any: {}, as: c}`, "${vars.c.anything}"), nil},
		{"a result of several actions has the names of all", looked("", find+`, {seek: {}, as: c}`, "${vars.c.name == \"x\"}${vars.c.vip == \"x\"}${vars.c.wait}"), nil},
		{"and no others", looked("", find+`, {seek: {}, as: c}`, "${vars.c.nmae}"), []string{`4 <vars.c.nmae> unknown-name: the result vars.c has no "nmae"`}},
		{"one of several that declares nothing", looked("", find+`, {any: {}, as: c}`, "${vars.c.nmae}"), nil},
		{"a variable that is set too", looked("", find+`, {set: {c: {nmae: x}}}`, "${vars.c.nmae}"), nil},
		{"an empty variable", looked("vars: {c: {}}\n", find, "${vars.c.nmae}"), []string{`5 <vars.c.nmae> unknown-name: the result vars.c has no "nmae"`}},
		{"a variable with a first value", looked("vars: {c: {nmae: x}}\n", find, "${vars.c.nmae}"), nil},
	})
}

func TestAMisspeltNameOfAResultIsMended(t *testing.T) {
	for text, want := range map[string]string{"${vars.c.nmae}": "did you mean vars.c.name?", "${vars.c.telephone}": "it has name, vip, wait"} {
		_, problems := flow.Compile(flow.Options{}, sources(looked("", `{find: {}, as: c}`, text))...)
		if len(problems) != 1 || problems[0].Help != want {
			t.Errorf("%s: %s, want the help %q", text, lines(problems), want)
		}
	}
}

// resultEnv has one variable, a result.
type resultEnv struct{ result any }

func (e resultEnv) Lookup(int) any                           { return e.result }
func (e resultEnv) Has(int) bool                             { return true }
func (e resultEnv) AppendURL(dst []byte, _ *flow.URL) []byte { return dst }

func TestWhatAResultLacksIsAbsent(t *testing.T) {
	f := set(t, looked("", `{find: {}, as: c}`, `${vars.c.name}|${vars.c.vip}|${has(vars.c.name)}|${has(vars.c.wait)}`)).Flow("t")
	for _, tt := range []struct {
		result any
		want   string
	}{
		{nil, "|false|false|false"},
		{map[string]any(nil), "|false|false|false"},
		{map[string]any{"name": "Ann", "vip": true}, "Ann|true|true|false"},
	} {
		got := render(t, f, "a", resultEnv{tt.result})
		if want := "<SpeakSentence>" + tt.want + "</SpeakSentence><Hangup/>"; got != want {
			t.Errorf("%v gives %s, want %s", tt.result, got, want)
		}
	}
	if diff := cmp.Diff([]flow.Return{{Name: "name", Type: flow.String}, {Name: "vip", Type: flow.Bool}, {Name: "wait", Type: flow.Duration}}, f.States[0].Entry[0].Returns); diff != "" {
		t.Errorf("declared (-want +got):\n%s", diff)
	}
}
