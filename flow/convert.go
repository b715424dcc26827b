package flow

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/internal/expression"
)

// aType names a type with its article.
func aType(t Type) string {
	switch t {
	case Int:
		return "an int"
	case Any:
		return "any value"
	}
	return "a " + t.String()
}

// convert returns v as a value of type t: as it is when it fits, parsed when it is a text that reads as one.
func convert(v any, t Type) (any, error) {
	if s, ok := v.(string); ok && t != String {
		return parseAs(s, t)
	}
	switch x := v.(type) {
	case nil:
		if t == Any {
			return nil, nil
		}
	case string:
		return x, nil
	case int:
		if t == Number {
			return float64(x), nil
		}
		if t == Int || t == Any {
			return x, nil
		}
	case float64:
		if t == Int && math.Abs(x) < 1<<53 && x == math.Trunc(x) {
			return int(x), nil
		}
		if (t == Number || t == Any) && !math.IsInf(x, 0) && !math.IsNaN(x) {
			return x, nil
		}
	default:
		if fits(v, t) {
			return v, nil
		}
	}
	return nil, fmt.Errorf("%v is no %s", v, t)
}

func fits(v any, t Type) bool {
	switch v.(type) {
	case bool:
		return t == Bool || t == Any
	case time.Duration:
		return t == Duration || t == Any
	case []any:
		return t == List || t == Any
	case map[string]any:
		return t == Map || t == Any
	}
	return false
}

// parseAs reads a text, as it stands in a default, a configuration file or an environment variable.
func parseAs(s string, t Type) (any, error) {
	switch t {
	case Bool:
		return strconv.ParseBool(s)
	case Int:
		return strconv.Atoi(s)
	case Number:
		f, err := strconv.ParseFloat(s, 64)
		if math.IsInf(f, 0) || math.IsNaN(f) {
			return nil, fmt.Errorf("%q is no number", s)
		}
		return f, err
	case Duration:
		return expression.ParseDuration(s)
	case List:
		var list []any
		err := json.Unmarshal([]byte(s), &list)
		return list, err
	case Map:
		var m map[string]any
		err := json.Unmarshal([]byte(s), &m)
		return m, err
	}
	return s, nil
}
