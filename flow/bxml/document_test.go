package bxml_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/google/go-cmp/cmp"
)

const prolog = `<?xml version="1.0" encoding="UTF-8"?>`

func attrs(pairs ...string) (list []bxml.Attr) {
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, bxml.Attr{Name: pairs[i], Value: pairs[i+1]})
	}
	return list
}

func doc(verbs ...*bxml.Element) *bxml.Document { return &bxml.Document{Verbs: verbs} }

func TestAppendWritesCanonicalXML(t *testing.T) {
	tests := []struct {
		name string
		doc  *bxml.Document
		want string
	}{
		{"an empty document", doc(), `<Response/>`},
		{"a verb without content", doc(&bxml.Element{Name: "Hangup"}), `<Response><Hangup/></Response>`},
		{"attributes in the order given", doc(&bxml.Element{Name: "Ring", Attributes: attrs("duration", "5", "answerCall", "false")}),
			`<Response><Ring duration="5" answerCall="false"/></Response>`},
		{"text and attributes are escaped", doc(&bxml.Element{Name: "Tag", Text: `<a>&"'`, Attributes: attrs("x", "\"<\n")}),
			`<Response><Tag x="&#34;&lt;&#xA;">&lt;a&gt;&amp;&#34;&#39;</Tag></Response>`},
		{"children", doc(&bxml.Element{Name: "Gather", Children: []*bxml.Element{{Name: "SpeakSentence", Text: "Hi"}}}),
			`<Response><Gather><SpeakSentence>Hi</SpeakSentence></Gather></Response>`},
		{"SSML", doc(&bxml.Element{Name: "SpeakSentence", Text: "not used", Nodes: []bxml.Node{{Text: "a & b"},
			{Element: "emphasis", Attributes: attrs("level", "strong"), Children: []bxml.Node{{Text: "c"}}}, {Element: "break"}}}),
			`<Response><SpeakSentence>a &amp; b<emphasis level="strong">c</emphasis><break/></SpeakSentence></Response>`},
		{"names that are none", doc(&bxml.Element{Name: "a b><c", Attributes: attrs("x y", "1", "ok", "2", "ok", "3", "", "4")}, &bxml.Element{}),
			`<Response><_a_b__c ok="2"/><_/></Response>`},
		{"characters that XML cannot hold", doc(&bxml.Element{Name: "Tag", Text: "a\x00b\xffc"}), "<Response><Tag>a\uFFFDb\uFFFDc</Tag></Response>"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := tt.doc.String()
			if diff := cmp.Diff(prolog+tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			wellFormed(t, got)
		})
	}
}

func wellFormed(t *testing.T, doc string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(doc))
	for {
		switch _, err := d.Token(); {
		case errors.Is(err, io.EOF):
			return
		case err != nil:
			t.Errorf("encoding/xml refuses %q: %v", doc, err)
			return
		}
	}
}

