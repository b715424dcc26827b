package expression

import (
	"fmt"
	"maps"
	"slices"
)

// foreignFunctions are names from other languages, and those of expr-lang that this language leaves out, with the mend.
var foreignFunctions = map[string]string{
	"length": "write len(x)", "size": "write len(x)", "strlen": "write len(x)", "toUpperCase": "write upper(x)",
	"toLowerCase": "write lower(x)", "toString": "write string(x)", "str": "write string(x)", "parseInt": "write int(x)",
	"Number": "write int(x) or float(x)", "includes": "write x contains y, or y in list", "indexof": "write indexOf(x, y)",
	"substring": "write x[from:to]", "substr": "write x[from:to]", "slice": "write x[from:to]", "concat": "write x + y",
	"now": "write now, the time of the event, without ()", "today": "write onDate(now, \"2026-12-25\", zone)",
	"some": "write any(list, condition)", "every": "write all(list, condition)", "exists": "write has(name)",
	"defined": "write has(name)", "isset": "write has(name)", "empty": "write x == \"\"", "isEmpty": "write x == \"\"",
	"contains": "write x contains y", "startsWith": "write x startsWith y", "endsWith": "write x endsWith y",
	"matches": "write x matches \"pattern\"", "not": "write not x, or !x", "random": "write choose(seed, weights): the same seed makes the same choice",
	"rand": "write choose(seed, weights): the same seed makes the same choice", "regex": "write x matches \"pattern\"",
	"reduce": "", "sum": "", "groupBy": "", "sortBy": "write sort(list)",
}

// table returns the built-in functions beside len, has and the closures.
func table() map[string]Function {
	text := []Type{String}
	return map[string]Function{
		"trim":      {usage: "trim(s) or trim(s, characters)", Params: []Type{String, String}, Optional: 1, Result: String, Call: trim},
		"upper":     {usage: "upper(s)", Params: text, Result: String, Call: upper},
		"lower":     {usage: "lower(s)", Params: text, Result: String, Call: lower},
		"split":     {usage: "split(s, separator)", Params: []Type{String, String}, Result: List, Call: split},
		"replace":   {usage: "replace(s, old, new)", Params: []Type{String, String, String}, Result: String, Call: replace},
		"indexOf":   {usage: "indexOf(s, part)", Params: []Type{String, String}, Result: Int, Call: indexOf},
		"hasPrefix": {usage: "hasPrefix(s, start)", Params: []Type{String, String}, Result: Bool, Call: hasPrefix},
		"hasSuffix": {usage: "hasSuffix(s, end)", Params: []Type{String, String}, Result: Bool, Call: hasSuffix},
		"join":      {usage: "join(list, separator)", Params: []Type{List, String}, Optional: 1, Result: String, Call: join},
		"string":    {usage: "string(x)", Params: []Type{Any}, Result: String, Call: toText},
		"int":       {usage: "int(x)", Params: []Type{Any}, Result: Int, Call: toInt},
		"float":     {usage: "float(x)", Params: []Type{Any}, Result: Number, Call: toFloat},
		"abs":       {usage: "abs(n)", Params: []Type{Any}, Result: Any, result: sameNumber, Call: abs},
		"ceil":      {usage: "ceil(n)", Params: []Type{Number}, Result: Int, Call: ceil},
		"floor":     {usage: "floor(n)", Params: []Type{Number}, Result: Int, Call: floor},
		"round":     {usage: "round(n)", Params: []Type{Number}, Result: Int, Call: round},
		"min":       {usage: "min(a, b, ...) or min(list)", Params: []Type{Any, Any}, Variadic: true, Result: Any, result: sameNumber, Call: least},
		"max":       {usage: "max(a, b, ...) or max(list)", Params: []Type{Any, Any}, Variadic: true, Result: Any, result: sameNumber, Call: most},
		"first":     {usage: "first(list)", Params: []Type{List}, Result: Any, Call: first},
		"last":      {usage: "last(list)", Params: []Type{List}, Result: Any, Call: last},
		"get":       {usage: "get(map, key) or get(list, position)", Params: []Type{Any, Any}, Result: Any, Call: get},
		"keys":      {usage: "keys(map)", Params: []Type{Map}, Result: List, Call: keys},
		"values":    {usage: "values(map)", Params: []Type{Map}, Result: List, Call: values},
		"sort":      {usage: "sort(list)", Params: []Type{List}, Result: List, Call: sorted},
		"duration":  {usage: `duration("2s")`, Params: text, Result: Duration, Call: duration},
		"date":      {usage: `date("2026-12-25") or date("2026-12-25", zone)`, Params: []Type{String, String}, Optional: 1, Result: Time, prepare: prepareDate},
		"within":    {usage: `within(now, "Mon-Fri 09:00-17:00", zone)`, Params: []Type{Time, String, String}, Result: Bool, prepare: prepareWithin},
		"onDate":    {usage: `onDate(now, ["2026-12-25", "01-01"], zone)`, Params: []Type{Time, Any, String}, Result: Bool, prepare: prepareOnDate},
		"e164":      {usage: "e164(s)", Params: text, Result: String, Call: e164},
		"last4":     {usage: "last4(s)", Params: text, Result: String, Call: last4},
		"spell":     {usage: "spell(s)", Params: text, Result: String, Call: spell},
		"choose":    {usage: `choose(seed, {"a": 70, "b": 30})`, Params: []Type{Any, Any}, Result: Any, result: chosen, Call: choose},
		boundedAdd:  {Params: []Type{Any, Any}, Result: Any, Call: add},
		boundedText: {Params: []Type{Any}, Result: Any, result: sameType, Call: same},
		boundedItem: {Params: []Type{Any}, Result: Any, result: sameType, Call: short},
		boundedList: {Params: []Type{Any}, Result: Any, result: sameType, Call: same},
	}
}

