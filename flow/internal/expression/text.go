package expression

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// Text returns how a value reads in text. See [AppendText].
func Text(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	return string(AppendText(nil, v))
}

// AppendText appends how a value reads in text: numbers without exponent and without trailing zeros, durations in seconds
// ("2.5"), times in RFC 3339 and UTC, true or false, lists and maps as JSON with sorted keys, nil as nothing.
func AppendText(dst []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return dst
	case string:
		return append(dst, v...)
	case bool:
		return strconv.AppendBool(dst, v)
	case int:
		return strconv.AppendInt(dst, int64(v), 10)
	case float64:
		return appendFloat(dst, v)
	case time.Duration:
		return appendSeconds(dst, v)
	case time.Time:
		return v.UTC().AppendFormat(dst, time.RFC3339Nano)
	}
	return appendJSON(dst, v, 0)
}

func appendFloat(dst []byte, v float64) []byte {
	if v == 0 {
		v = 0 // not "-0"
	}
	return strconv.AppendFloat(dst, v, 'f', -1, 64)
}

// appendSeconds is exact, which a float of seconds would not be.
func appendSeconds(dst []byte, d time.Duration) []byte {
	whole, nanos := int64(d/time.Second), int64(d%time.Second)
	if d < 0 {
		dst = append(dst, '-')
		whole, nanos = -whole, -nanos
	}
	dst = strconv.AppendInt(dst, whole, 10)
	if nanos == 0 {
		return dst
	}
	const digits = 9
	start := len(dst)
	dst = strconv.AppendInt(dst, int64(time.Second)+nanos, 10) // a leading 1 keeps the zeros, and becomes the point
	dst[start] = '.'
	end := start + 1 + digits
	for dst[end-1] == '0' {
		end--
	}
	return dst[:end]
}

func appendJSON(dst []byte, v any, depth int) []byte {
	if depth > maxDepth {
		return append(dst, "null"...)
	}
	switch v := v.(type) {
	case nil:
		return append(dst, "null"...)
	case string:
		return appendQuoted(dst, v)
	case time.Time:
		return appendQuoted(dst, Text(v))
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return append(dst, "null"...)
		}
		return appendFloat(dst, v)
	case bool, int, time.Duration:
		return AppendText(dst, v)
	case []any:
		dst = append(dst, '[')
		for i, item := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendJSON(dst, item, depth+1)
		}
		return append(dst, ']')
	case map[string]any:
		return appendMap(dst, v, depth)
	}
	encoded, err := json.Marshal(v)
	if err != nil {
		return append(dst, "null"...)
	}
	return append(dst, encoded...)
}

func appendMap(dst []byte, m map[string]any, depth int) []byte {
	dst = append(dst, '{')
	for i, key := range slices.Sorted(maps.Keys(m)) {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendQuoted(dst, key), ':')
		dst = appendJSON(dst, m[key], depth+1)
	}
	return append(dst, '}')
}

// appendQuoted writes a JSON string. Unlike encoding/json it leaves <, > and & alone: the escaping for XML comes later, once.
func appendQuoted(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r == '\n':
			dst = append(dst, `\n`...)
		case r == '\t':
			dst = append(dst, `\t`...)
		case r == '\r':
			dst = append(dst, `\r`...)
		case r < ' ':
			dst = append(dst, `\u00`...)
			dst = append(dst, hex[r>>4], hex[r&15])
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return append(dst, '"')
}

// size returns about how long a value is as text, and whether every value in it is one of the language.
func size(v any, depth int) (int, bool) {
	switch v := v.(type) {
	case string:
		return len(v), len(v) <= MaxValueBytes
	case []any:
		return sizeList(v, depth)
	case map[string]any:
		return sizeMap(v, depth)
	case float64:
		const longest = 24
		return longest, !math.IsNaN(v) && !math.IsInf(v, 0)
	case nil, bool, int, time.Duration, time.Time:
		const usual = 8
		return usual, true
	}
	return 0, false
}

func sizeList(list []any, depth int) (int, bool) {
	total := 2
	for _, item := range list {
		n, ok := size(item, depth+1)
		if total += n + 1; !ok || depth > maxDepth || total > MaxCompoundBytes {
			return total, false
		}
	}
	return total, true
}

func sizeMap(m map[string]any, depth int) (int, bool) {
	total := 2
	for key, item := range m {
		n, ok := size(item, depth+1)
		if total += n + len(key) + 4; !ok || depth > maxDepth || total > MaxCompoundBytes {
			return total, false
		}
	}
	return total, true
}
