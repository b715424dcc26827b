package event

import (
	"cmp"
	"slices"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// compared is the number of members up to which the names of an object are compared pair by pair. Objects with more, which
// Bandwidth does not send, are sorted, so that a hostile body costs no quadratic time.
const compared = 32

// unique finds duplicate names in objects of any size.
func (s *scanner) unique() {
	e := s.e
	var ids []uint16
	for self := range e.nodes {
		if e.nodes[self].shape != object {
			continue
		}
		ids = ids[:0]
		for k := range e.children(self) {
			ids = append(ids, uint16(k))
		}
		slices.SortFunc(ids, func(a, b uint16) int { return cmp.Compare(e.nodeName(int(a)), e.nodeName(int(b))) })
		for i := 1; i < len(ids); i++ {
			if e.nodeName(int(ids[i])) == e.nodeName(int(ids[i-1])) {
				s.fail(ErrDuplicate, "name")
				return
			}
		}
	}
}

// numberLen returns the length of the JSON number at the start of b, 0 when there is none.
func numberLen(b []byte) int {
	i := 0
	if i < len(b) && b[i] == '-' {
		i++
	}
	whole := digits(b[i:])
	if whole == 0 || whole > 1 && b[i] == '0' {
		return 0
	}
	i += whole
	if i < len(b) && b[i] == '.' {
		n := digits(b[i+1:])
		if n == 0 {
			return 0
		}
		i += 1 + n
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		n := digits(b[i:])
		if n == 0 {
			return 0
		}
		i += n
	}
	return i
}

func digits(b []byte) int {
	i := 0
	for i < len(b) && '0' <= b[i] && b[i] <= '9' {
		i++
	}
	return i
}

// escapeLen returns the length of the escape at the start of b, 0 when it is none.
func escapeLen(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if _, ok := hex4(b); ok {
			return 6
		}
	}
	return 0
}

// hex4 reads \uXXXX at the start of b.
func hex4(b []byte) (rune, bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range b[2:6] {
		d, ok := unhex(c)
		if !ok {
			return 0, false
		}
		r = r<<4 | rune(d)
	}
	return r, true
}

func unhex(c byte) (byte, bool) {
	switch {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10, true
	}
	return 0, false
}

// appendUnescaped appends the text of a valid JSON string without its quotes. Half a surrogate pair becomes U+FFFD, as in
// encoding/json.
func appendUnescaped(dst, b []byte) []byte {
	for i := 0; i < len(b); {
		if b[i] != '\\' {
			dst = append(dst, b[i])
			i++
			continue
		}
		if b[i+1] != 'u' {
			dst = append(dst, plainEscape(b[i+1]))
			i += 2
			continue
		}
		r, _ := hex4(b[i:])
		i += 6
		if utf16.IsSurrogate(r) {
			low, _ := hex4(b[i:])
			if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
				i += 6
			}
		}
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}

func plainEscape(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
}

// appendQuoted appends s as a JSON string. Invalid UTF-8 becomes U+FFFD.
func appendQuoted(dst []byte, s string) []byte {
	const digits = "0123456789abcdef"
	dst = append(dst, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r < ' ':
			dst = append(dst, '\\', 'u', '0', '0', digits[r>>4], digits[r&15])
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return append(dst, '"')
}

// whole reads the text of an int. Numbers such as 2.0 and 1e3 are ints in JSON too.
func whole(s string) (int, bool) {
	if n, err := strconv.Atoi(s); err == nil {
		return n, numberLen([]byte(s)) == len(s)
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || numberLen([]byte(s)) != len(s) || f != float64(int(f)) || f >= 1<<53 || f <= -1<<53 {
		return 0, false
	}
	return int(f), true
}
