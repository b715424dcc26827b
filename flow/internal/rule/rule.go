// Package rule documents what the checker reports: one file per rule, named after it, which says what the rule finds, why that
// matters for a caller and what to do.
//
// A file is Markdown of a fixed form:
//
//	# title in lower case
//
//	severity: error
//
//	## Why
//
//	...
//
//	## Fix
//
//	...
//
// The severity is that of the worst problem of the rule. A line "ignorable: yes" below it lets authors ignore its errors, which
// is for flows that can run all the same.
package rule

import (
	"embed"
	"slices"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/diag"
)

//go:embed *.md
var files embed.FS

// All returns the rules by ID, without their examples. The slice is the caller's.
func All() []diag.Rule {
	entries, _ := files.ReadDir(".") // it is part of the program
	list := make([]diag.Rule, 0, len(entries))
	for _, e := range entries {
		text, _ := files.ReadFile(e.Name())
		list = append(list, read(strings.TrimSuffix(e.Name(), ".md"), string(text)))
	}
	slices.SortFunc(list, func(a, b diag.Rule) int { return strings.Compare(a.ID, b.ID) })
	return list
}

// read reads a file of the form above. What is missing stays empty, and an unknown severity is an error's.
func read(id, text string) diag.Rule {
	r := diag.Rule{ID: id}
	head, rest, _ := strings.Cut(text, "\n## Why\n")
	why, fix, _ := strings.Cut(rest, "\n## Fix\n")
	r.Why, r.Fix = strings.TrimSpace(why), strings.TrimSpace(fix)
	for line := range strings.Lines(head) {
		line = strings.TrimSpace(line)
		if title, ok := strings.CutPrefix(line, "# "); ok {
			r.Title = title
		}
		if name, ok := strings.CutPrefix(line, "severity: "); ok && r.Severity.UnmarshalText([]byte(name)) != nil {
			r.Severity = diag.Error
		}
		r.Ignorable = r.Ignorable || line == "ignorable: yes"
	}
	return r
}

// File is one file of an example.
type File struct{ Name, Text string }

// Files splits an archive of text files in the txtar form: each begins with a line "-- name --". What stands before the first is
// a comment.
func Files(archive string) []File {
	var list []File
	for line := range strings.Lines(archive) {
		if name, ok := marker(line); ok {
			list = append(list, File{Name: name})
		} else if len(list) > 0 {
			list[len(list)-1].Text += line
		}
	}
	return list
}

func marker(line string) (name string, ok bool) {
	line = strings.TrimRight(line, "\r\n")
	if len(line) < len("-- x --") || !strings.HasPrefix(line, "-- ") || !strings.HasSuffix(line, " --") {
		return "", false
	}
	return strings.TrimSpace(line[3 : len(line)-3]), true
}
