package expression

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestTemplate(t *testing.T) {
	tests := []struct {
		name, src string
		want      any
	}{
		{"a text without expressions", `press 1`, `press 1`},
		{"an empty text", ``, ``},
		{"an expression by itself keeps its type", `${vars.attempts + 1}`, 3},
		{"a bool by itself", `${vars.done}`, false},
		{"a duration by itself", `${event.duration}`, 1500 * time.Millisecond},
		{"a space beside an expression makes a text", `${vars.attempts} `, `2 `},
		{"several parts", `${event.cause}: ${vars.attempts} of ${args.digits}`, `busy: 2 of 4`},
		{"parts that touch", `${event.digits}${event.digits}`, `11`},
		{"braces inside", `x${ {"a": {"b": "}"}}["a"].b }`, `x}`},
		{"quotes inside", `x${'}' + "{" + '"'}`, "x}{\""},
		{"a literal dollar brace", `$${event.digits} is ${event.digits}`, `${event.digits} is 1`},
		{"a literal dollar brace by itself", `$${`, `${`},
		{"dollars beside", `$5 and $$ and ${event.digits}$`, `$5 and $$ and 1$`},
		{"a dollar before a literal one", `$$${event.digits}`, `$${event.digits}`},
		{"an apostrophe outside", `it's ${event.digits}, isn't it`, `it's 1, isn't it`},
		{"a duration reads in seconds", `${event.duration} s`, `1.5 s`},
		{"an absent value reads as nothing", `<${vars.none}>`, `<>`},
		{"a list reads as JSON", `list ${vars.numbers}`, `list [3,1,2]`},
		{"what a value holds is not compiled", `> ${"$" + "{event.digits}"}`, `> ${event.digits}`},
	}
	var vm VM
	look := testRecord()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tmpl, problems := Parse(tt.src, testScope())
			if len(problems) > 0 {
				t.Fatalf("problems: %+v", problems)
			}
			got, err := vm.Eval(tmpl, look)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			text, err := vm.Append([]byte("- "), tmpl, look)
			if err != nil || string(text) != "- "+Text(tt.want) {
				t.Errorf("append = %q, %v", text, err)
			}
		})
	}
}

func TestTemplateProblems(t *testing.T) {
	tests := []struct {
		name, src string
		under     []string
		message   string
	}{
		{"an unknown name in the second part", `é ${event.digits} then ${event.cuase}!`, []string{`event.cuase`}, `"event.cuase" does not exist in gather`},
		{"a problem in each part", `${a1} ${b1}`, []string{`a1`, `b1`}, `"a1" does not exist here`},
		{"never closed", `say ${event.digits`, []string{`${event.digits`}, `${ is never closed`},
		{"a text never closed inside", `say ${"a} b`, []string{`"a} b`}, `a text that begins here is never closed`},
		{"empty", `say ${ }`, []string{` `}, `the expression is empty`},
		{"nested", `${ ${event.digits} }`, []string{`${event.digits}`}, `the expression is an expression already, without ${ }`},
		{"a template in a text inside", `${"${event.digits}"}`, []string{`"${event.digits}"`}, `${ } has no meaning in a text inside an expression`},
		{"a comment and nothing else", `${ // }`, []string{` // `}, `the expression is empty`},
		{"an assignment", `${vars.attempts = 1}`, []string{`=`}, `= does not compare`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tmpl, problems := Parse(tt.src, testScope())
			if tmpl != nil || len(problems) != len(tt.under) {
				t.Fatalf("problems: %+v", problems)
			}
			for i, p := range problems {
				if got := tt.src[p.From:p.To]; got != tt.under[i] {
					t.Errorf("underlined %q, want %q", got, tt.under[i])
				}
			}
			if problems[0].Message != tt.message {
				t.Errorf("said %s", problems[0].Message)
			}
		})
	}
}

func TestTemplatesHaveAtMostSoManyExpressions(t *testing.T) {
	if _, problems := Parse(strings.Repeat("${visits} ", MaxParts), testScope()); len(problems) > 0 {
		t.Errorf("problems: %+v", problems)
	}
	_, problems := Parse(strings.Repeat("${visits} ", MaxParts+1), testScope())
	if len(problems) != 1 || problems[0].Rule != RuleLimit {
		t.Errorf("problems: %+v", problems)
	}
}

func TestLiteralTellsConstantTemplates(t *testing.T) {
	for src, want := range map[string]string{`a $${x} b`: `a ${x} b`, ``: ``, `Hello.`: `Hello.`} {
		tmpl, problems := Parse(src, testScope())
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		if got, ok := tmpl.Literal(); !ok || got != want {
			t.Errorf("literal of %q = %q, %v", src, got, ok)
		}
	}
	tmpl, _ := Parse(`a ${visits}`, testScope())
	if got, ok := tmpl.Literal(); ok {
		t.Errorf("literal of a template with an expression = %q", got)
	}
}

func TestRefsNameEachNameOnceWithItsFirstPlace(t *testing.T) {
	src := `${event.cause} and ${has(event.cause)} or ${has(event.digits) ? vars.m.name : event?.cause}`
	tmpl, problems := Parse(src, testScope())
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	var got []string
	for _, ref := range tmpl.Refs() {
		got = append(got, ref.Name+" "+src[ref.From:ref.To]+" "+Text(ref.Presence))
	}
	want := []string{"event.cause event.cause false", "event.digits event.digits true", "vars.m vars.m false"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if tmpl.Type() != String {
		t.Errorf("type = %v", tmpl.Type())
	}
}

func TestAppendEscapedTouchesComputedTextOnly(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"a part behind a text", `a${event.digits}b`, `>a[1]b`},
		{"a part at the beginning", `${event.digits}b${event.digits}`, `>1b[1]`},
		{"values that are no texts", `n=${vars.attempts + 1}`, `>n=[3]`},
		{"no part", `a$${b`, `>a${b`},
	}
	var vm VM
	look := testRecord()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tmpl, problems := Parse(tt.src, testScope())
			if problems != nil {
				t.Fatal(problems)
			}
			got, err := vm.AppendEscaped([]byte(">"), tmpl, look, func(out, text []byte, first bool) []byte {
				if first {
					return append(out, text...)
				}
				return append(append(append(out, '['), text...), ']')
			})
			if err != nil || string(got) != tt.want {
				t.Errorf("got %q, error %v, want %q", got, err, tt.want)
			}
		})
	}
}
