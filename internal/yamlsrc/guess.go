package yamlsrc

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Each guesser offers mends to try until one works.

// tab finds a tab in the indentation, which needs no trial: the library stops right behind it.
func (r *repairer) tab() *mend {
	if !strings.Contains(r.fault.problem, "cannot start any token") && !strings.Contains(r.fault.problem, "tab character") {
		return nil
	}
	at := r.sol(min(r.fault.reach, len(r.text)))
	for _, l := range append(r.near(1), line{at, r.eol(at)}) {
		indent := r.indent(l.from)
		i := strings.IndexByte(string(r.text[l.from:indent]), '\t')
		if i >= 0 && r.fault.reach >= l.from+i && r.fault.reach <= indent+advance {
			return &mend{from: l.from + i, to: indent,
				message: "a tab is used for indentation", help: "indent with spaces, two for each level"}
		}
	}
	return nil
}

// escapes doubles a backslash that the library does not know what to do with.
func (r *repairer) escapes(try func(mend) bool) bool {
	if !strings.Contains(r.fault.problem, "escape") && !strings.Contains(r.fault.problem, "hexdecimal") {
		return false
	}
	for i := min(r.fault.reach, len(r.text)) - 2; i >= max(0, r.fault.reach-2*advance); i-- {
		if r.text[i] != '\\' || r.breakLen(i+1) > 0 {
			continue
		}
		to := i + 2
		for to < len(r.text) && r.text[to]&0xC0 == 0x80 {
			to++
		}
		text := string(r.text[i:to])
		if try(mend{[]edit{{at: i, put: `\`}}, i, to, fmt.Sprintf(`"%s" is no escape that YAML knows`, text),
			fmt.Sprintf(`write \%s for a backslash, or put the text in single quotes`, text)}) {
			return true
		}
	}
	return false
}

var (
	loneKey  = regexp.MustCompile(`^\s*(?:- +)*([\w.*-]+)$`)
	tightKey = regexp.MustCompile(`^\s*(?:- +)*([A-Za-z_][\w.-]*):[^\s/:]`)
)

// colons adds a colon that is missing after a key, or the space after one.
func (r *repairer) colons(try func(mend) bool) bool {
	for _, l := range r.near(2) {
		text := string(r.text[l.from:r.withoutComment(l.from, l.to)])
		if m := loneKey.FindStringSubmatchIndex(text); m != nil {
			at := l.from + m[3]
			if try(mend{[]edit{{at: at, put: ":"}}, l.from + m[2], at, fmt.Sprintf(`":" is missing after %q`, text[m[2]:m[3]]),
				fmt.Sprintf("write %s:", text[m[2]:m[3]])}) {
				return true
			}
		}
		if m := tightKey.FindStringSubmatchIndex(text); m != nil {
			at := l.from + m[3] + 1
			if try(mend{[]edit{{at: at, put: " "}}, l.from + m[2], at, fmt.Sprintf(`a space is missing after "%s:"`, text[m[2]:m[3]]),
				fmt.Sprintf("write %s: %s", text[m[2]:m[3]], text[m[3]+1:])}) {
				return true
			}
		}
	}
	return false
}

// brackets closes what was never closed and removes what closes nothing.
func (r *repairer) brackets(try func(mend) bool) bool {
	for _, l := range r.above() {
		if l.to-l.from > maxLine {
			continue
		}
		to := r.withoutComment(l.from, l.to)
		open, extra := r.unbalanced(l.from, to)
		if len(open) > 0 && len(open) <= MaxDepth {
			closers := ""
			for _, at := range slices.Backward(open) {
				closers += string(r.text[at] + 2) // in ASCII "]" is "[" + 2 and "}" is "{" + 2
			}
			at := open[len(open)-1]
			if try(mend{[]edit{{at: to, put: closers}}, at, at + 1, fmt.Sprintf("%q is never closed", r.text[at:at+1]),
				fmt.Sprintf("write %q at the end", closers)}) {
				return true
			}
		}
		if extra >= 0 && try(mend{[]edit{{at: extra, cut: 1}}, extra, extra + 1,
			fmt.Sprintf("%q closes nothing", r.text[extra:extra+1]), "remove it, or quote the text that it belongs to"}) {
			return true
		}
	}
	return false
}

// unbalanced returns the brackets of a line that are not closed on it, and the first that closes none, or -1.
func (r *repairer) unbalanced(from, to int) (open []int, extra int) {
	extra = -1
	for i := from; i < to; i++ {
		switch r.text[i] {
		case '"', '\'':
			i = r.pastQuote(i, to)
		case '[', '{':
			open = append(open, i)
		case ']', '}':
			if k := len(open) - 1; k >= 0 {
				open = open[:k]
			} else if extra < 0 {
				extra = i
			}
		}
	}
	return open, extra
}

// pastQuote returns the offset of the quote that closes the one at i, or i when it is an apostrophe or never closed.
func (r *repairer) pastQuote(i, to int) int {
	if i > 0 && wordByte(r.text[i-1]) {
		return i
	}
	for k := i + 1; k < to; k++ {
		switch {
		case r.text[k] == '\\' && r.text[i] == '"':
			k++
		case r.text[k] == r.text[i]:
			return k
		}
	}
	return i
}

// quotes closes a quote that is not closed on its line.
func (r *repairer) quotes(try func(mend) bool) bool {
	for _, l := range r.above() {
		for _, p := range r.pieces(l) {
			q := r.text[p.from]
			if q != '"' && q != '\'' || r.pastQuote(p.from, l.to) != p.from {
				continue
			}
			for _, to := range []int{r.beforeClosers(p.from, l.to), l.to} {
				if to > p.from && try(mend{[]edit{{at: to, put: string(q)}}, p.from, to, "the quote that opens here is not closed",
					fmt.Sprintf("write %s at the end of the text", string(q))}) {
					return true
				}
			}
		}
	}
	return false
}

// beforeClosers returns to without the brackets and commas before it.
func (r *repairer) beforeClosers(from, to int) int {
	for to > from && strings.IndexByte("]},", r.text[to-1]) >= 0 {
		to = r.trimmed(from, to-1)
	}
	return to
}

// indents moves a line to where a line above begins.
func (r *repairer) indents(try func(mend) bool) bool {
	for k, l := range r.near(2) {
		indent := r.indent(l.from)
		var columns []int // that of the line above first, then near ones
		for _, above := range r.near(k + 20)[k+1:] {
			columns = append(columns, r.indent(above.from)-above.from)
			if r.text[r.indent(above.from)] == '-' {
				columns = append(columns, r.indent(r.indent(above.from)+1)-above.from)
			}
		}
		was := indent - l.from
		if len(columns) > 1 {
			slices.SortStableFunc(columns[1:], func(a, b int) int { return abs(a-was) - abs(b-was) })
		}
		for _, column := range slices.Compact(columns) {
			if column != was && try(mend{[]edit{{l.from, was, strings.Repeat(" ", column)}}, indent, l.to,
				fmt.Sprintf("an indentation of %s does not fit the lines above", spaces(was)),
				fmt.Sprintf("indent it by %s like the lines it belongs to", spaces(column))}) {
				return true
			}
		}
	}
	return false
}

func abs(n int) int { return max(n, -n) }

func spaces(n int) string {
	if n == 0 {
		return "no space"
	}
	if n == 1 {
		return "1 space"
	}
	return fmt.Sprintf("%d spaces", n)
}
