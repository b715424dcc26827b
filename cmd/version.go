package cmd

import (
	"encoding/json"
	"fmt"
	goruntime "runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/bxmlflow/bxmlflow/flow"
)

// version is what the build says of itself.
type version struct {
	Version  string `json:"version"`
	Language int    `json:"language"` // newest version of the flow language
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func buildVersion() version {
	v := version{Version: "devel", Language: flow.LanguageVersion, Go: goruntime.Version(), Platform: goruntime.GOOS + "/" + goruntime.GOARCH}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		v.Version = info.Main.Version
	}
	return v
}

// String says the version in a line.
func (v version) String() string {
	return fmt.Sprintf("bxmlflow %s, flow language %d, %s %s", v.Version, v.Language, v.Go, v.Platform)
}

func (a *app) versionCommand() *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Long:    "Version prints the version of the command and of the flow language.\n\nExit codes: 0 fine, 2 wrong use, 3 could not write.",
		Example: "  bxmlflow version --format json",
		Args:    arguments(0, 0, ""),
		RunE: func(*cobra.Command, []string) error {
			v := buildVersion()
			switch format {
			case "text":
				fmt.Fprintln(a.Out, v)
				return nil
			case "json":
				return json.NewEncoder(a.Out).Encode(v)
			}
			return failure{exitUsage, fmt.Errorf("there is no format %q: it is text or json", format)}
		},
	}
	c.Flags().StringVar(&format, "format", "text", "text or json")
	return c
}
