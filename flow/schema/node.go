package schema

import (
	"bytes"
	"encoding/json"
)

// node is a schema. Its keywords are written in the order of the fields, and only those that are set.
type node struct {
	Schema            string   `json:"$schema,omitempty"`
	ID                string   `json:"$id,omitempty"`
	Title             string   `json:"title,omitempty"`
	Description       string   `json:"description,omitempty"`
	Markdown          string   `json:"markdownDescription,omitempty"` // of editors: the description with marks
	Ref               string   `json:"$ref,omitempty"`
	Type              types    `json:"type,omitempty"`
	Enum              []any    `json:"enum,omitempty"`
	Const             any      `json:"const,omitempty"`
	Pattern           string   `json:"pattern,omitempty"`
	MinLength         int      `json:"minLength,omitempty"`
	MaxLength         int      `json:"maxLength,omitempty"`
	Minimum           *float64 `json:"minimum,omitempty"`
	Maximum           *float64 `json:"maximum,omitempty"`
	ExclusiveMinimum  *float64 `json:"exclusiveMinimum,omitempty"`
	Properties        members  `json:"properties,omitempty"`
	PatternProperties members  `json:"patternProperties,omitempty"`
	Additional        *node    `json:"additionalProperties,omitempty"`
	PropertyNames     *node    `json:"propertyNames,omitempty"`
	Required          []string `json:"required,omitempty"`
	MinProperties     int      `json:"minProperties,omitempty"`
	MaxProperties     int      `json:"maxProperties,omitempty"`
	Items             *node    `json:"items,omitempty"`
	Contains          *node    `json:"contains,omitempty"`
	MinItems          int      `json:"minItems,omitempty"`
	MaxItems          int      `json:"maxItems,omitempty"`
	If                *node    `json:"if,omitempty"`
	Then              *node    `json:"then,omitempty"`
	AllOf             []*node  `json:"allOf,omitempty"`
	AnyOf             []*node  `json:"anyOf,omitempty"`
	OneOf             []*node  `json:"oneOf,omitempty"`
	Not               *node    `json:"not,omitempty"`
	Default           any      `json:"default,omitempty"`
	Examples          []any    `json:"examples,omitempty"`
	Deprecated        bool     `json:"deprecated,omitempty"`
	Defs              members  `json:"$defs,omitempty"`

	never bool // no value is valid
}

// MarshalJSON implements json.Marshaler.
func (n *node) MarshalJSON() ([]byte, error) {
	if n.never {
		return []byte("false"), nil
	}
	type plain node
	return encode((*plain)(n)), nil
}

// types are the kinds of value that a schema takes; one alone is written without brackets.
type types []string

// MarshalJSON implements json.Marshaler.
func (t types) MarshalJSON() ([]byte, error) {
	if len(t) == 1 {
		return encode(t[0]), nil
	}
	return encode([]string(t)), nil
}

// member is a named schema.
type member struct {
	name string
	node *node
}

// members are named schemas in their order.
type members []member

// MarshalJSON implements json.Marshaler.
func (m members) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, p := range m {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(encode(p.name))
		b.WriteByte(':')
		b.Write(encode(p.node))
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// names returns the names in their order.
func (m members) names() []string {
	list := make([]string, len(m))
	for i, p := range m {
		list[i] = p.name
	}
	return list
}

// encode returns JSON without escapes for HTML. What this package encodes always can be.
func encode(v any) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return json.RawMessage("null")
	}
	return bytes.TrimSpace(b.Bytes())
}

// The types of JSON.
const (
	text    = "string"
	number  = "number"
	integer = "integer"
	boolean = "boolean"
	object  = "object"
	list    = "array"
	null    = "null"
)

var never = &node{never: true}

func ref(name string) *node { return &node{Ref: "#/$defs/" + name} }

// about returns a schema with a description in front of it.
func about(description string, n *node) *node {
	described := *n
	described.Description = description
	return &described
}

// key is a member with its description.
func key(name, description string, n *node) member { return member{name, about(description, n)} }

// closed is a map with these keys and no others.
func closed(m members, required ...string) *node {
	return &node{Type: types{object}, Properties: m, Additional: never, Required: required}
}

// named is a map with names that the author chooses.
func named(names string, value *node) *node {
	n := &node{Type: types{object}, Additional: value}
	if names != "" {
		n.PropertyNames = &node{Pattern: names}
	}
	return n
}

func listOf(item *node) *node { return &node{Type: types{list}, Items: item} }

func oneOf(values ...string) *node { return &node{Type: types{text}, Enum: anys(values)} }

func anys(values []string) []any {
	all := make([]any, len(values))
	for i, v := range values {
		all[i] = v
	}
	return all
}

// has is met by maps with one of the keys at least, and by what is no map.
func has(keys ...string) []*node {
	all := make([]*node, len(keys))
	for i, k := range keys {
		all[i] = &node{Required: []string{k}}
	}
	return all
}

// exactlyOne is met by a map with one of the names, beside which other keys may stand, and by what is no map. A name that is none
// of them is taken for one: where names are known, additionalProperties tells better what is wrong.
func exactlyOne(names, beside []string) *node {
	return &node{If: &node{Type: types{object}}, Then: &node{
		OneOf: append(has(names...), &node{Not: &node{AnyOf: has(names...)}}),
		Not:   &node{PropertyNames: &node{Enum: anys(beside)}},
	}}
}
