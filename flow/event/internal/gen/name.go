package main

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// initialisms are words that Go writes in capitals.
var initialisms = map[string]string{"dtmf": "DTMF", "id": "ID", "url": "URL", "uui": "UUI", "sip": "SIP"}

// goName turns a wire name, dotted or not, into an exported Go name: callId into CallID, mediaStream.id into MediaStreamID.
func goName(wire string) string {
	var out strings.Builder
	for _, word := range words(wire) {
		if whole, ok := initialisms[strings.ToLower(word)]; ok {
			out.WriteString(whole)
			continue
		}
		r, n := utf8.DecodeRuneInString(word)
		out.WriteRune(unicode.ToUpper(r))
		out.WriteString(word[n:])
	}
	return out.String()
}

// words splits camel case and dots.
func words(wire string) []string {
	var out []string
	from := 0
	for i, r := range wire {
		if r == '.' || unicode.IsUpper(r) {
			out = append(out, wire[from:i])
			from = i
		}
		if r == '.' {
			from = i + 1
		}
	}
	out = append(out, wire[from:])
	kept := out[:0]
	for _, w := range out {
		if w != "" {
			kept = append(kept, w)
		}
	}
	return kept
}
