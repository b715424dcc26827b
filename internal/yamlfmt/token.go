package yamlfmt

import (
	"strings"
	"unicode/utf8"

	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/internal/yamlsrc"
)

// kind tells what a token is.
type kind uint8

const (
	dash     kind = iota // "-" before an entry of a list
	question             // "?" before a key
	colon                // ":" after a key
	comma
	opening  // "{" or "["
	closing  // "}" or "]"
	property // "&anchor" or "!tag"
	alias    // "*anchor"
	scalar   // plain or quoted, perhaps over several lines
	header   // "|" or ">" with what belongs to it
	body     // the lines of a block scalar
	comment
	marker // "---", "..." or a directive
)

// token is a piece of the text that white space surrounds. Its text is never changed, but for the indentation of its lines.
type token struct {
	kind     kind
	from, to int
	breaks   int  // line breaks between it and the token before; for the first at least 1
	column   int  // code points before it on its line
	depth    int  // brackets that are open before it
	entry    bool // it begins an entry of a block map or list
}

// lexer cuts a text into tokens. It knows from the tree where plain and block scalars end; the rest is told by single characters.
type lexer struct {
	text   string
	plain  map[int]int // ends of plain scalars by where they begin
	blocks map[int]int // ends of the texts of block scalars by where they begin
	pos    int
	depth  int
	tokens []token
	// column is that of the offset counted, so that long lines are counted once.
	counted, column int
}

// lex reports false when it meets what it does not know.
func lex(text string, tree *yamlsrc.Node) ([]token, bool) {
	l := &lexer{text: text, plain: map[int]int{}, blocks: map[int]int{}}
	places := newPlaces(text)
	l.collect(tree, places)
	for l.gap(); l.pos < len(text); l.gap() {
		if !l.token() {
			return nil, false
		}
	}
	entries(l.tokens)
	return l.tokens, true
}

// collect notes where the scalars below n end.
func (l *lexer) collect(n *yamlsrc.Node, p *places) {
	for _, e := range n.Entries {
		l.collect(e.Key, p)
		l.collect(e.Value, p)
	}
	for _, item := range n.Items {
		l.collect(item, p)
	}
	if n.Kind != yamlsrc.Scalar {
		return
	}
	from, to := p.offset(n.Span.Start), p.offset(n.Span.End)
	switch n.Style {
	case yamlsrc.Plain:
		l.plain[from] = to
	case yamlsrc.Literal, yamlsrc.Folded:
		l.blocks[from] = to
	}
}

// gap passes white space and notes it for the next token.
func (l *lexer) gap() {
	breaks := 0
	for l.pos < len(l.text) && strings.IndexByte(" \t\n", l.text[l.pos]) >= 0 {
		if l.text[l.pos] == '\n' {
			breaks++
		}
		l.pos++
	}
	if len(l.tokens) == 0 {
		breaks++
	}
	if l.pos < len(l.text) {
		l.tokens = append(l.tokens, token{from: l.pos, breaks: breaks, depth: l.depth, column: l.columnHere()})
	}
}

// columnHere returns how many code points stand before the cursor on its line.
func (l *lexer) columnHere() int {
	passed := l.text[l.counted:l.pos]
	if i := strings.LastIndexByte(passed, '\n'); i >= 0 {
		l.column, passed = 0, passed[i+1:]
	}
	l.column += utf8.RuneCountInString(passed)
	l.counted = l.pos
	return l.column
}

// token reads the token at the cursor into the last of the list, which gap has begun.
func (l *lexer) token() bool {
	t := &l.tokens[len(l.tokens)-1]
	if t.column == 0 && t.depth == 0 && l.marker() {
		return l.take(marker, l.pos)
	}
	if end, ok := l.plain[l.pos]; ok && end > l.pos && l.text[l.pos] != '*' {
		return l.take(scalar, end)
	}
	switch c := l.text[l.pos]; c {
	case '-':
		return l.take(dash, l.pos+1)
	case '?':
		return l.take(question, l.pos+1)
	case ':':
		return l.take(colon, l.pos+1)
	case ',':
		return l.take(comma, l.pos+1)
	case '{', '[':
		l.depth++
		return l.take(opening, l.pos+1)
	case '}', ']':
		l.depth--
		return l.take(closing, l.pos+1)
	case '&':
		return l.take(property, l.until(" \t\n,[]{}"))
	case '!':
		return l.take(property, l.until(" \t\n"))
	case '*':
		return l.take(alias, l.until(" \t\n,[]{}:"))
	case '"', '\'':
		return l.take(scalar, l.quoted(c))
	case '#':
		return l.take(comment, l.trimmed(l.until("\n")))
	case '|', '>':
		return l.depth == 0 && l.block()
	}
	return false
}

