package yamlsrc

import (
	"fmt"
	"regexp"
	"strings"
)

// piece is a place on a line where a key, a value or an item may begin.
type piece struct {
	from  int
	value bool // after ": "
	flow  bool // within brackets that open on the line
}

// Lines beyond these bounds are not searched through.
const (
	maxPieces = 40      // of a line
	maxLine   = 2 << 10 // bytes
)

// pieces returns the places from left to right.
func (r *repairer) pieces(l line) []piece {
	at := r.indent(l.from)
	if l.to-l.from > maxLine {
		return nil
	}
	list := []piece{{from: at}}
	for len(list) < maxPieces && at+1 < l.to && r.text[at] == '-' && r.blank(at+1) {
		at = r.indent(at + 1)
		list = append(list, piece{from: at})
	}
	flow := 0
	for i := at; i < l.to && len(list) < maxPieces; i++ {
		value := r.text[i] == ':' && r.blank(i+1)
		switch c := r.text[i]; {
		case c == '[' || c == '{':
			flow++
		case c == ']' || c == '}':
			flow = max(0, flow-1)
			continue
		case c == ',' && flow > 0 || value:
		default:
			continue
		}
		if next := r.indent(i + 1); next < l.to {
			list = append(list, piece{next, value, flow > 0})
		}
	}
	return list
}

// values quotes what follows a key.
func (r *repairer) values(try func(mend) bool) bool {
	return r.quoted(try, func(p piece, _ string) bool { return p.value && !r.opens(p) })
}

// items quotes what stands in a list.
func (r *repairer) items(try func(mend) bool) bool {
	return r.quoted(try, func(p piece, text string) bool {
		return !p.value && !r.opens(p) && !strings.Contains(text, ": ")
	})
}

// collections quotes what begins with a bracket and does not end with the one that closes it.
func (r *repairer) collections(try func(mend) bool) bool {
	return r.quoted(try, func(p piece, text string) bool {
		to := p.from + len(text)
		return r.opens(p) && r.balanced(p.from, to) == to && r.balanced(p.from+1, to) < to-1
	})
}

// quoted tries to quote every text near the fault that is wanted.
func (r *repairer) quoted(try func(mend) bool, want func(p piece, text string) bool) bool {
	for _, l := range r.near(3) {
		for _, p := range r.pieces(l) {
			for _, to := range r.ends(p, l) {
				if want(p, string(r.text[p.from:to])) && try(r.quoting(p, to)) {
					return true
				}
			}
		}
	}
	return false
}

func (r *repairer) opens(p piece) bool { return r.text[p.from] == '[' || r.text[p.from] == '{' }

// apostrophes doubles the single quotes within words of text in single quotes.
func (r *repairer) apostrophes(try func(mend) bool) bool {
	for _, l := range r.near(3) {
		for _, p := range r.pieces(l) {
			for _, to := range r.ends(p, l) {
				edits := r.apostropheEdits(p.from, to)
				text := string(r.text[p.from:to])
				if len(edits) > 0 && try(mend{edits, p.from, to, "the single quote within the text ends it",
					"write it twice, or use double quotes: " + quote(text[1:len(text)-1])}) {
					return true
				}
			}
		}
	}
	return false
}

// apostropheEdits returns nil when text[from:to] is not in single quotes, or holds one that is not within a word.
func (r *repairer) apostropheEdits(from, to int) (edits []edit) {
	if to-from < 3 || r.text[from] != '\'' || r.text[to-1] != '\'' {
		return nil
	}
	for i := from + 1; i < to-1; i++ {
		if r.text[i] != '\'' {
			continue
		}
		if !wordByte(r.text[i-1]) || !wordByte(r.text[i+1]) {
			return nil
		}
		edits = append(edits, edit{at: i, put: "'"})
	}
	return edits
}

// keys quotes what comes before a colon.
func (r *repairer) keys(try func(mend) bool) bool {
	for _, l := range r.near(3) {
		for _, p := range r.pieces(l) {
			i := strings.Index(string(r.text[p.from:l.to])+" ", ": ")
			if p.value || i <= 0 || r.text[p.from] == '-' {
				continue
			}
			to := r.trimmed(p.from, p.from+i)
			text := string(r.text[p.from:to])
			if to > p.from && try(mend{r.quotingEdits(p.from, to), p.from, to,
				fmt.Sprintf("the key %s needs quotes", shown(text)), fmt.Sprintf("quote it: %s", quote(text))}) {
				return true
			}
		}
	}
	return false
}

