package cmd

import (
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bxmlflow/bxmlflow/flow"
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
			"checked too; those of other flows count when folders are checked, not single files. With --config it also checks whether\n" +
			"the flows can be served so: the REST API, public-url, hosts, secrets, params that are required.\n\n" +
			"Exit codes: 0 no errors, 1 errors (or warnings with --strict), 2 wrong use, wrong params or no flows, 3 the files could\n" +
			"not be read or the output not written.",
		Example: "  bxmlflow check flows/\n  bxmlflow check --strict --format json flows/front-desk.yaml",
		RunE: func(c *cobra.Command, args []string) error {
			problems, err := a.check(c.Flags(), here(args))
			if err != nil {
				return err
			}
			if err := a.report(problems, format); err != nil {
				return err
			}
			code := problemCode(problems)
			if code == exitFine && strict && problems.Count(diag.Warning) > 0 {
				code = exitProblems
			}
			if code != exitFine {
				return failure{code: code}
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
	named := flags.Changed("config")
	if _, env := a.Env(envPrefix + "CONFIG"); env {
		named = true
	}
	keys := []string{"params"}
	if named {
		keys = append(keys, deploymentKeys()...)
	}
	config, err := a.configure(flags, keys...)
	if err != nil {
		return nil, err
	}
	single := slices.ContainsFunc(paths, func(path string) bool {
		info, err := os.Stat(path)
		return err == nil && !info.IsDir()
	})
	load := func(params map[string]map[string]any) (*flow.Set, diag.List, error) { return a.load(paths, params) }
	set, problems, err := config.loadWith(load, !single)
	if err == nil && len(set.Flows()) == 0 && !problems.HasErrors() {
		err = noFlows("check", paths)
	}
	if err == nil && named {
		problems = append(problems, a.lacksOfDeployment(config, set)...)
		problems.Sort()
	}
	return problems, err
}

// deploymentKeys are those that say whether the flows can be served.
func deploymentKeys() []string {
	keys := []string{"public-url", "hosts"}
	for _, s := range apiSettings() {
		keys = append(keys, s.key)
	}
	return keys
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
