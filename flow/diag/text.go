package diag

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// Sources returns the text of a file, nil when it has none.
type Sources func(file string) []byte

// TextOptions says how problems are written as text.
type TextOptions struct {
	Color bool // with ANSI colours, for terminals
}

// Text writes every problem of list as
//
//	file:line:col: severity: message [rule]
//	    the source line
//	        ^~~~
//	    help: what to do
//	file:line:col: note: a related place
//	    its source line
//	    ^~~~
//
// A span over several lines is underlined to the end of its first. src may be nil; problems whose source is not known are
// written without it. Control characters are replaced, so that no file can drive the terminal. The error is that of w.
func Text(w io.Writer, list List, src Sources, o TextOptions) error {
	t := &text{src: src, lines: map[string][]string{}, color: o.Color}
	for _, d := range list {
		t.diagnostic(d)
		if _, err := t.out.WriteTo(w); err != nil {
			return fmt.Errorf("write problems: %w", err)
		}
	}
	return nil
}

const (
	margin  = "    "
	maxLine = 160 // code points of a source line that are shown
	before  = 60  // of them before the span
)

type text struct {
	out   bytes.Buffer
	src   Sources
	lines map[string][]string
	color bool
}

// ANSI attributes.
const (
	bold   = "1"
	red    = "1;31"
	yellow = "1;33"
	cyan   = "1;36"
	green  = "1;32"
)

func (t *text) paint(attribute, s string) string {
	if !t.color || s == "" {
		return s
	}
	return "\x1b[" + attribute + "m" + s + "\x1b[0m"
}

func (t *text) diagnostic(d Diagnostic) {
	attribute := cyan
	switch d.Severity {
	case Error:
		attribute = red
	case Warning:
		attribute = yellow
	}
	t.head(d.Span, t.paint(attribute, d.Severity.String()+":"), d.Message)
	if d.Rule != "" {
		t.out.WriteString(" [" + d.Rule + "]")
	}
	t.out.WriteByte('\n')
	t.excerpt(d.Span)
	if d.Help != "" {
		help := strings.ReplaceAll(clean(d.Help), "\n", "\n"+margin+"      ")
		t.out.WriteString(margin + t.paint(bold, "help:") + " " + help + "\n")
	}
	for _, r := range d.Related {
		t.head(r.Span, t.paint(cyan, "note:"), r.Message)
		t.out.WriteByte('\n')
		t.excerpt(r.Span)
	}
}

func (t *text) head(s Span, kind, message string) {
	if place := clean(s.String()); place != "" {
		t.out.WriteString(t.paint(bold, place+":") + " ")
	}
	t.out.WriteString(kind + " " + strings.ReplaceAll(clean(message), "\n", " "))
}

// excerpt writes the line that s begins on and underlines s.
func (t *text) excerpt(s Span) {
	line, ok := t.line(s.File, s.Start.Line)
	if !ok {
		return
	}
	runes := []rune(line)
	from := min(max(s.Start.Col-1, 0), len(runes))
	to := len(runes)
	if s.End.Line == s.Start.Line {
		to = min(max(s.End.Col-1, from), len(runes))
	}
	shown, from, to := window(runes, from, to)
	t.out.WriteString(margin + strings.TrimRight(string(shown), " ") + "\n")
	t.out.WriteString(margin + pad(shown[:from]) + t.paint(green, underline(shown[from:to])) + "\n")
}

// window cuts a long line down to what stands around the span.
func window(line []rune, from, to int) (shown []rune, newFrom, newTo int) {
	if len(line) <= maxLine {
		return line, from, to
	}
	dots := []rune("...")
	start := min(max(from-before, 0), len(line)-maxLine)
	end := min(start+maxLine, len(line))
	shown = line[start:end:end]
	if end < len(line) {
		shown = append(shown, dots...)
	}
	shift := -start
	if start > 0 {
		shown = append(dots, shown...)
		shift += len(dots)
	}
	return shown, from + shift, min(to, end) + shift
}

// pad returns blanks as wide as line, with its tabs.
func pad(line []rune) string {
	var b strings.Builder
	for _, r := range line {
		if r == '\t' {
			b.WriteByte('\t')
		} else {
			b.WriteString("  "[:width(r)])
		}
	}
	return b.String()
}

// underline returns "^~~~" as wide as part.
func underline(part []rune) string {
	columns := 0
	for _, r := range part {
		columns += width(r)
	}
	return "^" + strings.Repeat("~", max(columns-1, 0))
}

// line returns line n of a file as it can be shown.
func (t *text) line(file string, n int) (string, bool) {
	if t.src == nil || n < 1 {
		return "", false
	}
	lines, known := t.lines[file]
	if !known {
		if src := t.src(file); src != nil {
			lines = strings.Split(strings.TrimPrefix(string(src), "\ufeff"), "\n")
		}
		t.lines[file] = lines
	}
	if n > len(lines) {
		return "", false
	}
	return clean(strings.TrimSuffix(lines[n-1], "\r")), true
}

// clean replaces control characters, one by one, so that columns stay.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\t' && r != '\n' || r == '\u2028' || r == '\u2029' || isBidi(r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// isBidi reports whether r changes the direction of the text after it, which would make it look like another text.
func isBidi(r rune) bool { return r >= '\u202A' && r <= '\u202E' || r >= '\u2066' && r <= '\u2069' }

// wide holds the blocks whose characters fill two columns of a terminal: East Asian scripts and emoji.
var wide = [][2]rune{
	{0x1100, 0x115F}, {0x2E80, 0x303E}, {0x3041, 0xA4CF}, {0xAC00, 0xD7A3}, {0xF900, 0xFAFF}, {0xFE30, 0xFE6F},
	{0xFF00, 0xFF60}, {0xFFE0, 0xFFE6}, {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1FAFF}, {0x20000, 0x3FFFD},
}

// width returns the columns that r fills: 0 for marks on the character before, 2 for wide ones.
func width(r rune) int {
	if r < 0x300 {
		return 1
	}
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
		return 0
	}
	for _, block := range wide {
		if r >= block[0] && r <= block[1] {
			return 2
		}
	}
	return 1
}
