package runtime

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/bxmlflow/bxmlflow/flow"
)

// maxVersions bounds the flow versions that are kept for calls in flight, current ones not counted.
const maxVersions = 64

// versions holds the flows that are served and the older versions that calls in flight began with. It is safe for
// concurrent use.
type versions struct {
	mu      sync.RWMutex
	current map[string]*flow.Flow
	byHash  map[flow.Hash]*flow.Flow
	retired []flow.Hash // oldest first
}

func newVersions(set *flow.Set) *versions {
	v := &versions{byHash: map[flow.Hash]*flow.Flow{}}
	v.replace(set)
	return v
}

// replace makes the flows of set the current ones. Calls in flight finish on theirs.
func (v *versions) replace(set *flow.Set) {
	v.mu.Lock()
	defer v.mu.Unlock()
	old := v.current
	v.current = map[string]*flow.Flow{}
	for _, f := range set.Flows() {
		if same, ok := v.byHash[f.Hash]; ok {
			f = same
		}
		v.current[f.Name] = f
		v.byHash[f.Hash] = f
	}
	for _, name := range slices.Sorted(maps.Keys(old)) {
		if f := old[name]; v.current[name] != f {
			v.retired = append(v.retired, f.Hash)
		}
	}
	v.forget()
}

// forget drops the oldest retired versions.
func (v *versions) forget() {
	v.retired = slices.DeleteFunc(v.retired, func(h flow.Hash) bool {
		f := v.byHash[h]
		return f == nil || v.current[f.Name] == f
	})
	for len(v.retired) > maxVersions {
		delete(v.byHash, v.retired[0])
		v.retired = v.retired[1:]
	}
}

// named returns the current version of a flow, nil when there is none.
func (v *versions) named(name string) *flow.Flow {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.current[name]
}

// known reports whether there is such a flow, or was one that calls in flight may still run.
func (v *versions) known(name string) bool {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.current[name] != nil || slices.ContainsFunc(v.retired, func(h flow.Hash) bool { return v.byHash[h].Name == name })
}

// recent finds versions, and the one found last without a look at the others. Flows never change.
type recent struct {
	versions *versions
	last     *flow.Flow
}

// Version returns the flow with that content, nil when it is not known.
func (r *recent) Version(h flow.Hash) *flow.Flow {
	if r.last == nil || r.last.Hash != h {
		r.last = r.versions.Version(h)
	}
	return r.last
}

// Version returns the flow with that content, nil when it is not known.
func (v *versions) Version(h flow.Hash) *flow.Flow {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.byHash[h]
}

// needs checks that the configuration brings what the flows declare.
func needs(set *flow.Set, c *Config) error {
	kit := &c.Kit
	for _, f := range set.Flows() {
		if err := needsREST(f, c); err != nil {
			return err
		}
		if err := needsSecrets(f, c); err != nil {
			return err
		}
		for _, name := range f.Actions {
			if kit.Actions[name] == nil {
				return fmt.Errorf("flow %q uses the action %q, which is not registered", f.Name, name)
			}
		}
		for _, name := range f.Functions {
			if kit.Functions[name].Call == nil {
				return fmt.Errorf("flow %q uses the function %q, which is not registered", f.Name, name)
			}
			if !set.HasFunction(name) {
				return fmt.Errorf("flow %q was compiled without the function %q: hand it to flow.Options.Functions too", f.Name, name)
			}
		}
		for _, p := range f.Params {
			if p.Required && p.Value == nil && (len(f.Start["initiate"]) > 0 || len(f.Start["answer"]) > 0) {
				return fmt.Errorf("flow %q needs the param %q", f.Name, p.Name)
			}
		}
	}
	return nil
}

// needsREST checks that a flow which makes or moves calls can do so.
func needsREST(f *flow.Flow, c *Config) error {
	if !f.Needs.REST {
		return nil
	}
	var missing []string
	if c.Carrier == nil {
		missing = append(missing, "Carrier (credentials of the REST API)")
	}
	if c.PublicURL == "" {
		missing = append(missing, "PublicURL (where Bandwidth reaches this service)")
	}
	if c.ApplicationID == "" {
		missing = append(missing, "ApplicationID (of the voice application)")
	}
	if len(missing) == 0 {
		return nil
	}
	return fmt.Errorf("flow %q needs the REST API for %s: set %s", f.Name, or(f.Needs.Reason, "what it does"), strings.Join(missing, ", "))
}

// needsSecrets checks that the secrets of a flow are known.
func needsSecrets(f *flow.Flow, c *Config) error {
	for _, name := range f.Needs.Secrets {
		if c.Secrets == nil {
			return fmt.Errorf("flow %q needs the secret %q: set Secrets", f.Name, name)
		}
		if _, err := c.Secrets(name); err != nil {
			return fmt.Errorf("flow %q needs the secret %q: %w", f.Name, name, err)
		}
	}
	return nil
}
