package yamlsrc

import (
	"bytes"
	"slices"
	"unicode/utf8"

	"github.com/bxmlflow/bxmlflow/flow/diag"
)

const stride = 256

// source is the text of one file with what it takes to turn byte offsets into places and back in little time, also on
// very long lines. The text may have been mended to get past a syntax error; places are always those of the author's file.
type source struct {
	*original
	text  []byte
	prev  *source // what the edits were made to; nil when text is the author's
	edits []edit  // in order of at, not overlapping
}

// original is the author's text, without byte order mark.
type original struct {
	file  string
	bytes []byte
	lines []int // offsets of line starts; a line ends at "\n"
	runes []int // code points before every stride-th byte
}

// edit removes cut bytes at an offset and puts others there.
type edit struct {
	at, cut int
	put     string
}

func newSource(file string, src []byte) *source {
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	o := &original{file: file, bytes: src, lines: []int{0}}
	count := 0
	for i, b := range src {
		if i%stride == 0 {
			o.runes = append(o.runes, count)
		}
		if b == '\n' {
			o.lines = append(o.lines, i+1)
		}
		if utf8.RuneStart(b) {
			count++
		}
	}
	if len(src)%stride == 0 {
		o.runes = append(o.runes, count)
	}
	return &source{original: o, text: src}
}

// mended returns s with edits, whose offsets are those of s.text and go up.
func (s *source) mended(edits []edit) *source {
	next := &source{original: s.original, prev: s, edits: edits}
	done := 0
	for _, e := range edits {
		next.text = append(next.text, s.text[done:e.at]...)
		next.text = append(next.text, e.put...)
		done = e.at + e.cut
	}
	next.text = append(next.text, s.text[done:]...)
	return next
}

// author turns an offset of s.text into one of the author's text. What an edit put in stands where it was put.
func (s *source) author(off int) int {
	if s.prev == nil {
		return off
	}
	return s.prev.author(s.before(off))
}

// before turns an offset of s.text into one of s.prev.text.
func (s *source) before(off int) int {
	shift := 0
	for _, e := range s.edits {
		start := e.at + shift
		switch {
		case off <= start:
			return off - shift
		case off < start+len(e.put):
			return e.at
		}
		shift += len(e.put) - e.cut
	}
	return off - shift
}

// count returns the number of code points before an offset of the author's text.
func (o *original) count(off int) int {
	n := o.runes[off/stride]
	for _, b := range o.bytes[off/stride*stride : off] {
		if utf8.RuneStart(b) {
			n++
		}
	}
	return n
}

// line returns the index of the line that an offset of the author's text lies on.
func (o *original) line(off int) int {
	i, found := slices.BinarySearch(o.lines, off)
	if !found {
		i--
	}
	return i
}

func (s *source) pos(off int) diag.Pos {
	off = min(max(s.author(off), 0), len(s.bytes))
	i := s.line(off)
	return diag.Pos{Line: i + 1, Col: s.count(off) - s.count(s.lines[i]) + 1}
}

// span returns the place of text[from:to]; a place inside of a character is widened to the character.
func (s *source) span(from, to int) diag.Span {
	for from > 0 && from < len(s.text) && !utf8.RuneStart(s.text[from]) {
		from--
	}
	for to > 0 && to < len(s.text) && !utf8.RuneStart(s.text[to]) {
		to++
	}
	start, end := s.pos(from), s.pos(max(from, to))
	if end.Before(start) {
		end = start
	}
	return diag.Span{File: s.file, Start: start, End: end}
}

// breakLen returns the length of the line break at off as YAML 1.1 knows them, 0 when there is none.
func (s *source) breakLen(off int) int {
	t := s.text[off:]
	switch {
	case len(t) == 0:
		return 0
	case t[0] == '\r' && len(t) > 1 && t[1] == '\n':
		return 2
	case t[0] == '\n' || t[0] == '\r':
		return 1
	case len(t) > 1 && t[0] == 0xC2 && t[1] == 0x85:
		return 2
	case len(t) > 2 && t[0] == 0xE2 && t[1] == 0x80 && t[2]&^1 == 0xA8:
		return 3
	}
	return 0
}

func (s *source) blank(off int) bool {
	return off < len(s.text) && (s.text[off] == ' ' || s.text[off] == '\t')
}

// skip passes blanks, line breaks and comments.
func (s *source) skip(off int) int {
	for off < len(s.text) {
		if s.blank(off) {
			off++
		} else if n := s.breakLen(off); n > 0 {
			off += n
		} else if s.text[off] == '#' {
			off = s.eol(off)
		} else {
			break
		}
	}
	return off
}

// eol returns the end of the line that off lies on, before its break.
func (s *source) eol(off int) int {
	for off < len(s.text) && s.breakLen(off) == 0 {
		off++
	}
	return off
}

// sol returns the start of the line that off lies on.
func (s *source) sol(off int) int {
	return bytes.LastIndexByte(s.text[:off], '\n') + 1
}
