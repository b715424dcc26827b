package flow

import (
	"regexp"
	"slices"
	"unicode/utf8"

	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/flow/internal/parse"
	"github.com/bxmlflow/bxmlflow/flow/internal/rule"
)

const (
	ruleIgnore = "ignore"
	ruleIdle   = "unused-ignore"
)

// howToIgnore is how a comment is written that ignores something.
const howToIgnore = "write `# " + parse.Mark + " ignore RULE reason`"

// instruction matches a comment that speaks to the checker: a verb, a rule, a reason.
var instruction = regexp.MustCompile(`^#+\s*` + parse.Mark + `\s*(\S*)\s*(\S*)\s*(.*)$`)

// ignored is a comment that asks for silence about a rule on a line.
type ignored struct {
	diag.Rule
	ast.Comment
	used bool
}

// ignores reads and obeys the comments of files.
type ignores struct {
	rules    []diag.Rule
	list     []*ignored
	problems diag.List // of the comments
}

// ignore drops the problems that comments of the files ask to ignore, and adds what is wrong with those comments.
func ignore(problems diag.List, files []*ast.File) diag.List {
	in := &ignores{}
	for _, f := range files {
		for _, c := range f.Comments {
			in.read(c)
		}
	}
	if len(in.list)+len(in.problems) == 0 {
		return problems
	}
	problems = slices.DeleteFunc(problems, in.drops)
	problems = append(problems, in.problems...)
	in.idle(&problems)
	problems.Sort()
	return problems
}

// read reads a comment, and reports one that cannot be obeyed.
func (in *ignores) read(c ast.Comment) {
	m := instruction.FindStringSubmatchIndex(c.Text)
	if m == nil {
		return // it only mentions the mark
	}
	if in.rules == nil {
		in.rules = rule.All()
	}
	verb, id := c.Text[m[2]:m[3]], c.Text[m[4]:m[5]]
	i := slices.IndexFunc(in.rules, func(r diag.Rule) bool { return r.ID == id })
	switch {
	case verb != "ignore":
		in.problems.Errorf(ruleIgnore, part(c, m[2], m[3]), "%q is nothing that a comment can ask for", verb).WithHelp("%s", howToIgnore)
		return
	case id == "":
		in.problems.Errorf(ruleIgnore, c.Span, "the comment does not say which rule to ignore").WithHelp("%s", howToIgnore)
		return
	case i < 0:
		d := in.problems.Errorf(ruleIgnore, part(c, m[4], m[5]), "there is no rule %q", id).WithHelp("`bxmlflow rules` lists them")
		if near, ok := diag.Nearest(id, in.ids()); ok {
			d.WithHelp("did you mean %q?", near)
		}
		return
	case m[6] == m[7]:
		in.problems.Errorf(ruleIgnore, c.Span, "the comment does not say why %q is ignored", id).WithHelp("%s", howToIgnore)
	}
	in.list = append(in.list, &ignored{Rule: in.rules[i], Comment: c})
}

func (in *ignores) ids() []string {
	names := make([]string, len(in.rules))
	for i, r := range in.rules {
		names[i] = r.ID
	}
	return names
}

// part returns the place of a part of a comment, which has one line.
func part(c ast.Comment, from, to int) diag.Span {
	s := c.Span
	s.End.Col = s.Start.Col + utf8.RuneCountInString(c.Text[:to])
	s.Start.Col += utf8.RuneCountInString(c.Text[:from])
	return s
}

// drops reports whether a comment says to ignore d, and may.
func (in *ignores) drops(d diag.Diagnostic) bool {
	for _, i := range in.list {
		if i.ID != d.Rule || i.Line != d.Span.Start.Line || i.Comment.Span.File != d.Span.File {
			continue
		}
		i.used = true
		if i.MayIgnore(d) {
			return true
		}
		in.problems.Errorf(ruleIgnore, i.Comment.Span, "an error of %q cannot be ignored", i.ID).
			WithHelp("the flow cannot be used with it: mend line %d and remove the comment", i.Line)
		return false
	}
	return false
}

// idle reports the comments that ignore nothing. In a file with errors they may be about what was not looked at.
func (in *ignores) idle(problems *diag.List) {
	broken := map[string]bool{}
	for _, d := range *problems {
		broken[d.Span.File] = broken[d.Span.File] || d.Severity == diag.Error
	}
	for _, i := range in.list {
		if !i.used && !broken[i.Comment.Span.File] {
			problems.Warnf(ruleIdle, i.Comment.Span, "there is nothing of %q to ignore here", i.ID).WithHelp("remove the comment")
		}
	}
}
