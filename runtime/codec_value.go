package runtime

import (
	"encoding/binary"
	"maps"
	"math"
	"slices"
	"time"
)

// The kinds of a stored value.
const (
	valueDefault = iota // the default of the variable or param
	valueNil
	valueFalse
	valueTrue
	valueInt
	valueNumber
	valueText
	valueDuration
	valueTime
	valueList // number of items + 1; 0 for a nil list
	valueMap  // the same, by name in alphabetical order
)

// appendValue appends a value; one that equals its default takes one byte.
func appendValue(dst []byte, v, byDefault any) []byte {
	if identical(v, byDefault) || equalScalar(v, byDefault) {
		return append(dst, valueDefault)
	}
	switch x := v.(type) {
	case bool:
		if x {
			return append(dst, valueTrue)
		}
		return append(dst, valueFalse)
	case int:
		return binary.AppendVarint(append(dst, valueInt), int64(x))
	case float64:
		return binary.LittleEndian.AppendUint64(append(dst, valueNumber), math.Float64bits(x))
	case string:
		return appendText(append(dst, valueText), x)
	case time.Duration:
		return binary.AppendVarint(append(dst, valueDuration), int64(x))
	case time.Time:
		return appendText(append(dst, valueTime), x.Format(time.RFC3339Nano))
	case []any:
		return appendList(append(dst, valueList), x)
	case map[string]any:
		return appendMap(append(dst, valueMap), x)
	}
	return append(dst, valueNil)
}

func appendList(dst []byte, list []any) []byte {
	if list == nil {
		return append(dst, 0)
	}
	dst = binary.AppendUvarint(dst, uint64(len(list))+1)
	for _, item := range list {
		dst = appendValue(dst, item, nil)
	}
	return dst
}

func appendMap(dst []byte, m map[string]any) []byte {
	if m == nil {
		return append(dst, 0)
	}
	dst = binary.AppendUvarint(dst, uint64(len(m))+1)
	for _, name := range slices.Sorted(maps.Keys(m)) {
		dst = appendText(dst, name)
		dst = appendValue(dst, m[name], nil)
	}
	return dst
}

func appendText(dst []byte, s string) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(s)))
	return append(dst, s...)
}

// equalScalar reports whether two values are the same; lists and maps never are.
func equalScalar(a, b any) bool {
	switch x := a.(type) {
	case string:
		y, ok := b.(string)
		return ok && x == y
	case int:
		y, ok := b.(int)
		return ok && x == y
	case bool:
		y, ok := b.(bool)
		return ok && x == y
	case time.Duration:
		y, ok := b.(time.Duration)
		return ok && x == y
	case float64:
		y, ok := b.(float64)
		return ok && math.Float64bits(x) == math.Float64bits(y)
	case nil:
		return b == nil
	}
	return false
}

func (d *decoder) value(byDefault any, depth int) any {
	if depth > 2*maxDepth {
		d.bad = true
		return nil
	}
	switch d.byte() {
	case valueDefault:
		return byDefault
	case valueFalse:
		return false
	case valueTrue:
		return true
	case valueInt:
		return int(d.varint())
	case valueNumber:
		if b := d.bytes(8); b != nil {
			return math.Float64frombits(binary.LittleEndian.Uint64(b))
		}
	case valueText:
		return d.box(d.text())
	case valueDuration:
		return time.Duration(d.varint())
	case valueTime:
		t, err := time.Parse(time.RFC3339Nano, d.text())
		d.bad = d.bad || err != nil
		return t
	case valueList:
		return d.list(depth)
	case valueMap:
		return d.dict(depth)
	case valueNil:
	default:
		d.bad = true
	}
	return nil
}

func (d *decoder) list(depth int) any {
	n, ok := d.size()
	if !ok {
		return []any(nil)
	}
	list := make([]any, 0, n)
	for ; n > 0 && !d.bad; n-- {
		list = append(list, d.value(nil, depth+1))
	}
	return list
}

func (d *decoder) dict(depth int) any {
	n, ok := d.size()
	if !ok {
		return map[string]any(nil)
	}
	m := make(map[string]any, n)
	for ; n > 0 && !d.bad; n-- {
		name := d.text()
		m[name] = d.value(nil, depth+1)
	}
	return m
}

// size reads the size of a list or map; false is for a nil one.
func (d *decoder) size() (int, bool) {
	n := d.uvarint()
	if n == 0 {
		return 0, false
	}
	if n-1 > uint64(len(d.data)) {
		d.bad, d.data = true, nil
		return 0, false
	}
	return int(n - 1), true
}

// codecDigits holds the texts of one ASCII character, which is what callers press, as interface values.
var codecDigits = func() (t [128]any) {
	for i := range t {
		t[i] = string(rune(i))
	}
	return t
}()

// boxed returns s as an interface value, without allocating for the commonest ones.
func boxed(s string) any {
	if len(s) == 1 && s[0] < 128 {
		return codecDigits[s[0]]
	}
	return s
}
