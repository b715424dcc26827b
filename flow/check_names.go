package flow

// checkNames reports what is declared and never used.
func (c *compiler) checkNames() {
	for _, d := range c.file.Params {
		if !c.readPar[c.params[d.Name.Value]] {
			c.warnf(ruleUnused, d.Name.Span, "param %q is never used", d.Name.Value)
		}
	}
	for _, d := range c.file.Vars {
		switch i := c.vars[d.Name.Value]; {
		case !c.readVar[i]:
			c.warnf(ruleUnused, d.Name.Span, "variable %q is never read", d.Name.Value)
		case !c.setVar[i]:
			c.warnf(ruleUnused, d.Name.Span, "variable %q is never set", d.Name.Value).WithHelp("what never changes is a param")
		}
	}
	for _, f := range c.file.Fragments {
		if !c.usedFrag[f.Name.Value] {
			c.warnf(ruleUnused, f.Name.Span, "fragment %q is never used", f.Name.Value)
		}
	}
}
