package yamlfmt

import "strings"

// scalar writes a token other than a block scalar. The lines of a scalar after the first keep their distance from it; they
// stand further in than the entry around it.
func (l *layouter) scalar(t token) {
	first, rest, more := strings.Cut(l.text[t.from:t.to], "\n")
	least := 0
	if len(l.levels) > 0 {
		least = l.levels[len(l.levels)-1].is + 1
	}
	for {
		if more {
			first = trimRight(first, l.text[t.from])
		}
		l.put(first)
		if !more {
			return
		}
		first, rest, more = strings.Cut(rest, "\n")
		text := strings.TrimLeft(first, " \t")
		l.out.WriteByte('\n')
		l.column = 0
		if text != "" {
			l.spaces(max(least, len(first)-len(text)+l.shift))
		}
		first = text
	}
}

// trimRight drops the blanks at the end of a line of a scalar, which mean nothing unless a backslash stands before them.
func trimRight(line string, mark byte) string {
	short := strings.TrimRight(line, " \t")
	if mark == '"' && strings.HasSuffix(short, `\`) {
		return line
	}
	return short
}

// body writes the lines of the block scalar that is token i. Those in front of which nothing else has moved stay as they are.
func (l *layouter) body(i int) bool {
	lines := strings.Split(l.text[l.tokens[i].from:l.tokens[i].to], "\n")
	was := leastIndent(lines)
	is := l.below()
	if head := l.header(i); strings.ContainsAny(head, "123456789") {
		digit := int(head[strings.IndexAny(head, "123456789")] - '0')
		around := 0
		if top := len(l.levels) - 1; top >= 0 {
			around, is = l.levels[top].was, l.levels[top].is
		}
		was, is = around+digit, is+digit
	} else if is == 0 {
		is = indent
	}
	for _, line := range lines {
		l.out.WriteByte('\n')
		l.column = 0
		switch {
		case len(line) > was:
			if strings.Trim(line[:was], " ") != "" {
				return false
			}
			l.spaces(is)
			l.put(line[was:])
		case strings.Trim(line, " ") != "":
			return false
		}
	}
	return true
}

// header returns the header of the block scalar whose lines are token i.
func (l *layouter) header(i int) string {
	for i--; l.tokens[i].kind != header; i-- {
	}
	return l.text[l.tokens[i].from:l.tokens[i].to]
}

// leastIndent returns how far the first line with text is indented, which is how far all are.
func leastIndent(lines []string) int {
	widest := 0
	for _, line := range lines {
		text := strings.TrimLeft(line, " ")
		if text != "" {
			return len(line) - len(text)
		}
		widest = max(widest, len(line))
	}
	return widest
}
