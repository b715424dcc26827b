package bxml

import "strings"

// characterData reads text, references, CDATA sections and comments, and adds what they say to b. It reports false, and
// reads nothing, before a tag.
func (s *scanner) characterData(b *strings.Builder) (bool, error) {
	switch {
	case s.src[s.pos] == '&':
		text, err := s.reference()
		b.WriteString(text)
		return true, err
	case s.src[s.pos] != '<':
		return true, s.plainText(b)
	case s.take("<![CDATA["):
		text, _, ok := strings.Cut(s.rest(), "]]>")
		if !ok {
			return false, s.fail(s.pos, "", "the CDATA section does not end")
		}
		s.pos += len(text) + len("]]>")
		b.WriteString(lineEnds(text))
		return true, nil
	}
	return s.skip()
}

func (s *scanner) plainText(b *strings.Builder) error {
	text := s.rest()
	if end := strings.IndexAny(text, "<&"); end >= 0 {
		text = text[:end]
	}
	if i := strings.Index(text, "]]>"); i >= 0 {
		return s.fail(s.pos+i, "write ]]&gt;", `"]]>" in text`)
	}
	s.pos += len(text)
	b.WriteString(lineEnds(text))
	return nil
}

// lineEnds makes every end of line a line feed, as XML demands.
func lineEnds(text string) string {
	if !strings.Contains(text, "\r") {
		return text
	}
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
}
