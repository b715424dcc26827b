package diag

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
)

// GitHub writes every problem of list as a workflow command, which GitHub Actions shows beside the line in a pull request:
//
//	::error file=menu.yaml,line=3,col=19,endLine=3,endColumn=26,title=unknown-state::there is no state "greting"%0Adid you mean "greeting"?
//
// The commands are those of the page "Workflow commands for GitHub Actions"; characters that mean something in them are escaped.
// Columns are those of the first and the last character; a problem of several lines has none, since annotations cannot show it.
// The error is that of w.
func GitHub(w io.Writer, list List) error {
	var out bytes.Buffer
	for _, d := range list {
		fmt.Fprintf(&out, "::%s %s::%s\n", command(d.Severity), strings.Join(properties(d), ","), data.Replace(clean(withHelp(d))))
	}
	if _, err := out.WriteTo(w); err != nil {
		return fmt.Errorf("write problems: %w", err)
	}
	return nil
}

// What is escaped in a message and in the value of a property. Carriage returns are too, but clean leaves none.
var (
	data     = strings.NewReplacer("%", "%25", "\n", "%0A")
	property = strings.NewReplacer("%", "%25", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// command is the name of a severity among the workflow commands.
func command(s Severity) string {
	if s == Info {
		return "notice"
	}
	return s.String()
}

// properties returns where d is, as far as that is known, and what it is called.
func properties(d Diagnostic) []string {
	var list []string
	add := func(name, value string) { list = append(list, name+"="+property.Replace(clean(value))) }
	number := func(name string, n int) { add(name, strconv.Itoa(n)) }
	s := d.Span
	if s.File != "" {
		add("file", filepath.ToSlash(s.File))
	}
	switch {
	case !s.Start.IsValid():
	case s.End.Line > s.Start.Line:
		number("line", s.Start.Line)
		number("endLine", s.End.Line)
	default:
		number("line", s.Start.Line)
		number("col", s.Start.Col)
		number("endLine", s.Start.Line)
		number("endColumn", max(s.Start.Col, s.End.Col-1))
	}
	title := d.Rule
	if title == "" {
		title = d.Severity.String()
	}
	add("title", title)
	return list
}
