package expression

import (
	"strings"
	"testing"
)

// hostile holds values as a caller could send them.
func hostile(value string) *record {
	look := testRecord()
	for slot, g := range world {
		switch g.typ {
		case String:
			look.values[slot] = value
		case Any:
			look.values[slot] = map[string]any{"a": value, value: []any{value, 1, nil}}
		}
	}
	return look
}

func FuzzGuard(f *testing.F) {
	for _, tt := range guardProblems {
		f.Add(tt.src, "1")
	}
	for _, src := range []string{usualGuard, `any(vars.list, # in vars.m.list)`, `has(vars.m.x?.y)`, `replace(event.cause, "", event.cause) == ""`,
		`choose(event.cause, vars.any) == 1`, `onDate(now, event.cause, "UTC")`, `within(now, event.cause, params.zone)`, `duration(event.cause) > duration("1s")`,
		`e164(event.cause) + last4(event.cause) + spell(event.cause) == ""`, `vars.any[event.cause][0:1] == ["x"]`, `get(vars.any, event.cause) ?? 1 < 2`} {
		f.Add(src, "${event.cause}")
		f.Add(src, strings.Repeat("é", MaxValueBytes))
	}
	f.Fuzz(func(t *testing.T, src, value string) {
		p, problems := Guard(src, testScope())
		checkProblems(t, src, p == nil, problems)
		if p == nil {
			return
		}
		var vm VM
		if _, err := vm.Bool(p, hostile(value)); err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("an error of several lines: %q", err)
		}
		if _, err := vm.Bool(p, testRecord()); err != nil && strings.Contains(err.Error(), "stack underflow") {
			t.Errorf("a broken program: %v", err)
		}
	})
}

func FuzzTemplate(f *testing.F) {
	for _, src := range []string{`a ${event.cause} b`, `$${x} ${ {"a": "}"}["a"] }`, `${`, `${"}`, `$$${visits}`, `${visits}${vars.none}`, `é${event.cuase}`} {
		f.Add(src, "1")
		f.Add(src, `${vars.list} $${`)
	}
	f.Fuzz(func(t *testing.T, src, value string) {
		tmpl, problems := Parse(src, testScope())
		checkProblems(t, src, tmpl == nil, problems)
		if tmpl == nil {
			return
		}
		var vm VM
		text, err := vm.Append(nil, tmpl, hostile(value))
		if err == nil && len(tmpl.parts) > 0 && len(text) > MaxCompoundBytes+len(src) {
			t.Errorf("a text of %d bytes", len(text))
		}
		if _, ok := tmpl.Literal(); ok && string(text) != strings.ReplaceAll(src, "$${", "${") {
			t.Errorf("literal text of %q is %q", src, text)
		}
	})
}

func checkProblems(t *testing.T, src string, failed bool, problems []Problem) {
	t.Helper()
	if failed != (len(problems) > 0) {
		t.Fatalf("failed %v with problems %+v", failed, problems)
	}
	for _, p := range problems {
		if p.From < 0 || p.To < p.From || p.To > len(src) {
			t.Errorf("a place outside the source: %+v", p)
		}
		if p.Message == "" || p.Rule == "" || strings.Contains(p.Message, "cannot be compiled") {
			t.Errorf("a poor problem: %+v", p)
		}
	}
}
