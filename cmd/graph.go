package cmd

import (
	"fmt"

	"github.com/spf13/cobra"
)

func (a *app) graphCommand() *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "graph path",
		Short: "Draw the states and transitions of a flow",
		Long: "Graph writes flows as text that other programs draw: Mermaid, which README files show, or DOT for Graphviz.\n\n" +
			"Exit codes: 0 fine, 1 errors in flows, 2 wrong use or no flows, 3 the files could not be read or the output not written.",
		Example: "  bxmlflow graph flows/front-desk.yaml\n  bxmlflow graph --format dot flows/front-desk.yaml | dot -Tsvg > front-desk.svg",
		Args:    arguments(1, -1, "the path of a flow"),
		RunE: func(_ *cobra.Command, args []string) error {
			if format != "mermaid" && format != "dot" {
				return failure{exitUsage, fmt.Errorf("there is no format %q: it is mermaid or dot", format)}
			}
			set, problems, err := a.load(args, nil)
			if err != nil {
				return err
			}
			if problems.HasErrors() {
				return failure{exitProblems, a.show(a.Err, problems)}
			}
			if len(set.Flows()) == 0 {
				return noFlows("graph", args)
			}
			for _, f := range set.Flows() {
				text := f.Mermaid()
				if format == "dot" {
					text = f.DOT()
				}
				fmt.Fprint(a.Out, text)
			}
			return nil
		},
	}
	c.Flags().StringVar(&format, "format", "mermaid", "mermaid or dot")
	return c
}
