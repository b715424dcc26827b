package yamlsrc

import "strings"

// header is what stands after "|" or ">".
type header struct {
	chomp  byte // '-' strips, '+' keeps the line breaks at the end, 0 keeps one
	indent int  // 0 when it is found out from the text
}

func (c *cursor) header() (h header) {
	for c.off++; c.off < len(c.text); c.off++ {
		switch b := c.text[c.off]; {
		case b == '-' || b == '+':
			h.chomp = b
		case b >= '1' && b <= '9':
			h.indent = int(b - '0')
		default:
			c.off = c.eol(c.off)
			c.off += c.breakLen(c.off)
			return h
		}
	}
	return h
}

// block walks over a literal or folded scalar whose indicator stands at the cursor. It reports false when no indentation
// gives the value.
func (c *cursor) block(folded bool) bool {
	h := c.header()
	start := c.off
	for _, indent := range c.indents(h) {
		c.off, c.done, c.segs = start, 0, nil
		if c.lines(indent, h.chomp, folded) && c.done == len(c.value) {
			return true
		}
	}
	return false
}

// indents returns the indentations that are possible, likely ones first. What the author's indicator counts from depends
// on the lines above, so they are tried.
func (c *cursor) indents(h header) []int {
	off, widest := c.off, 1
	for {
		n := c.spaces(off)
		off += n
		widest = max(widest, n)
		brk := c.breakLen(off)
		if brk == 0 {
			break
		}
		off += brk
	}
	list := []int{widest}
	if h.indent > 0 {
		list = nil
		for i := h.indent; i <= max(widest, h.indent); i++ {
			list = append(list, i)
		}
	}
	return append(list, len(c.text)+1) // no text line at all
}

func (c *cursor) spaces(off int) int {
	n := 0
	for off+n < len(c.text) && c.text[off+n] == ' ' {
		n++
	}
	return n
}

// pending are the breaks between two text lines, which mean different things depending on what follows.
type pending struct {
	lead  int // offset of the break that ends a text line, -1 when there is none
	trail []int
}

func (c *cursor) lines(indent int, chomp byte, folded bool) bool {
	p := pending{lead: -1}
	column := c.indentation(indent, &p)
	for blankBefore := false; column == indent && c.off < len(c.text); {
		text := c.off
		blankNow := c.blank(text)
		fold := folded && !blankBefore && !blankNow && p.lead >= 0 && c.breakLen(p.lead) < 3
		if !c.join(p, fold) {
			return false
		}
		c.off = text
		blankBefore = blankNow
		if !c.same(c.eol(text) - text) {
			return false
		}
		p = pending{lead: -1}
		if n := c.breakLen(c.off); n > 0 {
			p.lead = c.off
			c.off += n
		}
		column = c.indentation(indent, &p)
	}
	return c.tail(p, chomp)
}

// indentation passes the spaces and empty lines before a text line and returns the column that it ends in.
func (c *cursor) indentation(indent int, p *pending) int {
	for {
		n := min(c.spaces(c.off), indent)
		brk := c.breakLen(c.off + n)
		if brk == 0 {
			c.off += n
			return n
		}
		c.off += n
		p.trail = append(p.trail, c.off)
		c.off += brk
	}
}

// join takes the breaks before a text line.
func (c *cursor) join(p pending, fold bool) bool {
	switch {
	case fold && len(p.trail) == 0:
		c.off = p.lead
		return c.atom(c.breakLen(p.lead), " ")
	case !fold && p.lead >= 0:
		p.trail = append([]int{p.lead}, p.trail...)
	}
	return c.breaksAt(p.trail)
}

func (c *cursor) breaksAt(offs []int) bool {
	for _, off := range offs {
		c.off = off
		if !c.lineBreak() {
			return false
		}
	}
	return true
}

// tail takes the breaks after the last text line. The cursor stops where the text ends, so that a span has no empty lines.
func (c *cursor) tail(p pending, chomp byte) bool {
	var kept []int
	if chomp != '-' && p.lead >= 0 {
		kept = append(kept, p.lead)
	}
	if chomp == '+' {
		kept = append(kept, p.trail...)
	}
	return c.breaksAt(kept)
}

// textSpan returns the offsets of the text lines of a block scalar that has been walked over. One without text is where
// its indicator stands.
func (c *cursor) textSpan(indicator int) (from, to int) {
	text := strings.TrimRight(c.value, "\r\n\u2028\u2029")
	from = -1
	for _, g := range c.segs {
		if from < 0 && g.same {
			from = g.off
		}
		if g.val < len(text) {
			to = g.off + g.offLen
		}
	}
	if text == "" || from < 0 {
		return indicator, c.eol(indicator)
	}
	return from, max(from, to)
}
