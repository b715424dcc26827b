package expression

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/expr-lang/expr/vm"
)

// Program is a compiled expression. It is immutable and safe for concurrent use.
type Program struct {
	source     string
	typ        Type
	loads      []load
	code       *vm.Program // nil for a constant and for a single name
	single     int         // index of the load that is the whole expression, or -1
	constant   any
	isConstant bool
}

// Source returns the text that was compiled.
func (p *Program) Source() string { return p.source }

// Type returns the type of the result; Any when it is only known when evaluated.
func (p *Program) Type() Type { return p.typ }

// Refs returns the names that the program reads, each once, in the order of their first use.
func (p *Program) Refs() []Ref { return mergeRefs(nil, p, 0) }

// Constant returns the result of a program that is the same for all values of its names.
func (p *Program) Constant() (any, bool) { return p.constant, p.isConstant }

// mergeRefs adds the names of a program whose source begins at an offset. A name that is read somewhere and only asked for
// elsewhere is read.
func mergeRefs(refs []Ref, p *Program, offset int) []Ref {
next:
	for _, l := range p.loads {
		for i := range refs {
			if refs[i].Name == l.Name {
				refs[i].Presence = refs[i].Presence && l.Presence
				continue next
			}
		}
		ref := l.Ref
		ref.From += offset
		ref.To += offset
		refs = append(refs, ref)
	}
	return refs
}

// VM evaluates programs. The zero value is ready. It is scratch space, to be used again, by one goroutine at a time. What
// it returns may share memory with what the Lookup returned: copy what is kept.
type VM struct {
	machine vm.VM
}

// Bool evaluates a guard. An error stands for false: a value was missing or of the wrong type.
func (v *VM) Bool(p *Program, look Lookup) (result bool, err error) {
	defer func() {
		if r := recover(); r != nil {
			result, err = false, p.panicked(r)
		}
	}()
	out, err := v.eval(p, look)
	if err != nil {
		return false, err
	}
	result, ok := out.(bool)
	if !ok {
		return false, p.fail(errors.New("the value is not true or false"))
	}
	return result, nil
}

// Run evaluates a value. A text of more than MaxValueBytes, a list or map of more than MaxCompoundBytes and a number that is
// none are errors.
func (v *VM) Run(p *Program, look Lookup) (result any, err error) {
	defer func() {
		if r := recover(); r != nil {
			result, err = nil, p.panicked(r)
		}
	}()
	out, err := v.eval(p, look)
	if err != nil {
		return nil, err
	}
	if err := checkResult(out); err != nil {
		return nil, p.fail(err)
	}
	return out, nil
}

// Reset drops the values of the last evaluation, so that a pooled machine keeps no caller's data alive.
func (v *VM) Reset() {
	clear(v.machine.Variables[:cap(v.machine.Variables)])
	clear(v.machine.Stack[:cap(v.machine.Stack)])
	clear(v.machine.Scopes[:cap(v.machine.Scopes)])
}

// settle evaluates a program that reads nothing, so that it is known to be constant.
func (p *Program) settle() {
	value, err := new(VM).Run(p, nil)
	if err != nil {
		return
	}
	switch value.(type) {
	case nil, string, bool, int, float64, time.Duration, time.Time: // a list or map could be changed by who gets it
		p.constant, p.isConstant = value, true
	}
}

func (v *VM) eval(p *Program, look Lookup) (any, error) {
	if p.isConstant {
		return p.constant, nil
	}
	if p.single >= 0 {
		return p.read(p.single, look)
	}
	if len(v.machine.Variables) < len(p.loads) {
		v.machine.Variables = make([]any, len(p.loads))
	}
	for i := range p.loads {
		value, err := p.read(i, look)
		if err != nil {
			return nil, err
		}
		v.machine.Variables[i] = value
	}
	v.machine.MemoryBudget = memoryBudget
	out, err := v.machine.Run(p.code, nil)
	if err != nil {
		return nil, p.fail(fault(err))
	}
	return out, nil
}

// read gets the value of a name and sees to its type, on which the compiled program relies.
func (p *Program) read(i int, look Lookup) (any, error) {
	l := &p.loads[i]
	if l.Presence && l.member == "" {
		return look.Has(l.Slot), nil
	}
	value := look.Lookup(l.Slot)
	if l.member != "" {
		m, _ := value.(map[string]any)
		value = m[l.member]
		if l.Presence {
			return value != nil, nil
		}
	}
	switch value.(type) { // the usual cases first, without a call
	case string:
		if l.typ == String {
			return value, nil
		}
	case int:
		if l.typ == Int {
			return value, nil
		}
	case time.Duration:
		if l.typ == Duration {
			return value, nil
		}
	}
	value, ok := l.typ.accept(value)
	if !ok {
		return nil, p.fail(fmt.Errorf("%s is not %s", l.Name, l.typ.words()))
	}
	return value, nil
}

func checkResult(v any) error {
	switch v := v.(type) {
	case string:
		if len(v) > MaxValueBytes {
			return fmt.Errorf("the text is longer than %d bytes", MaxValueBytes)
		}
		return nil
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return errors.New("the result is not a number: a division by zero, or too large")
		}
		return nil
	}
	if _, ok := size(v, 0); !ok {
		return errors.New("the value is larger than the bounds, or holds something that is no value")
	}
	return nil
}

func (p *Program) fail(cause error) error { return fmt.Errorf("evaluate %q: %w", p.source, cause) }

func (p *Program) panicked(r any) error { return p.fail(fmt.Errorf("panic: %v", r)) }
