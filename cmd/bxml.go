package cmd

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/flow/diag"
)

// Rules of documents beside those of the package bxml; the registry holds the rules of flows.
const (
	syntaxOfDocuments = "bxml-syntax"
	sizeOfDocuments   = string(bxml.RuleSize)
)

// contexts are what a document can run on, by how they are written in flags.
var contexts = map[string]bxml.Context{"call": bxml.Call, "transfer": bxml.TransferLeg, "conference": bxml.Conference}

func (a *app) bxmlCommand() *cobra.Command {
	var format, on string
	var strict bool
	c := &cobra.Command{
		Use:   "bxml file ...",
		Short: "Find what is wrong with BXML documents",
		Long: "Bxml checks documents of Bandwidth's BXML, whatever program wrote them: verbs, attributes and their values, what may\n" +
			"stand where, what is ignored and what never runs. \"-\" checks what it reads from its input. It says nothing when all\n" +
			"is well.\n\n" +
			"Exit codes: 0 no errors, 1 errors (or warnings with --strict), 2 wrong use, 3 a file could not be read or the output not\n" +
			"written.",
		Example: "  bxmlflow bxml answer.xml\n  curl -s https://example.com/voice | bxmlflow bxml -\n  bxmlflow bxml --context conference --format json answer.xml",
		Args:    arguments(1, -1, "the path of a document"),
		RunE: func(_ *cobra.Command, args []string) error {
			context, known := contexts[on]
			switch {
			case !known:
				return failure{exitUsage, fmt.Errorf("there is no context %q: it is call, transfer or conference", on)}
			case format != "text" && format != "json":
				return failure{exitUsage, fmt.Errorf("there is no format %q: it is text or json", format)}
			}
			return a.documents(args, bxml.Validator{Context: context}, format, strict)
		},
	}
	c.Flags().StringVar(&on, "context", "call", "what the documents run on: call, transfer (the called leg, before it is connected) or conference")
	c.Flags().StringVar(&format, "format", "text", "how to write problems: text or json")
	c.Flags().BoolVar(&strict, "strict", false, "fail on warnings too")
	return c
}

// documents checks the documents at paths and reports all of their problems.
func (a *app) documents(paths []string, v bxml.Validator, format string, strict bool) error {
	var problems diag.List
	texts := map[string][]byte{}
	for _, path := range paths {
		name, text, err := a.document(path)
		if err != nil {
			return failure{exitFailed, fmt.Errorf("bxml: %w", err)}
		}
		texts[name] = text
		problems = append(problems, judge(name, text, v)...)
	}
	var err error
	if format == "json" {
		err = diag.JSON(a.Out, problems)
	} else {
		source := func(file string) []byte { return texts[file] }
		err = diag.Text(a.Out, problems, source, diag.TextOptions{Color: a.Terminal})
	}
	if err == nil && (problems.HasErrors() || strict && problems.Count(diag.Warning) > 0) {
		return failure{code: exitProblems}
	}
	return err
}

// document reads the document at path, or the input for "-", and names it for messages.
func (a *app) document(path string) (string, []byte, error) {
	if path != "-" {
		text, err := os.ReadFile(path)
		return path, text, err
	}
	text, err := io.ReadAll(a.In)
	if err != nil {
		return "", nil, fmt.Errorf("read input: %w", err)
	}
	return "stdin", text, nil
}

// judge returns what is wrong with a document, in the order of its text.
func judge(file string, text []byte, v bxml.Validator) diag.List {
	var list diag.List
	d, places, err := bxml.DecodePlaces(text)
	var syntax *bxml.SyntaxError
	switch {
	case errors.As(err, &syntax):
		at := diag.Pos{Line: syntax.Line, Col: syntax.Col}
		list.Errorf(syntaxOfDocuments, diag.Span{File: file, Start: at, End: at}, "%s", syntax.Message).Help = syntax.Help
		return list
	case err != nil:
		list.Errorf(sizeOfDocuments, diag.Span{File: file}, "%d bytes are more than the %d that the carrier takes", len(text), bxml.MaxBytes)
		return list
	}
	for _, p := range v.Validate(d) {
		add := list.Errorf
		if p.Severity == bxml.Warning {
			add = list.Warnf
		}
		span := diag.Span{File: file}
		if place, ok := places.Find(p.Path); ok {
			span.Start, span.End = position(text, place.From), position(text, place.To)
		}
		add(string(p.Rule), span, "%s", p.Message).Help = p.Help
	}
	list.Sort()
	return list
}

// position returns the line and column of an offset. A byte order mark is no column.
func position(text []byte, offset int) diag.Pos {
	before := strings.TrimPrefix(string(text[:offset]), "\uFEFF")
	line := strings.LastIndexByte(before, '\n') + 1
	return diag.Pos{Line: strings.Count(before, "\n") + 1, Col: utf8.RuneCountInString(before[line:]) + 1}
}
