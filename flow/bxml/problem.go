package bxml

import "fmt"

// Problem is something wrong or doubtful in a document.
type Problem struct {
	// Path leads to the place: names with the number among the siblings, from 0, and an attribute behind "@", as in
	// "Gather[1]/SpeakSentence[0]@voice"; "" is the document.
	Path     string
	Severity Severity
	Rule     Rule
	Message  string // lower case, no full stop
	Help     string // what to do, may be empty
}

// String returns path, severity, message and rule in one line.
func (p Problem) String() string {
	path := p.Path
	if path == "" {
		path = "document"
	}
	return fmt.Sprintf("%s: %s: %s [%s]", path, p.Severity, p.Message, p.Rule)
}

// Severity tells how bad a problem is.
type Severity uint8

// The severities.
const (
	Error   Severity = iota // the carrier refuses the document, as far as its pages tell, and the call fails
	Warning                 // the carrier takes the document, but somebody will be surprised
)

// String returns "error" or "warning".
func (s Severity) String() string { return [...]string{"error", "warning"}[min(s, Warning)] }

// Rule names the kind of a problem.
type Rule string

// The rules.
const (
	RuleUnknownVerb      Rule = "unknown-verb"
	RuleMisplaced        Rule = "misplaced-verb"    // a child outside its parents, a verb inside another
	RuleContext          Rule = "verb-context"      // a verb that this kind of document does not take
	RuleDead             Rule = "dead-verb"         // never runs
	RuleChildren         Rule = "child-count"       // too few or too many children
	RuleUnknownAttribute Rule = "unknown-attribute" // also one that is there twice
	RuleMissingAttribute Rule = "missing-attribute"
	RuleValue            Rule = "attribute-value"
	RuleIgnored          Rule = "attribute-ignored" // has no effect
	RuleHTTPS            Rule = "credentials-https"
	RuleText             Rule = "text" // missing, illegal, or not taken
	RuleSSML             Rule = "ssml"
	RuleCombination      Rule = "combination" // legal alone, but not together
	RuleSize             Rule = "document-size"
)
