// Package store holds the promises that every keeper of records makes to the
// runtime. A record is one machine: opaque data with a version, the documents
// of its last two turns, and the times at which somebody must look at it again.
//
// The runtime's order of transitions rests on one thing only: Save compares the
// version and swaps in one step. Package storetest checks every promise made
// here and must pass for each implementation.
package store

import (
	"context"
	"errors"
)

// Errors of a store. Implementations may wrap them; compare with errors.Is.
var (
	// ErrNotFound says that no record has this key or alias.
	ErrNotFound = errors.New("store: no such record")
	// ErrConflict says that the record is not at the version given, that it
	// exists already (Version 0), or that a name in use would get a second
	// record. Nothing was written.
	ErrConflict = errors.New("store: conflict")
	// ErrClosed says that the store was closed.
	ErrClosed = errors.New("store: closed")
)

// Record is a machine as the store keeps it. The zero value is ready to be
// loaded into; its buffers are reused by the next Load.
type Record struct {
	// Key is the machine key, also when the record was loaded by an alias.
	Key string
	// Version is the number to give back with the next Save, never 0.
	Version uint64
	// Data is opaque to the store.
	Data []byte
	// Answer and Previous are the documents of the last two saves that had
	// one; empty when there was none.
	Answer, Previous []byte
	// Due is the earliest timer or retry in Unix milliseconds, 0 for none.
	Due int64
	// Pending says that effects wait to be run now. Effects that wait for a
	// retry are not pending: they are Due.
	Pending bool
	// Expires is when the record may be deleted, in Unix milliseconds, 0 for
	// never. The store deletes nothing by itself.
	Expires int64
}

// Update is one write. The store copies what it keeps, so that the caller may
// reuse every buffer as soon as Save returns, those behind Key and Aliases too:
// they often are parts of the body of a webhook.
type Update struct {
	// Key is the machine key and must not be empty.
	Key string
	// Version is the version as loaded, or 0 to create the record.
	Version uint64
	// Data replaces the data.
	Data []byte
	// Answer becomes the record's Answer and the old Answer its Previous.
	// An empty one leaves both as they are.
	Answer []byte
	// Aliases are further names for Load. A name once given stays until the
	// record is deleted; giving it again to the same record changes nothing.
	Aliases []string
	// Due, Pending and Expires replace those of the record.
	Due     int64
	Pending bool
	Expires int64
}

// Store keeps records. All methods may be called concurrently, return ErrClosed
// after Close, and return the context's error, without having written anything,
// when the context was done before the call.
type Store interface {
	// Load reads the record with this key or alias into a Record whose
	// buffers it reuses. What it returns is the caller's own copy. On error
	// the Record holds nothing of use.
	Load(ctx context.Context, name string, into *Record) error

	// Save writes a whole update or nothing and returns the new version, which
	// is greater than every version that the key ever had, also across a
	// Delete, so that a writer with an old record never wins. When it returns,
	// the write is as durable as the store gets and every later Load sees it.
	// Of several writers with the same version exactly one succeeds; the
	// others get ErrConflict, as does who saves a deleted record.
	//
	// Names are unique over keys and aliases: creating a key that is an alias,
	// or giving away an alias that names another record, is ErrConflict.
	Save(ctx context.Context, u *Update) (version uint64, err error)

	// Delete removes the record and frees its aliases if it still has this
	// version, and is ErrConflict otherwise.
	Delete(ctx context.Context, key string, version uint64) error

	// Due calls fn for at most limit records that are pending, or whose Due is
	// set and not after now: the pending ones first, then those longest due.
	// fn may use the store; its error ends the scan and is returned. A record
	// may have changed before fn sees its key. With nothing due the cost does
	// not depend on the number of records.
	Due(ctx context.Context, now int64, limit int, fn func(key string) error) error

	// Expired calls fn, in any order, for at most limit records whose Expires
	// is set and not after now, with the version to delete. Otherwise like Due.
	Expired(ctx context.Context, now int64, limit int, fn func(key string, version uint64) error) error

	// Secret returns the secret of this name, which create makes on the first
	// call. Everybody who shares the store gets the same bytes, also when
	// several ask at once. An error of create is returned and nothing kept.
	// create must not use the store.
	Secret(ctx context.Context, name string, create func() ([]byte, error)) ([]byte, error)

	// Close releases what the store holds. Closing twice is no error.
	Close() error
}
