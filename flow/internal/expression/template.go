package expression

import (
	"fmt"
	"strings"
)

// Template is a compiled text with expressions in it. It is immutable and safe for concurrent use.
type Template struct {
	parts []part
	text  string // of a template without expressions
}

// part is a literal text or a program.
type part struct {
	text    string
	program *Program
	offset  int // of the expression in the template
}

// Parse compiles a template: ${ expr } is replaced by the value, $${ is a literal ${. The offsets of problems are those of the
// whole text. The template is nil when there are problems.
func Parse(src string, s *Scope) (*Template, []Problem) {
	p := templateParser{src: src, scope: s}
	for at := 0; at >= 0; {
		at = p.next(at)
	}
	if len(p.problems) > 0 {
		return nil, p.problems
	}
	if len(p.parts) == 0 {
		return &Template{text: p.literal.String()}, nil
	}
	p.flush()
	return &Template{parts: p.parts}, nil
}

// templateParser cuts a text into parts.
type templateParser struct {
	src      string
	scope    *Scope
	literal  strings.Builder // what was read since the last expression
	parts    []part
	count    int // of expressions
	problems []Problem
}

// next reads up to and including the next expression from an offset on. It returns where to go on, or -1.
func (p *templateParser) next(at int) int {
	found := strings.Index(p.src[at:], "${")
	if found < 0 {
		p.literal.WriteString(p.src[at:])
		return -1
	}
	from := at + found
	begin := from + len("${")
	if from > at && p.src[from-1] == '$' {
		p.literal.WriteString(p.src[at:from-1] + "${")
		return begin
	}
	p.literal.WriteString(p.src[at:from])
	if p.count++; p.count > MaxParts {
		return p.fail(RuleLimit, from, fmt.Sprintf("the text has more than %d expressions", MaxParts), "split it")
	}
	end := p.closingBrace(begin)
	if end < 0 {
		return -1
	}
	program, problems := Value(p.src[begin:end], p.scope)
	p.problems = append(p.problems, shift(problems, begin)...)
	p.flush()
	p.parts = append(p.parts, part{program: program, offset: begin})
	return end + len("}")
}

// flush makes a part of the literal text before an expression.
func (p *templateParser) flush() {
	if p.literal.Len() > 0 {
		p.parts = append(p.parts, part{text: p.literal.String()})
		p.literal.Reset()
	}
}

// fail reports a problem that reaches to the end of the text, after which nothing can be read.
func (p *templateParser) fail(rule string, from int, message, help string) int {
	p.problems = append(p.problems, Problem{From: from, To: len(p.src), Message: message, Help: help, Rule: rule})
	return -1
}

func shift(problems []Problem, by int) []Problem {
	for i := range problems {
		problems[i].From += by
		problems[i].To += by
	}
	return problems
}

// closingBrace finds the } that ends the expression that begins at an offset, past braces and texts inside it. It returns -1
// after reporting that there is none.
func (p *templateParser) closingBrace(begin int) int {
	depth := 0
	for i := begin; i < len(p.src); i++ {
		switch p.src[i] {
		case '"', '\'', '`':
			end, closed := skipString(p.src, i)
			if !closed {
				return p.fail(RuleSyntax, i, "a text that begins here is never closed", "close it with "+p.src[i:i+1])
			}
			i = end - 1
		case '{':
			depth++
		case '}':
			if depth == 0 {
				return i
			}
			depth--
		}
	}
	return p.fail(RuleSyntax, begin-len("${"), "${ is never closed", "add the missing }, or write $${ for the characters themselves")
}

// Literal returns the text of a template that has no expressions.
func (t *Template) Literal() (string, bool) { return t.text, len(t.parts) == 0 }

// Single returns the program of a template that is one ${ } and nothing else; Eval keeps its type.
func (t *Template) Single() (*Program, bool) {
	if len(t.parts) == 1 && t.parts[0].program != nil {
		return t.parts[0].program, true
	}
	return nil, false
}

// Type returns the type of what Eval yields: String, unless the template is a single ${ }.
func (t *Template) Type() Type {
	if p, ok := t.Single(); ok {
		return p.typ
	}
	return String
}

// Refs returns the names that the template reads, each once. Their places are those in the whole text.
func (t *Template) Refs() []Ref {
	var refs []Ref
	for _, part := range t.parts {
		if part.program != nil {
			refs = mergeRefs(refs, part.program, part.offset)
		}
	}
	return refs
}

// Append appends the template's text. On an error it returns dst as it was.
func (v *VM) Append(dst []byte, t *Template, look Lookup) ([]byte, error) {
	return v.append(dst, t, look, nil)
}

// AppendEscaped is Append with the text of every expression passed through escape, which appends the text to out. first
// says that nothing stands before the expression in the template.
func (v *VM) AppendEscaped(dst []byte, t *Template, look Lookup, escape func(out, text []byte, first bool) []byte) ([]byte, error) {
	return v.append(dst, t, look, escape)
}

func (v *VM) append(dst []byte, t *Template, look Lookup, escape func(out, text []byte, first bool) []byte) ([]byte, error) {
	if len(t.parts) == 0 {
		return append(dst, t.text...), nil
	}
	out := dst
	for i := range t.parts {
		if t.parts[i].program == nil {
			out = append(out, t.parts[i].text...)
			continue
		}
		value, err := v.Run(t.parts[i].program, look)
		if err != nil {
			return dst, err
		}
		if escape == nil {
			out = AppendText(out, value)
		} else {
			out = escape(out, AppendText(nil, value), i == 0)
		}
		if len(out)-len(dst) > MaxCompoundBytes {
			return dst, fmt.Errorf("evaluate template: the text is longer than %d bytes", MaxCompoundBytes)
		}
	}
	return out, nil
}

// Eval returns the template's value: that of the expression when it is a single ${ }, a text otherwise.
func (v *VM) Eval(t *Template, look Lookup) (any, error) {
	if p, ok := t.Single(); ok {
		return v.Run(p, look)
	}
	if len(t.parts) == 0 {
		return t.text, nil
	}
	text, err := v.Append(nil, t, look)
	if err != nil {
		return nil, err
	}
	return string(text), nil
}
