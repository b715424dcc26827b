package yamlsrc

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/bxmlflow/bxmlflow/flow/diag"
)

// Pieces of scalars, legal in every style that they are used in.
var (
	wordPieces   = []string{"a", "one", "${x}", "日本", "é", "x:y", "a#b", "it", "1"}
	spacePieces  = []string{" ", "  ", "\n   ", "\n\n   ", "\r\n   ", " \n\n\n   "}
	singlePieces = append([]string{"''", "\"", "\\", "#", ": "}, wordPieces...)
	doublePieces = append([]string{`\"`, `\\`, `\n`, `\t`, `\x41`, `\u00e9`, `\U0001F600`, `\_`, "'", "\\\n   ", ": "}, wordPieces...)
	linePieces   = append([]string{"'", "\"", "\\", " ", ": ", "# "}, wordPieces...)
)

func pick(r *rand.Rand, from []string) string { return from[r.IntN(len(from))] }

// scalarText returns a random scalar, which must be indented by three.
func scalarText(r *rand.Rand, style Style) string {
	words, open := wordPieces, ""
	switch style {
	case Single:
		words, open = singlePieces, "'"
	case Double:
		words, open = doublePieces, `"`
	case Literal, Folded:
		return blockText(r, style)
	}
	text := pick(r, wordPieces)
	for range r.IntN(6) {
		if r.IntN(2) == 0 {
			text += pick(r, spacePieces)
		}
		text += pick(r, words) + pick(r, wordPieces)
	}
	return open + text + open
}

func blockText(r *rand.Rand, style Style) string {
	text := map[Style]string{Literal: "|", Folded: ">"}[style] + pick(r, []string{"", "-", "+"})
	for i := range 1 + r.IntN(5) {
		text += pick(r, []string{"\n", "\n", "\r\n", "\n\n", "\n   \n"}) + "   "
		if i > 0 {
			text += pick(r, []string{"", "", "  "})
		}
		text += pick(r, wordPieces)
		for range r.IntN(4) {
			text += pick(r, linePieces)
		}
	}
	return text
}

// Every piece of a value is found in the source as what decodes to it.
func TestSliceOfRandomScalars(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 4000 {
		style := Style(r.IntN(int(Folded) + 1))
		src := "k: 1\nа:\n  b: " + scalarText(r, style) + "\n  c: 1\n"
		n := mustParse(t, src).Get("а").Get("b")
		if n.Style != style || len(n.segs) == 0 {
			t.Fatalf("%q: style %v, %d segments", src, n.Style, len(n.segs))
		}
		for range 10 {
			from, to := substring(r, n.Value)
			checkSlice(t, src, n, from, to)
		}
	}
}

func substring(r *rand.Rand, s string) (from, to int) {
	from = r.IntN(len(s) + 1)
	to = from + r.IntN(len(s)-from+1)
	for from < len(s) && !utf8.RuneStart(s[from]) {
		from--
	}
	for to < len(s) && !utf8.RuneStart(s[to]) {
		to++
	}
	return from, to
}

func checkSlice(t *testing.T, src string, n *Node, from, to int) {
	t.Helper()
	want, text := n.Value[from:to], at(src, n.Slice(from, to))
	if !strings.ContainsAny(want, " \n") && n.Style != Single && n.Style != Double {
		if text != want {
			t.Fatalf("%q: value[%d:%d] = %q is at %q", src, from, to, want, text)
		}
		return
	}
	if got := decoded(t, text, n.Style); squeeze(got) != squeeze(want) {
		t.Fatalf("%q: value[%d:%d] = %q is at %q, which reads %q", src, from, to, want, text, got)
	}
}

// decoded reads text as YAML would within a scalar of the style.
func decoded(t *testing.T, text string, style Style) string {
	t.Helper()
	quote := map[Style]string{Single: "'", Double: `"`}[style]
	if quote == "" || text == "" {
		return text
	}
	var value string
	if err := yaml.Unmarshal([]byte(quote+text+quote), &value); err != nil {
		t.Fatalf("decode %q: %v", text, err)
	}
	return value
}

// squeeze makes folds comparable: how many blanks and breaks a part of a fold stands for is a matter of taste.
func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

func FuzzParse(f *testing.F) {
	for _, seed := range append(syntaxSeeds(),
		"a: &x [1, {b: 'c'}]\nd: *x\n", "a: |2-\n   x\n", "\ufeffa: >+\r\n x\r\n\r\n", "a: !t b\n", "a: \"\\\n x\"\n", "? [a]\n: b\n", "--- a\n...\n", "a\u2028 b: c\n", "a: [b: c, ? d]\n", "- - - x\n",
	) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, src string) {
		n, list := Parse("f.yaml", []byte(src))
		for _, d := range list {
			checkSpan(t, src, d.Span)
			for _, related := range d.Related {
				checkSpan(t, src, related.Span)
			}
		}
		if n == nil && !list.HasErrors() {
			t.Fatalf("%q: neither a tree nor an error", src)
		}
		if n != nil {
			walk(n, func(n *Node) { checkNode(t, src, n, list) })
		}
	})
}

func checkNode(t *testing.T, src string, n *Node, list diag.List) {
	checkSpan(t, src, n.Span)
	if n.Kind != Scalar {
		return
	}
	checkSpan(t, src, n.Slice(0, len(n.Value)/2))
	checkSpan(t, src, n.Slice(len(n.Value)/2, len(n.Value)))
	if len(list) == 0 && n.Value != "" && len(n.segs) == 0 && !strings.HasPrefix(at(src, n.Span), "*") {
		t.Fatalf("%q: the text of %q was not found", src, n.Value)
	}
}

func checkSpan(t *testing.T, src string, s diag.Span) {
	t.Helper()
	lines := strings.Split(strings.TrimPrefix(src, "\ufeff"), "\n")
	if !s.Start.IsValid() && len(src) > MaxBytes {
		return
	}
	for _, p := range []diag.Pos{s.Start, s.End} {
		if p.Line < 1 || p.Line > len(lines) || p.Col < 1 || p.Col > utf8.RuneCountInString(lines[p.Line-1])+2 {
			t.Fatalf("%q: %v lies outside of the file", src, s)
		}
	}
	if s.End.Before(s.Start) {
		t.Fatalf("%q: %v ends before it begins", src, s)
	}
}
