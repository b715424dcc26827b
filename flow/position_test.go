package flow_test

import (
	"strings"
	"testing"
)

// TestPlacesAreExact puts one mistake behind letters of several bytes, escapes, blocks and lines that end in CRLF.
func TestPlacesAreExact(t *testing.T) {
	speaking := func(text string) string {
		return "flow: t\nstart: {initiate: a}\nstates:\n  a:\n    type: final\n    bxml:\n      - SpeakSentence: " + text + "\n      - Hangup\n"
	}
	tests := []wrong{
		{"behind umlauts and emoji", speaking(`"Grüße, 你好 😀 ${vars.x}"`), []string{`7 <vars.x> unknown-name: there is no vars.x`}},
		{"behind escapes", speaking(`"a\tb\u00e9\x41 \"c\" ${vars.x}"`), []string{`7 <vars.x> unknown-name: there is no vars.x`}},
		{"behind doubled quotes", speaking(`'it''s ${vars.x}'`), []string{`7 <vars.x> unknown-name: there is no vars.x`}},
		{"in a block", speaking("|\n          One\n          Zwölf ${vars.x}"), []string{`9 <vars.x> unknown-name: there is no vars.x`}},
		{"in a folded block", speaking(">\n          One\n          two ${vars.x}"), []string{`9 <vars.x> unknown-name: there is no vars.x`}},
		{"in an attribute of speech", speaking(`'<prosody rate="${vars.x}">é</prosody>'`), []string{`7 <vars.x> unknown-name: there is no vars.x`}},
		{"behind an element of speech", speaking(`'<emphasis>é</emphasis> &amp; ${vars.x}'`), []string{`7 <vars.x> unknown-name: there is no vars.x`}},
	}
	testWrong(t, tests)
	for i := range tests {
		tests[i].sentence += ", with CRLF"
		tests[i].text = strings.ReplaceAll(tests[i].text, "\n", "\r\n")
	}
	testWrong(t, tests)
}