// builtins returns a table that the caller may add to.
func builtins() map[string]Function {
	functions := table()
	for name, fn := range functions {
		fn.builtIn = fn.usage != ""
		functions[name] = fn
	}
	return functions
}

// BuiltIns returns the usage of every built-in function by name, for documentation and completion.
func BuiltIns() map[string]string {
	usages := map[string]string{"len": "len(x)", "has": "has(event.cause)"}
	for _, name := range closures {
		usages[name] = name + "(list, condition of #)"
	}
	usages["map"] = "map(list, value of #)"
	for name, fn := range table() {
		if fn.usage != "" {
			usages[name] = fn.usage
		}
	}
	return usages
}

func sameType(args []Type) Type { return args[0] }

// sameNumber is the type of the smallest, largest or absolute one of numbers.
func sameNumber(args []Type) Type {
	if len(args) == 0 || slices.ContainsFunc(args, func(t Type) bool { return !isNumeric(t) && t != Duration }) {
		return Any
	}
	if slices.Contains(args, Duration) {
		if slices.ContainsFunc(args, isNumeric) {
			return Any
		}
		return Duration
	}
	if slices.Contains(args, Number) {
		return Number
	}
	return Int
}

func first(args ...any) (any, error) {
	if list := args[0].([]any); len(list) > 0 {
		return list[0], nil
	}
	return nil, nil
}

func last(args ...any) (any, error) {
	if list := args[0].([]any); len(list) > 0 {
		return list[len(list)-1], nil
	}
	return nil, nil
}

// get answers nil where [ ] would fail.
func get(args ...any) (any, error) {
	switch of := args[0].(type) {
	case nil:
		return nil, nil
	case map[string]any:
		if key, ok := args[1].(string); ok {
			return of[key], nil
		}
		return nil, &argumentError{index: 1, message: "get: the key of a map is a text"}
	case []any:
		i, ok := args[1].(int)
		if !ok {
			return nil, &argumentError{index: 1, message: "get: a position in a list is a whole number"}
		}
		if i < 0 || i >= len(of) {
			return nil, nil
		}
		return of[i], nil
	}
	return nil, &argumentError{message: "get: takes a map or a list"}
}

// keys are sorted, because a flow must do the same thing every time.
func keys(args ...any) (any, error) {
	m := args[0].(map[string]any)
	list := make([]any, 0, len(m))
	for _, key := range slices.Sorted(maps.Keys(m)) {
		list = append(list, key)
	}
	return list, nil
}

// values come in the order of their keys.
func values(args ...any) (any, error) {
	m := args[0].(map[string]any)
	list := make([]any, 0, len(m))
	for _, key := range slices.Sorted(maps.Keys(m)) {
		list = append(list, m[key])
	}
	return list, nil
}

// short bounds the text that a pattern is matched against for every item of a list: a pattern can cost 10 ns a byte and more.
func short(args ...any) (any, error) {
	const longest = 256
	if text, ok := args[0].(string); ok && len(text) > longest {
		return nil, fmt.Errorf("matches inside a closure: a text of more than %d bytes", longest)
	}
	return args[0], nil
}

func same(args ...any) (any, error) { return args[0], nil }
