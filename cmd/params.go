package cmd

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/diag"
)

// loader loads flows with params.
type loader func(params map[string]map[string]any) (*flow.Set, diag.List, error)

// loadWith loads flows with the params of the configuration. What is wrong with a param is reported at its place in the
// configuration and not in the flow, which cannot help it. Params of flows that are not there count when strangers says so.
func (c *config) loadWith(load loader, strangers bool) (*flow.Set, diag.List, error) {
	set, problems, err := load(c.byFlow())
	if err != nil || len(c.params) == 0 {
		return set, problems, err
	}
	own := problems // of the flows
	bare := set
	if problems.HasErrors() {
		if bare, own, err = load(nil); err != nil {
			return nil, nil, err
		}
	}
	var wrong diag.List
	for _, p := range c.params {
		f := bare.Flow(p.flow)
		switch {
		case f != nil:
			err = c.fits(&wrong, p, f, load, own)
		case strangers && !own.HasErrors(): // flows with errors are not in the set
			stranger(&wrong, p, bare)
		}
		if err != nil {
			return nil, nil, err
		}
	}
	if len(wrong) > 0 {
		problems = append(slices.Clone(own), wrong...)
		problems.Sort()
	}
	return set, problems, nil
}

// stranger reports a param of a flow that does not exist.
func stranger(problems *diag.List, p param, set *flow.Set) {
	var names []string
	for _, f := range set.Flows() {
		names = append(names, f.Name)
	}
	d := problems.Errorf(ruleConfigKey, p.span, "param %q is for the flow %q, which does not exist", p.name, p.flow)
	suggestFrom(d, p.flow, "flows", names)
}

// suggestFrom says what there is, and which of it was probably meant.
func suggestFrom(d *diag.Diagnostic, word, what string, names []string) {
	if len(names) == 0 {
		d.WithHelp("there are no %s", what)
		return
	}
	list := fmt.Sprintf("the %s are %s", what, strings.Join(names, ", "))
	(&reader{}).suggest(d, word, names)
	switch {
	case d.Help == "":
		d.Help = list
	case len(names) > 1:
		d.Help += " " + list
	}
}

// fits reports a param that the flow does not have, and a value that it does not take. To find that, the flows are loaded with
// this param alone; own are their problems without it.
func (c *config) fits(wrong *diag.List, p param, f *flow.Flow, load loader, own diag.List) error {
	var names []string
	for _, declared := range f.Params {
		names = append(names, declared.Name)
	}
	if !slices.Contains(names, p.name) {
		d := wrong.Errorf(ruleConfigKey, p.span, "flow %q has no param %q", p.flow, p.name)
		suggestFrom(d, p.name, "params of "+p.flow, names)
		return nil
	}
	_, problems, err := load(map[string]map[string]any{p.flow: {p.name: p.value}})
	for _, d := range problems {
		known := func(o diag.Diagnostic) bool { return o.Error() == d.Error() }
		if d.Severity == diag.Error && !slices.ContainsFunc(own, known) {
			wrong.Errorf(ruleConfigValue, p.span, "flow %q: %s", p.flow, d.Message).WithRelated(d.Span, "the param is declared here")
		}
	}
	return err
}

// lacking says which params must be set before a command can run the flows, and how.
func lacking(command string, set *flow.Set) error {
	var lines []string
	for _, f := range set.Flows() {
		if !startable(f) {
			continue // its params come from the flow that invokes it
		}
		for _, p := range f.Params {
			how := fmt.Sprintf("--param %s.%s=..., or under params in the configuration", f.Name, p.Name)
			if p.Secret {
				how = "params in the configuration, or BXMLFLOW_PARAMS"
			}
			if p.Required && p.Value == nil {
				lines = append(lines, fmt.Sprintf("flow %q needs the param %q: set it with %s", f.Name, p.Name, how))
			}
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return failure{exitUsage, fmt.Errorf("%s: %s", command, strings.Join(lines, "\n  "))}
}

// problemCode is the exit code of problems: errors that are all the configuration's are wrong use.
func problemCode(problems diag.List) int {
	code := exitFine
	for _, d := range problems {
		switch {
		case d.Severity != diag.Error:
		case d.Rule != ruleConfigKey && d.Rule != ruleConfigValue:
			return exitProblems
		default:
			code = exitUsage
		}
	}
	return code
}

// noFlows says that there is nothing to work with at the paths.
func noFlows(command string, paths []string) error {
	return failure{exitUsage, fmt.Errorf("%s: there are no flows in %s", command, joined(paths))}
}
