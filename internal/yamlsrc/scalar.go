package yamlsrc

import (
	"strings"

	"gopkg.in/yaml.v3"
)

func (b *builder) scalar(y *yaml.Node, p props) (*Node, int) {
	n := &Node{Value: y.Value, Style: scalarStyle(y.Style), src: b.source}
	var end int
	if n.IsMissing() {
		end = p.end
		n.Span = b.span(end, end)
	} else {
		end = b.place(n, p.next)
	}
	tag := string(b.text[p.tag:p.tagEnd])
	switch {
	case tag != "" && tag != "!!str":
		b.tagged(n, p.tag, end)
	case tag == "" && n.Style == Plain:
		n.Resolved = resolved(y.ShortTag())
	}
	if n.Style == Plain {
		n.Comment = b.comment(end)
	}
	return n, end
}

// place finds the text of n, which begins at start, and returns its end.
func (b *builder) place(n *Node, start int) int {
	c := &cursor{source: b.source, off: start, value: n.Value}
	if !c.walk(n.Style) {
		end := max(start, b.eol(start))
		n.Span = b.span(start, end)
		return end
	}
	n.segs = c.segs
	from, to := start, c.off
	if n.Style == Literal || n.Style == Folded {
		from, to = c.textSpan(start)
	}
	n.Span = b.span(from, to)
	return to
}

func (c *cursor) walk(style Style) bool {
	switch style {
	case Single:
		return c.quoted('\'')
	case Double:
		return c.quoted('"')
	case Literal, Folded:
		return c.block(style == Folded)
	}
	return c.plain()
}

// tagged refuses a tag on a scalar and makes n what the author most likely meant: all of it text.
func (b *builder) tagged(n *Node, from, to int) {
	text := string(b.text[from:to])
	d := b.errorf(RuleTag, b.span(from, to), "%q is read as a YAML tag, not as text", firstLine(text))
	if strings.ContainsAny(text, "\r\n") {
		d.WithHelp(`quote the text, or remove the tag that begins with "!"`)
		return
	}
	d.WithHelp("quote it: %s", quote(text))
	n.Value, n.Style, n.Resolved = text, Plain, Str
	n.Span = b.span(from, to)
	n.segs = []seg{{valLen: len(text), off: from, offLen: len(text), same: true}}
}

func scalarStyle(s yaml.Style) Style {
	switch {
	case s&yaml.DoubleQuotedStyle != 0:
		return Double
	case s&yaml.SingleQuotedStyle != 0:
		return Single
	case s&yaml.LiteralStyle != 0:
		return Literal
	case s&yaml.FoldedStyle != 0:
		return Folded
	}
	return Plain
}

func resolved(tag string) Resolved {
	switch tag {
	case "!!int":
		return Int
	case "!!float":
		return Float
	case "!!bool":
		return Bool
	case "!!null":
		return Null
	case "!!timestamp":
		return Timestamp
	}
	return Str
}

// quote returns text as a quoted scalar on one line.
func quote(text string) string {
	if strings.ContainsAny(text, `"\`) {
		return "'" + strings.ReplaceAll(text, "'", "''") + "'"
	}
	return `"` + text + `"`
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return strings.TrimSpace(line)
}
