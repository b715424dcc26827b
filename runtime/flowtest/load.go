package flowtest

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/diag"
)

// compiled is a folder of flows with certain params and functions.
type compiled struct {
	set      *flow.Set
	problems diag.List
	options  flow.Options
}

// count lets the flows of a folder take part in the coverage, whether a test runs them or not.
func (u *suite) count(folder string) error {
	c, err := u.load(folder, nil, nil)
	if err != nil {
		return err
	}
	for _, f := range c.set.Flows() {
		u.cover.add(f)
	}
	return nil
}

// load compiles the flows of a folder, once for the same params and mocks.
func (u *suite) load(folder string, params map[string]map[string]any, functions map[string]any) (*compiled, error) {
	key, err := json.Marshal([]any{filepath.Clean(folder), params, functions})
	if err != nil {
		return nil, err
	}
	if c := u.sets[string(key)]; c != nil {
		return c, nil
	}
	o := flow.Options{Params: params, Functions: mocks{functions: functions}.functionsOver(u.Functions)}
	set, problems, err := flow.Load(o, folder)
	if err != nil {
		return nil, err
	}
	c := &compiled{set, problems, o}
	u.sets[string(key)] = c
	return c, nil
}

// flowPath returns the path of the flow under test.
func (f *file) flowPath() string {
	return filepath.Join(filepath.Dir(f.path), filepath.FromSlash(f.flow.value))
}

// noFlow reports a flow file that there is not.
func (f *file) noFlow() (problems diag.List) {
	if _, err := os.Stat(f.flowPath()); errors.Is(err, fs.ErrNotExist) {
		problems.Errorf(ruleFlow, f.flow.span, "there is no file %q", f.flowPath()).WithHelp("the path is relative to the test file")
	}
	return problems
}

// flow returns the flow of a test with its params, or what is wrong with it. All flows of its folder are loaded, so that it
// finds those that it invokes.
func (u *suite) flow(f *file, t *test) (*flow.Flow, diag.List, error) {
	path := f.flowPath()
	folder := filepath.Dir(path)
	problems := f.noFlow()
	if len(problems) > 0 {
		return nil, problems, nil
	}
	c, err := u.load(folder, nil, t.mocks.over(f.mocks).functions)
	if err != nil {
		return nil, nil, err
	}
	found := flowAt(c.set, path)
	if params := overlay(f.params, t.params); found != nil && len(params) > 0 {
		name := found.Name
		c, err = u.load(folder, map[string]map[string]any{name: params}, t.mocks.over(f.mocks).functions)
		if err != nil {
			return nil, nil, err
		}
		found = c.set.Flow(name)
	}
	if found != nil {
		if problems = lacking(c.set, found, f.flow.span); len(problems) > 0 {
			return nil, problems, nil
		}
		return found, nil, nil
	}
	for _, d := range c.problems {
		if d.Severity == diag.Error {
			problems = append(problems, d)
		}
	}
	if len(problems) == 0 {
		problems.Errorf(ruleFlow, f.flow.span, "%q holds no flow", path)
	}
	return nil, problems, nil
}

// flowAt returns the flow of a file, nil when it has errors.
func flowAt(set *flow.Set, path string) *flow.Flow {
	for _, f := range set.Flows() {
		if filepath.Clean(f.Path) == filepath.Clean(path) {
			return f
		}
	}
	return nil
}

// within returns a set with a flow and those that its calls can get to: what other flows of the folder need is no affair of its
// tests. The flow is compiled anew when there are others.
func (u *suite) within(fl *flow.Flow) *flow.Set {
	if set := u.alone[fl]; set != nil {
		return set
	}
	for _, c := range u.sets {
		if c.set.Flow(fl.Name) == fl {
			u.alone[fl] = c.only(reach(fl))
		}
	}
	return u.alone[fl]
}

// only returns a set of some of the flows.
func (c *compiled) only(flows []*flow.Flow) *flow.Set {
	if len(flows) == len(c.set.Flows()) {
		return c.set
	}
	paths := make([]string, len(flows))
	for i, f := range flows {
		paths[i] = f.Path
	}
	set, _, err := flow.Load(c.options, paths...)
	if err != nil || len(set.Flows()) != len(flows) { // a file was changed meanwhile
		return c.set
	}
	return set
}

// reach returns a flow, those that it invokes, and those that its legs run, each once.
func reach(f *flow.Flow) []*flow.Flow {
	all := []*flow.Flow{f}
	add := func(f *flow.Flow) {
		if f != nil && !slices.Contains(all, f) {
			all = append(all, f)
		}
	}
	for i := 0; i < len(all); i++ {
		for _, s := range all[i].States {
			if s.Invoke != nil {
				add(s.Invoke.Flow)
			}
		}
		each(all[i], func(a *flow.Action) {
			if a.Leg != nil {
				add(a.Leg.Flow)
			}
		})
	}
	return all
}

// outermost returns the flows that calls begin with: a flow, and those of the legs that it and the others make.
func outermost(f *flow.Flow) []*flow.Flow {
	list := []*flow.Flow{f}
	for _, other := range reach(f) {
		each(other, func(a *flow.Action) {
			if a.Leg != nil && a.Leg.Flow != nil && !slices.Contains(list, a.Leg.Flow) {
				list = append(list, a.Leg.Flow)
			}
		})
	}
	return list
}

// each hands over the actions of a flow, without those of the flows that it invokes.
func each(f *flow.Flow, fn func(*flow.Action)) {
	lists := [][]*flow.Action{}
	for _, s := range f.States {
		lists = append(lists, s.Entry, s.Exit)
	}
	for _, t := range f.Transitions {
		lists = append(lists, t.Actions)
	}
	for _, a := range slices.Concat(lists...) {
		fn(a)
	}
}
