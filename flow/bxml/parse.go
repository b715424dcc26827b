package bxml

import "strings"

// ParseSSML reads speech as a flow's author writes it: words and SSML elements. Elements, attributes and values are checked
// against the table. A ${ ... } is opaque, in words and in attribute values: it stays as it is and whatever holds one is not
// checked further. A node of text is either a piece of the source, unchanged, or one character or entity reference,
// resolved; so every offset in a longer one is exact.
//
// An error is a *SyntaxError whose Offset is the place in text.
func ParseSSML(text string) ([]Node, error) {
	s := &scanner{src: text, holes: true, operation: "parse speech"}
	if err := s.characters(); err != nil {
		return nil, err
	}
	nodes, err := s.speech("", 0)
	if err != nil {
		return nil, err
	}
	return nodes, nil
}

// speech reads nodes up to the end tag of parent, or to the end of the source when parent is "".
func (s *scanner) speech(parent string, depth int) ([]Node, error) {
	var nodes []Node
	opened := s.pos
	for s.pos < len(s.src) {
		from := s.pos
		var n Node
		var err error
		switch {
		case parent != "" && strings.HasPrefix(s.rest(), "</"):
			return nodes, s.endTag(parent)
		case s.src[s.pos] == '<':
			n, err = s.markup(depth + 1)
		case s.src[s.pos] == '&':
			n.Text, err = s.reference()
		default:
			n.Text, err = s.words()
		}
		if err != nil {
			return nil, err
		}
		n.From, n.To = from, s.pos
		nodes = append(nodes, n)
	}
	if parent != "" {
		return nil, s.fail(opened, "", "<%s> is never closed", parent)
	}
	return nodes, nil
}

// words reads text up to the next markup or reference, holes included.
func (s *scanner) words() (string, error) {
	start := s.pos
	for s.pos < len(s.src) && s.src[s.pos] != '<' && s.src[s.pos] != '&' {
		if s.src[s.pos] != '$' {
			s.pos++
			continue
		}
		if err := s.dollar(); err != nil {
			return "", err
		}
	}
	return s.src[start:s.pos], nil
}

// markup reads one SSML element of a flow.
func (s *scanner) markup(depth int) (Node, error) {
	start := s.pos
	s.pos++
	if nameLength(s.rest()) == 0 {
		return Node{}, s.fail(start, `write &lt; for a "<" that is spoken`, `"<" begins no SSML element here`)
	}
	if depth > maxDepth {
		return Node{}, s.fail(start, "", "elements are nested more than %d deep", maxDepth)
	}
	name, attributes, closed, err := s.startTag()
	if err != nil {
		return Node{}, err
	}
	n := Node{Element: name, Attributes: attributes}
	if flaws := checkMarkup(&n, hasHole); len(flaws) > 0 {
		place := start
		if i := flaws[0].attribute; i >= 0 {
			place = s.places[i]
		}
		return Node{}, s.fail(place, flaws[0].help, "%s", flaws[0].message)
	}
	if !closed {
		n.Children, err = s.speech(name, depth)
	}
	return n, err
}

// hasHole reports whether a value has a part that is computed.
func hasHole(value string) bool { return strings.Contains(value, "${") }

func (s *scanner) endTag(name string) error {
	start := s.pos
	s.pos += len("</")
	n := nameLength(s.rest())
	got := s.src[s.pos : s.pos+n]
	s.pos += n
	s.space()
	if !s.take(">") {
		return s.fail(start, "", "an end tag is not complete")
	}
	if got != name {
		return s.fail(start, "", "</%s> stands where </%s> is due", got, name)
	}
	return nil
}
