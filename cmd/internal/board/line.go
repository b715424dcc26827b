package board

import (
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/runtime/simulator"
)

// Line is one thing that happened, in words.
type Line struct {
	Time time.Time
	Who  string // name of the leg, "" for none
	Text string
	Kind simulator.Kind
	// Document is the one that the line is about, "" for none.
	Document string
	// Detail says that most readers can do without the line.
	Detail bool
}

// line keeps a line for the output. Those that nobody takes are forgotten.
func (b *Board) line(l Line) {
	l.Who, l.Text = Clean(l.Who), Clean(l.Text)
	b.lines = trim(append(b.lines, l))
}

// Clean replaces what a terminal would take for more than text: an application must not move its cursor.
func Clean(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar || unicode.In(r, unicode.Cf) {
			return ' '
		}
		return r
	}, text)
}

// Flush returns the lines since it was called last.
func (b *Board) Flush() []Line {
	lines := b.lines
	b.lines = nil
	return lines
}

// Stamp writes a time as minutes, seconds and milliseconds since the first event.
func (b *Board) Stamp(at time.Time) string {
	d := max(at.Sub(b.Start), 0)
	return fmt.Sprintf("%02d:%02d.%03d", int(d.Minutes()), int(d.Seconds())%60, d.Milliseconds()%1000)
}

// outcome tells how a request was answered.
func outcome(e simulator.Event) string {
	switch {
	case e.Err == "":
		return fmt.Sprint(e.Status)
	case e.Status == 0 || strings.Contains(e.Err, fmt.Sprint(e.Status)):
		return e.Err
	}
	return fmt.Sprintf("%d, %s", e.Status, e.Err)
}

// short is the path of a URL, without the query, which may hold a token that is long and different every time.
func short(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return link
	}
	if u.RawQuery == "" {
		return u.Path
	}
	name, _, _ := strings.Cut(u.RawQuery, "=")
	return u.Path + "?" + name + "=…"
}

// Outline names the verbs of a document with what matters of them.
func Outline(document string) string {
	d, err := bxml.Decode([]byte(document))
	if err != nil {
		return "a document that is no BXML"
	}
	if len(d.Verbs) == 0 {
		return "an empty document"
	}
	verbs := make([]string, len(d.Verbs))
	for i, e := range d.Verbs {
		verbs[i] = brief(e)
	}
	return strings.Join(verbs, " | ")
}

// brief names a verb with its attributes, those about URLs left out, and what it holds beside speech.
func brief(e *bxml.Element) string {
	text := e.Name
	if e.Name != "SpeakSentence" && e.Text != "" {
		text += " " + e.Text
	}
	for _, a := range e.Attributes {
		if !strings.HasSuffix(a.Name, "Url") && !strings.HasSuffix(a.Name, "Method") && !strings.HasSuffix(a.Name, "assword") {
			text += " " + a.Name + "=" + a.Value
		}
	}
	for _, child := range e.Children {
		text += " [" + brief(child) + "]"
	}
	return text
}

// Indent writes a document with one element to a line. The tokens in its URLs are left out.
func Indent(document string) string {
	var b strings.Builder
	depth := 0
	for line := range strings.SplitSeq(strings.ReplaceAll(strings.ReplaceAll(document, "\r\n", "\n"), "><", ">\n<"), "\n") {
		if strings.HasPrefix(line, "</") {
			depth--
		}
		b.WriteString(strings.Repeat("  ", max(depth, 0)) + untoken(line) + "\n")
		opens := strings.HasPrefix(line, "<") && !strings.HasPrefix(line, "</") && !strings.HasPrefix(line, "<?")
		if opens && !strings.HasSuffix(line, "/>") && !strings.Contains(line, "</") {
			depth++
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// untoken shortens the token of every URL in a line.
func untoken(line string) string {
	const mark = "?t="
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(line, mark)
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		b.WriteString(mark + "…")
		line = strings.TrimLeft(rest, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~%")
	}
}
