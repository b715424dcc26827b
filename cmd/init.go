package cmd

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/bxmlflow/bxmlflow/flow/schema"
)

// template is what init writes: a first flow and its test. Their first lines name the schemas that are written beside them.
//
//go:embed template
var template embed.FS

func (a *app) initCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "init [folder]",
		Short: "Write a first flow and its test",
		Long: "Init writes hello.yaml and hello_test.yaml into a folder, by default this one. It overwrites neither.\n" +
			"Into .bxmlflow below it go the schemas by which editors check and complete both.\n\n" +
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
			if err := a.writeSchemas(filepath.Join(folder, ".bxmlflow")); err != nil {
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

// writeSchemas writes the schemas that editors use, over those of an earlier version.
func (a *app) writeSchemas(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return failure{exitFailed, fmt.Errorf("init: %w", err)}
	}
	for _, file := range []struct {
		name string
		text []byte
	}{{"flow.schema.json", schema.Flow()}, {"test.schema.json", schema.Tests()}} {
		path := filepath.Join(folder, file.name)
		if err := os.WriteFile(path, file.text, 0o644); err != nil {
			return failure{exitFailed, fmt.Errorf("init: %w", err)}
		}
		fmt.Fprintln(a.Out, "wrote", path)
	}
	return nil
}
