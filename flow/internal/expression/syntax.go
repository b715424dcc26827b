package expression

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/parser/lexer"
)

// foreign words stand where an operator is due.
var foreign = map[string]string{
	"is": "==", "equals": "==", "eq": "==", "isnt": "!=", "ne": "!=", "lt": "<", "gt": ">", "AND": "&&", "And": "&&",
	"OR": "||", "Or": "||", "IN": "in", "In": "in", "includes": "contains", "like": "contains", "xor": "!=",
}

// parse makes the syntax tree of the source, or reports why there is none.
func (c *compilation) parse() ast.Node {
	if !c.sized() || !c.lex() || !c.balanced() || !c.lint() {
		return nil
	}
	tree, err := parser.ParseWithConfig(c.source.text, c.config)
	if err != nil {
		c.syntaxError(err)
		return nil
	}
	return tree.Node
}

func (c *compilation) sized() bool {
	text := c.source.text
	switch {
	case strings.TrimSpace(text) == "":
		c.report(RuleSyntax, 0, len(text), c.kind+" is empty", "write an expression, or leave it out")
	case len(text) > MaxSourceBytes:
		c.report(RuleLimit, 0, len(text), fmt.Sprintf("%s is %d bytes long, at most %d", c.kind, len(text), MaxSourceBytes),
			"split it: set a variable first, or use several transitions")
	case !utf8.ValidString(text):
		c.report(RuleSyntax, 0, len(text), c.kind+" is not valid UTF-8", "")
	default:
		return true
	}
	return false
}

// lex cuts the source into tokens.
func (c *compilation) lex() bool {
	tokens, err := lexer.Lex(file.NewSource(c.source.text))
	if err == nil && len(tokens) > 1 {
		c.source.tokens = tokens[:len(tokens)-1] // the last is the end
		return true
	}
	if err == nil {
		c.report(RuleSyntax, 0, len(c.source.text), c.kind+" is empty", "a comment is no expression")
		return false
	}
	if open := openString(c.source.text); open >= 0 {
		quote := c.source.text[open : open+1]
		c.report(RuleSyntax, open, len(c.source.text), "a text that begins here is never closed", "close it with "+quote)
		return false
	}
	c.lexError(err)
	return false
}

func (c *compilation) lexError(err error) {
	from, to, message := c.place(err)
	char, help := c.source.text[from:to], ""
	switch {
	case strings.HasPrefix(message, "unrecognized character"):
		message = fmt.Sprintf("%q does not belong in an expression", char)
		if strings.ContainsAny(char, "“”„‘’‚«»") {
			help = `use straight quotes: "..." or '...'`
		}
	case strings.HasPrefix(message, "unable to unescape"), strings.HasPrefix(message, "invalid char escape"):
		message, help = "a backslash in a text is followed by something that has no meaning", `write \\ for a backslash itself`
	}
	c.report(RuleSyntax, from, to, message, help)
}

// place returns the byte offsets and the message of an error of expr-lang.
func (c *compilation) place(err error) (from, to int, message string) {
	var located *file.Error
	if !errors.As(err, &located) {
		return 0, len(c.source.text), err.Error()
	}
	from, to = c.source.bytes(located.Location)
	return from, to, located.Message
}

// balanced checks the brackets and notes which belong together.
func (c *compilation) balanced() bool {
	c.source.closing = map[int]int{}
	pairs := map[string]string{")": "(", "]": "[", "}": "{"}
	var open []int
	for i, t := range c.source.tokens {
		if t.Kind != lexer.Bracket {
			continue
		}
		opener, closes := pairs[t.Value]
		if !closes {
			open = append(open, i)
			continue
		}
		if len(open) == 0 {
			c.reportToken(t, fmt.Sprintf("%q closes nothing", t.Value), fmt.Sprintf("leave it out, or add the missing %q", opener))
			return false
		}
		last := open[len(open)-1]
		if c.source.tokens[last].Value != opener {
			c.reportToken(c.source.tokens[last], fmt.Sprintf("%q is closed by %q", c.source.tokens[last].Value, t.Value), "")
			return false
		}
		c.source.closing[last] = i
		open = open[:len(open)-1]
	}
	if len(open) > 0 {
		t := c.source.tokens[open[len(open)-1]]
		closers := map[string]string{"(": ")", "[": "]", "{": "}"}
		c.reportToken(t, fmt.Sprintf("%q is never closed", t.Value), fmt.Sprintf("add the missing %q", closers[t.Value]))
		return false
	}
	return true
}

