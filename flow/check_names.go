package flow

import (
	"regexp"
	"slices"

	"github.com/bxmlflow/bxmlflow/flow/diag"
)

// readings finds what may read a name: an expression, or what was meant to be one.
var readings = regexp.MustCompile(`\$\{[^}]*|\{\{[^}]*|guard:.*|\$\w+|(?:vars|params)\s*\??\.\s*\w+`)

var word = regexp.MustCompile(`\w+`)

// checkNames reports what is declared and never used. In a flow with mistakes a name that is written somewhere counts as used:
// what reads it may be what could not be compiled.
func (c *compiler) checkNames() {
	partial := c.partial || slices.ContainsFunc(c.linker.problems, func(d diag.Diagnostic) bool {
		return d.Severity == diag.Error && d.Span.File == c.file.Path
	})
	written := map[string]bool{}
	if partial {
		for _, reading := range readings.FindAll(c.text, -1) {
			for _, name := range word.FindAll(reading, -1) {
				written[string(name)] = true
			}
		}
	}
	for _, d := range c.file.Params {
		if name := d.Name.Value; !c.readPar[c.params[name]] && !written[name] {
			c.warnf(ruleUnused, d.Name.Span, "param %q is never used", name)
		}
	}
	for _, d := range c.file.Vars {
		switch i := c.vars[d.Name.Value]; {
		case !c.readVar[i] && written[d.Name.Value]:
		case !c.readVar[i]:
			c.warnf(ruleUnused, d.Name.Span, "variable %q is never read", d.Name.Value)
		case !c.setVar[i] && !partial && !c.fromOutside() && !slices.Contains(c.handed, "vars."+d.Name.Value):
			c.warnf(ruleUnused, d.Name.Span, "variable %q is never set", d.Name.Value).WithHelp("what never changes is a param")
		}
	}
	for _, f := range c.file.Fragments {
		if !c.usedFrag[f.Name.Value] && !partial {
			c.warnf(ruleUnused, f.Name.Span, "fragment %q is never used", f.Name.Value)
		}
	}
}

// fromOutside reports whether a program can start calls of the flow, and so give its variables their first values.
func (c *compiler) fromOutside() bool {
	return c.file.Outbound != nil || len(c.flow.Start["answer"]) > 0
}
