package bxml

import (
	"fmt"
	"strings"
)

// Decode reads a document. The root is Response or Bxml; comments are skipped and CDATA sections are text. It refuses what
// the carrier refuses or never needs: documents above MaxBytes, document types, processing instructions other than the XML
// declaration, repeated attributes, elements more than 32 deep, encodings other than UTF-8. It accepts any element and
// attribute; Validate judges them. An error of syntax is a *SyntaxError.
//
// Text is kept as it is in elements that take text, without the white space around it where the carrier ignores that, and
// without it in all others. Decoding what Append wrote gives the same document again.
func Decode(doc []byte) (*Document, error) { return decode(doc, nil) }

// decode reads a document and notes where its parts stand, unless places is nil.
func decode(doc []byte, places Places) (*Document, error) {
	if len(doc) > MaxBytes {
		return nil, fmt.Errorf("decode document: %d bytes are more than %d", len(doc), MaxBytes)
	}
	s := &scanner{src: string(doc), operation: "decode document", noted: places}
	s.take("\uFEFF")
	if err := s.characters(); err != nil {
		return nil, err
	}
	if err := s.declaration(); err != nil {
		return nil, err
	}
	if err := s.misc("the root element"); err != nil {
		return nil, err
	}
	d, err := s.root()
	if err != nil {
		return nil, err
	}
	if err := s.misc(""); err != nil {
		return nil, err
	}
	return d, nil
}

// declaration reads the XML declaration, when there is one.
func (s *scanner) declaration() error {
	start := s.pos
	if !strings.HasPrefix(s.rest(), "<?xml") || len(s.rest()) > 5 && isNameByte(s.rest()[5]) {
		return nil
	}
	body, _, ok := strings.Cut(s.rest()[len("<?xml"):], "?>")
	if !ok {
		return s.fail(start, "", "the XML declaration does not end")
	}
	s.pos += len("<?xml") + len(body) + len("?>")
	// The declaration is written like the attributes of an element.
	inner := &scanner{src: "xml" + body + "/>", operation: s.operation}
	_, attributes, closed, err := inner.startTag()
	if err != nil || !closed || inner.pos != len(inner.src) {
		return s.fail(start, "", "the XML declaration is malformed")
	}
	return s.declared(start, attributes)
}

func (s *scanner) declared(start int, attributes []Attr) error {
	for i, a := range attributes {
		ok := false
		switch a.Name {
		case "version":
			ok = i == 0 && a.Value == "1.0"
		case "encoding":
			ok = strings.EqualFold(a.Value, "utf-8")
		case "standalone":
			ok = a.Value == "yes" || a.Value == "no"
		}
		if !ok {
			return s.fail(start, "", "the XML declaration says %s=%s", a.Name, quote(a.Value))
		}
	}
	if len(attributes) == 0 {
		return s.fail(start, "", "the XML declaration has no version")
	}
	return nil
}

// misc skips white space and comments up to the next element, or to the end when wanted is "".
func (s *scanner) misc(wanted string) error {
	for {
		s.space()
		switch {
		case s.pos == len(s.src) && wanted == "":
			return nil
		case s.pos == len(s.src):
			return s.fail(s.pos, "", "%s is missing", wanted)
		case s.src[s.pos] != '<':
			return s.fail(s.pos, "", "text outside the root element")
		}
		skipped, err := s.skip()
		switch {
		case err != nil:
			return err
		case !skipped && wanted == "":
			return s.fail(s.pos, "", "something follows the root element")
		case !skipped:
			return nil
		}
	}
}

// skip skips a comment at a "<" and refuses what must not stand in a document.
func (s *scanner) skip() (bool, error) {
	start := s.pos
	switch {
	case s.take("<!--"):
		end := strings.Index(s.rest(), "--")
		if end < 0 || !strings.HasPrefix(s.rest()[end:], "-->") {
			return false, s.fail(start, "", `the comment does not end, or holds "--"`)
		}
		s.pos += end + len("-->")
		return true, nil
	case strings.HasPrefix(s.rest(), "<?"):
		return false, s.fail(start, "", "processing instructions are not allowed")
	case strings.HasPrefix(s.rest(), "<!") && !strings.HasPrefix(s.rest(), "<![CDATA["):
		return false, s.fail(start, "", "document types are not allowed")
	}
	return false, nil
}

