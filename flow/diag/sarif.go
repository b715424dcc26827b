package diag

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"strings"
)

// Tool is the program that found problems, as SARIF names it.
type Tool struct {
	Name    string
	Version string // may be empty
	URI     string // of its home page; may be empty
	Docs    string // URL of a page on which the ID of every rule is a fragment; may be empty
	Rules   []Rule // all of its rules; problems of others are written without what describes them
}

// SARIF writes list as one run in the Static Analysis Results Interchange Format, version 2.1.0 (OASIS), which code scanning
// services and editors read. Columns count Unicode code points, as everywhere here. The help of a problem follows its message
// on a line of its own. The error is that of w.
func SARIF(w io.Writer, list List, tool Tool) error {
	run := sarifRun{ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{Name: tool.Name, Version: tool.Version, URI: tool.URI, Rules: []sarifRule{}}
	index := map[string]int{}
	for i, r := range tool.Rules {
		index[r.ID] = i
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, newSARIFRule(r, tool.Docs))
	}
	for _, d := range list {
		result := newSARIFResult(d)
		if i, known := index[d.Rule]; known {
			result.RuleIndex = &i
		}
		run.Results = append(run.Results, result)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(sarifLog{sarifSchema, "2.1.0", []sarifRun{run}}); err != nil {
		return fmt.Errorf("write problems: %w", err)
	}
	return nil
}

const sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

// The objects of the format, as far as they are written.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool struct {
			Driver sarifDriver `json:"driver"`
		} `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version,omitempty"`
		URI     string      `json:"informationUri,omitempty"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID      string    `json:"id"`
		Short   sarifText `json:"shortDescription"`
		Full    sarifText `json:"fullDescription"`
		Help    sarifText `json:"help"`
		HelpURI string    `json:"helpUri,omitempty"`
		Default struct {
			Level string `json:"level"`
		} `json:"defaultConfiguration"`
	}
	sarifText struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown,omitempty"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId,omitempty"`
		RuleIndex *int            `json:"ruleIndex,omitempty"`
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations,omitempty"`
		Related   []sarifLocation `json:"relatedLocations,omitempty"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
		Message  *sarifText    `json:"message,omitempty"`
	}
	sarifPhysical struct {
		Artifact struct {
			URI string `json:"uri"`
		} `json:"artifactLocation"`
		Region *sarifRegion `json:"region,omitempty"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn,omitempty"`
		EndLine     int `json:"endLine,omitempty"`
		EndColumn   int `json:"endColumn,omitempty"` // of the character behind the last
	}
)

func newSARIFRule(r Rule, docs string) sarifRule {
	s := sarifRule{ID: r.ID, Short: sarifText{Text: r.Title}, Full: sarifText{r.Why, r.Why}, Help: sarifText{r.Fix, r.Fix}}
	s.Default.Level = level(r.Severity)
	if docs != "" {
		s.HelpURI = docs + "#" + r.ID
	}
	return s
}

func newSARIFResult(d Diagnostic) sarifResult {
	s := sarifResult{RuleID: d.Rule, Level: level(d.Severity), Message: sarifText{Text: withHelp(d)}}
	if at, ok := newSARIFLocation(d.Span); ok {
		s.Locations = []sarifLocation{at}
	}
	for _, r := range d.Related {
		if at, ok := newSARIFLocation(r.Span); ok {
			at.Message = &sarifText{Text: r.Message}
			s.Related = append(s.Related, at)
		}
	}
	return s
}

// newSARIFLocation returns a place; there is none without a file.
func newSARIFLocation(s Span) (at sarifLocation, ok bool) {
	at.Physical.Artifact.URI = fileURI(s.File)
	if s.Start.IsValid() {
		at.Physical.Region = &sarifRegion{s.Start.Line, s.Start.Col, s.End.Line, s.End.Col}
	}
	return at, s.File != ""
}

// fileURI returns the URI reference of a file: relative paths stay relative.
func fileURI(path string) string {
	path = filepath.ToSlash(path)
	u := url.URL{Path: path}
	if filepath.IsAbs(path) {
		u.Scheme, u.Path = "file", "/"+strings.TrimPrefix(path, "/") // also of C:/...
	}
	return u.String()
}

// level is the name of a severity in SARIF.
func level(s Severity) string {
	if s == Info {
		return "note"
	}
	return s.String()
}

// withHelp returns the message of d and, on the next line, what to do.
func withHelp(d Diagnostic) string {
	if d.Help == "" {
		return d.Message
	}
	return d.Message + "\n" + d.Help
}
