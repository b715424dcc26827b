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

// verdict is how check tells what it found.
type verdict struct {
	format string
	strict bool     // warnings fail too
	ignore []string // rules to leave out
}

// formats of problems.
var formats = []string{"text", "json", "sarif", "github"}

func (a *app) checkCommand() *cobra.Command {
	var v verdict
	var explain string
	c := &cobra.Command{
		Use:   "check [path ...]",
		Short: "Find what is wrong with flows before a caller does",
		Long: "Check loads the flow files at the paths (folders are searched, the default is this one) and reports\n" +
			"every mistake with its place and what to do. It says nothing when all is well. Params of the configuration are\n" +
			"checked too; those of other flows count when folders are checked, not single files. With --config it also checks whether\n" +
			"the flows can be served so: the REST API, public-url, hosts, secrets, params that are required.\n\n" +
			"A comment `# bxmlflow: ignore RULE reason` at the end of a line, or on the line before it, ignores what a rule reports\n" +
			"there, and --ignore what it reports anywhere: warnings, and errors with which a flow can be used all the same. Serve\n" +
			"knows the comments only. The rules are listed by `bxmlflow rules`.\n\n" +
			"Formats: text; json; sarif (2.1.0, for code scanning); github (annotations of a workflow run).\n\n" +
			"Exit codes: 0 no errors, 1 errors (or warnings with --strict), 2 wrong use, wrong params or no flows, 3 the files could\n" +
			"not be read or the output not written.",
		Example: "  bxmlflow check flows/\n  bxmlflow check --strict --format json flows/front-desk.yaml\n  bxmlflow check --explain dead-end",
		RunE: func(c *cobra.Command, args []string) error {
			if !slices.Contains(formats, v.format) {
				return failure{exitUsage, fmt.Errorf("there is no format %q: it is text, json, sarif or github", v.format)}
			}
			if c.Flags().Changed("explain") {
				return a.explain(explain, v.format, args)
			}
			for _, id := range v.ignore {
				if _, err := findRule(id); err != nil {
					return failure{exitUsage, fmt.Errorf("check: --ignore: %w", err)}
				}
			}
			problems, err := a.check(c.Flags(), here(args))
			if err != nil {
				return err
			}
			return a.tell(problems, v)
		},
	}
	c.Flags().String("config", "", "configuration file (default "+configFile+" when it is there)")
	c.Flags().StringArray("param", nil, "a param of a flow: flow.name=value (repeatable)")
	c.Flags().StringVar(&v.format, "format", "text", "how to write problems: text, json, sarif or github")
	c.Flags().BoolVar(&v.strict, "strict", false, "fail on warnings too")
	c.Flags().StringArrayVar(&v.ignore, "ignore", nil, "leave out what a rule reports (repeatable)")
	c.Flags().StringVar(&explain, "explain", "", "explain a rule, with an example, instead of checking")
	return c
}

// tell reports problems and fails by what they are.
func (a *app) tell(problems diag.List, v verdict) error {
	rules := flow.Rules()
	problems = slices.DeleteFunc(problems, func(d diag.Diagnostic) bool {
		i := slices.IndexFunc(rules, func(r flow.Rule) bool { return r.ID == d.Rule })
		return i >= 0 && slices.Contains(v.ignore, d.Rule) && rules[i].MayIgnore(d)
	})
	if err := a.report(problems, v.format); err != nil {
		return err
	}
	code := problemCode(problems)
	if code == exitFine && v.strict && problems.Count(diag.Warning) > 0 {
		code = exitProblems
	}
	if code == exitFine {
		return nil
	}
	return failure{code: code}
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

// home is where the project is found.
const home = "https://github.com/bxmlflow/bxmlflow"

// report writes problems to the output in one of the formats.
func (a *app) report(problems diag.List, format string) error {
	switch format {
	case "json":
		return diag.JSON(a.Out, problems)
	case "sarif":
		return diag.SARIF(a.Out, problems, diag.Tool{
			Name: "bxmlflow", Version: buildVersion().Version, URI: home, Docs: home + "/blob/main/docs/checks.md", Rules: flow.Rules(),
		})
	case "github":
		return diag.GitHub(a.Out, problems)
	}
	return a.show(a.Out, problems)
}
