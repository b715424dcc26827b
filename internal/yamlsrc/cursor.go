package yamlsrc

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// cursor walks over the text of a scalar and its known value at the same time and notes which bytes belong together.
// Every step compares, so that a walk that reaches the end of the value is right by construction.
type cursor struct {
	*source
	off   int
	value string
	done  int // bytes of value that have been found
	segs  []seg
}

// same takes n bytes that stand in the text as they stand in the value.
func (c *cursor) same(n int) bool {
	if c.off+n > len(c.text) || !strings.HasPrefix(c.value[c.done:], string(c.text[c.off:c.off+n])) {
		return false
	}
	if k := len(c.segs) - 1; k >= 0 && c.segs[k].same && c.segs[k].off+c.segs[k].offLen == c.off {
		c.segs[k].valLen += n
		c.segs[k].offLen += n
	} else {
		c.segs = append(c.segs, seg{c.done, n, c.off, n, true})
	}
	c.off += n
	c.done += n
	return true
}

// atom takes n bytes of the text that stand for put in the value.
func (c *cursor) atom(n int, put string) bool {
	if !strings.HasPrefix(c.value[c.done:], put) {
		return false
	}
	if put != "" {
		c.segs = append(c.segs, seg{c.done, len(put), c.off, n, false})
	}
	c.off += n
	c.done += len(put)
	return true
}

// lineBreak takes the break at the cursor as it reads in a value.
func (c *cursor) lineBreak() bool {
	n := c.breakLen(c.off)
	return c.atom(n, c.breakText(c.off, n))
}

// breakText returns how a break reads in a value: YAML 1.1 keeps only the Unicode line and paragraph separators.
func (c *cursor) breakText(off, n int) string {
	if n == 3 {
		return string(c.text[off : off+n])
	}
	return "\n"
}

func (c *cursor) char() int {
	_, n := utf8.DecodeRune(c.text[c.off:])
	return n
}

// fold takes a run of blanks and breaks inside of a plain or quoted scalar.
func (c *cursor) fold() bool {
	end, first, breaks := c.off, -1, 0
	for {
		if c.blank(end) {
			end++
			continue
		}
		n := c.breakLen(end)
		if n == 0 {
			break
		}
		if first < 0 {
			first = end
		}
		breaks++
		end += n
	}
	if breaks == 0 {
		return c.same(end - c.off)
	}
	c.off = first
	n := c.breakLen(first)
	switch {
	case n == 3:
		if !c.lineBreak() {
			return false
		}
	case breaks == 1:
		if !c.atom(n, " ") {
			return false
		}
	default:
		c.off += n
	}
	return c.breaksUntil(end)
}

// breaksUntil takes the breaks before end and passes the blanks between them.
func (c *cursor) breaksUntil(end int) bool {
	for c.off < end {
		if c.breakLen(c.off) == 0 {
			c.off++
		} else if !c.lineBreak() {
			return false
		}
	}
	return true
}

func (c *cursor) plain() bool {
	for c.done < len(c.value) {
		switch {
		case c.off >= len(c.text):
			return false
		case c.blank(c.off) || c.breakLen(c.off) > 0:
			if !c.fold() {
				return false
			}
		case !c.same(c.char()):
			return false
		}
	}
	return true
}

func (c *cursor) quoted(quote byte) bool {
	for c.off++; c.off < len(c.text); {
		ok := true
		switch b := c.text[c.off]; {
		case b == quote && quote == '\'' && c.off+1 < len(c.text) && c.text[c.off+1] == quote:
			ok = c.atom(2, "'")
		case b == quote:
			c.off++
			return c.done == len(c.value)
		case b == '\\' && quote == '"':
			ok = c.escape()
		case c.blank(c.off) || c.breakLen(c.off) > 0:
			ok = c.fold()
		default:
			ok = c.same(c.char())
		}
		if !ok {
			return false
		}
	}
	return false
}

const (
	escapeLetters = "0abt\tnvfre \"'/\\N_LP"
	escapeValues  = "\x00\a\b\t\t\n\v\f\r\x1b \"'/\\\u0085\u00a0\u2028\u2029"
)

func (c *cursor) escape() bool {
	if n := c.breakLen(c.off + 1); n > 0 {
		c.off += 1 + n
		end := c.off
		for c.blank(end) || c.breakLen(end) > 0 {
			end += max(c.breakLen(end), 1)
		}
		return c.breaksUntil(end)
	}
	if c.off+1 >= len(c.text) {
		return false
	}
	letter := c.text[c.off+1]
	if digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[letter]; digits > 0 {
		if c.off+2+digits > len(c.text) {
			return false
		}
		code, err := strconv.ParseUint(string(c.text[c.off+2:c.off+2+digits]), 16, 32)
		return err == nil && c.atom(2+digits, string(rune(code)))
	}
	i := strings.IndexByte(escapeLetters, letter)
	if i < 0 {
		return false
	}
	return c.atom(2, string([]rune(escapeValues)[i]))
}
