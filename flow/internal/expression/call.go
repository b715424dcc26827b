package expression

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// argumentError is a fault in one argument. It holds no value: what a caller keyed in may be secret.
type argumentError struct {
	index         int
	message, help string
}

func (e *argumentError) Error() string { return e.message }

// wrap makes a function check what it gets and gives against its signature and the bounds.
func wrap(name string, fn Function) func(args ...any) (any, error) {
	return func(args ...any) (result any, err error) {
		if !fn.builtIn {
			defer func() {
				if r := recover(); r != nil {
					result, err = nil, fmt.Errorf("%s: panic: %v", name, r)
				}
			}()
		}
		for i := range args {
			if err := admit(name, fn, args, i); err != nil {
				return nil, err
			}
		}
		result, err = fn.Call(args...)
		if err != nil {
			return nil, err
		}
		return deliver(name, fn, result)
	}
}

// admit checks one argument and puts it into its type. Custom functions get copies: the texts may lie in a buffer that is
// used again after the step.
func admit(name string, fn Function, args []any, i int) error {
	want := fn.Params[min(i, len(fn.Params)-1)]
	value, ok := want.accept(args[i])
	if !ok {
		return &argumentError{index: i, message: fmt.Sprintf("%s is not %s", label(name, fn, i), want.words())}
	}
	switch v := value.(type) {
	case string:
		if len(v) > MaxValueBytes {
			return &argumentError{index: i, message: fmt.Sprintf("%s is a text of more than %d bytes", label(name, fn, i), MaxValueBytes)}
		}
	case []any:
		if len(v) > MaxItems {
			return &argumentError{index: i, message: fmt.Sprintf("%s is a list of more than %d items", label(name, fn, i), MaxItems)}
		}
	case int:
		if want == Number {
			value = float64(v)
		}
	}
	if !fn.builtIn && fn.usage != "" {
		value = clone(value, 0)
	}
	args[i] = value
	return nil
}

// label says which value of a call is meant; calls that this package put around operands have no name for the author.
func label(name string, fn Function, i int) string {
	if fn.usage == "" {
		return "an operand"
	}
	return fmt.Sprintf("%s: value %d", name, i+1)
}

func deliver(name string, fn Function, result any) (any, error) {
	if text, ok := result.(string); ok && len(text) > MaxValueBytes {
		return nil, fmt.Errorf("%s: the result is a text of more than %d bytes", name, MaxValueBytes)
	}
	if fn.builtIn || fn.usage == "" {
		return result, nil
	}
	value, ok := fn.Result.accept(result)
	if !ok {
		return nil, fmt.Errorf("%s: the result is not %s", name, fn.Result.words())
	}
	return value, nil
}

// accept returns a value as this type, and whether it can be: nil is the zero value, whole numbers of other Go types are
// int or float64.
func (t Type) accept(v any) (any, bool) {
	if v == nil {
		return t.Zero(), true
	}
	ok := false
	switch t {
	case String:
		_, ok = v.(string)
	case Bool:
		_, ok = v.(bool)
	case Int:
		return acceptInt(v)
	case Number:
		return acceptNumber(v)
	case Duration:
		_, ok = v.(time.Duration)
	case Time:
		_, ok = v.(time.Time)
	case List:
		return acceptList(v)
	case Map:
		_, ok = v.(map[string]any)
	case Any:
		ok = true
	}
	return v, ok
}

func acceptInt(v any) (any, bool) {
	switch n := v.(type) {
	case int:
		return v, true
	case int64:
		return int(n), true
	case int32:
		return int(n), true
	case float64:
		if i := int(n); n == math.Trunc(n) && math.Abs(n) < 1<<53 {
			return i, true
		}
	}
	return v, false
}

func acceptNumber(v any) (any, bool) {
	switch n := v.(type) {
	case float64, int:
		return v, true
	case float32:
		return float64(n), true
	}
	return acceptInt(v)
}

func acceptList(v any) (any, bool) {
	switch list := v.(type) {
	case []any:
		return v, true
	case []string:
		items := make([]any, len(list))
		for i, s := range list {
			items[i] = s
		}
		return items, true
	}
	return v, false
}

const maxDepth = 64 // of lists and maps in each other

// clone copies a value with everything in it.
func clone(v any, depth int) any {
	if depth > maxDepth {
		return nil
	}
	switch v := v.(type) {
	case string:
		return strings.Clone(v)
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = clone(v[i], depth+1)
		}
		return list
	case map[string]any:
		m := make(map[string]any, len(v))
		for key, value := range v {
			m[strings.Clone(key)] = clone(value, depth+1)
		}
		return m
	}
	return v
}
