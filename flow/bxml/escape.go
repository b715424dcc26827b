package bxml

import "unicode/utf8"

// plain tells which ASCII bytes stand for themselves in text and in attribute values.
var plain = plainTable()

func plainTable() (t [utf8.RuneSelf]bool) {
	for c := ' '; c < 0x80; c++ {
		t[c] = true
	}
	for _, c := range `&<>"'` {
		t[c] = false
	}
	return t
}

// AppendText appends s to dst as XML text. The result is that of encoding/xml.EscapeText: markup characters, tabs and line
// ends become references, and what XML cannot hold (control characters, invalid UTF-8) becomes U+FFFD. It allocates only
// when dst has no room.
func AppendText(dst []byte, s string) []byte {
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if plain[c] {
				i++
				continue
			}
			dst = append(dst, s[start:i]...)
			dst = append(dst, reference(c)...)
			i++
			start = i
			continue
		}
		r, width := utf8.DecodeRuneInString(s[i:])
		if isChar(r) && (r != utf8.RuneError || width > 1) {
			i += width
			continue
		}
		dst = append(dst, s[start:i]...)
		dst = append(dst, "\uFFFD"...)
		i += width
		start = i
	}
	return append(dst, s[start:]...)
}

// AppendAttr appends s to dst as the value of an attribute, without the quotes around it. [AppendText] escapes both quotes
// and all white space but the blank, so the two write the same.
func AppendAttr(dst []byte, s string) []byte { return AppendText(dst, s) }

func reference(c byte) string {
	switch c {
	case '"':
		return "&#34;"
	case '\'':
		return "&#39;"
	case '&':
		return "&amp;"
	case '<':
		return "&lt;"
	case '>':
		return "&gt;"
	case '\t':
		return "&#x9;"
	case '\n':
		return "&#xA;"
	case '\r':
		return "&#xD;"
	}
	return "\uFFFD"
}

// isChar reports whether XML 1.0 can hold r (production Char).
func isChar(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' ||
		r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= utf8.MaxRune
}