func TestDecodeReadsWhatAppendWrites(t *testing.T) {
	want := doc(
		&bxml.Element{Name: "SpeakSentence", Attributes: attrs("voice", "julie"), Text: "Hi & <bye>\n"},
		&bxml.Element{Name: "Gather", Attributes: attrs("gatherUrl", "?a=1&b=\"2\"\t", "maxDigits", "1"), Children: []*bxml.Element{
			{Name: "SpeakSentence", Nodes: []bxml.Node{{Text: "one "}, {Element: "break", Attributes: attrs("time", "1s")},
				{Element: "p", Children: []bxml.Node{{Text: "two"}, {Element: "s"}}}}},
			{Name: "PlayAudio", Text: "a.wav"},
		}},
		&bxml.Element{Name: "Unknown", Attributes: attrs("xml:lang", "x"), Text: "t", Children: []*bxml.Element{{Name: "Hangup"}}},
	)
	got, err := bxml.Decode(want.Append(nil))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDecodeAcceptsOtherSpellings(t *testing.T) {
	hangup := doc(&bxml.Element{Name: "Hangup"})
	tests := []struct {
		name, doc string
		want      *bxml.Document
	}{
		{"the root Bxml", `<Bxml><Hangup/></Bxml>`, hangup},
		{"a byte order mark", "\uFEFF" + prolog + `<Response><Hangup/></Response>`, hangup},
		{"comments and white space", "<?xml version='1.0' encoding='utf-8' standalone=\"yes\" ?>\r\n<!-- a -->\n<Response >\n <!-- b - c --> <Hangup></Hangup >\n</Response>\n<!-- d -->\n", hangup},
		{"an empty root", `<Response></Response>`, doc()},
		{"a closed root with a namespace", `<Response xmlns="urn:x"/>`, doc()},
		{"references", `<Response><Tag>&lt;&gt;&amp;&quot;&apos;&#65;&#x000000042;</Tag></Response>`, doc(&bxml.Element{Name: "Tag", Text: `<>&"'AB`})},
		{"a CDATA section", `<Response><Tag>a<![CDATA[<b>&]]>c</Tag></Response>`, doc(&bxml.Element{Name: "Tag", Text: `a<b>&c`})},
		{"CDATA and comments in speech", `<Response><SpeakSentence>a<![CDATA[<]]><!-- x -->b</SpeakSentence></Response>`, doc(&bxml.Element{Name: "SpeakSentence", Text: "a<b"})},
		{"text that the carrier trims", "<Response><Bridge>\n  c-1\n</Bridge></Response>", doc(&bxml.Element{Name: "Bridge", Text: "c-1"})},
		{"text that it does not trim", "<Response><PhoneNumber> +1 </PhoneNumber></Response>", doc(&bxml.Element{Name: "PhoneNumber", Text: " +1 "})},
		{"line ends", "<Response><SpeakSentence>a\r\nb\rc</SpeakSentence></Response>", doc(&bxml.Element{Name: "SpeakSentence", Text: "a\nb\nc"})},
		{"white space in attributes", "<Response><Tag a='x\ty\r\nz&#10;'/></Response>", doc(&bxml.Element{Name: "Tag", Attributes: attrs("a", "x y z\n")})},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := bxml.Decode([]byte(tt.doc))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	deep := strings.Repeat("<p>", 40) + strings.Repeat("</p>", 40)
	wide := "<Ring"
	for i := range 70 {
		wide += " a" + strings.Repeat("b", i) + `="1"`
	}
	tests := []struct{ name, doc, want string }{
		{"nothing", "", `line 1, column 1: the root element is missing`},
		{"text only", "hello", `line 1, column 1: text outside the root element`},
		{"another root", "<Xml/>", `line 1, column 1: the root element is "Xml", it must be Response or Bxml`},
		{"two roots", "<Response/><Response/>", `line 1, column 12: something follows the root element`},
		{"text behind the root", "<Response/>x", `line 1, column 12: text outside the root element`},
		{"text in the root", "<Response>é x<Hangup/></Response>", `line 1, column 1: the root element holds the text "é x", outside any verb`},
		{"a document type", "<!DOCTYPE x [<!ENTITY a 'b'>]><Response/>", `line 1, column 1: document types are not allowed`},
		{"a document type inside", "<Response><!DOCTYPE x></Response>", `line 1, column 11: document types are not allowed`},
		{"a processing instruction", "<Response>\n<?php x?></Response>", `line 2, column 1: processing instructions are not allowed`},
		{"a late declaration", " <?xml version='1.0'?><Response/>", `line 1, column 2: processing instructions are not allowed`},
		{"another encoding", "<?xml version='1.0' encoding='latin1'?><Response/>", `line 1, column 1: the XML declaration says encoding="latin1"`},
		{"a declaration without version", "<?xml ?><Response/>", `line 1, column 1: the XML declaration has no version`},
		{"a malformed declaration", "<?xml version=1?><Response/>", `line 1, column 1: the XML declaration is malformed`},
		{"an endless declaration", "<?xml version='1.0'", `line 1, column 1: the XML declaration does not end`},
		{"an unknown entity", "<Response><Tag>é&foo;</Tag></Response>", `line 1, column 17: there is no entity &foo;`},
		{"a bare ampersand", "<Response><Tag>a & b</Tag></Response>", `line 1, column 18: "&" begins no reference here`},
		{"a reference to no character", "<Response><Tag>&#0;</Tag></Response>", `line 1, column 16: "&" begins no reference here`},
		{"a control character", "<Response><Tag>\x01</Tag></Response>", `line 1, column 16: character U+0001 is not allowed`},
		{"invalid UTF-8", "<Response><Tag>\xff</Tag></Response>", `line 1, column 16: invalid UTF-8`},
		{"a repeated attribute", `<Response><Ring duration="1" duration="2"/></Response>`, `line 1, column 30: <Ring> has the attribute "duration" twice`},
		{"an attribute without quotes", `<Response><Ring duration=1/></Response>`, `line 1, column 26: the value of the attribute "duration" is not in quotes`},
		{"an attribute without value", `<Response><Ring duration/></Response>`, `line 1, column 25: = is missing after the attribute "duration"`},
		{"attributes without space", `<Response><Ring a="1"b="2"/></Response>`, `line 1, column 22: white space or > is missing in the tag of <Ring>`},
		{"markup in an attribute", `<Response><Ring a="<"/></Response>`, `line 1, column 20: "<" in the value of the attribute "a"`},
		{"an endless attribute", `<Response><Ring a="`, `line 1, column 20: the value of the attribute "a" does not end`},
		{"an endless tag", `<Response><Ring a="1"`, `line 1, column 22: the tag of <Ring> does not end`},
		{"a wrong end tag", "<Response>\n<Tag></Tog></Response>", `line 2, column 6: </Tog> stands where </Tag> is due`},
		{"no end tag", "<Response><Tag>", `line 1, column 16: <Tag> is never closed`},
		{"no end tag in speech", "<Response><SpeakSentence>a<p>", `line 1, column 27: <p> is never closed`},
		{"an incomplete end tag", "<Response></Response", `line 1, column 11: an end tag is not complete`},
		{"an endless comment", "<Response><!-- a -- b --></Response>", `line 1, column 11: the comment does not end, or holds "--"`},
		{"an endless CDATA section", "<Response><Tag><![CDATA[", `line 1, column 25: the CDATA section does not end`},
		{"the end of CDATA in text", "<Response><Tag>a]]></Tag></Response>", `line 1, column 17: "]]>" in text`},
		{"no name", "<Response>< Tag/></Response>", `line 1, column 12: a name is missing`},
		{"too deep elements", "<Response>" + deep + "</Response>", `line 1, column 104: elements are nested more than 32 deep`},
		{"too deep speech", "<Response><SpeakSentence>" + deep + "</SpeakSentence></Response>", `line 1, column 116: elements are nested more than 32 deep`},
		{"too many attributes", "<Response>" + wide + "/></Response>", `<Ring> has more than 64 attributes`},
		{"too many bytes", strings.Repeat(" ", bxml.MaxBytes) + "<Response/>", `decode document: 65547 bytes are more than 65536`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, err := bxml.Decode([]byte(tt.doc))
			if err == nil {
				t.Fatalf("accepted as %v", d)
			}
			if !strings.HasSuffix(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "decode document: ") {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestSpoken(t *testing.T) {
	speak := func(ssml string) *bxml.Element {
		nodes, err := bxml.ParseSSML(ssml)
		if err != nil {
			t.Fatal(err)
		}
		return &bxml.Element{Name: "SpeakSentence", Nodes: nodes}
	}
	tests := []struct {
		name string
		doc  *bxml.Document
		want string
	}{
		{"plain text", doc(&bxml.Element{Name: "SpeakSentence", Text: " a\n b "}), "a b"},
		{"markup that stands in a word", doc(speak(`one<emphasis level="strong">two</emphasis>three`)), "onetwothree"},
		{"markup that parts words", doc(speak(`<p>one</p><s>two</s>three<break/>four`)), "one two three four"},
		{"an alias", doc(speak(`the <sub alias="World Wide Web">WWW</sub> &amp; more`)), "the World Wide Web & more"},
		{"a sub without alias", doc(speak(`<sub>WWW</sub>`)), "WWW"},
		{"nested and following verbs", doc(&bxml.Element{Name: "Gather", Children: []*bxml.Element{{Name: "PlayAudio", Text: "x.wav"},
			{Name: "SpeakSentence", Text: "press"}, {Name: "SpeakSentence", Text: "one"}}}, &bxml.Element{Name: "SpeakSentence", Text: "bye"}), "press one bye"},
		{"verbs that say nothing", doc(&bxml.Element{Name: "Tag", Text: "x"}), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.doc.Spoken(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
