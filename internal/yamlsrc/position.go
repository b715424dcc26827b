package yamlsrc

import "unicode/utf8"

// index finds places that the YAML library gives as line and column. The library ends lines also at a lone carriage
// return, at U+0085, U+2028 and U+2029, and its columns count code points. It remembers the place asked for last, so that
// going through a long line from left to right is fast.
type index struct {
	src               *source
	lines             []int // offsets of line starts
	line, column, off int
}

func newIndex(src *source) *index {
	x := &index{src: src, lines: []int{0}}
	for off := 0; off < len(src.text); {
		if n := src.breakLen(off); n > 0 {
			off += n
			x.lines = append(x.lines, off)
		} else {
			off++
		}
	}
	return x
}

// offset returns the offset of a line and column, which count from 1.
func (x *index) offset(line, column int) int {
	if line < 1 || line > len(x.lines) {
		return len(x.src.text)
	}
	if x.line != line || x.column > column {
		x.line, x.column, x.off = line, 1, x.lines[line-1]
	}
	for x.column < column && x.off < len(x.src.text) {
		x.off++
		for x.off < len(x.src.text) && !utf8.RuneStart(x.src.text[x.off]) {
			x.off++
		}
		x.column++
	}
	return x.off
}
