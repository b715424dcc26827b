package yamlsrc

import (
	"slices"

	"gopkg.in/yaml.v3"

	"github.com/bxmlflow/bxmlflow/flow/diag"
)

const (
	maxMends = 10      // mistakes reported in one file
	maxRead  = 8 << 20 // bytes read again while looking for mends
	minTries = 6
	advance  = 8  // bytes that a mend must bring the library further; it looks ahead by up to four
	maxAbove = 60 // lines above a fault that are searched for what was never closed
)

// mend is a guess at what the author meant: edits that would make the text right, and what to say if they do.
type mend struct {
	edits    []edit
	from, to int // what to underline
	message  string
	help     string
}

// repairer looks for mends. The library says little about where a mistake is and nothing about what to do, so likely
// mends are tried one after the other, and only one that brings the library past the mistake is reported.
type repairer struct {
	*source
	fault *fault
	doc   *yaml.Node
	tries int
}

// repair reports why s cannot be read. It returns a mended text and its document, or nil when mending failed.
func repair(s *source, f *fault, list *diag.List) (*source, *yaml.Node) {
	r := &repairer{source: s, fault: f, tries: max(minTries, min(600, maxRead/(len(s.text)+1)))}
	for mends := 0; r.fault != nil; mends++ {
		if r.fault.second {
			r.secondDocument(list)
			return nil, nil
		}
		if mends == maxMends {
			return nil, nil
		}
		m, next := r.find()
		if m == nil {
			r.coarse(list)
			return nil, nil
		}
		list.Errorf(RuleSyntax, r.span(m.from, m.to), "%s", m.message).Help = m.help
		if next == nil {
			return nil, nil
		}
		r.source = next
	}
	return r.source, r.doc
}

// find returns the first mend that works, and the text it makes; without a text the mend is certain and needs the author.
func (r *repairer) find() (*mend, *source) {
	if m := r.tab(); m != nil {
		return m, nil
	}
	for _, guess := range []func(func(mend) bool) bool{
		r.escapes, r.colons, r.quotes, r.apostrophes, r.values, r.keys, r.brackets, r.items, r.collections, r.indents,
	} {
		var found mend
		var next *source
		worked := guess(func(m mend) bool {
			found, next = m, r.try(m)
			return next != nil || r.tries <= 0
		})
		if worked && next != nil {
			return &found, next
		}
	}
	return nil, nil
}

// try returns the mended text when the library reads it or gets further, and keeps what it says then.
func (r *repairer) try(m mend) *source {
	if r.tries--; r.tries < 0 {
		return nil
	}
	next := r.mended(m.edits)
	doc, f := load(next.text)
	if f != nil && !f.second && next.before(f.reach) <= max(r.fault.reach, m.to)+advance {
		return nil
	}
	r.doc, r.fault = doc, f
	return next
}

func (r *repairer) secondDocument(list *diag.List) {
	x := newIndex(r.source)
	at := x.offset(r.fault.line, 1)
	list.Errorf(RuleDocuments, r.span(at, r.eol(at)), "a second document begins here").
		WithHelp(`put it into a file of its own, or remove the "---"`)
}

// line is one line of the text without its break.
type line struct{ from, to int }

// near returns the lines on which the mistake can be: the one that the library had reached, and up to n with text before.
func (r *repairer) near(n int) []line {
	var lines []line
	for end := r.eol(min(r.fault.reach, len(r.text))); ; {
		from := r.sol(end)
		if r.indent(from) < r.eol(from) {
			lines = append(lines, line{from, r.trimmed(from, r.eol(from))})
			n--
		}
		if from == 0 || n < 0 {
			return lines
		}
		end = from - 1
	}
}

// above returns the lines on which something may have been opened that is never closed: those near, and the one that the
// library names, which may be off by one, and does not name the first.
func (r *repairer) above() []line {
	lines := r.near(maxAbove)
	x := newIndex(r.source)
	for _, n := range []int{1, r.fault.line, r.fault.line + 1} {
		from := x.offset(n, 1)
		l := line{from, r.trimmed(from, r.eol(from))}
		if l.from < l.to && !slices.Contains(lines, l) {
			lines = append(lines, l)
		}
	}
	return lines
}

// indent returns the offset of the first character of the line that begins at off that is no blank.
func (s *source) indent(off int) int {
	for s.blank(off) {
		off++
	}
	return off
}

// trimmed returns to without the blanks before it, but not less than from.
func (s *source) trimmed(from, to int) int {
	for to > from && (s.blank(to-1) || s.text[to-1] == '\r') {
		to--
	}
	return to
}

// withoutComment returns where the text between the offsets ends that is before a comment.
func (s *source) withoutComment(from, to int) int {
	for i := from + 1; i < to; i++ {
		if s.text[i] == '#' && s.blank(i-1) {
			return s.trimmed(from, i)
		}
	}
	return to
}
