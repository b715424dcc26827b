package bxml_test

import (
	"testing"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
)

func menu() *bxml.Document {
	return doc(
		&bxml.Element{Name: "SpeakSentence", Attributes: attrs("voice", "julie"), Text: "Thanks for calling, Ann & Bob."},
		&bxml.Element{Name: "Gather", Attributes: attrs("gatherUrl", "?t=0123456789abcdef&x=1", "maxDigits", "1", "firstDigitTimeout", "5"),
			Children: []*bxml.Element{
				{Name: "SpeakSentence", Nodes: []bxml.Node{{Text: "Press 1 for an agent"}, {Element: "break", Attributes: attrs("time", "500ms")}, {Text: "or 2 to leave a message."}}},
				{Name: "PlayAudio", Text: "https://example.com/menu.wav"},
			}},
		&bxml.Element{Name: "Hangup"},
	)
}

func BenchmarkAppend(b *testing.B) {
	d := menu()
	var buf []byte
	for b.Loop() {
		buf = d.Append(buf[:0])
	}
	b.SetBytes(int64(len(buf)))
}

func BenchmarkDecode(b *testing.B) {
	data := menu().Append(nil)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := bxml.Decode(data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkValidate(b *testing.B) {
	d := menu()
	for b.Loop() {
		if problems := d.Validate(bxml.Call); len(problems) != 1 {
			b.Fatal(problems)
		}
	}
}

func BenchmarkAppendText(b *testing.B) {
	buf := make([]byte, 0, 1024)
	for name, s := range map[string]string{"plain": "Your order 4711 has been sent to Springfield.", "escaped": "Ann & Bob <ann@example.com>", "unicode": "Grüße aus München"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				buf = bxml.AppendText(buf[:0], s)
			}
		})
	}
}

func BenchmarkCheck(b *testing.B) {
	for _, name := range []string{"gatherUrl", "maxDigits", "interDigitTimeout", "tag"} {
		a := bxml.Lookup("Gather").Attribute(name)
		value := sample(a)
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := a.Check(value); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
