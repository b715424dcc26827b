package cmd

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bxmlflow/bxmlflow/flow/diag"
)

func (a *app) checkCommand() *cobra.Command {
	var format string
	var strict bool
	c := &cobra.Command{
		Use:   "check [path ...]",
		Short: "Find what is wrong with flows before a caller does",
		Long: "Check loads the flow files at the paths (folders are searched, the default is this one) and reports\n" +
			"every mistake with its place and what to do. It says nothing when all is well. Params of the configuration are\n" +
			"checked too; those of other flows count when folders are checked, not single files.\n\n" +
			"Exit codes: 0 no errors, 1 errors (or warnings with --strict), 3 the files could not be read.",
		Example: "  bxmlflow check flows/\n  bxmlflow check --strict --format json flows/front-desk.yaml",
		RunE: func(c *cobra.Command, args []string) error {
			problems, err := a.check(c.Flags(), here(args))
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
	c.Flags().String("config", "", "configuration file (default "+configFile+" when it is there)")
	c.Flags().StringArray("param", nil, "a param of a flow: flow.name=value (repeatable)")
	c.Flags().StringVar(&format, "format", "text", "how to write problems: text or json")
	c.Flags().BoolVar(&strict, "strict", false, "fail on warnings too")
	return c
}

// check loads flows with the params of the configuration and returns what is wrong with both.
func (a *app) check(flags *pflag.FlagSet, paths []string) (diag.List, error) {
	config, err := a.configure(flags, "params")
	if err != nil {
		return nil, err
	}
	set, problems, err := a.load(paths, config.byFlow())
	if err != nil || problems.HasErrors() { // flows with errors are not in the set
		return problems, err
	}
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			return problems, nil
		}
	}
	config.strangers(set, &problems)
	return problems, nil
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