// lint finds spellings from other languages and constructs that the bounds exclude, in the tokens.
func (c *compilation) lint() bool {
	for i := range c.source.tokens {
		if c.lintToken(i) {
			return false
		}
	}
	return true
}

// lintToken reports what is wrong with a token, and whether anything is.
func (c *compilation) lintToken(i int) bool {
	t := c.source.tokens[i]
	next, joined := c.following(i)
	switch {
	case joined && (t.Value == "==" || t.Value == "!=") && next.Value == "=" && t.Kind == lexer.Operator:
		c.reportTokens(t, next, t.Value+"= is not an operator here", "write "+t.Value)
	case joined && t.Is(lexer.Operator, "=") && next.Is(lexer.Operator, ">", "<"):
		c.reportTokens(t, next, t.Value+next.Value+" is not an operator", "write "+next.Value+"=")
	case joined && t.Is(lexer.Operator, "<") && next.Is(lexer.Operator, ">"):
		c.reportTokens(t, next, "<> is not an operator here", "write !=")
	case joined && t.Kind == lexer.Identifier && strings.HasSuffix(t.Value, "$") && next.Is(lexer.Bracket, "{"):
		c.reportDollar(i + 1)
	case t.Is(lexer.Operator, "="):
		c.reportToken(t, "= does not compare", "write == to compare; variables are assigned by the set action")
	case t.Is(lexer.Operator, "&"):
		c.reportToken(t, "& is not an operator here", "write && or and")
	case t.Is(lexer.Operator, "|"):
		c.reportToken(t, "| is not an operator here", "write || or or; functions are called as upper(x)")
	case t.Kind == lexer.Identifier && c.operandBefore(i) && foreign[t.Value] != "":
		c.reportToken(t, fmt.Sprintf("%q is not an operator here", t.Value), "write "+foreign[t.Value])
	default:
		return c.lintRefused(t)
	}
	return true
}

// lintRefused reports constructs of expr-lang that are no part of this language.
func (c *compilation) lintRefused(t lexer.Token) bool {
	message, help := "", ""
	switch {
	case t.Kind == lexer.String && strings.Contains(t.Value, "${"):
		message, help = "${ } has no meaning in a text inside an expression", "write the name without quotes, and + between texts"
	case t.Kind == lexer.Bytes:
		message, help = "byte texts are not part of the language", `write a text: "..."`
	case t.Kind != lexer.Operator:
		return false
	case t.Value == "..":
		message, help = "ranges are not part of the language", "compare instead: x >= 1 && x <= 9"
	case t.Value == "let", t.Value == ";":
		message, help = "an expression is a single value, without variables of its own", "set a variable of the flow first"
	case t.Value == "if", t.Value == "else":
		message, help = "if and else are not part of the language", "write condition ? a : b"
	case t.Value == "::":
		message = ":: is not an operator here"
	default:
		return false
	}
	rule := RuleSyntax
	if t.Value == ".." || t.Value == "let" {
		rule = RuleLimit
	}
	from, to := c.source.bytes(t.Location)
	c.report(rule, from, to, message, help)
	return true
}

// following returns the next token and whether it touches this one.
func (c *compilation) following(i int) (lexer.Token, bool) {
	if i+1 >= len(c.source.tokens) {
		return lexer.Token{}, false
	}
	next := c.source.tokens[i+1]
	return next, next.From == c.source.tokens[i].To
}

