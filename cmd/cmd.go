// Package cmd is the command bxmlflow. Main runs it; a program with plug-ins of its own calls Main with a Kit, so that
// check and test know the plug-ins too.
package cmd

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/runtime"
)

// Exit codes.
const (
	exitFine     = 0
	exitProblems = 1 // problems were found, or tests failed
	exitUsage    = 2 // the command was used wrongly
	exitFailed   = 3 // the command could not do its work
)

// IO is what a command reads and writes.
type IO struct {
	In       io.Reader
	Out, Err io.Writer
	Env      func(name string) (string, bool)
	// Environ returns all of the environment as os.Environ does, to find misspelt names; nil looks for none.
	Environ func() []string
	// Terminal says that Out is a terminal which shows colours.
	Terminal bool
}

// OS returns the streams and the environment of the process. Colours are used on a terminal, unless NO_COLOR is set.
func OS() IO {
	info, err := os.Stdout.Stat()
	_, plain := os.LookupEnv("NO_COLOR")
	return IO{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Env: os.LookupEnv, Environ: os.Environ,
		Terminal: err == nil && info.Mode()&os.ModeCharDevice != 0 && !plain && os.Getenv("TERM") != "dumb",
	}
}

// app is one run of the command.
type app struct {
	IO
	kit        runtime.Kit
	screen     *os.File // what Out is, when it is a file
	configPath string   // of the configuration that was read, "" for none
}

// failure ends a command with an exit code of its own. A nil error says nothing more: it was already reported.
type failure struct {
	code int
	err  error
}

func (f failure) Error() string {
	if f.err == nil {
		return "problems found"
	}
	return f.err.Error()
}

func (f failure) Unwrap() error { return f.err }

// Main runs the command with its arguments, of which the first is the program's name, and returns the exit code: 0 fine, 1
// problems found, 2 wrong use, 3 could not run.
func Main(args []string, stdio IO, kit runtime.Kit) int {
	a := &app{kit: kit}
	a.screen, _ = stdio.Out.(*os.File)
	out := &output{Writer: stdio.Out}
	stdio.Out = out
	a.IO = stdio
	root := a.root()
	root.SetArgs(args[1:])
	root.SetIn(stdio.In)
	root.SetOut(stdio.Out)
	root.SetErr(stdio.Err)
	used, err := root.ExecuteC()
	if out.err != nil {
		err = failure{exitFailed, fmt.Errorf("write output: %w", out.err)}
	}
	var f failure
	switch {
	case err == nil:
		return exitFine
	case !errors.As(err, &f):
		f = failure{exitUsage, err}
	}
	if f.err != nil {
		fmt.Fprintf(stdio.Err, "bxmlflow: %s\n", f.err)
		if f.code == exitUsage {
			fmt.Fprintf(stdio.Err, "run `%s` to see what there is\n", helpOf(used))
		}
	}
	return f.code
}

// helpOf is the command that tells how a command is used.
func helpOf(c *cobra.Command) string {
	if !c.HasParent() || c.Name() == "help" {
		return "bxmlflow help"
	}
	return c.CommandPath() + " --help"
}

// output remembers that it could not be written to, on a full disk for example: then a command has not done its work.
type output struct {
	io.Writer
	err error
}

func (o *output) Write(p []byte) (int, error) {
	n, err := o.Writer.Write(p)
	if err != nil {
		o.err = err
	}
	return n, err
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "bxmlflow",
		Short: "Call flows for Bandwidth Programmable Voice, as YAML",
		Long: "bxmlflow turns YAML call flows into running phone calls on Bandwidth's Programmable Voice:\n" +
			"webhook in, state machine, BXML out.",
		Example:       "  bxmlflow init\n  bxmlflow check .\n  bxmlflow test .\n  bxmlflow call .\n  bxmlflow serve .",
		Args:          command,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.Version = buildVersion().String()
	root.SetVersionTemplate("{{.Version}}\n")
	root.Flags().Bool("version", false, "print the version")
	root.SetFlagErrorFunc(flagError)
	root.SetHelpCommand(helpCommand())
	root.AddCommand(a.initCommand(), a.checkCommand(), a.rulesCommand(), a.testCommand(), a.fmtCommand(), a.graphCommand(), a.bxmlCommand(), a.serveCommand(),
		a.simulatorCommand(), a.callCommand(), a.demoCommand(), a.schemaCommand(), a.versionCommand())
	return root
}

// load reads flows from paths with the functions of the kit and the params of a configuration.
func (a *app) load(paths []string, params map[string]map[string]any) (*flow.Set, diag.List, error) {
	set, problems, err := flow.Load(flow.Options{Functions: a.kit.Functions, Params: params}, paths...)
	if err != nil {
		return nil, nil, failure{exitFailed, err}
	}
	return set, problems, nil
}

// show writes problems as text.
func (a *app) show(w io.Writer, problems diag.List) error {
	return diag.Text(w, problems, a.readSource, diag.TextOptions{Color: a.Terminal})
}

// readSource returns the text of a file for the excerpts of a message, nothing when it cannot be read, nor of the configuration,
// in which a line may hold a password.
func (a *app) readSource(path string) []byte {
	if path == a.configPath {
		return nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	return text
}

// here is the default of commands that take paths: this folder.
func here(args []string) []string {
	if len(args) == 0 {
		return []string{"."}
	}
	return args
}
