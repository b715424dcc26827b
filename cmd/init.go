package cmd

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
)

// template is what init writes: a first flow and its test.
//
//go:embed template
var template embed.FS

func (a *app) initCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "init [folder]",
		Short: "Write a first flow and its test",
		Long: "Init writes hello.yaml and hello_test.yaml into a folder, by default this one. It overwrites nothing.\n\n" +
			"Exit codes: 0 written, 2 wrong use or a file is there already, 3 could not write.",
		Example: "  bxmlflow init calls\n  bxmlflow test calls",
		Args:    arguments(0, 1, "folder"),
		RunE: func(_ *cobra.Command, args []string) error {
			folder := here(args)[0]
			if err := os.MkdirAll(folder, 0o755); err != nil {
				return failure{exitFailed, fmt.Errorf("init: %w", err)}
			}
			files, err := fs.Sub(template, "template")
			if err != nil {
				return failure{exitFailed, fmt.Errorf("init: %w", err)}
			}
			if err := a.write(files, folder); err != nil {
				return err
			}
			fmt.Fprintf(a.Out, "next: bxmlflow check %[1]s && bxmlflow test %[1]s && bxmlflow call %[1]s\n", folder)
			return nil
		},
	}
}

// write copies files into a folder, or none when one is already there.
func (a *app) write(files fs.FS, folder string) error {
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return failure{exitFailed, fmt.Errorf("init: %w", err)}
	}
	for _, e := range entries {
		if _, err := os.Stat(filepath.Join(folder, e.Name())); !errors.Is(err, fs.ErrNotExist) {
			return failure{exitUsage, fmt.Errorf("init: %s is there already", filepath.Join(folder, e.Name()))}
		}
	}
	for _, e := range entries {
		path := filepath.Join(folder, e.Name())
		text, err := fs.ReadFile(files, e.Name())
		if err == nil {
			err = os.WriteFile(path, text, 0o644)
		}
		if err != nil {
			return failure{exitFailed, fmt.Errorf("init: %w", err)}
		}
		fmt.Fprintln(a.Out, "wrote", path)
	}
	return nil
}
