package cmd

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/internal/yamlfmt"
)

// formatter is one run of fmt.
type formatter struct {
	*app
	check, diff bool // report instead of writing
	untidy      int  // files that are not formatted
	problems    diag.List
	texts       map[string][]byte
}

func (a *app) fmtCommand() *cobra.Command {
	f := &formatter{app: a, texts: map[string][]byte{}}
	c := &cobra.Command{
		Use:   "fmt [path ...]",
		Short: "Lay out flows and tests the same way",
		Long: "Fmt formats the flow and test files at the paths (folders are searched, the default is this one), writes those that\n" +
			"change, and prints their names. \"-\" formats what it reads from its input, and writes it to its output.\n\n" +
			"It changes white space only: two spaces for each level, lists further in than their key, one space behind \":\" and\n" +
			"\",\", none inside of brackets, two or more before a comment, at most one empty line. Comments, order, quotes and where\n" +
			"lines end stay. A file that is not YAML is left as it is, and what is wrong with it is reported.\n\n" +
			"Exit codes: 0 fine, 1 errors in files, or with --check or --diff files that are not formatted, 2 wrong use or no files,\n" +
			"3 files could not be read or written.",
		Example: "  bxmlflow fmt flows/\n  bxmlflow fmt --check --diff flows/\n  bxmlflow fmt - < flows/front-desk.yaml",
		RunE:    func(_ *cobra.Command, args []string) error { return f.run(here(args)) },
	}
	c.Flags().BoolVar(&f.check, "check", false, "write nothing, print the names of files that are not formatted")
	c.Flags().BoolVar(&f.diff, "diff", false, "write nothing, print what would change")
	return c
}

func (f *formatter) run(paths []string) error {
	if slices.Contains(paths, "-") {
		if len(paths) > 1 {
			return failure{exitUsage, errors.New(`fmt takes "-" or paths, not both`)}
		}
		return f.finish(f.input())
	}
	files, err := yamlFiles(paths)
	if err != nil {
		return failure{exitFailed, fmt.Errorf("fmt: %w", err)}
	}
	if len(files) == 0 {
		return noFlows("fmt", paths)
	}
	for _, path := range files {
		err = errors.Join(err, f.file(path))
	}
	return f.finish(err)
}

// finish reports the problems of all files and decides the exit code.
func (f *formatter) finish(err error) error {
	if err != nil {
		err = failure{exitFailed, fmt.Errorf("fmt: %w", err)}
	}
	source := func(file string) []byte { return f.texts[file] }
	err = errors.Join(err, diag.Text(f.Err, f.problems, source, diag.TextOptions{Color: f.Terminal}))
	switch {
	case err != nil:
		return err
	case f.problems.HasErrors() || f.untidy > 0 && (f.check || f.diff):
		return failure{code: exitProblems}
	}
	return nil
}

func (f *formatter) input() error {
	text, err := io.ReadAll(f.In)
	if err != nil {
		return fmt.Errorf("read input: %w", err)
	}
	const name = "stdin"
	out, ok := f.format(name, text)
	if !ok || f.report(name, text, out) {
		return nil
	}
	_, err = f.Out.Write(out)
	return err
}

func (f *formatter) file(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	out, ok := f.format(path, text)
	if !ok || f.report(path, text, out) || bytes.Equal(text, out) {
		return nil
	}
	if err := replace(path, out); err != nil {
		return err
	}
	_, err = fmt.Fprintln(f.Out, path)
	return err
}

// format reports false for a text with problems, which are kept.
func (f *formatter) format(path string, text []byte) ([]byte, bool) {
	out, problems := yamlfmt.Format(path, text)
	if problems.HasErrors() {
		f.texts[path] = text
		f.problems = append(f.problems, problems...)
	}
	return out, !problems.HasErrors()
}

// report says what is not formatted when that was asked for, and reports whether it was.
func (f *formatter) report(path string, text, out []byte) bool {
	if !bytes.Equal(text, out) {
		f.untidy++
		if f.check {
			fmt.Fprintln(f.Out, path)
		}
		if f.diff {
			f.Out.Write(diff.Diff(path, text, path+" formatted", out)) // the output remembers what fails
		}
	}
	return f.check || f.diff
}

// replace writes a file anew so that it is never seen half written. A symbolic link keeps pointing to it.
func replace(path string, text []byte) error {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(path), ".fmt-*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name()) // fails when all went well: it has its new name
	_, err = temp.Write(text)
	if err = errors.Join(err, temp.Chmod(info.Mode().Perm()), temp.Close()); err != nil {
		return err
	}
	return os.Rename(temp.Name(), path)
}

// yamlFiles returns the flow and test files at paths, each once. Of folders it takes what Load takes, and tests.
func yamlFiles(paths []string) ([]string, error) {
	var files []string
	for _, path := range paths {
		path = filepath.Clean(path)
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		found := []string{path}
		if info.IsDir() {
			if found, err = yamlBelow(path); err != nil {
				return nil, err
			}
		}
		for _, file := range found {
			if !slices.Contains(files, file) {
				files = append(files, file)
			}
		}
	}
	return files, nil
}

func yamlBelow(folder string) ([]string, error) {
	var files []string
	err := fs.WalkDir(os.DirFS(folder), ".", func(name string, d fs.DirEntry, err error) error {
		base := d.Name()
		switch ext := filepath.Ext(base); {
		case err != nil:
			return err
		case d.IsDir() && name != "." && (base[0] == '.' || base == "testdata" || base == "node_modules"):
			return fs.SkipDir
		case d.IsDir() || base[0] == '.' || base == flow.ConfigFile || ext != ".yaml" && ext != ".yml":
			return nil
		}
		files = append(files, filepath.Join(folder, filepath.FromSlash(name)))
		return nil
	})
	return files, err
}