func (l *lexer) take(k kind, to int) bool {
	t := &l.tokens[len(l.tokens)-1]
	t.kind, t.to = k, to
	l.pos = to
	return to > t.from
}

// marker passes a document marker or a directive at the start of a line.
func (l *lexer) marker() bool {
	rest := l.text[l.pos:]
	if rest[0] == '%' {
		l.pos = l.trimmed(l.until("\n"))
		return true
	}
	if !strings.HasPrefix(rest, "---") && !strings.HasPrefix(rest, "...") || len(rest) > 3 && strings.IndexByte(" \t\n", rest[3]) < 0 {
		return false
	}
	l.pos += 3
	return true
}

// until returns the offset of the next of the characters.
func (l *lexer) until(chars string) int {
	if i := strings.IndexAny(l.text[l.pos:], chars); i >= 0 {
		return l.pos + i
	}
	return len(l.text)
}

// trimmed returns to without the blanks before it.
func (l *lexer) trimmed(to int) int {
	return l.pos + len(strings.TrimRight(l.text[l.pos:to], " \t"))
}

// quoted returns the offset behind the quoted scalar at the cursor.
func (l *lexer) quoted(mark byte) int {
	for i := l.pos + 1; i < len(l.text); i++ {
		switch {
		case l.text[i] == '\\' && mark == '"':
			i++
		case l.text[i] != mark:
		case mark == '\'' && i+1 < len(l.text) && l.text[i+1] == mark:
			i++
		default:
			return i + 1
		}
	}
	return l.pos
}

// block reads the header of a block scalar, the comment behind it and its lines.
func (l *lexer) block() bool {
	start := l.pos
	l.take(header, start+1+len(l.text[start+1:])-len(strings.TrimLeft(l.text[start+1:], "+-0123456789")))
	keep := strings.Contains(l.text[start:l.pos], "+")
	line := l.until("\n")
	if rest := strings.TrimLeft(l.text[l.pos:line], " \t"); rest != "" {
		l.gap()
		if rest[0] != '#' || !l.take(comment, l.trimmed(line)) {
			return false
		}
	}
	end := line
	if _, empty := l.blocks[start]; !empty { // a scalar without text stands where its header does
		end = l.textEnd(line)
	}
	for keep && end < len(l.text) {
		next, _, more := strings.Cut(l.text[end+1:], "\n")
		if strings.Trim(next, " \t") != "" || !more {
			break
		}
		end += 1 + len(next)
	}
	if end > line {
		l.tokens = append(l.tokens, token{kind: body, from: line + 1, to: end, breaks: 1})
	}
	l.pos = end
	return true
}

// textEnd returns where the text of the block scalar ends whose header ends at line: the first that begins behind it.
func (l *lexer) textEnd(line int) int {
	for i := line; i < len(l.text); i++ {
		if end, ok := l.blocks[i]; ok {
			return end
		}
	}
	return line
}

// entries marks the tokens that begin an entry of a block collection.
func entries(tokens []token) {
	for i := range tokens {
		t := &tokens[i]
		switch {
		case t.depth > 0:
		case t.kind == dash || t.kind == question:
			t.entry = true
		case t.kind != colon:
		case t.breaks > 0:
			t.entry = true
		case i > 0:
			tokens[keyStart(tokens, i-1)].entry = true
		}
	}
}

// keyStart returns the first token of the key that ends with token i: its anchor and tag belong to it.
func keyStart(tokens []token, i int) int {
	for i > 0 && tokens[i].breaks == 0 && tokens[i-1].kind == property {
		i--
	}
	return i
}

// places turns places of a tree into offsets.
type places struct {
	text  string
	lines []int
}

func newPlaces(text string) *places {
	p := &places{text: text, lines: []int{0}}
	for i := range len(text) {
		if text[i] == '\n' {
			p.lines = append(p.lines, i+1)
		}
	}
	return p
}

func (p *places) offset(at diag.Pos) int {
	off := p.lines[min(max(at.Line, 1), len(p.lines))-1]
	for n := at.Col; n > 1 && off < len(p.text); n-- {
		_, width := utf8.DecodeRuneInString(p.text[off:])
		off += width
	}
	return off
}
