package bxml

import (
	"slices"
	"strings"
)

// Spoken returns the words that e says, without markup and with single blanks between them: those of a SpeakSentence, or of
// the ones nested in e in their order. Of sub it is the alias that is said.
func Spoken(e *Element) string {
	var b strings.Builder
	speak(&b, e)
	return strings.Join(strings.Fields(b.String()), " ")
}

// Spoken returns the words that the verbs of d say, in their order and with single blanks between them.
func (d *Document) Spoken() string {
	return Spoken(&Element{Children: d.Verbs})
}

func speak(b *strings.Builder, e *Element) {
	if e.Name == "SpeakSentence" {
		b.WriteByte(' ')
		if len(e.Nodes) == 0 {
			b.WriteString(e.Text)
		}
		speakNodes(b, e.Nodes)
	}
	for _, child := range e.Children {
		speak(b, child)
	}
}

// apart are the SSML elements that keep the words before them from those after them.
var apart = []string{"break", "p", "s"}

func speakNodes(b *strings.Builder, nodes []Node) {
	for i := range nodes {
		n := &nodes[i]
		b.WriteString(n.Text)
		if n.Element == "sub" {
			if alias, ok := (&Element{Attributes: n.Attributes}).Attr("alias"); ok {
				b.WriteString(alias)
				continue
			}
		}
		between := ""
		if slices.Contains(apart, n.Element) {
			between = " "
		}
		b.WriteString(between)
		speakNodes(b, n.Children)
		b.WriteString(between)
	}
}
