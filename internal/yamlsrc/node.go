// Package yamlsrc reads YAML into a tree in which everything knows its exact place in the file.
//
// It is the only package that knows a YAML library. It accepts a careful subset: one document, keys that are scalars, no
// tags, no merge keys, few aliases. What it refuses, and every syntax error, is a diagnostic that says what to do.
package yamlsrc

import (
	"sort"

	"github.com/bxmlflow/bxmlflow/flow/diag"
)

// Kind tells what a node is.
type Kind uint8

// The kinds of nodes.
const (
	Scalar Kind = iota
	Map
	List
)

// String returns "scalar", "map" or "list".
func (k Kind) String() string { return [...]string{"scalar", "map", "list"}[min(k, List)] }

// Style tells how a node is written. Scalars are Plain, Single, Double, Literal or Folded; maps and lists are Flow or Block.
type Style uint8

// The styles of nodes.
const (
	Plain   Style = iota // without quotes
	Single               // '...'
	Double               // "..."
	Literal              // |
	Folded               // >
	Flow                 // {...} and [...]
	Block                // by indentation
)

// Resolved tells what a YAML library would make of a scalar; of one that is not plain it is always Str.
type Resolved uint8

// What plain scalars resolve to. "yes", "no", "on" and "off" are Str; so is everything that the other values do not name.
const (
	Str       Resolved = iota
	Int                // 12, 0123 (octal), 0x1F, 1_000, +15551234567
	Float              // 1.5, 1e3, .inf
	Bool               // true, True, TRUE, false, False, FALSE
	Null               // null, Null, NULL, ~ and nothing at all
	Timestamp          // 2026-12-25, 2026-12-25T10:00:00Z
)

// String returns the name of r as a message would say it, such as "number".
func (r Resolved) String() string {
	return [...]string{"text", "number", "number", "true or false", "nothing", "date"}[min(r, Timestamp)]
}

// Node is a piece of a file. A tree of nodes is not changed after Parse and may be read by many goroutines. Where the file
// uses an alias, the node of the alias has the place of the alias, and its children are those of the anchor.
type Node struct {
	Kind Kind
	// Span is the exact place: of a quoted scalar with its quotes, of a block scalar its text lines, of a flow collection
	// with its brackets, of a block collection from the first key or dash to the last value. A value that is not there
	// ("key:") has an empty span where it would begin.
	Span     diag.Span
	Value    string   // of a scalar: plain ones as they are written, others unquoted, unescaped, unfolded
	Style    Style    // how it is written
	Resolved Resolved // of a scalar
	Entries  []Entry  // of a map, in order, the first of equal keys only
	Items    []*Node  // of a list, in order
	Comment  string   // of a plain scalar: the comment on its last line, with its "#"; "press # now" is cut there

	src  *source
	segs []seg
}

// Entry is a key and its value. Both are never nil; Key is always a scalar.
type Entry struct{ Key, Value *Node }

// seg says where Value[val:val+valLen] stands in the source text: at text[off:off+offLen], byte for byte when same.
type seg struct {
	val, valLen, off, offLen int
	same                     bool
}

// Get returns the value of key, nil when n is nil, is no map or does not have it.
func (n *Node) Get(key string) *Node {
	if n == nil {
		return nil
	}
	for _, e := range n.Entries {
		if e.Key.Value == key {
			return e.Value
		}
	}
	return nil
}

// IsMissing reports whether n is a value that is not there at all, as after "key:" or in "{key}".
func (n *Node) IsMissing() bool {
	return n.Kind == Scalar && n.Style == Plain && n.Value == ""
}

// Slice returns the place of Value[from:to] in the file, whatever quotes, escapes, folds and indentation lie between.
// Where no exact place exists (aliases, values that are not there, offsets out of range) it is the place of the scalar.
func (n *Node) Slice(from, to int) diag.Span {
	if len(n.segs) == 0 || from < 0 || to < from || to > len(n.Value) {
		return n.Span
	}
	start := n.offset(from)
	if from == to {
		return n.src.span(start, start)
	}
	return n.src.span(start, n.offsetEnd(to))
}

// offset returns where the byte Value[i] begins, or where the value ends.
func (n *Node) offset(i int) int {
	k := sort.Search(len(n.segs), func(k int) bool { return n.segs[k].val+n.segs[k].valLen > i })
	if k == len(n.segs) {
		last := n.segs[k-1]
		return last.off + last.offLen
	}
	g := n.segs[k]
	if g.same {
		return g.off + i - g.val
	}
	return g.off
}

// offsetEnd returns where the byte Value[i-1] ends.
func (n *Node) offsetEnd(i int) int {
	k := sort.Search(len(n.segs), func(k int) bool { return n.segs[k].val+n.segs[k].valLen >= i })
	g := n.segs[k]
	if g.same {
		return g.off + i - g.val
	}
	return g.off + g.offLen
}
