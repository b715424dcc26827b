package event

import "slices"

// FieldID is a small number for a field's name, the same in every event that has the field. The zero FieldID is no field.
// Numbers may change from one version of this package to the next; store names.
type FieldID uint8

// String returns the dotted name, such as "machineDetectionResult.value", and "" for no field.
func (id FieldID) String() string {
	if int(id) < len(fieldNames) {
		return fieldNames[id]
	}
	return ""
}

// Field is one documented field of an event.
type Field struct {
	ID        FieldID
	Name      string // dotted when nested: machineDetectionResult.value
	Kind      Kind
	Optional  bool     // may be absent; of a nested field: absent although its object is there
	Values    []string // the documented values of an enumeration, of a list's elements, or of an int
	Open      bool     // other values than Values must be expected
	Sensitive bool     // must be masked in logs: what a person keyed in, said, or who the person is
	Personal  bool     // Sensitive because it tells who a party is, not what the party entered
	Presumed  bool     // no documentation names the field for this event; inferred from a similar one or seen on the wire
	Doc       string
	Record    string // of a Map: the Go struct for it, "" for map[string]string
}

// Type is a row of the table: one event type. A Type never changes and is safe for concurrent use.
type Type struct {
	Name    string   // Bandwidth's spelling on the wire; "" of the row for unknown types
	Aliases []string // other spellings that are accepted
	Sync    bool     // answered with BXML
	Once    bool     // one execution of a verb raises it at most once
	Machine Machine
	Key     FieldID // the field that names the machine
	Bearer  Bearer
	Starts  bool   // may be the first event of a machine
	Ends    bool   // the machine's last event, late ones aside
	Late    bool   // may come after the machine ended or moved on
	Status  string // ga, beta, or new: on the documentation pages, but in no SDK yet

	SentWhen    string // what makes Bandwidth send it
	Delivered   string // the attribute or setting that holds the URL
	Method      string // the attribute that chooses GET or POST
	Fallback    string // the attributes of the fallback URL, "none" when there is none
	Credentials string // where user name and password of the request come from
	ActsOn      string // which call or conference executes the answer's BXML; "" of asynchronous events
	Reply       string // what Bandwidth expects as an answer
	Notes       []string

	Fields []Field
	byName map[string]*Field
	// transcript says that the event carries a real-time transcription, which Bandwidth's examples call transcription.
	transcript bool
}

// Types returns the rows of all 37 event types in table order.
func Types() []*Type { return slices.Clone(table.rows) }

// Lookup returns the type with that name or alias, nil when there is none. Names are case-sensitive, as in JSON.
func Lookup(name string) *Type {
	for _, n := range table.names[bucket(name)] {
		if n.name == name {
			return n.typ
		}
	}
	return nil
}

// named is a name or alias of a type.
type named struct {
	name string
	typ  *Type
}

// bucket returns where a name stands in catalogue.names: two rarely share a place.
func bucket(name string) uint8 {
	if name == "" {
		return 0
	}
	last := len(name) - 1
	return uint8(last)*37 + name[0]*7 + name[last/2]*3 + name[last]
}

// Unknown returns the row that stands for event types this package does not know. Its Name is "" and all its fields, those
// that most call events share, are optional.
func Unknown() *Type { return table.unknown }

// Field returns the field with that dotted name, nil when the event is not documented to have it.
func (t *Type) Field(name string) *Field { return t.byName[name] }

// FieldNamed returns the number of a dotted field name, the zero FieldID when no event has such a field.
func FieldNamed(name string) FieldID { return table.ids[name] }

// catalogue is the table with everything that is derived from it.
type catalogue struct {
	rows    []*Type
	unknown *Type
	names   [256][]named // of the types, by bucket
	ids     map[string]FieldID
	facts   [fieldCount]fact
	shared  map[string]any // enumerated strings as interface values, so that Value need not box them
}

// fact is what is true of a field in every event.
type fact struct {
	kind Kind
	enum bool // some event enumerates its values
	zero any
}

// table is built once when the program starts and never changed.
var table = build(rows())

func build(rows []*Type) *catalogue {
	c := &catalogue{
		rows: rows, unknown: unknownRow(),
		ids: map[string]FieldID{}, shared: map[string]any{},
	}
	for i, name := range fieldNames {
		if i > 0 {
			c.ids[name] = FieldID(i)
		}
		c.facts[i].zero = ""
	}
	for _, t := range append(slices.Clone(rows), c.unknown) {
		c.add(t)
	}
	return c
}

func (c *catalogue) add(t *Type) {
	t.byName = make(map[string]*Field, len(t.Fields))
	for i := range t.Fields {
		f := &t.Fields[i]
		f.ID = c.ids[f.Name]
		t.byName[f.Name] = f
		c.note(f)
	}
	t.transcript = t.byName["realTimeTranscription"] != nil
	if t == c.unknown {
		return
	}
	for _, name := range append([]string{t.Name}, t.Aliases...) {
		at := &c.names[bucket(name)]
		*at = append(*at, named{name, t})
		c.shared[name] = name
	}
}

func (c *catalogue) note(f *Field) {
	known := &c.facts[f.ID]
	if f.Kind != Enum || known.kind == String { // an enumeration in one event may be free text in another
		known.kind = f.Kind
	}
	known.zero = zero(f.Kind)
	if f.Kind == List || f.Kind == Map {
		return
	}
	for _, v := range f.Values {
		known.enum = true
		c.shared[v] = v
	}
}

func zero(k Kind) any {
	switch k {
	case Bool:
		return false
	case Int:
		return 0
	case Duration:
		return noDuration
	case List:
		return []any(nil)
	case Map:
		return map[string]any(nil)
	}
	return ""
}
