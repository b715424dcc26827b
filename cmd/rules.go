package cmd

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/diag"
)

func (a *app) rulesCommand() *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "rules",
		Short: "List what check looks for",
		Long: "Rules lists every rule that check reports: its name, its severity, whether its errors may be ignored, what it finds.\n" +
			"With --format json also why it matters, what to do, and an example. `bxmlflow check --explain RULE` explains one.\n\n" +
			"Exit codes: 0 fine, 2 wrong use, 3 the output could not be written.",
		Example: "  bxmlflow rules\n  bxmlflow rules --format json",
		Args:    arguments(0, 0, ""),
		RunE: func(*cobra.Command, []string) error {
			switch format {
			case "text":
				return listRules(a.Out)
			case "json":
				return writeJSON(a.Out, flow.Rules())
			}
			return failure{exitUsage, fmt.Errorf("there is no format %q: it is text or json", format)}
		},
	}
	c.Flags().StringVar(&format, "format", "text", "text or json")
	return c
}

func listRules(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, r := range flow.Rules() {
		fmt.Fprintf(table, "%s\t%s\t%s\n", r.ID, graveness(r), r.Title)
	}
	return table.Flush()
}

// graveness says how bad a rule's problems are, and whether they may be ignored, which warnings always may.
func graveness(r flow.Rule) string {
	if r.Severity == diag.Error && r.Ignorable {
		return "error, ignorable"
	}
	return r.Severity.String()
}

func writeJSON(w io.Writer, value any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(value)
}

// findRule returns the rule of a name that somebody typed.
func findRule(id string) (flow.Rule, error) {
	var ids []string
	for _, r := range flow.Rules() {
		if r.ID == id {
			return r, nil
		}
		ids = append(ids, r.ID)
	}
	text := fmt.Sprintf("there is no rule %q", id)
	if near, ok := diag.Nearest(id, ids); ok {
		return flow.Rule{}, fmt.Errorf("%s, did you mean %q?", text, near)
	}
	return flow.Rule{}, errors.New(text + ": `bxmlflow rules` lists them")
}

// explain writes what a rule is about.
func (a *app) explain(id, format string, paths []string) error {
	r, err := findRule(id)
	switch {
	case err != nil:
		return failure{exitUsage, fmt.Errorf("check: --explain: %w", err)}
	case len(paths) > 0:
		return failure{exitUsage, fmt.Errorf("check: --explain checks nothing, but got %q", strings.Join(paths, " "))}
	case format == "json":
		return writeJSON(a.Out, r)
	case format != "text":
		return failure{exitUsage, fmt.Errorf("check: --explain writes text or json, not %s", format)}
	}
	fmt.Fprintf(a.Out, "%s (%s): %s\n\n%s\n\n%s\n", r.ID, graveness(r), r.Title, r.Why, r.Fix)
	for _, part := range []struct{ title, text string }{{"wrong", r.Bad}, {"what check says", r.Output}, {"right", r.Good}} {
		fmt.Fprintf(a.Out, "\n%s:\n\n%s", part.title, indent(part.text))
	}
	return nil
}

// indent moves the lines of a text to the right, as far as they have something.
func indent(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) != "" {
			b.WriteString("    ")
		}
		b.WriteString(line)
	}
	return b.String()
}
