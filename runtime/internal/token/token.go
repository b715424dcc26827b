// Package token makes and checks the tokens in the URLs that are filled in for
// the carrier. A token proves that the webhook which bears it answers a document
// of ours, and says which: the machine that issued it, the turn, the verb and
// the event that the URL was given for. Who may bear the token of whom is not
// decided here.
//
// The carrier signs nothing itself: its webhooks bear at most a user name and
// password. So the token is what tells a webhook of a turn from a forged one.
//
// A token is base64url without padding of
//
//	version and shape of the machine key   1 byte
//	turn, verb                             varints
//	event                                  a code, or 0, length, name
//	flow                                   length, name
//	machine key                            20 bytes, or as it is
//	MAC                                    12 bytes of HMAC-SHA256 over all before
package token

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"sync"
)

// Errors of Verify.
var (
	// ErrMalformed says that the text is no token of this version.
	ErrMalformed = errors.New("token: malformed")
	// ErrForged says that no active key made the token.
	ErrForged = errors.New("token: forged")
)

const (
	// MaxBytes is the length of the longest token in characters.
	MaxBytes = 683 // base64 of maxRaw
	// MinKey is the length of the shortest key in bytes.
	MinKey = 16

	maxRaw  = 512 // bytes before base64, MAC included
	macSize = 12  // 96 bits
	maxKeys = 2
)

// encoding is strict, so that no two texts are the same token.
var encoding = base64.RawURLEncoding.Strict()

// purpose separates these MACs from others made with the same key.
const purpose = "bxmlflow turn token 1"

// Claims are what a token says.
type Claims struct {
	Machine string // key of the machine that issued the token
	Flow    string
	Turn    uint32
	Verb    uint16 // index of the verb in the document
	Event   string // wire name of the event that the URL was given for
}

// Keys makes and checks tokens. It may be used concurrently. Create it with New.
type Keys struct {
	rings []*ring // the first signs, each verifies
}

// ring is a key with its idle states; keying one costs two blocks of SHA-256
// and some allocations.
type ring struct {
	key  []byte
	idle sync.Pool // of *state
}

// state is what one signature or check needs.
type state struct {
	mac hash.Hash
	sum [sha256.Size]byte
	raw [maxRaw]byte
	txt [MaxBytes]byte
}

// New takes one or two keys of at least MinKey bytes, best 32 random ones. The
// first signs, and either verifies. To change a key everywhere without refusing
// a live call: add the new one as the second, when all processes know it make
// it the first, and take the old one away when no call of its time is left.
func New(keys ...[]byte) (*Keys, error) {
	if len(keys) == 0 || len(keys) > maxKeys {
		return nil, fmt.Errorf("token: %d keys, want one or two", len(keys))
	}
	k := &Keys{}
	for i, key := range keys {
		if len(key) < MinKey {
			return nil, fmt.Errorf("token: key %d has %d bytes, want at least %d", i+1, len(key), MinKey)
		}
		own := hmac.New(sha256.New, key)
		own.Write([]byte(purpose))
		k.rings = append(k.rings, &ring{key: own.Sum(nil)})
	}
	return k, nil
}

func (r *ring) get() *state {
	if st, ok := r.idle.Get().(*state); ok {
		return st
	}
	return &state{mac: hmac.New(sha256.New, r.key)}
}

// sign returns the MAC, valid until the state is used again.
func (st *state) sign(raw []byte) []byte {
	st.mac.Reset()
	st.mac.Write(raw)
	return st.mac.Sum(st.sum[:0])[:macSize]
}

// Append appends the token of the claims to dst and returns the longer slice;
// its characters need no escaping in a URL or in XML. It allocates nothing when
// dst has room. Claims that do not fit, which takes names of hundreds of bytes,
// give no token: dst comes back as it was, and no webhook can be taken for one
// of the document.
func (k *Keys) Append(dst []byte, c *Claims) []byte {
	r := k.rings[0]
	st := r.get()
	defer r.idle.Put(st)
	raw, ok := encode(st.raw[:0], c)
	if !ok {
		return dst
	}
	raw = append(raw, st.sign(raw)...)
	return encoding.AppendEncode(dst, raw)
}

// Verify checks the token and writes what it says to into, or returns
// ErrMalformed or ErrForged and leaves into as it was.
//
// A string of into that equals what the token says is kept instead of being
// made anew. So who fills in what it expects, the webhook's call, flow and event,
// pays for no allocation when that is what the token says.
func (k *Keys) Verify(token string, into *Claims) error {
	if len(token) > MaxBytes {
		return ErrMalformed
	}
	st := k.rings[0].get()
	defer k.rings[0].idle.Put(st)
	raw, ok := st.decode(token)
	if !ok || len(raw) < macSize || raw[0]>>4 != version {
		return ErrMalformed
	}
	body, mac := raw[:len(raw)-macSize], raw[len(raw)-macSize:]
	if !k.signed(body, mac, st) {
		return ErrForged
	}
	return parse(body, into)
}

// decode returns the bytes of the token, which lie in the state.
func (st *state) decode(token string) ([]byte, bool) {
	n, err := encoding.Decode(st.raw[:], st.txt[:copy(st.txt[:], token)])
	// The decoder skips line breaks, and we take only one spelling.
	if err != nil || n == 0 || n != encoding.DecodedLen(len(token)) {
		return nil, false
	}
	return st.raw[:n], true
}

// signed tells whether any active key made the MAC. st belongs to the first.
func (k *Keys) signed(body, mac []byte, st *state) bool {
	good := hmac.Equal(st.sign(body), mac)
	for _, r := range k.rings[1:] {
		other := r.get()
		good = hmac.Equal(other.sign(body), mac) || good
		r.idle.Put(other)
	}
	return good
}
