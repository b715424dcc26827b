// Command gen writes what follows from the event table: the field numbers, the structs, and docs/events.md. Run it with
// go generate in the event package's folder.
package main

import (
	"fmt"
	"os"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

func main() {
	out, err := files()
	if err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
	for name, content := range out {
		if err := os.WriteFile(name, content, 0o644); err != nil {
			fmt.Fprintln(os.Stderr, "gen:", err)
			os.Exit(1)
		}
	}
}

// files returns the content of every generated file, by its path seen from the event package's folder.
func files() (map[string][]byte, error) {
	numbers, err := fieldNumbers(event.Types())
	if err != nil {
		return nil, fmt.Errorf("field numbers: %w", err)
	}
	structs, err := structs(event.Types())
	if err != nil {
		return nil, fmt.Errorf("structs: %w", err)
	}
	return map[string][]byte{
		"fields_gen.go":        numbers,
		"structs_gen.go":       structs,
		"../../docs/events.md": page(event.Types()),
	}, nil
}
