package graph

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// sizes of text in pixels.
const (
	nameSize  = 13.0
	labelSize = 11.0
	lineStep  = 14.0 // between the lines of a label
	mostName  = 220.0
	mostLabel = 190.0
)

// width estimates how wide text is. Fonts differ from reader to reader, so it estimates rather too much.
func width(text string, size float64) float64 {
	sum := 0.0
	for _, r := range text {
		sum += advance(r)
	}
	return sum * size
}

// advance is the width of a character as a share of the size of its font.
func advance(r rune) float64 {
	switch {
	case unicode.Is(unicode.Mn, r):
		return 0
	case r >= 0x1100 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) || r >= 0x1F000:
		return 1.05
	case strings.ContainsRune("il.,:;|'!", r):
		return 0.31
	case strings.ContainsRune("fjrt()[]{}I/\\\" ", r):
		return 0.40
	case strings.ContainsRune("mwMW@%", r):
		return 0.93
	case unicode.IsUpper(r):
		return 0.73
	}
	return 0.61
}

// fit returns text no wider than most, cut with an ellipsis where it is.
func fit(text string, size, most float64) string {
	if width(text, size) <= most {
		return text
	}
	end, sum := 0, advance('…')*size
	for i, r := range text {
		if sum += advance(r) * size; sum > most {
			break
		}
		end = i + utf8.RuneLen(r)
	}
	return strings.TrimRight(text[:end], " ") + "…"
}

// wrap breaks text at spaces into lines no wider than most. What does not fit the last of n lines is cut.
func wrap(text string, size, most float64, n int) []string {
	words := strings.Fields(text)
	var lines []string
	for len(words) > 0 {
		if len(lines) == n-1 {
			return append(lines, fit(strings.Join(words, " "), size, most))
		}
		k := 1
		for k < len(words) && width(strings.Join(words[:k+1], " "), size) <= most {
			k++
		}
		lines = append(lines, fit(strings.Join(words[:k], " "), size, most))
		words = words[k:]
	}
	return lines
}

// printable replaces what XML cannot hold, and white space of all kinds by spaces.
func printable(text string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if r == 0xFFFE || r == 0xFFFF || unicode.IsControl(r) && !unicode.IsSpace(r) {
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))), " ")
}
