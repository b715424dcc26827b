package event

import (
	"slices"
	"strconv"
	"strings"
)

// AppendCanonical appends the event's canonical form, by which duplicates are known: all members, unknown ones included, as
// a query sorted by name. It does not depend on the delivery being POST or GET, on white space, on the order of members, or on
// TokenParam. Numbers and booleans read as their text; null members and empty objects and lists are left out, as a query cannot
// tell them. It is also a valid GET delivery: DecodeQuery reads it.
func (e *Event) AppendCanonical(dst []byte) []byte {
	var room [48]entry
	entries := e.flatten(room[:0], 0, "")
	slices.SortStableFunc(entries, func(a, b entry) int { return strings.Compare(a.path, b.path) })
	for i, en := range entries {
		if i > 0 {
			dst = append(dst, '&')
		}
		dst = append(append(dst, en.path...), '=')
		dst = appendEscaped(dst, en.text)
	}
	return dst
}

// entry is a scalar at its dotted path, which is escaped for use in a query.
type entry struct{ path, text string }

// flatten appends the scalars below node k, whose own path is given.
func (e *Event) flatten(to []entry, k int, path string) []entry {
	if k >= len(e.nodes) {
		return to
	}
	position := 0
	for c := range e.children(k) {
		name := e.childPath(k, c, position, path)
		position++
		switch e.nodes[c].shape {
		case object, array:
			to = e.flatten(to, c, name)
		case null:
		default:
			if name != TokenParam {
				to = append(to, entry{name, e.text(c)})
			}
		}
	}
	return to
}

// childPath names child c of node k. The scalars of a list that the table knows share the list's name; elements of other lists
// are numbered.
func (e *Event) childPath(k, c, position int, path string) string {
	if e.nodes[k].shape == object {
		name := escapeName(e.nodeName(c))
		if k == 0 {
			return name
		}
		return path + "." + name
	}
	if e.nodes[c].shape < array && kindOf(path) == List {
		return path
	}
	return path + "." + strconv.Itoa(position)
}

// escapeName escapes a member's name for use in a dotted path: a dot of its own becomes %2E.
func escapeName(name string) string {
	for i := 0; i < len(name); i++ {
		if name[i] == '.' || !unreserved(name[i]) {
			return strings.ReplaceAll(string(appendEscaped(nil, name)), ".", "%2E")
		}
	}
	return name
}

// verbatim holds the characters that stand for themselves in a query.
var verbatim = func() (table [256]bool) {
	for _, c := range []byte("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~") {
		table[c] = true
	}
	return table
}()

// unreserved reports whether c stands for itself in a query.
func unreserved(c byte) bool { return verbatim[c] }

// appendEscaped appends s for use in a query.
func appendEscaped(dst []byte, s string) []byte {
	const digits = "0123456789ABCDEF"
	from := 0
	for i := 0; i < len(s); i++ {
		if c := s[i]; !verbatim[c] {
			dst = append(append(dst, s[from:i]...), '%', digits[c>>4], digits[c&15])
			from = i + 1
		}
	}
	return append(dst, s[from:]...)
}

// AppendJSON appends the event as one line of JSON: all members in the order they came, scalar values byte for byte. An empty
// Event gives {}.
func (e *Event) AppendJSON(dst []byte) []byte {
	if len(e.nodes) == 0 {
		return append(dst, "{}"...)
	}
	return e.appendNode(dst, 0)
}

func (e *Event) appendNode(dst []byte, k int) []byte {
	n := &e.nodes[k]
	opening, closing := byte('{'), byte('}')
	switch n.shape {
	case object:
	case array:
		opening, closing = '[', ']'
	default:
		return append(dst, e.body[n.from:n.to]...)
	}
	dst = append(dst, opening)
	for c := range e.children(k) {
		if c > k+1 {
			dst = append(dst, ',')
		}
		if n.shape == object {
			dst = append(appendQuoted(dst, e.nodeName(c)), ':')
		}
		dst = e.appendNode(dst, c)
	}
	return append(dst, closing)
}
