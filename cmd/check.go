package cmd

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/bxmlflow/bxmlflow/flow/diag"
)

func (a *app) checkCommand() *cobra.Command {
	var format string
	var strict bool
	c := &cobra.Command{
		Use:   "check [path ...]",
		Short: "Find what is wrong with flows before a caller does",
		Long: "Check loads the flow files at the paths (folders are searched, the default is this one) and reports\n" +
			"every mistake with its place and what to do. It says nothing when all is well.\n\n" +
			"Exit codes: 0 no errors, 1 errors (or warnings with --strict), 3 the files could not be read.",
		Example: "  bxmlflow check flows/\n  bxmlflow check --strict --format json flows/front-desk.yaml",
		RunE: func(_ *cobra.Command, args []string) error {
			_, problems, err := a.load(here(args), nil)
			if err != nil {
				return err
			}
			if err := a.report(problems, format); err != nil {
				return err
			}
			if problems.HasErrors() || strict && problems.Count(diag.Warning) > 0 {
				return failure{code: exitProblems}
			}
			return nil
		},
	}
	c.Flags().StringVar(&format, "format", "text", "how to write problems: text or json")
	c.Flags().BoolVar(&strict, "strict", false, "fail on warnings too")
	return c
}

// report writes problems to the output in a format.
func (a *app) report(problems diag.List, format string) error {
	switch format {
	case "text":
		return a.show(a.Out, problems)
	case "json":
		return diag.JSON(a.Out, problems)
	}
	return failure{exitUsage, fmt.Errorf("there is no format %q: it is text or json", format)}
}
