package event

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// New builds an event from Go values, for tests and demonstrations. Names may be dotted, "machineDetectionResult.value".
// Values may be nil, strings, booleans, numbers, times, durations, slices and maps; times and durations are written as
// Bandwidth writes them. The event type is added under eventType, or under event for the events that have it there, unless fields has
// it. Nothing is checked against the table.
func New(typeName string, fields map[string]any) (*Event, error) {
	all := map[string]any{typeField(typeName): typeName}
	maps.Copy(all, fields)
	var leaves []leaf
	for _, path := range slices.Sorted(maps.Keys(all)) {
		value, err := appendValue(nil, all[path])
		if err != nil {
			return nil, fmt.Errorf("new %s event: field %q: %w", typeName, path, err)
		}
		leaves = append(leaves, leaf{path: escapePath(path), json: value})
	}
	e := new(Event)
	if err := e.assemble(leaves); err != nil {
		return nil, fmt.Errorf("new %s event: %w", typeName, err)
	}
	return e, nil
}

// escapePath escapes the names of a dotted path.
func escapePath(path string) string {
	names := strings.Split(path, ".")
	for i, name := range names {
		names[i] = escapeName(name)
	}
	return strings.Join(names, ".")
}

func typeField(typeName string) string {
	if t := Lookup(typeName); t != nil && t.Field("event") != nil {
		return "event"
	}
	return "eventType"
}

func appendValue(dst []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case string:
		return appendQuoted(dst, v), nil
	case time.Time:
		return appendQuoted(dst, string(TimeOf(v))), nil
	case time.Duration:
		return appendQuoted(dst, string(DurationOf(v))), nil
	}
	b, err := json.Marshal(v)
	return append(dst, b...), err
}
