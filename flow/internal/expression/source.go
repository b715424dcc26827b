package expression

import (
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser/lexer"
)

// source maps what expr-lang says about places, which it counts in characters, to byte offsets.
type source struct {
	text    string
	offsets []int         // byte offset of every character, and of the end
	tokens  []lexer.Token // without the end of file
	closing map[int]int   // index of an opening bracket's token -> index of the closing one
}

func newSource(text string) *source {
	s := &source{text: text, offsets: make([]int, 0, len(text)+1)}
	for i := range text {
		s.offsets = append(s.offsets, i)
	}
	s.offsets = append(s.offsets, len(text))
	return s
}

// at returns the byte offset of a character.
func (s *source) at(char int) int {
	return s.offsets[max(0, min(char, len(s.offsets)-1))]
}

// char returns the number of the character at a byte offset.
func (s *source) char(offset int) int { return utf8.RuneCountInString(s.text[:offset]) }

func (s *source) bytes(loc file.Location) (from, to int) {
	from, to = s.at(loc.From), s.at(loc.To)
	return from, max(from, to)
}

func (s *source) location(from, to int) file.Location {
	return file.Location{From: s.char(from), To: s.char(to)}
}

// token returns the index of the token that starts at a character, or -1.
func (s *source) token(char int) int {
	for i, t := range s.tokens {
		if t.From == char {
			return i
		}
	}
	return -1
}

// closingOf returns the byte offset after the bracket that closes the first opening one at or after a character.
func (s *source) closingOf(char int, fallback int) int {
	for i, t := range s.tokens {
		if t.From < char || t.Kind != lexer.Bracket {
			continue
		}
		if end, ok := s.closing[i]; ok {
			return s.at(s.tokens[end].To)
		}
	}
	return fallback
}

// span returns the byte offsets of a whole node, its children included.
func (s *source) span(node ast.Node) (from, to int) {
	loc := node.Location()
	from, to = s.bytes(loc)
	switch n := node.(type) {
	case *ast.UnaryNode:
		childFrom, end := s.span(n.Node)
		return min(from, childFrom), max(to, end)
	case *ast.BinaryNode:
		return s.spanOf(n.Left, n.Right)
	case *ast.ChainNode:
		return s.span(n.Node)
	case *ast.MemberNode:
		from, _ = s.span(n.Node)
		return from, s.propertyEnd(n)
	case *ast.SliceNode:
		from, _ = s.span(n.Node)
		return from, s.closingOf(loc.From, to)
	case *ast.CallNode:
		if isBound(n) {
			return from, to
		}
		from, _ = s.span(n.Callee)
		return from, s.closingOf(loc.To, to)
	case *ast.BuiltinNode, *ast.ArrayNode, *ast.MapNode:
		return from, s.closingOf(loc.From, to)
	case *ast.PredicateNode:
		return s.span(n.Node)
	case *ast.ConditionalNode:
		return s.spanOf(n.Cond, n.Exp2)
	case *ast.PairNode:
		return s.spanOf(n.Key, n.Value)
	}
	return from, to
}

func (s *source) spanOf(first, last ast.Node) (from, to int) {
	from, _ = s.span(first)
	_, to = s.span(last)
	return from, max(from, to)
}

// propertyEnd returns where the property of a member ends: with its name, or with the bracket that closes it.
func (s *source) propertyEnd(n *ast.MemberNode) int {
	from, to := s.span(n.Property)
	i := s.token(s.char(from))
	if i > 0 && s.tokens[i-1].Is(lexer.Bracket, "[") {
		return s.closingOf(s.tokens[i-1].From, to)
	}
	return to
}

// quote returns the text of a node for a message.
func (s *source) quote(node ast.Node) string {
	const most = 40
	from, to := s.span(node)
	text := s.text[from:to]
	if len(text) <= most {
		return text
	}
	cut := most
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "..."
}

// skipString returns the offset after the string literal whose opening quote is at i, and whether it is closed.
func skipString(text string, i int) (int, bool) {
	quote := text[i]
	for i++; i < len(text); i++ {
		switch {
		case text[i] == '\\' && quote != '`':
			i++
		case text[i] == quote:
			return i + 1, true
		}
	}
	return len(text), false
}

// openString returns the offset of the quote that is never closed, or -1.
func openString(text string) int {
	for i := 0; i < len(text); {
		if c := text[i]; c != '"' && c != '\'' && c != '`' {
			i++
			continue
		}
		end, closed := skipString(text, i)
		if !closed {
			return i
		}
		i = end
	}
	return -1
}
