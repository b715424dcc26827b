// Command gen writes the reference page of what the checker reports from the rules and their examples.
package main

import (
	"fmt"
	"os"

	"github.com/bxmlflow/bxmlflow/flow"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: gen FILE")
		os.Exit(2)
	}
	if err := os.WriteFile(os.Args[1], render(flow.Rules()), 0o644); err != nil {
		fmt.Fprintln(os.Stderr, "write reference of checks:", err)
		os.Exit(3)
	}
}
