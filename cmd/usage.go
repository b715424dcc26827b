package cmd

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bxmlflow/bxmlflow/flow/diag"
)

// flagError says in our words what is wrong with a flag.
func flagError(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) || unknown.GetSpecifiedShortnames() != "" {
		return failure{exitUsage, err}
	}
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	text := fmt.Sprintf("%s: there is no flag --%s", c.Name(), unknown.GetSpecifiedName())
	if near, ok := diag.Nearest(unknown.GetSpecifiedName(), names); ok {
		text += fmt.Sprintf(", did you mean --%s?", near)
	}
	return failure{exitUsage, errors.New(text)}
}

// arguments checks how many arguments a command is given; most < 0 is any number.
func arguments(least, most int, what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return failure{exitUsage, fmt.Errorf("%s: %s is missing", c.Name(), what)}
		case most == 0 && len(args) > 0:
			return failure{exitUsage, fmt.Errorf("%s takes no arguments, but got %q", c.Name(), strings.Join(args, " "))}
		case most > 0 && len(args) > most:
			return failure{exitUsage, fmt.Errorf("%s takes one %s, but got %q", c.Name(), what, strings.Join(args, " "))}
		}
		return nil
	}
}

// command refuses arguments of the program itself: what stands there is a command that does not exist.
func command(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return noCommand(c.Root(), args[0])
}

func noCommand(root *cobra.Command, name string) error {
	var names []string
	for _, sub := range root.Commands() {
		names = append(names, sub.Name())
	}
	text := fmt.Sprintf("there is no command %q", name)
	if near, ok := diag.Nearest(name, names); ok {
		text += fmt.Sprintf(", did you mean %q?", near)
	}
	return failure{exitUsage, errors.New(text)}
}

// helpCommand is help of a command, which fails when there is none of that name.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [command]",
		Short: "Tell how a command is used",
		Long:  "Help tells how a command is used.\n\nExit codes: 0 fine, 2 there is no such command.",
		RunE: func(c *cobra.Command, args []string) error {
			found, rest, err := c.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return noCommand(c.Root(), strings.Join(args, " "))
			}
			found.InitDefaultHelpFlag()
			return found.Help()
		},
	}
}
