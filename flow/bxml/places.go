package bxml

// Place is a piece of a document's text, as byte offsets from 0.
type Place struct{ From, To int }

// Places tells where the elements and attributes of a document stand in its text, by Problem.Path. An element is at its start
// tag, without the attributes; an attribute is there with its value.
type Places map[string]Place

// Find returns the place of a path, or of the nearest element around it when it is not known itself. It reports false for ""
// and for paths that lead nowhere.
func (p Places) Find(path string) (Place, bool) {
	for path != "" {
		if place, ok := p[path]; ok {
			return place, true
		}
		path = outer(path)
	}
	return Place{}, false
}

// outer returns the path of the element around what path leads to.
func outer(path string) string {
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '/' || path[i] == '@' {
			return path[:i]
		}
	}
	return ""
}

// DecodePlaces is Decode, and tells where everything stands.
func DecodePlaces(doc []byte) (*Document, Places, error) {
	places := Places{}
	d, err := decode(doc, places)
	if err != nil {
		return nil, nil, err
	}
	return d, places, nil
}

// note keeps the place of an element whose start tag begins at start and has just been read.
func (s *scanner) note(path, name string, start int, attributes []Attr) {
	if s.noted == nil {
		return
	}
	s.noted[path] = Place{start, start + len("<") + len(name)}
	for i, a := range attributes {
		s.noted[path+"@"+a.Name] = Place{s.places[i], s.ends[i]}
	}
}

// path returns the path of an element, "" when nobody asks.
func (s *scanner) path(parent, name string, i int) string {
	if s.noted == nil {
		return ""
	}
	return step(parent, name, i)
}
