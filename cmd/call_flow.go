package cmd

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/flows"
)

// chooseFlow loads flows and finds the one that is called.
func (a *app) chooseFlow(flags *pflag.FlagSet, f *callFlags, args []string) (*flow.Set, *flow.Flow, *config, error) {
	load := func(params map[string]map[string]any) (*flow.Set, diag.List, error) { return a.load(args, params) }
	if len(args) == 0 {
		load = func(params map[string]map[string]any) (*flow.Set, diag.List, error) {
			return flow.LoadFS(flow.Options{Functions: a.kit.Functions, Params: params}, flows.FS)
		}
	}
	set, problems, err := load(nil)
	if err == nil && len(args) == 1 && problems.HasErrors() {
		set, problems, load, err = a.withNeighbours(args[0], set, problems, load)
	}
	if err != nil {
		return nil, nil, nil, err
	}
	target, err := pick(set, f.flow, args)
	if err != nil {
		if shown := a.show(a.Err, problems); problems.HasErrors() {
			return nil, nil, nil, failure{exitProblems, shown}
		}
		return nil, nil, nil, err
	}
	if err := qualify(flags, target.Name); err != nil {
		return nil, nil, nil, err
	}
	config, err := a.configure(flags, "params", "hosts", "secrets", "apology")
	if err != nil {
		return nil, nil, nil, err
	}
	set, problems, err = config.loadWith(load, false)
	if err == nil && problemCode(problems) == exitUsage {
		err = failure{exitUsage, a.show(a.Err, problems)}
	}
	if err != nil {
		return nil, nil, nil, err
	}
	return set, set.Flow(target.Name), config, nil
}

// withNeighbours loads the folder of a file too, when the file alone has errors: it may invoke flows beside it.
func (a *app) withNeighbours(path string, alone *flow.Set, problems diag.List, load loader) (*flow.Set, diag.List, loader, error) {
	if info, err := os.Stat(path); err != nil || info.IsDir() {
		return alone, problems, load, nil
	}
	folder := func(params map[string]map[string]any) (*flow.Set, diag.List, error) {
		return a.load([]string{filepath.Dir(path)}, params)
	}
	set, _, err := folder(nil)
	if err != nil {
		return nil, nil, nil, err
	}
	for _, f := range set.Flows() {
		if f.Path == filepath.Clean(path) {
			only := func(params map[string]map[string]any) (*flow.Set, diag.List, error) {
				set, _, err := folder(params) // errors in other files do not matter
				return set, nil, err
			}
			return set, nil, only, nil
		}
	}
	return alone, problems, load, nil
}

// pick returns the flow of that name, or the only one that can be called. Of the sample flows it is the front desk.
func pick(set *flow.Set, name string, args []string) (*flow.Flow, error) {
	var names []string
	var found []*flow.Flow
	for _, f := range set.Flows() {
		if !startable(f) {
			continue
		}
		if f.Name == name || name == "" && len(args) == 1 && f.Path == filepath.Clean(args[0]) || name == "" && len(args) == 0 && f.Name == "front-desk" {
			return f, nil
		}
		names, found = append(names, f.Name), append(found, f)
	}
	for _, f := range set.Flows() {
		if !startable(f) && (f.Name == name || name == "" && len(args) == 1 && f.Path == filepath.Clean(args[0])) {
			return nil, failure{exitUsage, fmt.Errorf("call: %s is a sub-flow, which other flows invoke: call one of those", f.Name)}
		}
	}
	switch {
	case len(found) == 1 && name == "":
		return found[0], nil
	case len(found) == 0:
		return nil, failure{exitUsage, fmt.Errorf("call: there is no flow that can be called in %s", joined(args))}
	case name == "":
		return nil, failure{exitUsage, fmt.Errorf("call: there are several flows, choose with --flow: %s", strings.Join(names, ", "))}
	}
	return nil, failure{exitUsage, fmt.Errorf("call: there is no flow %q: there are %s", name, strings.Join(names, ", "))}
}

// qualify lets params without a flow be those of the flow that is called.
func qualify(flags *pflag.FlagSet, flowName string) error {
	given, err := flags.GetStringArray("param")
	if err != nil {
		return err
	}
	for i, p := range given {
		if target, _, _ := strings.Cut(p, "="); !strings.Contains(target, ".") {
			given[i] = flowName + "." + p
		}
	}
	list, ok := flags.Lookup("param").Value.(pflag.SliceValue)
	if !ok {
		return errors.New("call: --param is no list")
	}
	return list.Replace(given)
}
