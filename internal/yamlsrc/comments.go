package yamlsrc

import (
	"bytes"
	"cmp"
	"slices"
	"sort"

	"github.com/bxmlflow/bxmlflow/flow/diag"
)

// Comment is a comment of a file.
type Comment struct {
	Text string // with its "#", without blanks behind it
	Span diag.Span
	// Line is the line that the comment is about: its own when something stands before it, else the next one that is neither
	// blank nor a comment. 0 when there is none.
	Line int
}

// Comments returns those comments of the file with the root n that contain mark, in order. What looks like a comment inside of
// quotes or of a block of text is none.
func (n *Node) Comments(mark string) []Comment {
	if n.src == nil || !bytes.Contains(n.src.bytes, []byte(mark)) {
		return nil
	}
	c := &commenter{original: n.src.original}
	c.gather(n)
	slices.SortFunc(c.texts, func(a, b diag.Span) int { return cmp.Or(before(a.Start, b.Start), before(a.End, b.End)) })
	var list []Comment
	for i := range c.lines {
		line := c.text(i)
		if !bytes.Contains(line, []byte(mark)) {
			continue
		}
		at := c.begin(i)
		if at < 0 || !bytes.Contains(line[at:], []byte(mark)) {
			continue
		}
		list = append(list, Comment{
			Text: string(line[at:]), Line: c.about(i, at),
			Span: diag.Span{File: c.file, Start: c.place(i, at), End: c.place(i, len(line))},
		})
	}
	return list
}

// commenter finds comments between the scalars of a file.
type commenter struct {
	*original
	texts []diag.Span // places of the scalars, in order
}

// gather collects the places of scalars. Those of an alias are met twice, which does no harm.
func (c *commenter) gather(n *Node) {
	if n.Kind == Scalar {
		c.texts = append(c.texts, n.Span)
	}
	for _, e := range n.Entries {
		c.gather(e.Key)
		c.gather(e.Value)
	}
	for _, item := range n.Items {
		c.gather(item)
	}
}

func before(p, q diag.Pos) int { return cmp.Or(cmp.Compare(p.Line, q.Line), cmp.Compare(p.Col, q.Col)) }

// text returns line i, from 0, without its end and blanks before that.
func (c *commenter) text(i int) []byte {
	end := len(c.bytes)
	if i+1 < len(c.lines) {
		end = c.lines[i+1]
	}
	return bytes.TrimRight(c.bytes[c.lines[i]:end], " \t\r\n")
}

// begin returns where the comment of line i begins in it, -1 when it has none.
func (c *commenter) begin(i int) int {
	line := c.text(i)
	for at, b := range line {
		if b != '#' || at > 0 && line[at-1] != ' ' && line[at-1] != '\t' {
			continue
		}
		if !c.inText(c.place(i, at)) {
			return at
		}
	}
	return -1
}

// place returns where the byte at an offset of line i stands.
func (c *commenter) place(i, at int) diag.Pos {
	return diag.Pos{Line: i + 1, Col: c.count(c.lines[i]+at) - c.count(c.lines[i]) + 1}
}

// inText reports whether a place lies inside of a scalar.
func (c *commenter) inText(p diag.Pos) bool {
	behind := sort.Search(len(c.texts), func(i int) bool { return p.Before(c.texts[i].Start) })
	return behind > 0 && p.Before(c.texts[behind-1].End)
}

// about returns the line that a comment at an offset of line i is about.
func (c *commenter) about(i, at int) int {
	if len(bytes.TrimSpace(c.text(i)[:at])) > 0 {
		return i + 1
	}
	for i++; i < len(c.lines); i++ {
		if first := bytes.TrimLeft(c.text(i), " \t"); len(first) > 0 && first[0] != '#' {
			return i + 1
		}
	}
	return 0
}
