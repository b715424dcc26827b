// Package schema writes the flow language and its test files as JSON Schema, draft 2020-12, for editors: what may stand
// where, with the descriptions that they show.
//
// Verbs, attributes and events are taken from the tables of flow/bxml and flow/event. A schema sees the shape of a file, no
// names and no expressions, so what it lets pass may still be wrong: `bxmlflow check` decides. What the checker takes as a
// literal of the right kind, or as a template, the schema takes too.
//
// Keywords are chosen so that programs which know draft-07 only read the schemas alike, but for the name $defs.
package schema

//go:generate go run ./internal/gen ../../docs

import (
	"bytes"
	"encoding/json"
)

const (
	dialect = "https://json-schema.org/draft/2020-12/schema"
	// No host is ours, so the schemas are named, not placed.
	flowID  = "urn:bxmlflow:flow:1"
	testsID = "urn:bxmlflow:tests:1"
)

// Flow returns the schema of flow files. It is the same text every time.
func Flow() []byte { return write(flowFile()) }

// Tests returns the schema of test files. It is the same text every time.
func Tests() []byte { return write(testFile()) }

// write indents a schema as far as people look: what is short stays on a line.
func write(s *node) []byte {
	var out bytes.Buffer
	w := writer{out: &out}
	w.value(encode(s), 0)
	out.WriteByte('\n')
	return out.Bytes()
}

const lineWidth = 140

// writer lays JSON out so that a value which fits on a line is not broken.
type writer struct{ out *bytes.Buffer }

func (w writer) value(raw json.RawMessage, depth int) {
	if len(raw)+2*depth <= lineWidth || raw[0] != '{' && raw[0] != '[' {
		w.out.Write(raw)
		return
	}
	w.out.WriteByte(raw[0])
	for i, part := range parts(raw) {
		if i > 0 {
			w.out.WriteByte(',')
		}
		w.line(depth + 1)
		if part.key != nil {
			w.out.Write(part.key)
			w.out.WriteString(": ")
		}
		w.value(part.value, depth+1)
	}
	w.line(depth)
	w.out.WriteByte(raw[len(raw)-1])
}

func (w writer) line(depth int) {
	w.out.WriteByte('\n')
	for range depth {
		w.out.WriteString("  ")
	}
}

// part is a member of an object, or an item of an array, whose key is nil.
type part struct{ key, value json.RawMessage }

// parts takes JSON of this package apart: what it cannot read it leaves out.
func parts(raw json.RawMessage) []part {
	d := json.NewDecoder(bytes.NewReader(raw))
	object := raw[0] == '{'
	if _, err := d.Token(); err != nil {
		return nil
	}
	var list []part
	for d.More() {
		var p part
		if object {
			name, err := d.Token()
			if err != nil {
				return list
			}
			p.key = encode(name)
		}
		if d.Decode(&p.value) != nil {
			return list
		}
		list = append(list, p)
	}
	return list
}
