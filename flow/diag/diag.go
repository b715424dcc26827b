// Package diag describes problems in files: what is wrong, where, and what to do about it.
//
// A problem is a value. Parsers and checkers return a List; commands render it as text, JSON, SARIF or workflow commands of
// GitHub. The package knows nothing of flows, YAML or telephony.
package diag

import (
	"cmp"
	"fmt"
	"slices"
)

// Severity tells how bad a problem is. The zero value is Error, so that a forgotten severity fails loudly.
type Severity uint8

// The severities, worst first.
const (
	Error   Severity = iota // the file cannot be used
	Warning                 // the file can be used, but somebody will be surprised
	Info                    // a remark
)

var severities = [...]string{"error", "warning", "info"}

// String returns "error", "warning" or "info".
func (s Severity) String() string {
	if int(s) < len(severities) {
		return severities[s]
	}
	return fmt.Sprintf("severity(%d)", uint8(s))
}

// Pos is a place in a file. Line and Col count from 1; Col counts Unicode code points, not bytes. The zero Pos is unknown.
type Pos struct {
	Line int `json:"line"`
	Col  int `json:"col"`
}

// IsValid reports whether p names a place.
func (p Pos) IsValid() bool { return p.Line > 0 }

// Before reports whether p stands before q.
func (p Pos) Before(q Pos) bool {
	return p.Line < q.Line || p.Line == q.Line && p.Col < q.Col
}

// Span is a piece of a file: from Start up to but not including End. A span whose Start is the zero Pos means the file as
// a whole; one without a File came from no file.
type Span struct {
	File  string `json:"file"`
	Start Pos    `json:"start"`
	End   Pos    `json:"end"`
}

// String returns "file:line:col", or as much of it as is known.
func (s Span) String() string {
	if !s.Start.IsValid() {
		return s.File
	}
	return fmt.Sprintf("%s:%d:%d", s.File, s.Start.Line, s.Start.Col)
}

// Related is a second place that explains a problem, such as the first of two equal keys.
type Related struct {
	Span    Span   `json:"span"`
	Message string `json:"message"`
}

// Diagnostic is one problem. Message is lower case, has no full stop and quotes the author's words; Help says what to do
// and may be empty; Rule is the identifier of the check that found it, such as "unknown-key".
type Diagnostic struct {
	Severity Severity
	Rule     string
	Span     Span
	Message  string
	Help     string
	Related  []Related
}

// Error returns the first line of the text rendering: "file:line:col: severity: message [rule]".
func (d Diagnostic) Error() string {
	head := ""
	if place := d.Span.String(); place != "" {
		head = place + ": "
	}
	tail := ""
	if d.Rule != "" {
		tail = " [" + d.Rule + "]"
	}
	return head + d.Severity.String() + ": " + d.Message + tail
}

// List is a collection of problems. It is not safe for concurrent use.
type List []Diagnostic

// Errorf appends an error of rule at span.
func (l *List) Errorf(rule string, span Span, format string, args ...any) *Diagnostic {
	return l.add(Error, rule, span, fmt.Sprintf(format, args...))
}

// Warnf appends a warning of rule at span.
func (l *List) Warnf(rule string, span Span, format string, args ...any) *Diagnostic {
	return l.add(Warning, rule, span, fmt.Sprintf(format, args...))
}

func (l *List) add(severity Severity, rule string, span Span, message string) *Diagnostic {
	*l = append(*l, Diagnostic{Severity: severity, Rule: rule, Span: span, Message: message})
	return &(*l)[len(*l)-1]
}

// WithHelp sets what to do about d and returns d.
func (d *Diagnostic) WithHelp(format string, args ...any) *Diagnostic {
	d.Help = fmt.Sprintf(format, args...)
	return d
}

// WithRelated adds a second place to d and returns d.
func (d *Diagnostic) WithRelated(span Span, message string) *Diagnostic {
	d.Related = append(d.Related, Related{Span: span, Message: message})
	return d
}

// HasErrors reports whether l holds a problem of severity Error.
func (l List) HasErrors() bool { return l.Count(Error) > 0 }

// Count returns how many problems of the severity l holds.
func (l List) Count(severity Severity) int {
	n := 0
	for _, d := range l {
		if d.Severity == severity {
			n++
		}
	}
	return n
}

// Sort orders l by file, place and severity, and drops exact repetitions.
func (l *List) Sort() {
	slices.SortStableFunc(*l, compare)
	*l = slices.CompactFunc(*l, func(a, b Diagnostic) bool {
		return a.Span == b.Span && a.Rule == b.Rule && a.Message == b.Message
	})
}

func compare(a, b Diagnostic) int {
	return cmp.Or(
		cmp.Compare(a.Span.File, b.Span.File),
		cmp.Compare(a.Span.Start.Line, b.Span.Start.Line),
		cmp.Compare(a.Span.Start.Col, b.Span.Start.Col),
		cmp.Compare(a.Severity, b.Severity),
	)
}

// Err returns nil when l holds no error, else an error whose text is one line per error of l.
func (l List) Err() error {
	if !l.HasErrors() {
		return nil
	}
	return listError(l)
}

type listError List

func (l listError) Error() string {
	text := ""
	for _, d := range l {
		if d.Severity != Error {
			continue
		}
		if text != "" {
			text += "\n"
		}
		text += d.Error()
	}
	return text
}
