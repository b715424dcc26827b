package diag

// Rule describes one check: what it finds, why that matters and what to do, with an example of both.
type Rule struct {
	ID       string   `json:"id"`       // as in Diagnostic.Rule
	Severity Severity `json:"severity"` // of the worst problem that it reports
	// Ignorable says that its errors may be ignored, since a file that has them can be used all the same. Warnings always may.
	Ignorable bool   `json:"ignorable"`
	Title     string `json:"title"`  // one line in lower case, without a full stop
	Why       string `json:"why"`    // what comes of it for whoever uses the file; Markdown
	Fix       string `json:"fix"`    // what to do about it; Markdown
	Bad       string `json:"bad"`    // a file that the rule reports
	Good      string `json:"good"`   // the same file without the mistake
	Output    string `json:"output"` // what is said about Bad, as Text writes it
}

// MayIgnore reports whether a problem of the rule may be kept from its reader.
func (r Rule) MayIgnore(d Diagnostic) bool { return d.Severity != Error || r.Ignorable }
