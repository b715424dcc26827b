// Package bxml knows the documents of Bandwidth's Programmable Voice: every verb with its attributes, ranges, children and
// webhooks, a writer, a reader and a validator.
//
// The verbs are one table ([Verbs], [Lookup]); everything else in the package, and docs/verbs.md, is derived from it. The
// facts are those of the carrier's BXML pages (dev.bandwidth.com/docs/voice/bxml) and of its SDKs as of 2026; where they
// contradict each other a row says so in its Notes.
//
// The table is shared and must not be changed by callers. Functions that only read it are safe for concurrent use; a
// [Document] is not while it is being changed.
package bxml

//go:generate go run ./internal/gen ../../docs/verbs.md

// MaxBytes is the size of the largest document that the carrier takes: 64 KB, encoded.
const MaxBytes = 65536

// MaxURL is the length in bytes of the longest URL that is accepted.
const MaxURL = 2048

// maxTag is the length in runes above which a tag is refused. The verb pages say 256; the REST API takes 4096 since 2026-04.
const maxTag = 4096