func (s *scanner) root() (*Document, error) {
	start := s.pos
	if !s.take("<") {
		return nil, s.fail(start, "", "the root element is missing")
	}
	name, _, closed, err := s.startTag()
	if err != nil {
		return nil, err
	}
	if name != "Response" && name != "Bxml" {
		return nil, s.fail(start, "", "the root element is %s, it must be Response or Bxml", quote(name))
	}
	if closed {
		return &Document{}, nil
	}
	root := &Element{Name: name}
	if err := s.content(root, "", 1); err != nil {
		return nil, err
	}
	if root.Text != "" {
		return nil, s.fail(start, "", "the root element holds the text %s, outside any verb", quote(root.Text))
	}
	return &Document{Verbs: root.Children}, nil
}

// element reads an element from its "<" on. It is number i in the one at the path parent.
func (s *scanner) element(parent string, i, depth int) (*Element, error) {
	start := s.pos
	s.pos++
	if depth > maxDepth {
		return nil, s.fail(start, "", "elements are nested more than %d deep", maxDepth)
	}
	name, attributes, closed, err := s.startTag()
	if err != nil {
		return nil, err
	}
	path := s.path(parent, name, i)
	s.note(path, name, start, attributes)
	e := &Element{Name: name, Attributes: attributes}
	switch v := Lookup(name); {
	case closed:
	case v != nil && v.Content != nil && v.Content.Kind == SSML:
		e.Nodes, err = s.nodes(name, path, start, depth)
		if len(e.Nodes) == 1 && e.Nodes[0].Element == "" {
			e.Text, e.Nodes = e.Nodes[0].Text, nil
		}
	default:
		err = s.content(e, path, depth)
	}
	return e, err
}

// content reads what is between the tags of e, and its end tag.
func (s *scanner) content(e *Element, path string, depth int) error {
	start := s.pos
	var text strings.Builder
	for s.pos < len(s.src) {
		switch more, err := s.characterData(&text); {
		case err != nil:
			return err
		case more:
		case strings.HasPrefix(s.rest(), "</"):
			e.Text = trim(e.Name, text.String())
			return s.endTag(e.Name)
		default:
			child, err := s.element(path, len(e.Children), depth+1)
			if err != nil {
				return err
			}
			e.Children = append(e.Children, child)
		}
	}
	return s.fail(start, "", "<%s> is never closed", e.Name)
}

// trim drops the white space that means nothing around the text of an element.
func trim(name, text string) string {
	v := Lookup(name)
	if v != nil && v.Content != nil && !v.Content.Trim {
		return text
	}
	return strings.TrimSpace(text)
}

// nodes reads the speech in an element that began at start, and its end tag.
func (s *scanner) nodes(parent, path string, start, depth int) ([]Node, error) {
	var nodes []Node
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			nodes = append(nodes, Node{Text: text.String()})
			text.Reset()
		}
	}
	for s.pos < len(s.src) {
		switch more, err := s.characterData(&text); {
		case err != nil:
			return nil, err
		case more:
		case strings.HasPrefix(s.rest(), "</"):
			flush()
			return nodes, s.endTag(parent)
		default:
			flush()
			n, err := s.node(path, len(nodes), depth+1)
			if err != nil {
				return nil, err
			}
			nodes = append(nodes, n)
		}
	}
	return nil, s.fail(start, "", "<%s> is never closed", parent)
}

func (s *scanner) node(parent string, i, depth int) (Node, error) {
	start := s.pos
	s.pos++
	if depth > maxDepth {
		return Node{}, s.fail(start, "", "elements are nested more than %d deep", maxDepth)
	}
	name, attributes, closed, err := s.startTag()
	if err != nil {
		return Node{}, err
	}
	path := s.path(parent, name, i)
	s.note(path, name, start, attributes)
	n := Node{Element: name, Attributes: attributes}
	if !closed {
		n.Children, err = s.nodes(name, path, start, depth)
	}
	return n, err
}
