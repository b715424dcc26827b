package bxml

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// SyntaxError says where a text is not what it should be.
type SyntaxError struct {
	Offset    int // in bytes, from 0
	Line, Col int // from 1; Col counts code points
	Message   string
	Help      string // what to do, may be empty
	operation string
}

// Error returns the operation, the place and the message.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%s: line %d, column %d: %s", e.operation, e.Line, e.Col, e.Message)
}

const (
	maxDepth      = 32 // of elements in elements
	maxAttributes = 64 // of one element
)

// scanner reads markup. With holes set, ${ ... } is opaque and text is not changed.
type scanner struct {
	src       string
	pos       int
	holes     bool
	operation string
	places    []int  // offsets of the attributes of the last start tag
	ends      []int  // where they end
	noted     Places // nil when nobody asks
}

func (s *scanner) fail(offset int, help, format string, args ...any) error {
	before := s.src[:offset]
	line := strings.LastIndexByte(before, '\n') + 1
	return &SyntaxError{Offset: offset, Line: strings.Count(before, "\n") + 1, Col: utf8.RuneCountInString(before[line:]) + 1,
		Message: fmt.Sprintf(format, args...), Help: help, operation: s.operation}
}

// characters checks that XML can hold every character of the source.
func (s *scanner) characters() error {
	for i := 0; i < len(s.src); {
		r, width := utf8.DecodeRuneInString(s.src[i:])
		if r == utf8.RuneError && width == 1 {
			return s.fail(i, "", "invalid UTF-8")
		}
		if !isChar(r) {
			return s.fail(i, "", "character %U is not allowed", r)
		}
		i += width
	}
	return nil
}

func (s *scanner) rest() string { return s.src[s.pos:] }

func (s *scanner) take(prefix string) bool {
	if !strings.HasPrefix(s.rest(), prefix) {
		return false
	}
	s.pos += len(prefix)
	return true
}

// space skips white space and reports whether there was any.
func (s *scanner) space() bool {
	start := s.pos
	for s.pos < len(s.src) && isSpace(s.src[s.pos]) {
		s.pos++
	}
	return s.pos > start
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func (s *scanner) name() (string, error) {
	n := nameLength(s.rest())
	if n == 0 {
		return "", s.fail(s.pos, "", "a name is missing")
	}
	s.pos += n
	return s.src[s.pos-n : s.pos], nil
}

// startTag reads a start tag from its name on. Closed says that it was the whole element.
func (s *scanner) startTag() (name string, attributes []Attr, closed bool, err error) {
	if name, err = s.name(); err != nil {
		return "", nil, false, err
	}
	s.places, s.ends = s.places[:0], s.ends[:0]
	for {
		spaced := s.space()
		switch {
		case s.take("/>"):
			return name, attributes, true, nil
		case s.take(">"):
			return name, attributes, false, nil
		case s.pos == len(s.src):
			return "", nil, false, s.fail(s.pos, "", "the tag of <%s> does not end", name)
		case !spaced:
			return "", nil, false, s.fail(s.pos, "", "white space or > is missing in the tag of <%s>", name)
		case len(attributes) == maxAttributes:
			return "", nil, false, s.fail(s.pos, "", "<%s> has more than %d attributes", name, maxAttributes)
		}
		place := s.pos
		a, err := s.attribute()
		if err != nil {
			return "", nil, false, err
		}
		attributes = append(attributes, a)
		if repeats(attributes, len(attributes)-1) {
			return "", nil, false, s.fail(place, "", "<%s> has the attribute %q twice", name, a.Name)
		}
		s.places, s.ends = append(s.places, place), append(s.ends, s.pos)
	}
}

func (s *scanner) attribute() (Attr, error) {
	name, err := s.name()
	if err != nil {
		return Attr{}, err
	}
	s.space()
	if !s.take("=") {
		return Attr{}, s.fail(s.pos, "", "= is missing after the attribute %q", name)
	}
	s.space()
	if strings.IndexAny(s.rest(), `"'`) != 0 {
		return Attr{}, s.fail(s.pos, "", "the value of the attribute %q is not in quotes", name)
	}
	mark := s.src[s.pos]
	s.pos++
	value, err := s.value(name, mark)
	return Attr{Name: name, Value: value}, err
}

// value reads the value of an attribute and the quote after it.
func (s *scanner) value(name string, mark byte) (string, error) {
	var b strings.Builder
	for s.pos < len(s.src) {
		switch c := s.src[s.pos]; {
		case c == mark:
			s.pos++
			return b.String(), nil
		case c == '<':
			return "", s.fail(s.pos, "write &lt;", `"<" in the value of the attribute %q`, name)
		case c == '&':
			text, err := s.reference()
			if err != nil {
				return "", err
			}
			b.WriteString(text)
		case s.holes && c == '$':
			start := s.pos
			if err := s.dollar(); err != nil {
				return "", err
			}
			b.WriteString(s.src[start:s.pos])
		case isSpace(c) && !s.holes:
			b.WriteByte(' ')
			s.pos++
			if c == '\r' {
				s.take("\n")
			}
		default:
			b.WriteByte(c)
			s.pos++
		}
	}
	return "", s.fail(s.pos, "", "the value of the attribute %q does not end", name)
}

// reference reads a character or entity reference.
func (s *scanner) reference() (string, error) {
	start := s.pos
	body, _, ok := strings.Cut(s.src[s.pos+1:min(len(s.src), s.pos+64)], ";")
	text := entity(body)
	if s.holes && (text == "$" || text == "{") {
		return "", s.fail(start, "write $${ for the characters ${", "%q must not be written as a reference in a template", text)
	}
	if ok && text != "" {
		s.pos += len(body) + 2
		return text, nil
	}
	if ok && isName(body) {
		return "", s.fail(start, "write &amp; for an &", "there is no entity &%s;", body)
	}
	return "", s.fail(start, "write &amp; for an &", `"&" begins no reference here`)
}

func entity(body string) string {
	switch body {
	case "amp":
		return "&"
	case "lt":
		return "<"
	case "gt":
		return ">"
	case "quot":
		return `"`
	case "apos":
		return "'"
	}
	digits, ok := strings.CutPrefix(body, "#")
	base := 10
	if hex, isHex := strings.CutPrefix(digits, "x"); isHex {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if !ok || err != nil || n > utf8.MaxRune || !isChar(rune(n)) {
		return ""
	}
	return string(rune(n))
}

// dollar skips a hole, an escaped one, or a mere dollar sign.
func (s *scanner) dollar() error {
	if s.take("$${") {
		return nil
	}
	if !strings.HasPrefix(s.rest(), "${") {
		s.pos++
		return nil
	}
	end := holeEnd(s.src, s.pos+2)
	if end < 0 {
		return s.fail(s.pos, "write $${ for the characters ${", "${ is never closed")
	}
	s.pos = end
	return nil
}

// holeEnd returns the offset behind the brace that closes an expression that begins at pos, -1 when there is none. Braces
// nest; those in string literals do not count.
func holeEnd(src string, pos int) int {
	for depth := 1; pos < len(src); pos++ {
		switch c := src[pos]; c {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return pos + 1
			}
		case '"', '\'', '`':
			for pos++; pos < len(src) && src[pos] != c; pos++ {
				if src[pos] == '\\' && c != '`' {
					pos++
				}
			}
		}
	}
	return -1
}