// operandBefore reports whether the token before this one ends a value, so that an operator is due.
func (c *compilation) operandBefore(i int) bool {
	if i == 0 {
		return false
	}
	t := c.source.tokens[i-1]
	return t.Kind == lexer.Identifier || t.Kind == lexer.String || t.Kind == lexer.Number || t.Is(lexer.Bracket, ")", "]")
}

func (c *compilation) reportDollar(brace int) {
	end := c.source.closing[brace]
	from, to := c.source.at(c.source.tokens[brace].To), c.source.at(c.source.tokens[end].From)
	inner := strings.TrimSpace(c.source.text[from:to])
	c.report(RuleSyntax, from-len("${"), to+len("}"), c.kind+" is an expression already, without ${ }", "write "+inner)
}

func (c *compilation) syntaxError(err error) {
	from, to, message := c.place(err)
	switch {
	case strings.Contains(message, "exceeds maximum allowed nodes"):
		c.report(RuleLimit, 0, len(c.source.text), fmt.Sprintf("%s has more than %d parts", c.kind, MaxNodes), "split it")
		return
	case strings.HasPrefix(message, "unexpected token EOF"), strings.HasPrefix(message, "unexpected end"):
		last := c.source.tokens[len(c.source.tokens)-1]
		c.reportToken(last, c.kind+" ends where something more is due", "write what follows "+last.Value+", or leave it out")
		return
	case strings.HasPrefix(message, "unexpected token"), strings.HasPrefix(message, "expected name"):
		c.unexpected(from, to)
		return
	case strings.HasPrefix(message, "expected at least"):
		message = "a value is missing here"
	case strings.Contains(message, "coalesce"):
		c.report(RuleSyntax, from, to, fmt.Sprintf("%s beside ?? could mean two things", c.source.text[from:to]), "put ( ) around a ?? b")
		return
	case strings.Contains(message, "literal"):
		c.badNumber(from)
		return
	}
	c.report(RuleSyntax, from, to, strings.TrimRight(strings.ToLower(message), "."), "")
}

// badNumber reports the number before an offset: expr-lang notices only after it.
func (c *compilation) badNumber(before int) {
	for _, t := range slices.Backward(c.source.tokens) {
		if from, _ := c.source.bytes(t.Location); t.Kind == lexer.Number && from <= before {
			c.reportToken(t, "the number is not one, or too large", "digits that are not counted with are a text: write them in quotes")
			return
		}
	}
	c.report(RuleSyntax, before, before, "a number is not one, or too large", "")
}

func (c *compilation) unexpected(from, to int) {
	help := ""
	if i := c.source.token(c.source.char(from)); i >= 0 && c.operandBefore(i) {
		switch c.source.tokens[i].Kind {
		case lexer.Identifier, lexer.String, lexer.Number:
			help = "an operator is missing before it, or quotes around a text"
		}
	}
	c.report(RuleSyntax, from, to, fmt.Sprintf("%q is not expected here", c.source.text[from:to]), help)
}

func (c *compilation) report(rule string, from, to int, message, help string) {
	for _, p := range c.problems {
		if p.From <= from && to <= p.To && (p.Message == message || p.From == from && p.To == to) {
			return // one message per mistake
		}
	}
	c.problems = append(c.problems, Problem{From: from, To: to, Message: message, Help: help, Rule: rule})
}

func (c *compilation) reportToken(t lexer.Token, message, help string) {
	c.reportTokens(t, t, message, help)
}

func (c *compilation) reportTokens(first, last lexer.Token, message, help string) {
	from, _ := c.source.bytes(first.Location)
	_, to := c.source.bytes(last.Location)
	c.report(RuleSyntax, from, to, message, help)
}

func (c *compilation) reportNode(rule string, n ast.Node, message, help string) {
	from, to := c.source.span(n)
	c.report(rule, from, to, message, help)
}
