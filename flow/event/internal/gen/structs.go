package main

import (
	"bytes"
	"fmt"
	"go/format"
	"slices"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

// record is a Go struct to be written.
type record struct {
	name   string
	doc    string
	fields []event.Field // names relative to the record
	event  bool
}

// structs writes one struct per event and one per object that has documented members.
func structs(types []*event.Type) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(header)
	var records []record
	for _, t := range types {
		records = append(records, record{goName(t.Name), describe(t), below(t, ""), true})
	}
	unknown := event.Unknown()
	records = append(records, record{"UnknownEvent", "UnknownEvent is an event of a type that is not in the table.", below(unknown, ""), true})
	records = append(records, objects(types)...)
	factory(&b, types)
	for _, r := range records {
		r.write(&b)
	}
	return format.Source(b.Bytes())
}

func describe(t *event.Type) string {
	return fmt.Sprintf("%s is the event %s: %s.", goName(t.Name), t.Name, t.SentWhen)
}

// below returns the fields directly below the prefix, with names relative to it.
func below(t *event.Type, prefix string) []event.Field {
	var out []event.Field
	for _, f := range t.Fields {
		rest, ok := strings.CutPrefix(f.Name, prefix)
		if ok && !strings.Contains(rest, ".") {
			f.Name = rest
			out = append(out, f)
		}
	}
	return out
}

// objects collects the nested structs; one that several events share has the fields of all of them.
func objects(types []*event.Type) []record {
	var out []record
	for _, t := range types {
		for _, f := range t.Fields {
			if f.Record == "" {
				continue
			}
			i := slices.IndexFunc(out, func(r record) bool { return r.name == f.Record })
			if i < 0 {
				i = len(out)
				out = append(out, record{name: f.Record, doc: fmt.Sprintf("%s is an object within an event.", f.Record)})
			}
			out[i].merge(below(t, f.Name+"."))
		}
	}
	return out
}

func (r *record) merge(fields []event.Field) {
	for _, f := range fields {
		if !slices.ContainsFunc(r.fields, func(o event.Field) bool { return o.Name == f.Name }) {
			r.fields = append(r.fields, f)
		}
	}
}

// factory writes the function that makes the struct of an event type.
func factory(b *bytes.Buffer, types []*event.Type) {
	b.WriteString("// newStruct returns the empty struct of the type of that name.\nfunc newStruct(name string) Webhook {\nswitch name {\n")
	for _, t := range types {
		fmt.Fprintf(b, "case %q:\nreturn new(%s)\n", t.Name, goName(t.Name))
	}
	b.WriteString("}\nreturn new(UnknownEvent)\n}\n")
}

func (r record) write(b *bytes.Buffer) {
	fmt.Fprintf(b, "\n// %s\ntype %s struct {\n", r.doc, r.name)
	for _, f := range r.fields {
		fmt.Fprintf(b, "%s %s `json:\"%s,omitempty\"`%s\n", goName(f.Name), goType(f), f.Name, comment(f))
	}
	b.WriteString("Extra Extra `json:\"-\"`\n}\n")
	if len(r.fields) == 0 {
		fmt.Fprintf(b, "\nfunc (x *%s) members(visitor) {}\n", r.name)
	} else {
		fmt.Fprintf(b, "\nfunc (x *%s) members(v visitor) {\n", r.name)
		for _, f := range r.fields {
			fmt.Fprintln(b, visit(f))
		}
		b.WriteString("}\n")
	}
	fmt.Fprintf(b, "\nfunc (x *%s) extra() *Extra { return &x.Extra }\n", r.name)
	fmt.Fprintf(b, "\n// MarshalJSON writes x as Encode does.\nfunc (x %s) MarshalJSON() ([]byte, error) { return marshal(&x) }\n", r.name)
	fmt.Fprintf(b, "\n// UnmarshalJSON reads a JSON object into x and keeps what x has no field for in Extra.\n"+
		"func (x *%s) UnmarshalJSON(b []byte) error { return unmarshal(b, x) }\n", r.name)
}

func comment(f event.Field) string {
	var parts []string
	if f.Optional {
		parts = append(parts, "optional")
	}
	if f.Doc != "" {
		parts = append(parts, f.Doc)
	}
	if f.Kind == event.Enum {
		parts = append(parts, strings.Join(f.Values, ", "))
	}
	if len(parts) == 0 {
		return ""
	}
	return " // " + strings.Join(parts, "; ")
}

func goType(f event.Field) string {
	switch f.Kind {
	case event.Bool:
		return "bool"
	case event.Int:
		return "int"
	case event.Timestamp:
		return "Time"
	case event.Duration:
		return "ISODuration"
	case event.List:
		return "[]string"
	case event.Map:
		if f.Record != "" {
			return "*" + f.Record
		}
		return "map[string]string"
	}
	return "string"
}

// visit writes the call that hands one field to a visitor.
func visit(f event.Field) string {
	method, arg := "text", "&x."+goName(f.Name)
	switch f.Kind {
	case event.Bool:
		method = "truth"
	case event.Int:
		method = "number"
	case event.Timestamp, event.Duration:
		arg = "(*string)(" + arg + ")"
	case event.List:
		method = "list"
	case event.Map:
		method = "dict"
		if f.Record != "" {
			method, arg = "object", "nest("+arg+")"
		}
	}
	return fmt.Sprintf("v.%s(%q, %s)", method, f.Name, arg)
}
