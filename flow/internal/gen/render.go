package main

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/diag"
)

const head = `<!-- Generated from flow/internal/rule and flow/testdata/rules by go generate ./flow. Do not edit. -->
# Checks

What ` + "`bxmlflow check`" + ` reports. Errors keep a flow from being used, warnings fail with ` + "`--strict`" + `. In the terminal,
` + "`bxmlflow rules`" + ` lists these rules and ` + "`bxmlflow check --explain RULE`" + ` explains one.

A problem that is meant is ignored by a comment at the end of its line, or on a line of its own before it. The comment says why:

` + "```yaml" + `
params:
  office: main # bxmlflow: ignore unused-name the dashboard reads it
` + "```" + `

Every warning can be ignored so, and the errors of the rules that are marked *ignorable*. Other errors make a flow unusable,
and a comment cannot change that. ` + "`check --ignore RULE`" + ` leaves out a rule everywhere, within the same bounds.
`

// render writes the page: a table of contents, then a section for every rule.
func render(rules []flow.Rule) []byte {
	var b bytes.Buffer
	b.WriteString(head)
	b.WriteString("\n| rule | severity | finds |\n|---|---|---|\n")
	for _, r := range rules {
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s |\n", r.ID, r.ID, severity(r), r.Title)
	}
	for _, r := range rules {
		section(&b, r)
	}
	return b.Bytes()
}

func severity(r flow.Rule) string {
	if r.Ignorable && r.Severity == diag.Error {
		return "error, ignorable"
	}
	return r.Severity.String()
}

func section(b *bytes.Buffer, r flow.Rule) {
	fmt.Fprintf(b, "\n## %s\n\n%s: %s.\n\n%s\n\n**What to do.** %s\n", r.ID, capital(severity(r)), r.Title, r.Why, r.Fix)
	fmt.Fprintf(b, "\nWrong:\n\n%s\n%s\nRight:\n\n%s", fence("yaml", r.Bad), fence("text", r.Output), fence("yaml", r.Good))
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// fence quotes a text. No example has a fence of its own.
func fence(language, text string) string {
	return "```" + language + "\n" + strings.TrimSuffix(text, "\n") + "\n```\n"
}
