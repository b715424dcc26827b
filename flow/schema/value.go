package schema

// Patterns of values that are written out. A text with a template may be anything.
const (
	template     = `\$\{`
	identifier   = `^[A-Za-z_][A-Za-z0-9_]*$`
	flowName     = `^[a-z0-9-]+$`
	stateName    = `^[A-Za-z_][A-Za-z0-9_-]*$`
	stateNames   = `^[A-Za-z_][A-Za-z0-9_-]*(\.[A-Za-z_][A-Za-z0-9_-]*)*$`
	goDuration   = `([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)`
	isoDuration  = `P[0-9.,WDTHMS]+`
	someDuration = `^([-+]?(` + goDuration + `)+|-?` + isoDuration + `|[-+]?0)$`
	aDuration    = `^(\+?(` + goDuration + `)+|` + isoDuration + `)$`
	phone        = `\+[1-9][0-9]{1,14}`
	sipURI       = `[Ss][Ii][Pp]:[^@]+@.+`
	callID       = `c-[A-Za-z0-9_-]+`
)

// or returns a pattern for what one of the patterns fits, or a template.
func or(pattern string) string { return pattern + "|" + template }

// The definitions that both schemas and many places of each share.
const (
	defTemplate   = "template"
	defDuration   = "duration"
	defType       = "type"
	defDelay      = "delay"
	defURL        = "url"
	defMethod     = "method"
	defPassword   = "password"
	defGuard      = "guard"
	defEach       = "each"
	defStateRef   = "stateRef"
	defValues     = "values"
	defTypes      = "types"
	defText       = "text"
	defBoolean    = "boolean"
	defExact      = "exact"
	defNumberText = "numberText"
)

// typeNames are the types of the language with what they mean.
var typeNames = []string{"string", "bool", "int", "number", "duration", "phone", "list", "map", "any"}

// values are the definitions of plain values.
func values() members {
	return members{
		{defText, &node{Type: types{text, number}}},
		{defTemplate, &node{Type: types{text}, Pattern: template}},
		{defExact, &node{Type: types{boolean}}},
		{defBoolean, &node{Type: types{boolean, text}, Pattern: or(`^([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])$`)}},
		{defDuration, &node{Type: types{text}, AllOf: []*node{{Pattern: aDuration}, {Pattern: `[1-9]`}}, Examples: []any{"20s", "5m", "24h"}}},
		{defDelay, &node{AnyOf: []*node{{Pattern: template}, {AllOf: []*node{{Pattern: aDuration}, {Pattern: `[1-9]`}}}}}},
		{defURL, &node{Type: types{text}, Pattern: or(`^[Hh][Tt][Tt][Pp][Ss]?://[^/?#]`)}},
		{defMethod, &node{AnyOf: []*node{oneOf("GET", "POST"), ref(defTemplate)}}},
		{defPassword, &node{Type: types{text}, Pattern: or(`^$`)}},
		{defGuard, &node{Type: types{text, boolean}, MinLength: 1, Not: &node{Type: types{text}, Pattern: `^\s*\$\{`}}},
		{defEach, &node{Type: types{text}, Pattern: template, Examples: []any{"${params.agents}"}}},
		{defStateRef, &node{Type: types{text}, Pattern: stateNames}},
		{defValues, &node{Type: types{object}}},
		{defType, oneOf(typeNames...)},
		{defTypes, named(identifier, ref(defType))},
	}
}

func bounds(n *node, least, most *float64) *node {
	n.Minimum, n.Maximum = least, most
	return n
}

// wholeNumber is a whole number from least on.
func wholeNumber(least float64) *node { return &node{Type: types{integer}, Minimum: &least} }
