package yamlsrc

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// syntaxTests are texts that are no YAML. Every message is wanted as "text underlined | message | help".
var syntaxTests = []struct {
	name, src string
	want      []string
}{
	{"a colon in text", "x: 1\nSpeakSentence: Note: closed\n", []string{`Note: closed | text that holds ": " needs quotes | quote it: "Note: closed"`}},
	{"two keys on a line", "a:\n  b: 1, c: 2\n  d: 3\n", []string{`1, c: 2 | text that holds ": " needs quotes | give "c" a line of its own, or, if text is meant, quote it: "1, c: 2"`}},
	{"a colon in text in a list", "- SpeakSentence: Note: closed\n- Hangup\n", []string{`Note: closed | text that holds ": " needs quotes | quote it: "Note: closed"`}},
	{"a colon in text in flow style", "a: {SpeakSentence: Note: closed}\n", []string{`Note: closed | text that holds ": " needs quotes | quote it: "Note: closed"`}},
	{"templates in flow style", "a: {to: ${call.to}, from: ${call.from}}\n", []string{
		`${call.to} | a template within {...} or [...] needs quotes | quote it: "${call.to}"`,
		`${call.from} | a template within {...} or [...] needs quotes | quote it: "${call.from}"`}},
	{"templates in a flow list", "a: [${call.to}]\n", []string{`${call.to} | a template within {...} or [...] needs quotes | quote it: "${call.to}"`}},
	{"a value that begins with a quote", "a:\n  - guard: \"1\" == event.digits # first\n    target: b\n  - guard: \"2\" == event.digits\n    target: b\n", []string{
		`"1" == event.digits | a value that begins with a double quote must end with it | put the whole in quotes: '"1" == event.digits'`,
		`"2" == event.digits | a value that begins with a double quote must end with it | put the whole in quotes: '"2" == event.digits'`}},
	{"an apostrophe in single quotes", "a: 'it's'\n", []string{`'it's' | the single quote within the text ends it | write it twice, or use double quotes: "it's"`}},
	{"a star as key", "on:\n  *: x\n", []string{`* | the key "*" needs quotes | quote it: "*"`}},
	{"a star as key in flow style", "on: {*: x}\n", []string{`* | the key "*" needs quotes | quote it: "*"`}},
	{"text behind a list", "guard: [1, 2] == vars.a\nb: 1\n", []string{`[1, 2] == vars.a | "[1, 2] == vars.a" cannot be read without quotes | quote it: "[1, 2] == vars.a"`}},
	{"a star code", "digits: *67\nb: 1\n", []string{`*67 | a value that begins with "*" is read as a YAML alias | quote it: "*67"`}},
	{"an at sign", "a: @x\nb: 1\n", []string{`@x | a value cannot begin with "@" | quote it: "@x"`}},
	{"a backtick", "a: `x`\nb: 1\n", []string{"`x` | a value cannot begin with \"`\" | quote it: \"`x`\""}},
	{"a percent sign", "a: %x\nb: 1\n", []string{`%x | a value cannot begin with "%" | quote it: "%x"`}},
	{"a negation", "guard: !vars.done && x\nb: 1\n", []string{`!vars.done && x | a value that begins with "!" is read as a YAML tag, not as text | quote it: "!vars.done && x"`}},
	{"a negation in flow style", "a: {guard: !vars.done, target: x}\n", []string{`!vars.done | a value that begins with "!" is read as a YAML tag, not as text | quote it: "!vars.done"`}},
	{"an ampersand", "a: && x\n", []string{`&& x | a value that begins with "&" is read as a YAML anchor | quote it: "&& x"`}},
	{"a comparison", "guard: > 5\nb: 1\n", []string{`> 5 | a value that begins with ">" is read as a block of text | quote it: "> 5"`}},
	{"a call in flow style", "a: {guard: within(now, \"Mon-Fri\", \"Z\"), target: x}\n", []string{
		`within(now, "Mon-Fri", "Z") | text that holds "," needs quotes within {...} and [...] | quote it: 'within(now, "Mon-Fri", "Z")', or give it a line of its own`}},
	{"a list in a guard in flow style", "a: {guard: event.digits in [\"1\", \"2\"], target: x}\n", []string{
		`event.digits in ["1", "2"] | text that holds "[" needs quotes within {...} and [...] | quote it: 'event.digits in ["1", "2"]', or give it a line of its own`}},
	{"a choice in flow style", "a: {log: vars.a ? 1 : 2, b: x}\n", []string{`vars.a ? 1 : 2 | text that holds ": " needs quotes | quote it: "vars.a ? 1 : 2"`}},
	{"a hash in flow style", "a: {SpeakSentence: press # to end}\n", []string{`press # to end | " #" begins a comment, which cuts the text | quote it: "press # to end"`}},
	{"tabs", "a:\n\tb: 1\n", []string{"\t | a tab is used for indentation | indent with spaces, two for each level"}},
	{"tabs after spaces", "a:\n  b: 1\n  \tc: 1\n", []string{"\t | a tab is used for indentation | indent with spaces, two for each level"}},
	{"an unknown escape", `a: "\d+"`, []string{`\d | "\d" is no escape that YAML knows | write \\d for a backslash, or put the text in single quotes`}},
	{"an open quote", "a: \"abc\nb: 2\nc: 3\n", []string{`"abc | the quote that opens here is not closed | write " at the end of the text`}},
	{"an open quote before another", "a: \"abc\nb: \"x\"\n", []string{`"abc | the quote that opens here is not closed | write " at the end of the text`}},
	{"an open quote far above", "a: 'abc\n" + strings.Repeat("# c\n", 200), []string{`'abc | the quote that opens here is not closed | write ' at the end of the text`}},
	{"an open bracket", "a: [1, 2\nb: 2\nc: 3\n", []string{`[ | "[" is never closed | write "]" at the end`}},
	{"an open brace", "a: {b: 1 # c\nb: 2\n", []string{`{ | "{" is never closed | write "}" at the end`}},
	{"a bracket too many", "a: [1, 2]]\nb: 2\n", []string{`] | "]" closes nothing | remove it, or quote the text that it belongs to`}},
	{"a colon that is missing", "states\n  a: 1\n", []string{`states | ":" is missing after "states" | write states:`}},
	{"a space that is missing", "a:\n  b:1\n  c: 2\n", []string{`b: | a space is missing after "b:" | write b: 1`}},
	{"a list on the line of its key", "a: - b\nc: 1\n", []string{`- b | "-" cannot follow a key on its line | give it a line of its own, or, if text is meant, quote it: "- b"`}},
	{"an indentation between two levels", "a:\n    b: 1\n  c: 2\nd: 3\n", []string{"c: 2 | an indentation of 2 spaces does not fit the lines above | indent it by 4 spaces like the lines it belongs to"}},
	{"a map in a list", "- a\nb: c\n", []string{"- a\nb: c | an entry of a list does not begin with \"-\" | begin every entry with \"- \", all of them below each other"}},
	{"wide text before the mistake", "ключ: {日本: ${call.to}}\n", []string{`${call.to} | a template within {...} or [...] needs quotes | quote it: "${call.to}"`}},
	{"CRLF", "x: 1\r\na: Note: closed\r\nb: 2\r\n", []string{`Note: closed | text that holds ": " needs quotes | quote it: "Note: closed"`}},
	{"a second document", "a: 1\n---\nb: 2\n", []string{`--- | a second document begins here | put it into a file of its own, or remove the "---"`}},
}

