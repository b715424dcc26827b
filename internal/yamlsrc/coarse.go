package yamlsrc

import (
	"bytes"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/diag"
)

// words are the library's problems in ours.
var words = []struct{ problem, message, help string }{
	{"mapping values are not allowed", `a ":" stands where no key can be`, `quote text that holds ": ", and check the indentation`},
	{"did not find expected key", `something here is neither a key nor the value of one`, `write every entry as "key: value", all keys of a map below each other; quote text that begins with a quote`},
	{"did not find expected '-' indicator", `an entry of a list does not begin with "-"`, `begin every entry with "- ", all of them below each other`},
	{"did not find expected ','", "{...} or [...] is not closed, or lacks a comma", "put commas between the entries, close it, and quote text that holds one of {}[],?"},
	{"could not find expected ':'", `":" is missing after a key`, `write "key: value"`},
	{"cannot start any token", "a value begins with a character that needs quotes", "quote the value"},
	{"end of stream", "a quote is opened and never closed", "close it at the end of the text"},
	{"document indicator", "a quote is opened and not closed before the end of the document", "close it at the end of the text"},
	{"escape", "an escape in double quotes is not known", `write \\ for a backslash, or use single quotes`},
	{"hexdecimal", `an escape in double quotes needs more digits`, `write \x and two digits, \u and four, or \U and eight`},
	{"unknown anchor", "an alias is used that is defined nowhere above", `quote a value that begins with "*"`},
	{"alphabetic or numeric", `"*" or "&" stands without a name`, `quote a value or key that begins with "*" or "&"`},
	{"block sequence entries", `a list entry cannot begin here`, `put every "- " on a line of its own`},
	{"mapping keys are not allowed", `"?" cannot begin a key here`, "quote it"},
	{"comment or line break", `text follows "|" or ">"`, `begin the text on the next line, or quote the value`},
	{"indentation indicator", `the number after "|" or ">" must be 1 to 9`, "remove it, or write another"},
	{"tab character", "a tab is used for indentation", "indent with spaces, two for each level"},
	{"tag", `a value that begins with "!" is read as a YAML tag`, "quote it"},
	{"directive", `a line that begins with "%" is read as a YAML directive`, "quote it or remove it"},
	{"<document start>", "something follows the end of the document", "remove it, or indent it like the lines above"},
	{"node content", "a value is expected here", "write one, or quote the character that stands in its place"},
	{"max depth", "nested too deeply", "give the inner parts a place of their own"},
	{"incompatible YAML", "another version of YAML is asked for", `remove the line "%YAML"`},
}

// coarse reports the fault without knowing the mend. The place reaches from where the mistake can begin to where the
// library stopped, which is coarse and never wrong.
func (r *repairer) coarse(list *diag.List) {
	message, help := "the text is not YAML", "check quotes, brackets and indentation"
	for _, w := range words {
		if strings.Contains(r.fault.problem, w.problem) {
			message, help = w.message, w.help
			break
		}
	}
	from, to := r.coarseSpan()
	list.Errorf(RuleSyntax, r.span(from, to), "%s", message).Help = help
}

func (r *repairer) coarseSpan() (from, to int) {
	reach := min(r.fault.reach, len(r.text))
	to = len(bytes.TrimRight(r.text[:reach], " \t\r\n"))
	if name, ok := strings.CutPrefix(r.fault.problem, "unknown anchor '"); ok {
		name = "*" + strings.TrimSuffix(name, "' referenced")
		if at := strings.LastIndex(string(r.text[:reach]), name); at >= 0 {
			return at, at + len(name)
		}
	}
	lines := r.near(2)
	if len(lines) == 0 {
		return 0, 0
	}
	from = r.indent(lines[len(lines)-1].from)
	if r.fault.line > 0 {
		from = min(from, r.indent(newIndex(r.source).offset(r.fault.line, 1)))
	}
	return from, max(from, to)
}
