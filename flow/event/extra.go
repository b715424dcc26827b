package event

import "encoding/json"

// Extra holds the members of a JSON object that the fields of its Go struct cannot show: members that the table does not know,
// and known ones that are null, of another type than documented, or present with an empty value. They are written again by
// Encode. Where a struct's field and Extra hold the same member, the field counts, unless Extra says the same in other words,
// such as "true" for true, or "" for a field that is empty.
type Extra map[string]json.RawMessage

// Webhook is a pointer to one of the event structs, such as *BridgeComplete, or *UnknownEvent.
type Webhook interface {
	json.Marshaler
	json.Unmarshaler
	record
}

// record is a generated struct.
type record interface {
	members(v visitor) // visits every field in the order of the table
	extra() *Extra
}

// visitor reads or writes the members of a record.
type visitor interface {
	text(name string, p *string)
	number(name string, p *int)
	truth(name string, p *bool)
	list(name string, p *[]string)
	dict(name string, p *map[string]string)
	object(name string, r nested)
}

// nested is a field that points to another record.
type nested interface {
	get() record // nil when the field is nil
	make() record
}

type pointer[T any, P interface {
	*T
	record
}] struct{ to **T }

func (p pointer[T, P]) get() record {
	if *p.to == nil {
		return nil
	}
	return P(*p.to)
}

func (p pointer[T, P]) make() record {
	*p.to = new(T)
	return P(*p.to)
}

func nest[T any, P interface {
	*T
	record
}](to **T) nested {
	return pointer[T, P]{to}
}
