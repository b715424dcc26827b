package expression

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/expr-lang/expr/vm/runtime"
)

func trim(args ...any) (any, error) {
	if len(args) == 2 {
		return strings.Trim(args[0].(string), args[1].(string)), nil
	}
	return strings.TrimSpace(args[0].(string)), nil
}

func upper(args ...any) (any, error) { return strings.ToUpper(args[0].(string)), nil }

func lower(args ...any) (any, error) { return strings.ToLower(args[0].(string)), nil }

func indexOf(args ...any) (any, error) {
	return strings.Index(args[0].(string), args[1].(string)), nil
}

func hasPrefix(args ...any) (any, error) {
	return strings.HasPrefix(args[0].(string), args[1].(string)), nil
}

func hasSuffix(args ...any) (any, error) {
	return strings.HasSuffix(args[0].(string), args[1].(string)), nil
}

func split(args ...any) (any, error) {
	parts := strings.SplitN(args[0].(string), args[1].(string), MaxItems+1)
	if len(parts) > MaxItems {
		return nil, fmt.Errorf("split: more than %d parts", MaxItems)
	}
	list, _ := acceptList(parts)
	return list, nil
}

// replace refuses before it builds: a short text can grow by the square of the bound.
func replace(args ...any) (any, error) {
	s, old, with := args[0].(string), args[1].(string), args[2].(string)
	if len(s)+strings.Count(s, old)*(len(with)-len(old)) > MaxValueBytes {
		return nil, fmt.Errorf("replace: the result is a text of more than %d bytes", MaxValueBytes)
	}
	return strings.ReplaceAll(s, old, with), nil
}

func join(args ...any) (any, error) {
	separator := ""
	if len(args) == 2 {
		separator = args[1].(string)
	}
	var text []byte
	for i, item := range args[0].([]any) {
		if i > 0 {
			text = append(text, separator...)
		}
		if text = AppendText(text, item); len(text) > MaxValueBytes {
			return nil, fmt.Errorf("join: the result is a text of more than %d bytes", MaxValueBytes)
		}
	}
	return string(text), nil
}

func toText(args ...any) (any, error) { return Text(args[0]), nil }

func toInt(args ...any) (any, error) {
	switch v := args[0].(type) {
	case string:
		n, err := strconv.Atoi(strings.TrimSpace(v))
		if err != nil {
			return nil, &argumentError{message: "int: the text is not a whole number"}
		}
		return n, nil
	case time.Duration:
		return int(v / time.Second), nil
	}
	n, err := number("int", args[0])
	if err != nil {
		return nil, err
	}
	return whole("int", math.Trunc(n))
}

func toFloat(args ...any) (any, error) {
	switch v := args[0].(type) {
	case string:
		n, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
		if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
			return nil, &argumentError{message: "float: the text is not a number"}
		}
		return n, nil
	case time.Duration:
		return v.Seconds(), nil
	}
	return number("float", args[0])
}

func number(name string, v any) (float64, error) {
	switch n := v.(type) {
	case int:
		return float64(n), nil
	case float64:
		return n, nil
	}
	return 0, &argumentError{message: name + ": the value is not a number"}
}

// whole makes an int of a float that has no fraction.
func whole(name string, n float64) (any, error) {
	if !(math.Abs(n) < 1<<53) { // also for what is not a number
		return nil, &argumentError{message: name + ": the number is too large"}
	}
	return int(n), nil
}

func ceil(args ...any) (any, error) { return whole("ceil", math.Ceil(args[0].(float64))) }

func floor(args ...any) (any, error) { return whole("floor", math.Floor(args[0].(float64))) }

func round(args ...any) (any, error) { return whole("round", math.Round(args[0].(float64))) }

func abs(args ...any) (any, error) {
	switch n := args[0].(type) {
	case int:
		return max(n, -n), nil
	case float64:
		return math.Abs(n), nil
	case time.Duration:
		return n.Abs(), nil
	}
	return nil, &argumentError{message: "abs: the value is not a number"}
}

func least(args ...any) (any, error) { return extreme("min", args, -1) }

func most(args ...any) (any, error) { return extreme("max", args, +1) }

// extreme returns the first of the smallest (sign -1) or largest (+1) values.
func extreme(name string, args []any, sign int) (any, error) {
	if list, ok := args[0].([]any); ok && len(args) == 1 {
		args = list
	}
	if len(args) == 0 {
		return nil, nil
	}
	best := args[0]
	for _, v := range args {
		order, err := compare(name, v, best)
		if err != nil {
			return nil, err
		}
		if order == sign {
			best = v
		}
	}
	return best, nil
}

// compare orders two numbers, texts, durations or times.
func compare(name string, a, b any) (int, error) {
	switch x := a.(type) {
	case string:
		if y, ok := b.(string); ok {
			return strings.Compare(x, y), nil
		}
	case time.Duration:
		if y, ok := b.(time.Duration); ok {
			return sign(float64(x) - float64(y)), nil
		}
	case time.Time:
		if y, ok := b.(time.Time); ok {
			return x.Compare(y), nil
		}
	}
	x, errX := number(name, a)
	y, errY := number(name, b)
	if errX != nil || errY != nil {
		return 0, &argumentError{message: name + ": the values cannot be ordered"}
	}
	return sign(x - y), nil
}

func sign(n float64) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}

func sorted(args ...any) (any, error) {
	list := slices.Clone(args[0].([]any))
	var failed error
	slices.SortStableFunc(list, func(a, b any) int {
		order, err := compare("sort", a, b)
		if err != nil {
			failed = err
		}
		return order
	})
	return list, failed
}

// add is + where the result may be a text.
func add(args ...any) (any, error) {
	a, okA := args[0].(string)
	b, okB := args[1].(string)
	if !okA || !okB {
		return runtime.Add(args[0], args[1]), nil
	}
	if len(a)+len(b) > MaxValueBytes {
		return nil, fmt.Errorf("+: the result is a text of more than %d bytes", MaxValueBytes)
	}
	return a + b, nil
}
