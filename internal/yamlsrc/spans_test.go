package yamlsrc

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow/diag"
)

// at returns the text at a span, found the slow way.
func at(src string, span diag.Span) string {
	src = strings.TrimPrefix(src, "\ufeff")
	return src[byteOffset(src, span.Start):byteOffset(src, span.End)]
}

func byteOffset(src string, p diag.Pos) int {
	off := 0
	for range p.Line - 1 {
		off += strings.IndexByte(src[off:], '\n') + 1
	}
	for range p.Col - 1 {
		_, n := utf8.DecodeRuneInString(src[off:])
		off += n
	}
	return off
}

// walk calls see for every node, keys included.
func walk(n *Node, see func(*Node)) {
	see(n)
	for _, e := range n.Entries {
		walk(e.Key, see)
		walk(e.Value, see)
	}
	for _, i := range n.Items {
		walk(i, see)
	}
}

func mustParse(t *testing.T, src string) *Node {
	t.Helper()
	n, list := Parse("f.yaml", []byte(src))
	if len(list) > 0 || n == nil {
		t.Fatalf("Parse(%q) = %v, %v", src, n, list)
	}
	return n
}

func TestSpansHoldExactlyTheTextOfANode(t *testing.T) {
	tests := []struct{ name, src, value, text string }{
		{"plain", "a: one two # c\n", "one two", "one two"},
		{"plain over lines", "a: one\n  two\n\n  three\nb: 1\n", "one two\nthree", "one\n  two\n\n  three"},
		{"plain with CRLF", "a: one\r\n  two\r\nb: 1\r\n", "one two", "one\r\n  two"},
		{"plain in flow", "a: {a: x y, b: z}\n", "", "{a: x y, b: z}"},
		{"plain after wide text", "ключ: 日本 語\n", "日本 語", "日本 語"},
		{"plain with colon and hash", "a: http://x#y:z\n", "http://x#y:z", "http://x#y:z"},
		{"single", "a: 'it''s' # c\n", "it's", "'it''s'"},
		{"single over lines", "a: 'one\n  two\n\n  three'\n", "one two\nthree", "'one\n  two\n\n  three'"},
		{"double", `a: "x\ty\u00e9\"" # c`, "x\tyé\"", `"x\ty\u00e9\""`},
		{"double over lines", "a: \"one\n   two \\\n   three\"\n", "one two three", "\"one\n   two \\\n   three\""},
		{"literal", "a: |\n  one\n   two\n\nb: 1\n", "one\n two\n", "one\n   two"},
		{"literal stripped", "a: |-\n  one\n  two\n", "one\ntwo", "one\n  two"},
		{"literal kept", "a: |+\n  one\n\n\nb: 1\n", "one\n\n\n", "one"},
		{"literal with indentation", "a:\n  b: |2\n      one\n    two\n", "", "b: |2\n      one\n    two"},
		{"literal at the end without break", "a: |\n  one", "one", "one"},
		{"literal after comment", "a: | # c\n\n  one\n", "\none\n", "one"},
		{"literal with CRLF", "a: |\r\n  one\r\n  two\r\n", "one\ntwo\n", "one\r\n  two"},
		{"folded", "a: >\n  one\n  two\n\n  three\n", "one two\nthree\n", "one\n  two\n\n  three"},
		{"folded with deeper lines", "a: >-\n  one\n    two\n  three\n", "one\n  two\nthree", "one\n    two\n  three"},
		{"empty literal", "a: |\nb: 1\n", "", "|"},
		{"flow list", "a: [1, [2, 3], ] # c\n", "", "[1, [2, 3], ]"},
		{"flow map over lines", "a: {\n  b: 1, # c ]\n  c:\n}\nd: 1\n", "", "{\n  b: 1, # c ]\n  c:\n}"},
		{"empty flow", "a: [ ]\n", "", "[ ]"},
		{"block map", "a:\n  b: 1\n  c: 2\nd: 1\n", "", "b: 1\n  c: 2"},
		{"block list", "a:\n  - 1\n  - b: 2\nd: 1\n", "", "- 1\n  - b: 2"},
		{"list at the margin", "a:\n- 1\n-\nd: 1\n", "", "- 1\n-"},
		{"anchored", "a: &x one\n", "one", "one"},
		{"anchored map", "a: &x\n  b: 1\n", "", "b: 1"},
		{"anchored literal", "a: &x |\n  one\n", "one\n", "one"},
		{"tagged as text", "a: !!str 012\n", "012", "012"},
		{"missing", "a:\n", "", ""},
		{"missing before comment", "a: # c\nb: 1\n", "", ""},
		{"byte order mark", "\ufeffa: x\n", "x", "x"},
		{"tab before value", "a:\tx\n", "x", "x"},
		{"explicit key", "? a\n: x\n", "x", "x"},
		{"after document start", "---\na: x\n...\n", "x", "x"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			n := mustParse(t, test.src).Entries[0].Value
			if diff := cmp.Diff([]string{test.value, test.text}, []string{n.Value, at(test.src, n.Span)}); diff != "" {
				t.Errorf("value and text (-want +got)\n%s", diff)
			}
		})
	}
}

