package event

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// TokenParam is the query parameter that carries this project's own token. It is no part of the event.
const TokenParam = "t"

// DecodeQuery reads the query of a GET delivery, which Bandwidth sends when the method attribute says GET.
//
// A parameter is a member. Bandwidth does not document how nested objects are written; here a dotted name, a.b, is member b
// of object a, %2E is a dot within a name, and a name repeated is a list where the table knows one. Values are turned into booleans and numbers where
// the field's kind asks for it. The parameter TokenParam is left out. Errors are those of DecodeJSON, with MaxQuery for the
// length.
func (e *Event) DecodeQuery(rawQuery string) error {
	e.Reset()
	if len(rawQuery) > MaxQuery {
		return refuse(ErrTooLarge, "query", MaxQuery)
	}
	leaves, err := parameters(rawQuery)
	if err != nil {
		return err
	}
	return e.assemble(leaves)
}

// assemble makes the event that consists of these leaves.
func (e *Event) assemble(leaves []leaf) error {
	if len(leaves) == 0 {
		return refuse(ErrEmpty, "nothing", 0)
	}
	body, err := appendTree(e.own[:0], leaves)
	if err != nil {
		return err
	}
	e.own, e.body = body, body
	if err := e.finish(); err != nil {
		e.Reset()
		return err
	}
	return nil
}

func parameters(query string) ([]leaf, error) {
	var leaves []leaf
	at := 0
	for part := range strings.SplitSeq(query, "&") {
		from := at
		at += len(part) + 1
		if part == "" {
			continue
		}
		if len(leaves) == MaxMembers {
			return nil, refuse(ErrTooMany, "parameter", from)
		}
		name, value, _ := strings.Cut(part, "=")
		name, okName := normalize(name)
		value, okValue := unquery(value)
		if !okName || !okValue {
			return nil, refuse(ErrSyntax, "bad escape or invalid UTF-8", from)
		}
		if name != TokenParam {
			leaves = append(leaves, leaf{path: name, json: literal(kindOf(name), value), list: kindOf(name) == List})
		}
	}
	return leaves, nil
}

// normalize brings the escapes of a dotted name into the form that escapeName writes.
func normalize(path string) (string, bool) {
	if plain(path) {
		return path, true
	}
	names := strings.Split(path, ".")
	for i, name := range names {
		name, ok := unquery(name)
		if !ok {
			return "", false
		}
		names[i] = escapeName(name)
	}
	return strings.Join(names, "."), true
}

func plain(path string) bool {
	for i := 0; i < len(path); i++ {
		if !unreserved(path[i]) {
			return false
		}
	}
	return true
}

// unquery undoes the escapes of a query.
func unquery(s string) (string, bool) {
	if strings.IndexByte(s, '%') < 0 && strings.IndexByte(s, '+') < 0 {
		return s, utf8.ValidString(s)
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '+':
			out = append(out, ' ')
		case '%':
			if i+2 >= len(s) {
				return "", false
			}
			high, ok1 := unhex(s[i+1])
			low, ok2 := unhex(s[i+2])
			if !ok1 || !ok2 {
				return "", false
			}
			out = append(out, high<<4|low)
			i += 2
		default:
			out = append(out, s[i])
		}
	}
	return string(out), utf8.Valid(out)
}

// kindOf returns the kind of a dotted name, String for unknown ones.
func kindOf(name string) Kind { return table.facts[FieldNamed(name)].kind }

// literal writes the text of a parameter as JSON of the given kind.
func literal(k Kind, s string) []byte {
	switch {
	case k == Bool && (s == "true" || s == "false"):
		return []byte(s)
	case k == Int && s != "" && numberLen([]byte(s)) == len(s):
		return []byte(s)
	}
	return appendQuoted(nil, s)
}

// leaf is a value at a dotted path, whose names are escaped as by escapeName.
type leaf struct {
	path string
	json []byte
	list bool // an element of a list
}

// appendTree writes the leaves as one JSON object. Dots in the paths separate objects. A path that is given twice, or once
// as a value and once as an object, is a duplicate, but for the elements of a list.
func appendTree(dst []byte, leaves []leaf) ([]byte, error) {
	slices.SortStableFunc(leaves, func(a, b leaf) int { return comparePaths(a.path, b.path) })
	w := tree{dst: append(dst, '{')}
	for i := 0; i < len(leaves); {
		n := 1
		for i+n < len(leaves) && leaves[i+n].path == leaves[i].path {
			n++
		}
		if n > 1 && !leaves[i].list {
			return nil, refuse(ErrDuplicate, "name", 0)
		}
		if err := w.add(leaves[i : i+n]); err != nil {
			return nil, err
		}
		i += n
	}
	return append(w.dst, strings.Repeat("}", len(w.open)+1)...), nil
}

// comparePaths orders paths so that those of one object stand together: a dot comes before every other character.
func comparePaths(a, b string) int {
	for i := 0; i < len(a) && i < len(b); i++ {
		if a[i] == b[i] {
			continue
		}
		if a[i] == '.' || b[i] != '.' && a[i] < b[i] {
			return -1
		}
		return 1
	}
	return len(a) - len(b)
}

type tree struct {
	dst  []byte
	open []string // names of the objects that are open
	last string   // path of the leaf written last
	any  bool
}

// add writes one member: a value, or the elements of a list.
func (w *tree) add(group []leaf) error {
	path := group[0].path
	if strings.Count(path, ".") >= MaxDepth {
		return refuse(ErrTooDeep, "name", 0)
	}
	if w.any && strings.HasPrefix(path, w.last+".") {
		return refuse(ErrDuplicate, "a name is both value and object", 0)
	}
	names := strings.Split(path, ".")
	shared := 0
	for shared < len(w.open) && shared < len(names)-1 && w.open[shared] == names[shared] {
		shared++
	}
	w.dst = append(w.dst, strings.Repeat("}", len(w.open)-shared)...)
	if w.any {
		w.dst = append(w.dst, ',')
	}
	w.open = append(w.open[:shared], names[shared:len(names)-1]...)
	for _, name := range w.open[shared:] {
		w.dst = append(appendName(w.dst, name), '{')
	}
	w.dst = appendName(w.dst, names[len(names)-1])
	w.value(group)
	w.last, w.any = path, true
	return nil
}

func (w *tree) value(group []leaf) {
	if !group[0].list {
		w.dst = append(w.dst, group[0].json...)
		return
	}
	w.dst = append(w.dst, '[')
	for i, l := range group {
		if i > 0 {
			w.dst = append(w.dst, ',')
		}
		w.dst = append(w.dst, l.json...)
	}
	w.dst = append(w.dst, ']')
}

// appendName appends an escaped name as a JSON name with its colon.
func appendName(dst []byte, escaped string) []byte {
	name, _ := unquery(escaped)
	return append(appendQuoted(dst, name), ':')
}
