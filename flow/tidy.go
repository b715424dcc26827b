package flow

import (
	"slices"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/bxmlflow/bxmlflow/flow/internal/parse"
)

// known tells the parser which names mean something.
var known = parse.Words{
	Event: func(name string) bool {
		return name == EventError || name == EventDone || name == EventAny || isInternal(name) || event.Lookup(name) != nil
	},
	Attribute: func(verb, name string) bool {
		v := bxml.Lookup(verb)
		return v != nil && v.Attribute(name) != nil
	},
}

// unseen are characters that look like a space or like nothing, as messages quote them.
var unseen = map[string]string{
	`\u00a0`: "a no-break space (U+00A0)", `\u202f`: "a narrow no-break space (U+202F)", `\u2007`: "a figure space (U+2007)",
	`\u200b`: "a zero-width space (U+200B)", `\ufeff`: "a zero-width no-break space (U+FEFF)",
}

// tidy leaves one message for a mistake of syntax, and names characters that cannot be seen.
func tidy(list diag.List) diag.List {
	var faults diag.List // few: the parser gives up after some
	for _, d := range list {
		if isSyntax(d) {
			faults = append(faults, d)
		}
	}
	list = slices.DeleteFunc(slices.Clone(list), func(d diag.Diagnostic) bool {
		causes := faults
		if isSyntax(d) {
			causes = list
		}
		return slices.ContainsFunc(causes, func(other diag.Diagnostic) bool { return follows(d, other) })
	})
	for i := range list {
		for quoted, name := range unseen {
			if strings.Contains(list[i].Message, quoted) {
				list[i].Help = "it holds " + name + ": write a plain space, or none"
			}
		}
	}
	return list
}

// follows reports whether a problem is nothing but what comes of another: something seems wrong with a text whose YAML was
// guessed. Of two words about the same text those count that know what it stands for.
func follows(d, other diag.Diagnostic) bool {
	if d.Span.File != other.Span.File {
		return false
	}
	if isSyntax(d) {
		return other.Rule == ruleQuote && other.Span == d.Span
	}
	return isSyntax(other) && d.Rule != ruleQuote && inside(d.Span, other.Span)
}

// isSyntax reports whether a problem is one of YAML.
func isSyntax(d diag.Diagnostic) bool { return strings.HasPrefix(d.Rule, "yaml-") }

// inside reports whether a place lies within another, which is no mere point.
func inside(s, outer diag.Span) bool {
	return outer.Start.IsValid() && outer.Start != outer.End && !s.Start.Before(outer.Start) && !outer.End.Before(s.End)
}
