package expression

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/builtin"
	"github.com/expr-lang/expr/checker"
	"github.com/expr-lang/expr/compiler"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/optimizer"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"
)

// compilation is the work on one expression.
type compilation struct {
	kind      string // "the guard" or "the expression", for messages
	scope     *Scope
	functions map[string]Function
	source    *source
	config    *conf.Config
	loads     []load
	problems  []Problem
	bare      []*ast.BinaryNode // operators around the node being resolved
	inClosure bool
	asking    bool // inside has()
	custom    bool // calls a function that is not built in
}

// load is one name that the program reads before it runs.
type load struct {
	Ref
	key    string // its identifier in the compiled program
	typ    Type
	member string // its key in the map at the slot; "" for the value at the slot itself
}

// Guard compiles a condition. Its value must be true or false, or of type Any and then true or false when evaluated. The
// program is nil when there are problems.
func Guard(src string, s *Scope) (*Program, []Problem) {
	c := newCompilation("the guard", src, s)
	return c.compile(c.checkGuard)
}

// Value compiles an expression of any type, without the ${ } around it. The program is nil when there are problems.
func Value(src string, s *Scope) (*Program, []Problem) {
	c := newCompilation("the expression", src, s)
	return c.compile(c.checkValue)
}

func newCompilation(kind, src string, s *Scope) *compilation {
	if s == nil {
		s = &Scope{}
	}
	c := &compilation{kind: kind, scope: s, functions: builtins(), source: newSource(src), config: conf.CreateNew()}
	for name, fn := range s.Functions {
		if _, builtIn := c.functions[name]; !builtIn {
			fn.usage = usage(name, fn)
			c.functions[name] = fn
		}
	}
	c.config.MaxNodes = MaxNodes
	for name := range c.config.Builtins {
		if name != "len" && !slices.Contains(closures, name) {
			c.config.Disabled[name] = true
			delete(c.config.Builtins, name)
		}
	}
	c.config.WithEnv(map[string]any{})
	for name, fn := range c.functions {
		c.declare(name, fn, wrap(name, fn))
	}
	return c
}

// declare makes a function known to expr-lang. Arguments are checked by checkCall, with better words.
func (c *compilation) declare(name string, fn Function, call func(args ...any) (any, error)) {
	c.config.Functions[name] = &builtin.Function{
		Name: name,
		Func: call,
		Validate: func(args []reflect.Type) (reflect.Type, error) {
			result := fn.Result
			if fn.result != nil {
				result = fn.result(typesOf(args))
			}
			return reflectType(result), nil
		},
	}
}

// compile runs the stages; check is the last word on the type of the whole.
func (c *compilation) compile(check func(ast.Node) Type) (program *Program, problems []Problem) {
	defer func() {
		if r := recover(); r != nil { // a fault of this package or of expr-lang must not end the process
			program = nil
			problems = append(c.problems, Problem{To: len(c.source.text), Message: fmt.Sprintf("%s cannot be compiled: %v", c.kind, r), Rule: RuleSyntax})
		}
	}()
	node := c.parse()
	if node == nil {
		return nil, c.sorted()
	}
	c.resolve(&node)
	if len(c.problems) > 0 {
		return nil, c.sorted()
	}
	tree := &parser.Tree{Node: node, Source: file.NewSource(c.source.text)}
	typ := c.checkTypes(tree, check)
	if len(c.problems) > 0 {
		return nil, c.sorted()
	}
	return c.emit(tree, typ)
}

// checkTypes lets expr-lang infer the types and judges them: first in our words, then in those of expr-lang.
func (c *compilation) checkTypes(tree *parser.Tree, check func(ast.Node) Type) Type {
	for _, l := range c.loads {
		c.config.Env.Fields[l.key] = natureOf(l.typ)
	}
	_, err := checker.Check(tree, c.config)
	c.checkNode(&tree.Node)
	typ := check(tree.Node)
	if err != nil && len(c.problems) == 0 {
		from, to, message := c.place(err)
		c.report(RuleType, from, to, goWords(message), "")
	}
	return typ
}

// emit turns the tree into a program.
func (c *compilation) emit(tree *parser.Tree, typ Type) (*Program, []Problem) {
	if err := optimizer.Optimize(&tree.Node, c.config); err != nil {
		from, to, message := c.place(err)
		c.report(RuleType, from, to, goWords(message), "")
		return nil, c.sorted()
	}
	p := &Program{source: c.source.text, typ: typ, loads: c.loads, single: -1}
	if value, ok := constant(tree.Node); ok {
		p.constant, p.isConstant = value, true
		return p, nil
	}
	if ident, ok := tree.Node.(*ast.IdentifierNode); ok {
		p.single = c.loadIndex(ident.Value)
		return p, nil
	}
	code, err := compiler.Compile(tree, c.config)
	if err != nil {
		message, _, _ := strings.Cut(err.Error(), "\n")
		c.report(RuleSyntax, 0, len(c.source.text), goWords(message), "")
		return nil, c.sorted()
	}
	c.flatten(code)
	p.code = code
	if len(p.loads) == 0 && !c.custom {
		p.settle()
	}
	return p, nil
}

// flatten makes the program read its names from the machine's variables by number, not from a map by name: OpLoadFast and
// OpLoadVar have one argument each and push one value, so one can stand for the other. The language has no variables of its
// own that could be in the way.
func (c *compilation) flatten(code *vm.Program) {
	for i, op := range code.Bytecode {
		if op != vm.OpLoadFast {
			continue
		}
		code.Bytecode[i] = vm.OpLoadVar
		code.Arguments[i] = c.loadIndex(code.Constants[code.Arguments[i]].(string))
	}
}

func (c *compilation) loadIndex(key string) int {
	return slices.IndexFunc(c.loads, func(l load) bool { return l.key == key })
}

func (c *compilation) sorted() []Problem {
	slices.SortStableFunc(c.problems, func(a, b Problem) int { return a.From - b.From })
	return c.problems
}

// constant returns the value of a node that has become one.
func constant(node ast.Node) (any, bool) {
	switch n := node.(type) {
	case *ast.NilNode:
		return nil, true
	case *ast.BoolNode:
		return n.Value, true
	case *ast.IntegerNode:
		return n.Value, true
	case *ast.FloatNode:
		return n.Value, true
	case *ast.StringNode:
		return n.Value, true
	case *ast.ConstantNode:
		return n.Value, true
	}
	return nil, false
}

// goWords replaces the names of Go types in a message of expr-lang by those of the language.
func goWords(message string) string {
	return strings.NewReplacer("map[string]interface {}", "map", "[]interface {}", "list", "interface {}", "any value",
		"float64", "number", "time.Duration", "duration", "time.Time", "time", "unknown", "any value", "\n", " ").Replace(message)
}

// fault makes a short error of one of expr-lang's, without its drawing of the source and without the values in it, which
// may be what a caller keyed in secretly.
func fault(err error) error {
	var located *file.Error
	if !errors.As(err, &located) {
		return err
	}
	if located.Prev != nil && !isRuntime(located.Prev) {
		return located.Prev
	}
	message := located.Message
	if strings.HasPrefix(message, "cannot fetch") {
		message = "a member is read of something that has none"
	}
	return errors.New(strings.ToLower(goWords(message)))
}

func isRuntime(err error) bool {
	_, ok := err.(interface{ RuntimeError() })
	return ok
}
