package cmd

import (
	"fmt"
	"regexp"
	"time"

	"github.com/spf13/cobra"

	"github.com/bxmlflow/bxmlflow/runtime/flowtest"
)

// testFlags are the flags of test.
type testFlags struct {
	match     string
	format    string
	verbose   bool
	cover     bool
	threshold float64
}

func (a *app) testCommand() *cobra.Command {
	var flags testFlags
	c := &cobra.Command{
		Use:   "test [path ...]",
		Short: "Run the tests of flows",
		Long: "Test runs test files, named *_test.yaml. Folders are searched, the default is this one. No test reaches the network:\n" +
			"look-ups are answered by mocks.\n\n" +
			"Exit codes: 0 all passed, 1 some failed or the coverage is below the threshold, 2 wrong use, 3 the files could not be\n" +
			"read.",
		Example: "  bxmlflow test flows/\n  bxmlflow test flows/front-desk_test.yaml --run 'busy agent'\n  bxmlflow test --cover --threshold 100 flows/",
		RunE: func(c *cobra.Command, args []string) error {
			return a.test(here(args), &flags, c.Flags().Changed("threshold"))
		},
	}
	c.Flags().StringVar(&flags.match, "run", "", "run only tests whose name matches this regular expression")
	c.Flags().StringVar(&flags.format, "format", "text", "how to write the result: text, json or junit")
	c.Flags().BoolVarP(&flags.verbose, "verbose", "v", false, "name every test, not only those that fail, and mocks that no test used")
	c.Flags().BoolVar(&flags.cover, "cover", false, "show which transitions no test takes")
	c.Flags().Float64Var(&flags.threshold, "threshold", 0, "fail when less than this percentage of all transitions is taken")
	return c
}

// test runs the tests and reports them in the format asked for.
func (a *app) test(paths []string, flags *testFlags, threshold bool) error {
	match, err := regexp.Compile(flags.match)
	switch {
	case err != nil:
		return failure{exitUsage, fmt.Errorf("--run: %w", err)}
	case flags.format != "text" && flags.format != "json" && flags.format != "junit":
		return failure{exitUsage, fmt.Errorf("there is no format %q: it is text, json or junit", flags.format)}
	case flags.threshold < 0 || flags.threshold > 100:
		return failure{exitUsage, fmt.Errorf("--threshold is a percentage from 0 to 100, not %g", flags.threshold)}
	}
	report := &testReport{app: a, flags: flags, start: time.Now()}
	o := flowtest.Options{Functions: a.kit.Functions, Match: match}
	if flags.format == "text" {
		o.Progress = report.file
	}
	result, err := o.Test(paths...)
	switch {
	case err != nil:
		return failure{exitFailed, err}
	case len(result.Files) == 0:
		return failure{exitUsage, fmt.Errorf("test: there is no file *_test.yaml at %s", joined(paths))}
	case result.Passed+result.Failed == 0:
		return failure{exitUsage, fmt.Errorf("test: no test is named like %q", flags.match)}
	}
	low := threshold && result.Percent() < flags.threshold
	if err := report.end(result, low); err != nil {
		return failure{exitFailed, fmt.Errorf("test: %w", err)}
	}
	if result.Failed > 0 || low {
		return failure{code: exitProblems}
	}
	return nil
}
