// Package yamlfmt lays out YAML files the same way whoever wrote them.
//
// It changes white space and nothing else: two spaces for each level, lists further in than the key above them, one space
// where one belongs and none where none does, at most one empty line, and none at either end of the file. Comments, order,
// quotes, the text of every value and where lines end stay as they are: nothing is wrapped and nothing is joined.
package yamlfmt

import (
	"bytes"
	"slices"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/internal/yamlsrc"
)

// RuleFormat is the rule of the diagnostic about a text that is right, but is not formatted.
const RuleFormat = "yaml-format"

// Format returns src in the layout of the package; file is the name that places carry. Formatting what it returned changes
// nothing more. Lines end as the first line of src does, with LF or CRLF; a byte order mark is dropped.
//
// Text that yamlsrc.Parse finds something wrong with is not formatted: the text is nil and the list says why. The same holds
// for rare YAML of which the result would not read as src does, such as lines that end with a lone carriage return.
func Format(file string, src []byte) ([]byte, diag.List) {
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	text := bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n"))
	tree, problems := yamlsrc.Parse(file, text)
	if tree == nil || problems.HasErrors() {
		return nil, problems
	}
	out, ok := layOut(string(text), tree)
	if !ok || !same(file, text, out, tree) {
		problems.Errorf(RuleFormat, diag.Span{File: file}, "the file cannot be laid out without changing what it says").
			WithHelp("write it in a plainer way: keys without \"?\", and lines that end with a line feed")
		return nil, problems
	}
	if i := bytes.IndexByte(src, '\n'); i > 0 && src[i-1] == '\r' {
		out = bytes.ReplaceAll(out, []byte("\n"), []byte("\r\n"))
	}
	return out, problems
}

// same reports whether out differs from text in white space only and reads as the same tree. It is what Format promises,
// checked once more for every file.
func same(file string, text, out []byte, tree *yamlsrc.Node) bool {
	if !bytes.Equal(ink(text), ink(out)) {
		return false
	}
	again, problems := yamlsrc.Parse(file, out)
	return len(problems) == 0 && again != nil && equal(tree, again)
}

// ink returns text without white space.
func ink(text []byte) []byte {
	return bytes.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\n", r) {
			return -1
		}
		return r
	}, text)
}

// equal reports whether two trees hold the same, written in the same style.
func equal(a, b *yamlsrc.Node) bool {
	return a.Kind == b.Kind && a.Value == b.Value && a.Style == b.Style && a.Resolved == b.Resolved && a.Comment == b.Comment &&
		slices.EqualFunc(a.Items, b.Items, equal) &&
		slices.EqualFunc(a.Entries, b.Entries, func(a, b yamlsrc.Entry) bool { return equal(a.Key, b.Key) && equal(a.Value, b.Value) })
}