func TestSpansOfMissingValuesStandWhereTheValueWouldBegin(t *testing.T) {
	n := mustParse(t, "a:\nb: {c, d: }\n")
	b := n.Get("b")
	got := fmt.Sprint(n.Get("a").Span, b.Get("c").Span, b.Get("d").Span)
	if got != "f.yaml:1:3 f.yaml:2:6 f.yaml:2:11" {
		t.Error(got)
	}
}

func TestAliasesStandWhereTheyAreUsed(t *testing.T) {
	const src = "a: &x {b: one}\nc: *x # again\nd: [*x]\n"
	n := mustParse(t, src)
	c := n.Get("c")
	got := []string{at(src, c.Span), c.Comment, c.Get("b").Span.String(), at(src, n.Get("d").Items[0].Span)}
	if diff := cmp.Diff([]string{"*x", "# again", "f.yaml:1:11", "*x"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestSliceFindsAPieceOfAValue(t *testing.T) {
	tests := []struct{ name, src, part, text string }{
		{"plain", "a: to ${call.to} now\n", "call.to", "call.to"},
		{"plain across lines", "a: to ${call.to\n   }} now\n", "to }", "to\n   }"},
		{"second line of plain", "a: one\n  two three\n", "three", "three"},
		{"plain with wide text", "a: 日本 ${x}\n", "x", "x"},
		{"single with quote", "a: 'it''s ${x}'\n", "x", "x"},
		{"the quote itself", "a: 'it''s ${x}'\n", "'", "''"},
		{"double with escapes", `a: "\t\u00e9\x41 ${x}"`, "x", "x"},
		{"an escape", `a: "say \"hi\" now"`, `"hi"`, `\"hi\"`},
		{"long escape", `a: "x\U0001F600y"`, "😀", `\U0001F600`},
		{"double across lines", "a: \"one\n  ${x}\"\n", "x", "x"},
		{"double with escaped break", "a: \"one\\\n  two ${x}\"\n", "e" + "two", "e\\\n  two"},
		{"literal", "a: |\n  one\n  to ${x}\n", "x", "x"},
		{"literal line break", "a: |\n  one\n  two\n", "one\n", "one\n"},
		{"literal across lines", "a: |\n  one\n  two\n", "e\nt", "e\n  t"},
		{"folded", "a: >\n  one\n  to ${x}\n", "x", "x"},
		{"fold of folded", "a: >\n  one\n  two\n", "one two", "one\n  two"},
		{"CRLF", "a: |\r\n  one\r\n  ${x}\r\n", "x", "x"},
		{"key", "${x}: 1\n", "x", "x"},
		{"tagged text", "a: !!str to ${x}\n", "x", "x"},
		{"anchored text", "a: &a to ${x}\n", "x", "x"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := mustParse(t, test.src).Entries[0]
			n := e.Value
			if test.name == "key" {
				n = e.Key
			}
			i := strings.Index(n.Value, test.part)
			if got := at(test.src, n.Slice(i, i+len(test.part))); i < 0 || got != test.text {
				t.Errorf("%q of %q is %q, want %q", test.part, n.Value, got, test.text)
			}
		})
	}
}

func TestSliceFallsBackToTheWholeScalar(t *testing.T) {
	n := mustParse(t, "a: &x one\nb: *x\nc: ''\n")
	a, b, c := n.Get("a"), n.Get("b"), n.Get("c")
	for _, got := range []struct{ name, span, want string }{
		{"beyond the end", a.Slice(1, 9).String(), a.Span.String()},
		{"backwards", a.Slice(2, 1).String(), a.Span.String()},
		{"of an alias", b.Slice(1, 2).String(), b.Span.String()},
		{"of nothing", c.Slice(0, 0).String(), c.Span.String()},
		{"empty at the end", a.Slice(3, 3).String(), "f.yaml:1:10"},
	} {
		if got.span != got.want {
			t.Errorf("%s: %s, want %s", got.name, got.span, got.want)
		}
	}
}
