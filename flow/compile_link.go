package flow

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/flow/event"
)

// linker compiles a number of flows together.
type linker struct {
	options   Options
	compilers []*compiler
	byName    map[string]*compiler
	problems  diag.List
	// bridgeTargets says that some flow of the set handles bridgeTargetComplete: then the target of a bridge is not hung
	// up when the bridging call leaves.
	bridgeTargets bool
	// conferences says that some flow of the set must be told of conferences: it handles joined or left, or sends to one.
	conferences bool
	// toConferences are the events between machines that a conference may get.
	toConferences map[string]bool
}

func (l *linker) add(file *ast.File, text []byte, broken bool) {
	c := &compiler{linker: l, file: file, text: text, broken: broken}
	if first, ok := l.byName[file.Name.Value]; ok {
		l.problems.Errorf("duplicate-key", file.Name.Span, "two flows are named %q", file.Name.Value).
			WithRelated(first.file.Name.Span, "the first one").WithHelp("the name is also the URL: give each flow its own")
		return
	}
	l.byName[file.Name.Value] = c
	l.compilers = append(l.compilers, c)
	l.bridgeTargets = l.bridgeTargets || handlesAnywhere(file, "bridgeTargetComplete")
	l.conferences = l.conferences || handlesAnywhere(file, EventJoined) || handlesAnywhere(file, EventLeft)
}

// link compiles all flows: first what others need of them, then their bodies.
func (l *linker) link() {
	slices.SortFunc(l.compilers, func(a, b *compiler) int { return cmp.Compare(a.file.Name.Value, b.file.Name.Value) })
	for _, c := range l.compilers {
		c.declare()
	}
	for _, c := range l.compilers {
		c.resolve()
	}
	for _, c := range l.compilers {
		c.checkDepth()
	}
	l.legs()
	l.moves()
	l.kinds()
	for _, c := range l.order() {
		c.compile()
		c.inherit()
	}
	l.prove()
}

// set returns the flows without errors whose invoked flows have none either.
func (l *linker) set() *Set {
	bad := l.bad()
	s := &Set{byName: map[string]*Flow{}, functions: map[string]bool{}}
	for name, f := range l.options.Functions {
		s.functions[name] = f.Call != nil
	}
	for _, c := range l.order() {
		if !bad[c] {
			c.flow.Hash = c.hash()
			s.flows = append(s.flows, c.flow)
			s.byName[c.flow.Name] = c.flow
		}
	}
	slices.SortFunc(s.flows, func(a, b *Flow) int { return cmp.Compare(a.Name, b.Name) })
	return s
}

func (l *linker) names() []string {
	var names []string
	for _, c := range l.compilers {
		names = append(names, c.file.Name.Value)
	}
	return names
}

func handlesAnywhere(file *ast.File, name string) bool {
	return handles(file.On, name) || anyState(file.States, func(s *ast.State) bool { return handles(s.On, name) })
}

func handles(handlers []*ast.Handler, name string) bool {
	return slices.ContainsFunc(handlers, func(h *ast.Handler) bool {
		t := event.Lookup(h.Event.Value) // an alias counts as the name it stands for
		return t != nil && t.Name == name || h.Event.Value == name
	})
}

func anyState(states []*ast.State, is func(*ast.State) bool) bool {
	return slices.ContainsFunc(states, func(s *ast.State) bool { return is(s) || anyState(s.States, is) })
}

// order returns the compilers with invoked flows before those that invoke them.
func (l *linker) order() []*compiler {
	var list []*compiler
	seen := map[*compiler]bool{}
	var visit func(c *compiler)
	visit = func(c *compiler) {
		if seen[c] {
			return
		}
		seen[c] = true
		for _, inner := range c.invoked() {
			visit(inner)
		}
		list = append(list, c)
	}
	for _, c := range l.compilers {
		visit(c)
	}
	return list
}

// bad returns the flows that have errors, or that invoke or make legs of one that has.
func (l *linker) bad() map[*compiler]bool {
	files := map[string]bool{}
	for _, d := range l.problems {
		files[d.Span.File] = files[d.Span.File] || d.Severity == diag.Error
	}
	bad := map[*compiler]bool{}
	for _, c := range l.compilers {
		bad[c] = files[c.file.Path] || c.broken
	}
	for changed := true; changed; {
		changed = false
		for _, c := range l.compilers {
			if !bad[c] && slices.ContainsFunc(c.uses(), func(other *compiler) bool { return bad[other] }) {
				bad[c], changed = true, true
			}
		}
	}
	return bad
}

// uses returns the flows without which c cannot run.
func (c *compiler) uses() []*compiler {
	list := c.invoked()
	for _, leg := range c.made {
		list = append(list, leg.runs)
	}
	return list
}

// inherit takes over what the invoked flows need: what they read of the call must be kept, and their late events find the
// machine of this flow.
func (c *compiler) inherit() {
	for _, inner := range c.invoked() {
		c.flow.Reads |= inner.flow.Reads
		c.flow.Needs.add(&inner.flow.Needs)
		if c.file.Retention == nil {
			c.flow.Retention = max(c.flow.Retention, inner.flow.Retention)
		}
	}
}

// hash returns the content hash: the text, the language version, the resolved params, what the set adds to the URLs and to the
// ways in, and the hashes of the invoked flows, which are known. Flows of legs have hashes of their own.
func (c *compiler) hash() Hash {
	h := sha256.New()
	put := func(b []byte) {
		h.Write(binary.AppendUvarint(nil, uint64(len(b))))
		h.Write(b)
	}
	put([]byte(strconv.Itoa(LanguageVersion)))
	put(c.text)
	for _, p := range c.flow.Params {
		text, _ := json.Marshal(p.Value)
		put([]byte(p.Name))
		put(text)
	}
	put(strconv.AppendBool(nil, c.linker.bridgeTargets))
	put(strconv.AppendBool(nil, c.linker.conferences))
	for _, name := range slices.Sorted(maps.Keys(c.flow.Goto)) {
		put([]byte(name))
	}
	for _, inner := range c.invoked() {
		put(inner.flow.Hash[:])
	}
	return Hash(h.Sum(nil)[:len(Hash{})])
}
