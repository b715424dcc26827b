package event

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

func (s *scanner) word(want string) bool {
	if end := s.pos + len(want); end <= len(s.body) && string(s.body[s.pos:end]) == want {
		s.pos = end
		return true
	}
	return s.fail(ErrSyntax, "not a value")
}

const (
	ones = 0x0101010101010101
	tops = 0x8080808080808080
)

// str skips the string at s.pos and reports whether it has escapes. It looks at eight bytes at a time: a subtraction
// borrows into a byte's top bit where the byte is a control character, a quote or a backslash.
func (s *scanner) str() (escaped, ok bool) {
	b, i := s.body, s.pos+1
	if s.bare {
		n := bytes.IndexByte(b[i:], '"')
		if n < 0 {
			s.pos = len(b)
			return false, s.fail(ErrSyntax, "string without end")
		}
		s.pos = i + n + 1
		return false, true
	}
	for {
		for i+8 <= len(b) {
			w := binary.LittleEndian.Uint64(b[i:])
			quote, slash := w^ones*'"', w^ones*'\\'
			hits := ((w - ones*' ') | (quote - ones) | (slash - ones) | w) & tops
			if hits != 0 {
				i += bits.TrailingZeros64(hits) >> 3
				break
			}
			i += 8
		}
		if i >= len(b) {
			s.pos = len(b)
			return false, s.fail(ErrSyntax, "string without end")
		}
		switch c := b[i]; {
		case c == '"':
			s.pos = i + 1
			return escaped, true
		case c == '\\':
			n := escapeLen(b[i:])
			if n == 0 {
				s.pos = i
				return false, s.fail(ErrSyntax, "bad escape")
			}
			i += n
			escaped = true
		case c < ' ':
			s.pos = i
			return false, s.fail(ErrSyntax, "control character in a string")
		case c < utf8.RuneSelf:
			i++
		default:
			r, n := utf8.DecodeRune(b[i:])
			if r == utf8.RuneError && n == 1 {
				s.pos = i
				return false, s.fail(ErrSyntax, "invalid UTF-8")
			}
			i += n
		}
	}
}

// number skips a number: -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?
func (s *scanner) number() bool {
	n := numberLen(s.body[s.pos:])
	if n == 0 {
		return s.fail(ErrSyntax, "not a value")
	}
	s.pos += n
	return true
}
