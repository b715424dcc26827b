package yamlfmt

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/internal/yamlsrc"
)

// check tests what holds for every text: it is refused or reads the same, its comments are the same, and formatting it once
// more changes nothing.
func check(t *testing.T, src string) {
	t.Helper()
	out, problems := Format("f.yaml", []byte(src))
	if problems.HasErrors() {
		if out != nil {
			t.Fatalf("%q: a text with problems became %q", src, out)
		}
		return
	}
	before, list := yamlsrc.Parse("f.yaml", []byte(src))
	if len(list) > 0 {
		t.Fatalf("%q: Parse says %v, and Format nothing", src, list)
	}
	after, _ := yamlsrc.Parse("f.yaml", out)
	if diff := cmp.Diff(outline(before), outline(after)); diff != "" {
		t.Fatalf("%q became %q, which reads differently:\n%s", src, out, diff)
	}
	if diff := cmp.Diff(remarks(src, before), remarks(string(out), after)); diff != "" {
		t.Fatalf("%q became %q, with other comments:\n%s", src, out, diff)
	}
	again, problems := Format("f.yaml", out)
	if !bytes.Equal(again, out) {
		t.Fatalf("%q became %q, and then %q %v", src, out, again, problems)
	}
}

// outline writes what a tree holds, in order and with styles, one node a line.
func outline(n *yamlsrc.Node) string {
	text := fmt.Sprintf("%v %d %v %q %q\n", n.Kind, n.Style, n.Resolved, n.Value, n.Comment)
	for _, e := range n.Entries {
		text += outline(e.Key) + outline(e.Value)
	}
	for _, item := range n.Items {
		text += outline(item)
	}
	return text
}

// remarks returns the comments of a text in order.
func remarks(src string, tree *yamlsrc.Node) []string {
	src = strings.TrimPrefix(strings.ReplaceAll(src, "\r\n", "\n"), "\ufeff")
	tokens, _ := lex(src, tree)
	var list []string
	for _, t := range tokens {
		if t.kind == comment {
			list = append(list, src[t.from:t.to])
		}
	}
	return list
}

func TestFormattingTheCorpusChangesNoMeaning(t *testing.T) {
	formatted := 0
	for path, text := range corpus(t) {
		out, problems := Format(path, []byte(text))
		if slices.ContainsFunc(problems, isFormat) {
			t.Errorf("%s is YAML, but is not formatted", path)
		}
		if out != nil {
			formatted++
			check(t, text)
		}
	}
	if formatted < 100 {
		t.Errorf("only %d files were formatted", formatted)
	}
}

// TestUglyFilesBecomeWhatTheyWere makes the samples ugly in ways that the formatter mends wholly.
func TestUglyFilesBecomeWhatTheyWere(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for path, want := range corpus(t) {
		if !strings.HasPrefix(path, "../../flows/") {
			continue
		}
		ugly := uglier(r, want)
		got, problems := Format(path, []byte(ugly))
		if diff := cmp.Diff(lines(want), lines(string(got))); diff != "" {
			t.Fatalf("%s: %v (-want +got)\n%s\nof\n%s", path, problems, diff, ugly)
		}
		check(t, ugly)
	}
}

// lines returns the lines of a text. How far a comment stands from what is before it depends on how that was written.
func lines(text string) []string {
	return strings.Split(regexp.MustCompile(`  +#`).ReplaceAllString(text, "  #"), "\n")
}

var (
	dashes = regexp.MustCompile(`^(- )+`)
	commas = regexp.MustCompile(`, (\w+: )`)
)

// uglier moves lines and adds space where it means nothing. Inside of lines with a comment or quotes nothing is changed.
func uglier(r *rand.Rand, text string) string {
	var b strings.Builder
	step := 2 + r.IntN(3)
	for line := range strings.Lines(text) {
		inner := strings.TrimLeft(line, " ")
		b.WriteString(strings.Repeat(" ", (len(line)-len(inner))/indent*step))
		if !strings.ContainsAny(inner, "#'\"") && r.IntN(2) == 0 {
			inner = commas.ReplaceAllString(inner, " ,  $1")
			inner = strings.ReplaceAll(inner, "}", "\t}")
			inner = strings.ReplaceAll(inner, ": ", ":   ")
			inner = strings.ReplaceAll(inner, "\n", "  \n")
		}
		inner = dashes.ReplaceAllStringFunc(inner, func(s string) string {
			return strings.ReplaceAll(s, "- ", "-"+strings.Repeat(" ", step-1))
		})
		b.WriteString(inner)
	}
	return "\n" + b.String() + "\n\n"
}

func FuzzFormat(f *testing.F) {
	for _, text := range corpus(f) {
		if len(text) < 2000 {
			f.Add(text)
		}
	}
	for _, seed := range []string{
		"a: |2-\n    x\n # c\n", "- - &x a\n  - *x\n", "? a\n: - b\n  - c\n", "a: [b: c, {d: }, 'e' ] # f\n", "--- \n- a\n...\n", "a: \"x\\ \n y\"\n", "a: >+\n\n x\n\n",
		"a:\n- b\n# c\nd: 1\n", "a: b\n c\n\n d # e\n", "a: !!str &x |\n  y\n", "a\u2028b: c\n", "a: 1\rb: 2\n", "[a,\n#b\nc]: d",
	} {
		f.Add(seed)
	}
	f.Fuzz(check)
}

func isFormat(d diag.Diagnostic) bool { return d.Rule == RuleFormat }
