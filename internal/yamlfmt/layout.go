package yamlfmt

import (
	"strings"
	"unicode/utf8"

	"github.com/bxmlflow/bxmlflow/internal/yamlsrc"
)

const (
	indent = 2 // of a level below the one around it
	margin = 2 // least distance of a comment from what stands before it on its line
)

// level is a block map or list that is open. Its entries begin at one column.
type level struct {
	was, is int // the column, in the text and in what is written
	list    bool
}

// bracket is a flow collection that is open.
type bracket struct {
	column int  // in what is written
	base   int  // where its line begins, dashes aside
	hangs  bool // text follows it on its line, and the next lines are put below that text
}

// layouter writes tokens.
type layouter struct {
	text     string
	tokens   []token
	out      strings.Builder
	levels   []level
	brackets []bracket
	waiting  []token // comments on lines of their own, until it is known what they belong to
	column   int     // of the end of what is written
	base     int     // where the line begins, dashes aside
	shift    int     // columns by which the line has moved
	dashes   bool    // the line has nothing but dashes yet
}

// layOut writes text in the layout of the package. It reports false for text that it does not understand.
func layOut(text string, tree *yamlsrc.Node) ([]byte, bool) {
	tokens, ok := lex(text, tree)
	if !ok {
		return nil, false
	}
	l := &layouter{text: text, tokens: tokens}
	for i := range tokens {
		if !l.write(i) {
			return nil, false
		}
	}
	l.comments(l.levels, level{})
	if l.out.Len() > 0 && !l.unended() {
		l.out.WriteByte('\n')
	}
	return []byte(l.out.String()), true
}

// unended reports whether the text ends without a line break where one would become part of a block scalar.
func (l *layouter) unended() bool {
	last := len(l.tokens) - 1
	if l.tokens[last].kind != body || strings.HasSuffix(l.text, "\n") {
		return false
	}
	for last--; l.tokens[last].kind != header; last-- {
	}
	return !strings.Contains(l.text[l.tokens[last].from:l.tokens[last].to], "-")
}

func (l *layouter) write(i int) bool {
	t := l.tokens[i]
	switch {
	case t.kind == comment && t.breaks > 0:
		l.waiting = append(l.waiting, t)
		return true
	case t.kind == comment:
		l.spaces(max(l.column+margin, t.column+l.shift) - l.column)
		l.put(l.text[t.from:t.to])
		return true
	case t.kind == body:
		return l.body(i)
	}
	column := l.place(t)
	if t.breaks > 0 {
		l.newLine(t.breaks, column)
		l.shift, l.base, l.dashes = column-t.column, column, true
	} else if i > 0 && spaced(l.tokens[i-1].kind, t.kind) {
		l.spaces(1)
	}
	if l.dashes {
		l.base = l.column
		l.dashes = t.kind == dash
	}
	switch t.kind {
	case opening:
		hangs := i+1 < len(l.tokens) && l.tokens[i+1].breaks == 0 && l.tokens[i+1].kind != comment
		l.brackets = append(l.brackets, bracket{l.column, l.base, hangs})
	case closing:
		l.brackets = l.brackets[:len(l.brackets)-1]
	case marker:
		l.levels = nil
	}
	l.scalar(t)
	return true
}

// place returns the column for a token that begins a line, opens its level, and writes the comments above it.
func (l *layouter) place(t token) int {
	if t.kind == marker {
		l.comments(l.levels, level{})
		return 0
	}
	if t.depth > 0 {
		column, item := l.inBrackets(t)
		l.comments(nil, level{was: t.column, is: item})
		return column
	}
	open := l.levels
	if !t.entry {
		column := l.below()
		l.comments(nil, level{was: t.column, is: column})
		return column
	}
	here := l.enter(t.column, t.kind == dash)
	l.comments(open, here)
	return here.is
}

// inBrackets returns the column for a token that begins a line inside a flow collection, and that of an entry there.
func (l *layouter) inBrackets(t token) (column, item int) {
	b := l.brackets[len(l.brackets)-1]
	outer, item := b.base, b.base+indent
	if b.hangs {
		outer, item = b.column, b.column+1
	}
	if t.kind == closing {
		return outer, item
	}
	return item, item
}

// below returns the column for a value on a line of its own.
func (l *layouter) below() int {
	if len(l.levels) == 0 {
		return 0
	}
	return l.levels[len(l.levels)-1].is + indent
}

// enter closes the levels that an entry at a column ends, and returns the one that it belongs to. A list may stand at the
// column of the key above it.
func (l *layouter) enter(column int, list bool) level {
	top := len(l.levels) - 1
	for top >= 0 && (l.levels[top].was > column || l.levels[top].was == column && l.levels[top].list && !list) {
		top--
	}
	open := l.levels[: top+1 : top+1] // comments still look at the levels behind it
	if top < 0 || open[top].was != column || open[top].list != list {
		l.levels = open
		open = append(open, level{column, l.below(), list})
	}
	l.levels = open
	return open[len(open)-1]
}

// comments writes the comments that wait, above an entry of the level next; open are the levels before it was entered. A
// comment is aligned with what follows, unless it stands further in and at an entry that ends there.
func (l *layouter) comments(open []level, next level) {
	for _, c := range l.waiting {
		column := next.is
		if c.column != next.was {
			for _, o := range open {
				if o.was > next.was && o.was <= c.column {
					column = max(column, o.is)
				}
			}
		}
		l.newLine(c.breaks, column)
		l.put(l.text[c.from:c.to])
	}
	l.waiting = l.waiting[:0]
}

// spaced reports whether a space stands between tokens on one line. The one between ":" and a bracket makes the key one, and
// the one behind a tag ends it.
func spaced(before, t kind) bool {
	switch {
	case before == colon || before == property:
		return true
	case before == opening:
		return false
	case before == alias && t == colon:
		return true
	}
	return t != closing && t != comma && t != colon
}

// newLine begins a line, with an empty one before it when there was one in the text.
func (l *layouter) newLine(breaks, column int) {
	if l.out.Len() > 0 {
		l.out.WriteString("\n\n"[:min(breaks, 2)])
	}
	l.column = 0
	l.spaces(column)
}

func (l *layouter) spaces(n int) { l.put(strings.Repeat(" ", n)) }

func (l *layouter) put(text string) {
	l.out.WriteString(text)
	l.column += utf8.RuneCountInString(text)
}
