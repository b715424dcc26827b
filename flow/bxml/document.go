package bxml

import "slices"

// Document is a BXML document. The zero Document is the empty one, which hangs up.
type Document struct {
	Verbs []*Element
}

// Element is a verb or a child of one.
type Element struct {
	Name       string
	Attributes []Attr
	// Text is the text between the tags, unescaped.
	Text string
	// Nodes are the text of SpeakSentence when it holds SSML; Text is not used then.
	Nodes    []Node
	Children []*Element
}

// Attr is an attribute of an element, its value unescaped.
type Attr struct {
	Name, Value string
}

// Node is a piece of speech: text, or an SSML element.
type Node struct {
	Element    string // "" for text
	Attributes []Attr
	Children   []Node
	Text       string // of text, unescaped
	// From and To are the byte offsets of the piece in the text that ParseSSML read; 0 when it came from elsewhere.
	From, To int
}

// Attr returns the value of the attribute of that name and whether e has it.
func (e *Element) Attr(name string) (string, bool) {
	for i := range e.Attributes {
		if e.Attributes[i].Name == name {
			return e.Attributes[i].Value, true
		}
	}
	return "", false
}

// URL returns the URL through which d asks for an event, as it stands in the document: that of the last verb with one, inner
// elements included. It reports false when nothing asks for the event.
func (d *Document) URL(event string) (string, bool) { return urlOf(d.Verbs, event) }

func urlOf(list []*Element, event string) (string, bool) {
	for _, e := range slices.Backward(list) {
		if link, ok := urlOf(e.Children, event); ok {
			return link, true
		}
		v := Lookup(e.Name)
		if v == nil {
			continue
		}
		if a := v.URL(event); a != nil {
			if link, _ := e.Attr(a.Name); link != "" {
				return link, true
			}
		}
	}
	return "", false
}

const prolog = `<?xml version="1.0" encoding="UTF-8"?>`

// Append appends d to dst in canonical form: an XML declaration, the root Response, no white space between elements,
// attributes in the order given, elements without content closed at once. What it writes is well-formed whatever the
// strings hold: illegal characters become U+FFFD, in names of elements an underscore; attributes whose name is no name, and
// repeated ones, are left out.
func (d *Document) Append(dst []byte) []byte {
	dst = append(dst, prolog...)
	if len(d.Verbs) == 0 {
		return append(dst, "<Response/>"...)
	}
	dst = append(dst, "<Response>"...)
	for _, e := range d.Verbs {
		dst = e.Append(dst)
	}
	return append(dst, "</Response>"...)
}

// String returns d as Append writes it.
func (d *Document) String() string { return string(d.Append(nil)) }

// Append appends e alone to dst, as Document.Append writes it.
func (e *Element) Append(dst []byte) []byte {
	dst = appendOpen(dst, e.Name, e.Attributes)
	if e.Text == "" && len(e.Nodes) == 0 && len(e.Children) == 0 {
		return append(dst, '/', '>')
	}
	dst = append(dst, '>')
	if len(e.Nodes) > 0 {
		dst = AppendSSML(dst, e.Nodes)
	} else {
		dst = AppendText(dst, e.Text)
	}
	for _, child := range e.Children {
		dst = child.Append(dst)
	}
	return appendClose(dst, e.Name)
}

// AppendSSML appends pieces of speech to dst.
func AppendSSML(dst []byte, nodes []Node) []byte {
	for i := range nodes {
		n := &nodes[i]
		if n.Element == "" {
			dst = AppendText(dst, n.Text)
			continue
		}
		dst = appendOpen(dst, n.Element, n.Attributes)
		if len(n.Children) == 0 {
			dst = append(dst, '/', '>')
			continue
		}
		dst = append(dst, '>')
		dst = AppendSSML(dst, n.Children)
		dst = appendClose(dst, n.Element)
	}
	return dst
}

// appendOpen appends a start tag without its last character.
func appendOpen(dst []byte, name string, attributes []Attr) []byte {
	dst = append(dst, '<')
	dst = appendName(dst, name)
	for i, a := range attributes {
		if !isName(a.Name) || repeats(attributes, i) {
			continue
		}
		dst = append(dst, ' ')
		dst = append(dst, a.Name...)
		dst = append(dst, '=', '"')
		dst = AppendAttr(dst, a.Value)
		dst = append(dst, '"')
	}
	return dst
}

// repeats reports whether an attribute before the one at i has its name.
func repeats(attributes []Attr, i int) bool {
	return slices.ContainsFunc(attributes[:i], func(a Attr) bool { return a.Name == attributes[i].Name })
}

func appendClose(dst []byte, name string) []byte {
	dst = append(dst, '<', '/')
	dst = appendName(dst, name)
	return append(dst, '>')
}

// appendName appends the name of an element. The table's names go through unchanged.
func appendName(dst []byte, name string) []byte {
	if isName(name) {
		return append(dst, name...)
	}
	dst = append(dst, '_')
	for i := range len(name) {
		c := name[i]
		if !isNameByte(c) {
			c = '_'
		}
		dst = append(dst, c)
	}
	return dst
}

// isName reports whether s is an XML name of ASCII characters. BXML and SSML have no others.
func isName(s string) bool { return s != "" && nameLength(s) == len(s) }

// nameLength returns the length of the name at the start of s, 0 when none is there.
func nameLength(s string) int {
	if s == "" || !isAlnum(s[0]) && s[0] != '_' || s[0] >= '0' && s[0] <= '9' {
		return 0
	}
	i, colon := 1, false
	for i < len(s) && (isNameByte(s[i]) || s[i] == ':' && !colon && i+1 < len(s) && isNameByte(s[i+1])) {
		colon = colon || s[i] == ':'
		i++
	}
	return i
}

func isNameByte(c byte) bool { return isAlnum(c) || c == '-' || c == '_' || c == '.' }