func syntaxSeeds() (seeds []string) {
	for _, test := range syntaxTests {
		seeds = append(seeds, test.src)
	}
	return seeds
}

func TestSyntaxErrorsAreShownAtTheirPlaceWithTheMend(t *testing.T) {
	for _, test := range syntaxTests {
		t.Run(test.name, func(t *testing.T) {
			_, list := Parse("f.yaml", []byte(test.src))
			var got []string
			for _, d := range list {
				got = append(got, at(test.src, d.Span)+" | "+d.Message+" | "+d.Help)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestATreeOfMendedTextHasTheAuthorsPlaces(t *testing.T) {
	const src = "a: {to: ${call.to}, from: ${call.from}}\nb: 'it's ${x}'\nc:\n    d: 1\n  e: two\n"
	n, list := Parse("f.yaml", []byte(src))
	if n == nil || len(list) != 4 {
		t.Fatal(n, list)
	}
	from, b, e := n.Get("a").Get("from"), n.Get("b"), n.Get("c").Get("e")
	got := []string{from.Value, at(src, from.Span), at(src, from.Slice(2, 11)), b.Value, at(src, b.Slice(2, 3)), at(src, b.Slice(7, 8)), at(src, e.Span)}
	want := []string{"${call.from}", "${call.from}", "call.from", "it's ${x}", "'", "x", "two"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
