// Package event knows the webhooks of Bandwidth's Programmable Voice.
//
// One table, [Types], says for each of the 37 event types which fields it has, whether it is answered with BXML, which
// call or conference it concerns, and how it is delivered. The structs, the field numbers and docs/events.md are generated
// from it.
//
// There are two ways to read a webhook. [Event] is for servers: an index over the bytes as they came, which costs no
// allocation and keeps every member, known or not. [Decode] is for programs that want one Go struct per event, such as
// [BridgeComplete]; it keeps unknown members too, and [Encode] writes them again.
//
// The facts come from Bandwidth's webhook pages and its published OpenAPI document; where these disagree, the row says so.
// Both readers are lenient about meaning and strict about form: a field of the wrong type, a missing field or a new
// enumeration value is a [Problem] and never an error, while a duplicate member, trailing data or invalid UTF-8 is refused,
// because two readers could understand such a body differently.
package event

//go:generate go run ./internal/gen
