package runtime

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/bxmlflow/bxmlflow/flow"
)

// Bounds of what a machine keeps.
const (
	MaxText      = 4 << 10  // bytes of one text in a variable
	MaxVariables = 64 << 10 // bytes of all variables of a machine as they are stored
	maxDepth     = 32       // lists and maps inside each other
)

// fit returns v as a value of type t. Numbers change their kind where nothing is lost; nil is the zero value.
func fit(v any, t flow.Type) (any, error) {
	switch x := v.(type) {
	case nil:
		return t.Zero(), nil
	case string:
		if t == flow.String || t == flow.Any {
			return v, nil
		}
	case bool:
		if t == flow.Bool || t == flow.Any {
			return v, nil
		}
	case int:
		return fitInt(v, x, t)
	case float64:
		return fitNumber(v, x, t)
	default:
		if t == flow.Any || sameType(v, t) {
			return v, nil
		}
	}
	return nil, fmt.Errorf("a value of type %T does not fit a variable of type %s", v, t)
}

// as returns v, which may have come as JSON, as a value of type t: durations and times are texts there. It reports false when
// v is none.
func as(v any, t flow.Type) (any, bool) {
	text, isText := v.(string)
	switch {
	case isText && t == flow.Duration:
		d, err := time.ParseDuration(text)
		return d, err == nil
	case isText && t == flow.Time:
		at, err := time.Parse(time.RFC3339Nano, text)
		return at, err == nil
	}
	fitted, err := fit(v, t)
	return fitted, err == nil
}

func fitInt(v any, x int, t flow.Type) (any, error) {
	switch t {
	case flow.Int, flow.Any:
		return v, nil
	case flow.Number:
		return float64(x), nil
	}
	return nil, fmt.Errorf("an int does not fit a variable of type %s", t)
}

func fitNumber(v any, x float64, t flow.Type) (any, error) {
	switch {
	case math.IsNaN(x) || math.IsInf(x, 0):
		return nil, fmt.Errorf("%v is no number that can be used", x)
	case t == flow.Number || t == flow.Any:
		return v, nil
	case t == flow.Int && x == math.Trunc(x) && math.Abs(x) < 1<<53:
		return int(x), nil
	}
	return nil, fmt.Errorf("the number %v does not fit a variable of type %s", x, t)
}

func sameType(v any, t flow.Type) bool {
	switch v.(type) {
	case time.Duration:
		return t == flow.Duration
	case time.Time:
		return t == flow.Time
	case []any:
		return t == flow.List
	case map[string]any:
		return t == flow.Map
	}
	return false
}

// plain returns a value that came from outside as one that a machine can keep: only the types of flow.Type.
func plain(v any, depth int) (any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("lists and maps lie more than %d deep in each other", maxDepth)
	}
	switch x := v.(type) {
	case nil, string, bool, int, float64, time.Duration, time.Time:
		return v, nil
	case []any:
		return plainList(x, depth)
	case map[string]any:
		return plainMap(x, depth)
	case map[string]string:
		m := make(map[string]any, len(x))
		for k, s := range x {
			m[k] = s
		}
		return m, nil
	case []string:
		list := make([]any, len(x))
		for i, s := range x {
			list[i] = s
		}
		return list, nil
	case int64:
		return int(x), nil
	case json.Number:
		return plainNumber(string(x))
	}
	return nil, fmt.Errorf("a value of type %T cannot be kept", v)
}

func plainNumber(text string) (any, error) {
	if n, err := strconv.Atoi(text); err == nil {
		return n, nil
	}
	return strconv.ParseFloat(text, 64)
}

func plainList(list []any, depth int) (any, error) {
	out := make([]any, len(list))
	for i, item := range list {
		v, err := plain(item, depth+1)
		if err != nil {
			return nil, fmt.Errorf("item %d: %w", i, err)
		}
		out[i] = v
	}
	return out, nil
}

func plainMap(m map[string]any, depth int) (any, error) {
	out := make(map[string]any, len(m))
	for _, name := range slices.Sorted(maps.Keys(m)) {
		v, err := plain(m[name], depth+1)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", name, err)
		}
		out[name] = v
	}
	return out, nil
}

// longText reports whether a text anywhere in v is longer than MaxText.
func longText(v any) bool {
	switch x := v.(type) {
	case string:
		return len(x) > MaxText
	case []any:
		return slices.ContainsFunc(x, longText)
	case map[string]any:
		for name, item := range x {
			if len(name) > MaxText || longText(item) {
				return true
			}
		}
	}
	return false
}
