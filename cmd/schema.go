package cmd

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/bxmlflow/bxmlflow/flow/schema"
)

func (a *app) schemaCommand() *cobra.Command {
	var tests bool
	c := &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of flows, for editors",
		Long: "Schema prints the flow language as JSON Schema (draft 2020-12): keys, verbs, attributes and events with their\n" +
			"descriptions. Editors that know YAML check and complete flows by it; docs/editors.md says how.\n\n" +
			"Exit codes: 0 fine, 2 wrong use, 3 the output could not be written.",
		Example: "  bxmlflow schema > flow.schema.json\n  bxmlflow schema --tests > test.schema.json",
		Args:    arguments(0, 0, ""),
		RunE: func(*cobra.Command, []string) error {
			text := schema.Flow()
			if tests {
				text = schema.Tests()
			}
			fmt.Fprintf(a.Out, "%s", text)
			return nil
		},
	}
	c.Flags().BoolVar(&tests, "tests", false, "the schema of test files (*_test.yaml)")
	return c
}
