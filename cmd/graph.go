package cmd

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/bxmlflow/bxmlflow/flow"
)

func (a *app) graphCommand() *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "graph path",
		Short: "Draw the states and transitions of a flow",
		Long: "Graph draws flows: as SVG, a picture that browsers show; as Mermaid, text that README files show; or as DOT for\n" +
			"Graphviz. SVG is of one flow.\n\n" +
			"Exit codes: 0 fine, 1 errors in flows, 2 wrong use or no flows, 3 the files could not be read or the output not written.",
		Example: "  bxmlflow graph flows/front-desk.yaml\n  bxmlflow graph --format svg flows/front-desk.yaml > front-desk.svg",
		Args:    arguments(1, -1, "the path of a flow"),
		RunE:    func(_ *cobra.Command, args []string) error { return a.graph(args, format) },
	}
	c.Flags().StringVar(&format, "format", "mermaid", "mermaid, dot or svg")
	return c
}

func (a *app) graph(args []string, format string) error {
	if !slices.Contains([]string{"mermaid", "dot", "svg"}, format) {
		return failure{exitUsage, fmt.Errorf("there is no format %q: it is mermaid, dot or svg", format)}
	}
	set, problems, err := a.load(args, nil)
	if err != nil {
		return err
	}
	if problems.HasErrors() {
		return failure{exitProblems, a.show(a.Err, problems)}
	}
	flows := set.Flows()
	switch {
	case len(flows) == 0:
		return noFlows("graph", args)
	case len(flows) > 1 && format == "svg":
		return failure{exitUsage, fmt.Errorf("graph: svg is a picture of one flow, and here are %d, such as %s and %s: name the file of one",
			len(flows), flows[0].Name, flows[1].Name)}
	}
	for _, f := range flows {
		text, err := picture(f, format)
		if err != nil {
			return failure{exitFailed, fmt.Errorf("graph: %w; --format dot has no limit", err)}
		}
		fmt.Fprint(a.Out, text)
	}
	return nil
}

// picture returns a flow as a format shows it.
func picture(f *flow.Flow, format string) (string, error) {
	switch format {
	case "dot":
		return f.DOT(), nil
	case "svg":
		return f.SVG()
	}
	return f.Mermaid(), nil
}
