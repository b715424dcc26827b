package bxml_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/google/go-cmp/cmp"
)

var hostile = []string{"", "plain words", `<&>"'`, "\t\r\n", "\x00\x01\x0b\x1f\x7f", "\xff\xc3\x28\xed\xa0\x80", "\uFFFD\uFFFE\uFFFF", "é日本\U0001F600",
	"]]>", "</SpeakSentence><Hangup/>", "${ x }", strings.Repeat("a", 300) + "<"}

func TestEscapersEqualTheStandardLibrary(t *testing.T) {
	for _, s := range hostile {
		sameAsStandard(t, s)
	}
	for c := range 256 {
		sameAsStandard(t, "a"+string([]byte{byte(c)})+"b")
	}
}

func sameAsStandard(t *testing.T, s string) {
	t.Helper()
	var want bytes.Buffer
	if err := xml.EscapeText(&want, []byte(s)); err != nil {
		t.Fatal(err)
	}
	for name, escape := range map[string]func([]byte, string) []byte{"AppendText": bxml.AppendText, "AppendAttr": bxml.AppendAttr} {
		if got := string(escape([]byte("x"), s)); got != "x"+want.String() {
			t.Errorf("%s(%q) is %q, want %q", name, s, got[1:], want.String())
		}
	}
}

func TestEscapingDoesNotAllocate(t *testing.T) {
	buf := make([]byte, 0, 8192)
	for _, s := range hostile {
		if allocs := testing.AllocsPerRun(20, func() {
			buf = bxml.AppendText(buf[:0], s)
			buf = bxml.AppendAttr(buf, s)
		}); allocs != 0 {
			t.Errorf("%q: %v allocations", s, allocs)
		}
	}
}

func TestWritingADocumentDoesNotAllocate(t *testing.T) {
	d := menu()
	buf := make([]byte, 0, 8192)
	if allocs := testing.AllocsPerRun(20, func() { buf = d.Append(buf[:0]) }); allocs != 0 {
		t.Errorf("%v allocations", allocs)
	}
}

func FuzzEscape(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		sameAsStandard(t, s)
		d := doc(&bxml.Element{Name: s, Text: s, Attributes: attrs(s, s, "tag", s), Children: []*bxml.Element{{Name: "SpeakSentence", Text: s}}})
		wellFormed(t, d.String())
		if err := bxml.Lookup("SpeakSentence").Content.Check(s); (err != nil) != (strings.TrimSpace(s) == "") {
			t.Errorf("text %q: %v", s, err)
		}
	})
}

// FuzzCheck looks for values that make a check panic, and for messages that are not readable.
func FuzzCheck(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	for _, s := range samples {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, v := range bxml.Verbs() {
			for i := range v.Attributes {
				if err := v.Attributes[i].Check(s); err != nil && len(err.Error()) > 1000 {
					t.Errorf("%d bytes of message", len(err.Error()))
				}
			}
			if v.Content != nil {
				if err := v.Content.Check(s); err != nil && len(err.Error()) > 1000 {
					t.Errorf("%d bytes of message", len(err.Error()))
				}
			}
		}
	})
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(prolog + "<Response/>"))
	f.Add(menu().Append(nil))
	for _, v := range bxml.Verbs() {
		e := &bxml.Element{Name: v.Name}
		for i := range v.Attributes {
			e.Attributes = append(e.Attributes, bxml.Attr{Name: v.Attributes[i].Name, Value: sample(&v.Attributes[i])})
		}
		if v.Content != nil {
			e.Text = samples[v.Content.Type]
		}
		f.Add(doc(e).Append(nil))
	}
	f.Add([]byte("<?xml version='1.0'?><!-- a --><Bxml>\r\n<SpeakSentence>a<p>b<![CDATA[c]]></p>&amp;<break time='1s'/></SpeakSentence>x<Foo a:b='&#10;'/></Bxml>"))
	f.Fuzz(func(t *testing.T, data []byte) {
		first, err := bxml.Decode(data)
		if err != nil {
			if _, ok := errors.AsType[*bxml.SyntaxError](err); !ok && len(data) <= bxml.MaxBytes {
				t.Errorf("%v is no syntax error", err)
			}
			return
		}
		acceptedByStandard(t, data)
		for _, c := range []bxml.Context{bxml.Call, bxml.TransferLeg, bxml.Conference} {
			first.Validate(c)
		}
		first.Spoken()
		encoded := first.Append(nil)
		if len(encoded) > bxml.MaxBytes {
			return
		}
		second, err := bxml.Decode(encoded)
		if err != nil {
			t.Fatalf("%q does not decode: %v", encoded, err)
		}
		if diff := cmp.Diff(first, second); diff != "" {
			t.Fatalf("%q decodes to something else (-first +second):\n%s", encoded, diff)
		}
	})
}

func acceptedByStandard(t *testing.T, data []byte) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\uFEFF"))))
	for {
		switch _, err := d.Token(); {
		case errors.Is(err, io.EOF):
			return
		case err != nil:
			t.Fatalf("%q is accepted here, but encoding/xml says: %v", data, err)
		}
	}
}

func FuzzSSML(f *testing.F) {
	for _, m := range bxml.Markups() {
		text := "<" + m.Name
		for i := range m.Attributes {
			text += " " + m.Attributes[i].Name + `="` + sample(&m.Attributes[i]) + `"`
		}
		f.Add("a " + text + ">b &amp; ${ c < \"}\" }</" + m.Name + ">")
	}
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		nodes, err := bxml.ParseSSML(text)
		if err != nil {
			if s, ok := errors.AsType[*bxml.SyntaxError](err); !ok || s.Offset < 0 || s.Offset > len(text) {
				t.Errorf("%q: %#v", text, err)
			}
			return
		}
		if end := offsets(t, text, nodes, 0); end > len(text) {
			t.Errorf("%q: nodes end at %d", text, end)
		}
		d := doc(&bxml.Element{Name: "SpeakSentence", Nodes: nodes})
		decoded, err := bxml.Decode(d.Append(nil))
		if err != nil && d.Spoken() != "" && len(text) < bxml.MaxBytes/8 {
			t.Fatalf("%q does not decode: %v", d, err)
		}
		if err == nil && decoded.Spoken() != d.Spoken() {
			t.Errorf("%q is spoken as %q, not %q", text, decoded.Spoken(), d.Spoken())
		}
	})
}

// offsets checks that nodes cover their source in order.
func offsets(t *testing.T, text string, nodes []bxml.Node, from int) int {
	t.Helper()
	for _, n := range nodes {
		if n.From < from || n.To < n.From || n.To > len(text) {
			t.Fatalf("%q: node %+v out of order", text, n)
		}
		source := text[n.From:n.To]
		if n.Element == "" && source != n.Text && source[0] != '&' {
			t.Fatalf("%q: the text %q stands for %q", text, n.Text, source)
		}
		offsets(t, text, n.Children, n.From)
		from = n.To
	}
	return from
}
