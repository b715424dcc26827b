package event

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
)

// Encode writes a struct as JSON: its fields in the order of the table, empty ones left out, then the members of Extra sorted by
// name. What Decode read is written with the same members and values; only their order and white space may differ. It fails
// when w is nil or Extra holds something that is not JSON.
func Encode(w Webhook) ([]byte, error) {
	if w == nil || reflect.ValueOf(w).IsNil() {
		return nil, errors.New("encode event: nil")
	}
	return marshal(w)
}

func marshal(r record) ([]byte, error) {
	b, err := appendRecord(nil, r)
	if err != nil {
		return nil, fmt.Errorf("encode event: %w", err)
	}
	return b, nil
}

func appendRecord(dst []byte, r record) ([]byte, error) {
	w := writer{dst: append(dst, '{'), extra: *r.extra(), seen: map[string]bool{}}
	r.members(&w)
	for _, name := range slices.Sorted(maps.Keys(w.extra)) {
		if !w.seen[name] {
			w.raw(name, w.extra[name])
		}
	}
	return append(w.dst, '}'), w.err
}

// writer writes the members of a record.
type writer struct {
	dst   []byte
	extra Extra
	seen  map[string]bool
	some  bool
	err   error
}

func (w *writer) name(name string) {
	if w.some {
		w.dst = append(w.dst, ',')
	}
	w.some = true
	w.dst = append(appendQuoted(w.dst, name), ':')
}

func (w *writer) raw(name string, value json.RawMessage) {
	if !json.Valid(value) {
		w.err = fmt.Errorf("member %q of Extra is not JSON", name)
		return
	}
	w.name(name)
	w.dst = append(w.dst, value...)
}

// kept writes the member as Extra has it and reports true, if Extra has it and means the same as the field.
func (w *writer) kept(name string, same func(any) bool) bool {
	value, ok := w.extra[name]
	if w.seen[name] = true; !ok {
		return false
	}
	var v any
	if json.Unmarshal(value, &v) == nil && !same(v) {
		return false
	}
	w.raw(name, value)
	return true
}

func (w *writer) text(name string, p *string) {
	same := func(v any) bool { s, _ := v.(string); return s == *p }
	if !w.kept(name, same) && *p != "" {
		w.name(name)
		w.dst = appendQuoted(w.dst, *p)
	}
}

func (w *writer) number(name string, p *int) {
	same := func(v any) bool {
		n, _ := whole(scalar(v))
		return n == *p
	}
	if !w.kept(name, same) && *p != 0 {
		w.name(name)
		w.dst = strconv.AppendInt(w.dst, int64(*p), 10)
	}
}

func (w *writer) truth(name string, p *bool) {
	same := func(v any) bool { return (v == true || v == "true") == *p }
	if !w.kept(name, same) && *p {
		w.name(name)
		w.dst = append(w.dst, "true"...)
	}
}

// scalar is the text of a decoded JSON string or number.
func scalar(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return ""
}

func (w *writer) list(name string, p *[]string) {
	if w.kept(name, func(any) bool { return len(*p) == 0 }) || len(*p) == 0 {
		return
	}
	w.name(name)
	for i, s := range *p {
		w.dst = appendQuoted(append(w.dst, "[,"[min(i, 1)]), s)
	}
	w.dst = append(w.dst, ']')
}

func (w *writer) dict(name string, p *map[string]string) {
	if w.kept(name, func(any) bool { return len(*p) == 0 }) || len(*p) == 0 {
		return
	}
	w.name(name)
	for i, key := range slices.Sorted(maps.Keys(*p)) {
		w.dst = appendQuoted(append(w.dst, "{,"[min(i, 1)]), key)
		w.dst = appendQuoted(append(w.dst, ':'), (*p)[key])
	}
	w.dst = append(w.dst, '}')
}

func (w *writer) object(name string, n nested) {
	r := n.get()
	if w.kept(name, func(any) bool { return r == nil }) || r == nil {
		return
	}
	w.name(name)
	var err error
	if w.dst, err = appendRecord(w.dst, r); err != nil && w.err == nil {
		w.err = err
	}
}
