package bxml_test

import (
	"errors"
	"testing"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/google/go-cmp/cmp"
)

func TestParseSSML(t *testing.T) {
	tests := []struct {
		name, text string
		want       []bxml.Node
	}{
		{"no text", "", nil},
		{"plain text", "hello", []bxml.Node{{Text: "hello", To: 5}}},
		{"an element in text", `a<break time="1s"/>b`, []bxml.Node{{Text: "a", To: 1},
			{Element: "break", Attributes: attrs("time", "1s"), From: 1, To: 19}, {Text: "b", From: 19, To: 20}}},
		{"nested elements", `<p><s>a</s></p>`, []bxml.Node{{Element: "p", To: 15, Children: []bxml.Node{
			{Element: "s", From: 3, To: 11, Children: []bxml.Node{{Text: "a", From: 6, To: 7}}}}}}},
		{"a reference is a node of its own", "é &amp; b", []bxml.Node{{Text: "é ", To: 3}, {Text: "&", From: 3, To: 8}, {Text: " b", From: 8, To: 10}}},
		{"a hole with markup characters", `${ vars.a < 3 && b } x`, []bxml.Node{{Text: `${ vars.a < 3 && b } x`, To: 22}}},
		{"a hole with braces and quotes", "${ {\"}\": '}\\''}[`}`] }<s/>", []bxml.Node{{Text: "${ {\"}\": '}\\''}[`}`] }", To: 22}, {Element: "s", From: 22, To: 26}}},
		{"an escaped hole", `$${<s/>`, []bxml.Node{{Text: "$${", To: 3}, {Element: "s", From: 3, To: 7}}},
		{"a dollar sign", `5$ $`, []bxml.Node{{Text: "5$ $", To: 4}}},
		{"a hole in an attribute", `<break time="${ a == "<" ? 1 : 2 }s"/>`, []bxml.Node{{Element: "break", To: 38, Attributes: attrs("time", `${ a == "<" ? 1 : 2 }s`)}}},
		{"a reference in an attribute", `<sub alias='a &amp; "b"'/>`, []bxml.Node{{Element: "sub", To: 26, Attributes: attrs("alias", `a & "b"`)}}},
		{"a language", `<lang xml:lang="de-DE">ja</lang>`, []bxml.Node{{Element: "lang", To: 32, Attributes: attrs("xml:lang", "de-DE"),
			Children: []bxml.Node{{Text: "ja", From: 23, To: 25}}}}},
		{"a date", `<say-as interpret-as="date" format="mdy">1</say-as>`, []bxml.Node{{Element: "say-as", To: 51,
			Attributes: attrs("interpret-as", "date", "format", "mdy"), Children: []bxml.Node{{Text: "1", From: 41, To: 42}}}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := bxml.ParseSSML(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseSSMLRefuses(t *testing.T) {
	tests := []struct {
		text    string
		offset  int
		message string
		help    string
	}{
		{"Fish & chips", 5, `"&" begins no reference here`, "write &amp; for an &"},
		{"3 < 4", 2, `"<" begins no SSML element here`, `write &lt; for a "<" that is spoken`},
		{"a<!-- b -->", 1, `"<" begins no SSML element here`, `write &lt; for a "<" that is spoken`},
		{"a</p>", 1, `"<" begins no SSML element here`, `write &lt; for a "<" that is spoken`},
		{"é<brek/>", 2, `"brek" is no SSML element that the carrier knows`, `did you mean "break"?`},
		{`<audio src="x"/>`, 0, `"audio" is no SSML element that the carrier knows`,
			"there are break, emphasis, lang, p, phoneme, prosody, s, say-as, sub"},
		{`<break tme="1s"/>`, 7, `break has no attribute "tme"`, `did you mean "time"?`},
		{`<break time="11s"/>`, 7, `"11s" is above 10s`, ""},
		{`<p dir="x"/>`, 3, `p has no attribute "dir"`, ""},
		{`a <say-as interpret-as="date">`, 2, "say-as of a date needs the attribute format", `such as format="mdy"`},
		{`<lang xml:lang="en_US">`, 6, `"en_US" is not one of the 28 legal values; did you mean "en-US"?`, ""},
		{"<p>a", 3, "<p> is never closed", ""},
		{"<p>a</s>", 4, "</s> stands where </p> is due", ""},
		{"<p", 2, "the tag of <p> does not end", ""},
		{"a ${ b", 2, "${ is never closed", "write $${ for the characters ${"},
		{`<sub alias="${ b"/>`, 12, "${ is never closed", "write $${ for the characters ${"},
		{"&#36;{x}", 0, `"$" must not be written as a reference in a template`, "write $${ for the characters ${"},
		{"a\x00", 1, "character U+0000 is not allowed", ""},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			nodes, err := bxml.ParseSSML(tt.text)
			syntax, ok := errors.AsType[*bxml.SyntaxError](err)
			if !ok {
				t.Fatalf("got %v and the error %v", nodes, err)
			}
			got := []any{syntax.Offset, syntax.Message, syntax.Help}
			if diff := cmp.Diff([]any{tt.offset, tt.message, tt.help}, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestEveryMarkupOfTheTableIsAccepted(t *testing.T) {
	for _, m := range bxml.Markups() {
		for i := range m.Attributes {
			a := &m.Attributes[i]
			values := a.Values
			if len(values) == 0 {
				values = []string{samples[a.Type]}
			}
			for _, value := range values {
				text := "<" + m.Name + " " + a.Name + `="` + value + `"/>`
				if value == "date" {
					text = `<say-as interpret-as="date" format="mdy"/>`
				}
				nodes, err := bxml.ParseSSML(text)
				if err != nil {
					t.Errorf("%s: %v", text, err)
				}
				if got := string(bxml.AppendSSML(nil, nodes)); got != text {
					t.Errorf("%s is written as %s", text, got)
				}
			}
			if _, err := bxml.ParseSSML("<" + m.Name + " " + a.Name + `="nonsense"/>`); err == nil && a.Type != bxml.TypeString {
				t.Errorf("%s@%s takes nonsense", m.Name, a.Name)
			}
		}
	}
}
