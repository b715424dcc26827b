// Command gen writes the schemas of flows and of tests into a folder.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/bxmlflow/bxmlflow/flow/schema"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: gen FOLDER")
		os.Exit(2)
	}
	for name, text := range map[string][]byte{"flow.schema.json": schema.Flow(), "test.schema.json": schema.Tests()} {
		if err := os.WriteFile(filepath.Join(os.Args[1], name), text, 0o644); err != nil {
			fmt.Fprintln(os.Stderr, "write schema:", err)
			os.Exit(3)
		}
	}
}
