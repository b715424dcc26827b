package expression

import (
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/checker/nature"
)

func reflectType(t Type) reflect.Type {
	if t == Any || t == nilType {
		return reflect.TypeFor[any]()
	}
	return reflect.TypeOf(t.Zero())
}

func natureOf(t Type) nature.Nature {
	if t == Any {
		return nature.Nature{}
	}
	return nature.FromType(reflectType(t))
}

// typeOf is the type that expr-lang found for a node.
func typeOf(node ast.Node) Type {
	n := node.Nature()
	if n.Nil {
		return nilType
	}
	return fromReflect(n.Type)
}

func typesOf(args []reflect.Type) []Type {
	types := make([]Type, len(args))
	for i, t := range args {
		types[i] = fromReflect(t)
	}
	return types
}

func fromReflect(t reflect.Type) Type {
	switch {
	case t == nil:
		return Any
	case t == reflect.TypeFor[time.Time]():
		return Time
	case t == reflect.TypeFor[time.Duration]():
		return Duration
	}
	switch t.Kind() {
	case reflect.String:
		return String
	case reflect.Bool:
		return Bool
	case reflect.Int:
		return Int
	case reflect.Float64:
		return Number
	case reflect.Slice:
		return List
	case reflect.Map:
		return Map
	}
	return Any
}

// usage writes a function's signature.
func usage(name string, fn Function) string {
	var b strings.Builder
	b.WriteString(name + "(")
	for i, t := range fn.Params {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(t.String())
		switch {
		case fn.Variadic && i == len(fn.Params)-1:
			b.WriteString("...")
		case i >= len(fn.Params)-fn.Optional:
			b.WriteString("?")
		}
	}
	return b.String() + ")"
}

func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + one + "s"
}
