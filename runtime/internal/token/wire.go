package token

import (
	"encoding/binary"
	"math"
	"slices"
)

// version is the upper half of the first byte. A new one is needed when what
// follows changes its meaning.
const version = 1

// Shapes of a machine key, the lower half of the first byte.
const (
	shapeRaw        = iota // as it is
	shapeCall              // c-, eight hexadecimal digits, - and a UUID: the carrier's callId
	shapeConference        // the same behind conf-: the carrier's conferenceId
)

// prefixes of the packed shapes.
var prefixes = [...]string{shapeCall: "c-", shapeConference: "conf-"}

const (
	packedSize = 20 // bytes of a packed key
	hexSize    = 45 // characters of a packed key after its prefix
)

// dash tells where a packed key has its dashes.
func dash(i int) bool { return i == 8 || i == 17 || i == 22 || i == 27 || i == 32 }

// events are the events that a token names in one byte, the place in this list.
// Tokens live as long as calls, over every change of version, so names are only
// ever added at the end. An event that is not here is spelt out.
var events = [...]string{
	1: "initiate", "answer", "disconnect", "gather", "redirect", "recordComplete", "recordingAvailable",
	"transcriptionAvailable", "transferAnswer", "transferComplete", "transferDisconnect", "bridgeComplete",
	"bridgeTargetComplete", "referComplete", "dtmf", "machineDetectionComplete", "conferenceCreated",
	"conferenceCompleted", "conferenceRedirect", "conferenceMemberJoin", "conferenceMemberExit",
	"conferenceRecordingAvailable", "partialgather", "mediaStreamStarted", "mediaStreamRejected",
	"mediaStreamStopped", "realTimeTranscriptionStarted", "realTimeTranscriptionRejected",
	"realTimeTranscriptionStopped", "realTimeTranscriptionAvailable", "connectStatus",
	"outboundConnectionRequest",
}

// encode appends the claims; false when they are too long.
func encode(raw []byte, c *Claims) ([]byte, bool) {
	if len(c.Machine)+len(c.Flow)+len(c.Event) > maxRaw-macSize-16 {
		return nil, false
	}
	shape := shapeOf(c.Machine)
	raw = append(raw, version<<4|byte(shape))
	raw = binary.AppendUvarint(raw, uint64(c.Turn))
	raw = binary.AppendUvarint(raw, uint64(c.Verb))
	code := max(slices.Index(events[:], c.Event), 0)
	raw = append(raw, byte(code))
	if code == 0 {
		raw = appendText(raw, c.Event)
	}
	raw = appendText(raw, c.Flow)
	if shape == shapeRaw {
		return append(raw, c.Machine...), true
	}
	return pack(raw, c.Machine[len(prefixes[shape]):]), true
}

func appendText(raw []byte, s string) []byte {
	return append(binary.AppendUvarint(raw, uint64(len(s))), s...)
}

// shapeOf tells how the key can be carried.
func shapeOf(key string) int {
	for shape := shapeCall; shape < len(prefixes); shape++ {
		prefix := prefixes[shape]
		if len(key) == len(prefix)+hexSize && key[:len(prefix)] == prefix && packable(key[len(prefix):]) {
			return shape
		}
	}
	return shapeRaw
}

func packable(s string) bool {
	for i := range len(s) {
		c := s[i]
		switch {
		case dash(i):
			if c != '-' {
				return false
			}
		case (c < '0' || c > '9') && (c < 'a' || c > 'f'):
			return false
		}
	}
	return true
}

// pack appends the bytes that the digits of a packable text stand for.
func pack(raw []byte, s string) []byte {
	var high byte
	for i, digits := 0, 0; i < len(s); i++ {
		if dash(i) {
			continue
		}
		nibble := s[i] - '0'
		if s[i] >= 'a' {
			nibble = s[i] - 'a' + 10
		}
		if digits++; digits%2 == 1 {
			high = nibble << 4
		} else {
			raw = append(raw, high|nibble)
		}
	}
	return raw
}

// unpack is the inverse of pack.
func unpack(dst, packed []byte) []byte {
	const digits = "0123456789abcdef"
	for i := range packed {
		// Every dash follows a whole byte.
		if at := 2 * i; at == 8 || at == 16 || at == 20 || at == 24 || at == 28 {
			dst = append(dst, '-')
		}
		dst = append(dst, digits[packed[i]>>4], digits[packed[i]&15])
	}
	return dst
}

// parse reads what encode wrote. It takes any bytes: the MAC is checked before,
// but a key may be known to a version of ours with other ideas.
func parse(body []byte, into *Claims) error {
	r := reader{rest: body}
	head := r.byte()
	turn, verb := r.uint(math.MaxUint32), r.uint(math.MaxUint16)
	code := int(r.byte())
	var event []byte
	if code == 0 {
		event = r.text()
	}
	flow := r.text()
	var buffer [len("conf-") + hexSize]byte
	machine, ok := machineKey(head, r.rest, buffer[:0])
	if r.bad || !ok || head>>4 != version || code >= len(events) {
		return ErrMalformed
	}
	into.Turn, into.Verb = uint32(turn), uint16(verb)
	into.Event = events[code]
	if code == 0 {
		into.Event = keep(into.Event, event)
	}
	into.Flow = keep(into.Flow, flow)
	into.Machine = keep(into.Machine, machine)
	return nil
}

// machineKey returns the key in its text form, made in the buffer if packed.
func machineKey(head byte, rest, buffer []byte) ([]byte, bool) {
	shape := int(head & 15)
	switch {
	case shape == shapeRaw:
		return rest, true
	case shape >= len(prefixes) || len(rest) != packedSize:
		return nil, false
	}
	return unpack(append(buffer, prefixes[shape]...), rest), true
}

// keep returns the string that is there if it says the same.
func keep(old string, s []byte) string {
	if old == string(s) {
		return old
	}
	return string(s)
}

// reader takes fields off the front; once bad it gives zero values.
type reader struct {
	rest []byte
	bad  bool
}

func (r *reader) take(n uint64) []byte {
	if n > uint64(len(r.rest)) {
		r.bad, n = true, 0
	}
	taken := r.rest[:n]
	r.rest = r.rest[n:]
	return taken
}

func (r *reader) byte() byte {
	if b := r.take(1); len(b) == 1 {
		return b[0]
	}
	return 0
}

func (r *reader) uint(limit uint64) uint64 {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 || v > limit {
		r.bad = true
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

func (r *reader) text() []byte { return r.take(r.uint(maxRaw)) }