// ends returns where the text that begins at p may end, likely places first.
func (r *repairer) ends(p piece, l line) []int {
	list := make([]int, 0, 3)
	add := func(to int) {
		to = r.trimmed(p.from, to)
		if to > p.from && (len(list) == 0 || list[len(list)-1] != to) {
			list = append(list, to)
		}
	}
	if p.flow {
		add(r.balanced(p.from, l.to))
		return list
	}
	add(r.withoutComment(p.from, l.to))
	add(l.to)
	return list
}

// balanced returns the first comma or closing bracket that belongs to none opened after from.
func (r *repairer) balanced(from, to int) int {
	depth := 0
	for i := from; i < to; i++ {
		switch r.text[i] {
		case '"', '\'':
			i = r.pastQuote(i, to)
		case '(', '[', '{':
			depth++
		case ')':
			depth = max(0, depth-1)
		case ']', '}':
			if depth == 0 {
				return i
			}
			depth--
		case ',':
			if depth == 0 {
				return i
			}
		}
	}
	return to
}

func (r *repairer) quoting(p piece, to int) mend {
	text := string(r.text[p.from:to])
	message, help := why(text, p.flow)
	return mend{r.quotingEdits(p.from, to), p.from, to, message, help}
}

// quotingEdits puts text[from:to] in quotes.
func (r *repairer) quotingEdits(from, to int) []edit {
	mark := quote(string(r.text[from:to]))[:1]
	edits := []edit{{at: from, put: mark}}
	for i := from; mark == "'" && i < to; i++ {
		if r.text[i] == '\'' {
			edits = append(edits, edit{at: i, put: "'"})
		}
	}
	return append(edits, edit{at: to, put: mark})
}

// why says what is wrong with text that must be quoted to be read.
func why(text string, flow bool) (message, help string) {
	help = "quote it: " + quote(text)
	switch c := text[:1]; c {
	case `"`, `'`:
		name := map[string]string{`"`: "double", `'`: "single"}[c]
		return fmt.Sprintf("a value that begins with a %s quote must end with it", name), "put the whole in quotes: " + quote(text)
	case "*":
		return `a value that begins with "*" is read as a YAML alias`, help
	case "&":
		return `a value that begins with "&" is read as a YAML anchor`, help
	case "!":
		return `a value that begins with "!" is read as a YAML tag, not as text`, help
	case "|", ">":
		return fmt.Sprintf("a value that begins with %q is read as a block of text", c), help
	case "@", "`", "%":
		return fmt.Sprintf("a value cannot begin with %q", c), help
	case "-", "?":
		if strings.HasPrefix(text[1:]+" ", " ") {
			return fmt.Sprintf("%q cannot follow a key on its line", c), "give it a line of its own, or, if text is meant, " + help
		}
	}
	switch {
	case flow && strings.Contains(text, "${"):
		return "a template within {...} or [...] needs quotes", help
	case strings.Contains(text+" ", ": "):
		if m := secondKey.FindStringSubmatch(text); m != nil && !flow {
			help = fmt.Sprintf("give %q a line of its own, or, if text is meant, %s", m[1], help)
		}
		return `text that holds ": " needs quotes`, help
	case flow && strings.ContainsAny(text, "{}[],?"):
		i := strings.IndexAny(text, "{}[],?")
		return fmt.Sprintf("text that holds %q needs quotes within {...} and [...]", text[i:i+1]),
			help + ", or give it a line of its own"
	case strings.Contains(text, " #"):
		return `" #" begins a comment, which cuts the text`, help
	}
	return fmt.Sprintf("%s cannot be read without quotes", shown(text)), help
}

// secondKey finds a key behind the value of another on one line.
var secondKey = regexp.MustCompile(`^[^\s,]+, *([A-Za-z]\w*): `)

// shown returns text in quotes for a message, cut when it is long.
func shown(text string) string {
	const most = 40
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most]) + "..."
	}
	return `"` + text + `"`
}
