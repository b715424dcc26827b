package runtime

import (
	"encoding/binary"
	"strconv"
	"time"
)

// The ways to pack a text. The first byte of a packed text holds the way in its lower three bits; what is above them
// depends on it.
const (
	textRaw    = iota // 0: length above; the bytes follow
	textCall          // "c-", eight hexadecimal digits, "-", a UUID: 20 bytes
	textUUID          // 16 bytes
	textPhone         // "+" and digits: a varint
	textNumber        // digits: a varint
	textTime          // milliseconds since 1970 as a varint; above: index into timeLayouts
	textSame          // the id of the call
	textWord          // index into codecWords above
)

// callSize is the size of a packed call id behind its first byte.
const callSize = 20

// timeLayouts are the spellings of times that Bandwidth uses.
var timeLayouts = [...]string{"2006-01-02T15:04:05.000Z", "2006-01-02T15:04:05Z"}

// codecWords are values that occur in nearly every call. New ones may be added at the end only.
var codecWords = [...]string{
	"inbound", "outbound", "hangup", "busy", "timeout", "cancel", "rejected", "callback-error", "invalid-bxml",
	"application-error", "account-limit", "node-capacity-exceeded", "error", "unknown",
}

// appendPacked appends s in the shortest way from which exactly s comes back. id is the call's.
func appendPacked(dst []byte, s, id string) []byte {
	if s != "" && s == id {
		return append(dst, textSame)
	}
	switch n := len(s); {
	case n == 47 && s[:2] == "c-" && s[10] == '-':
		if out, ok := appendHex(append(dst, textCall), s[2:10]); ok {
			if out, ok = appendUUID(out, s[11:]); ok {
				return out
			}
		}
	case n == 36:
		if out, ok := appendUUID(append(dst, textUUID), s); ok {
			return out
		}
	case n == 24 || n == 20:
		if out, ok := appendTime(dst, s); ok {
			return out
		}
	case n > 4 && n < 20:
		if out, ok := appendShort(dst, s); ok {
			return out
		}
	}
	dst = binary.AppendUvarint(dst, uint64(len(s))<<3)
	return append(dst, s...)
}

// appendShort packs words, phone numbers and other numbers.
func appendShort(dst []byte, s string) ([]byte, bool) {
	for i, w := range codecWords {
		if s == w {
			return binary.AppendUvarint(dst, uint64(i)<<3|textWord), true
		}
	}
	way, digits := byte(textNumber), s
	if s[0] == '+' {
		way, digits = textPhone, s[1:]
	}
	if digits[0] < '1' || digits[0] > '9' || len(digits) > 18 {
		return dst, false
	}
	n := uint64(0)
	for _, c := range []byte(digits) {
		if c < '0' || c > '9' {
			return dst, false
		}
		n = n*10 + uint64(c-'0')
	}
	return binary.AppendUvarint(append(dst, way), n), true
}

func appendTime(dst []byte, s string) ([]byte, bool) {
	for i, layout := range timeLayouts {
		if len(s) != len(layout) {
			continue
		}
		t, ok := parseTime(s)
		if !ok || t.UnixMilli() < 0 || string(formatTime(dst, t, i == 0)[len(dst):]) != s {
			return dst, false
		}
		dst = binary.AppendUvarint(dst, uint64(i)<<3|textTime)
		return binary.AppendUvarint(dst, uint64(t.UnixMilli())), true
	}
	return dst, false
}

// parseTime reads a text as long as one of timeLayouts. It is lax: whether the text is really so spelt is seen when it is
// written again. Package time would take ten times as long, twice for every webhook.
func parseTime(s string) (time.Time, bool) {
	for i := range 19 {
		if c := s[i]; (c < '0' || c > '9') && c != '-' && c != 'T' && c != ':' {
			return time.Time{}, false
		}
	}
	ms := 0
	if len(s) == len(timeLayouts[0]) {
		ms = twoDigits(s, 20)*10 + int(s[22]-'0')
	}
	year, month, day := twoDigits(s, 0)*100+twoDigits(s, 2), twoDigits(s, 5), twoDigits(s, 8)
	return time.Date(year, time.Month(month), day, twoDigits(s, 11), twoDigits(s, 14), twoDigits(s, 17), ms*1e6, time.UTC), true
}

func twoDigits(s string, at int) int { return int(s[at]-'0')*10 + int(s[at+1]-'0') }

// formatTime appends a time as timeLayouts spell it.
func formatTime(dst []byte, t time.Time, milliseconds bool) []byte {
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	dst = appendTwo(appendTwo(dst, year/100%100), year%100)
	dst = appendTwo(append(dst, '-'), int(month))
	dst = appendTwo(append(dst, '-'), day)
	dst = appendTwo(append(dst, 'T'), hour)
	dst = appendTwo(append(dst, ':'), minute)
	dst = appendTwo(append(dst, ':'), second)
	if milliseconds {
		ms := t.Nanosecond() / 1e6
		dst = append(appendTwo(append(dst, '.'), ms/10), '0'+byte(ms%10))
	}
	return append(dst, 'Z')
}

func appendTwo(dst []byte, n int) []byte { return append(dst, '0'+byte(n/10), '0'+byte(n%10)) }

// appendUUID appends the 16 bytes of a lower-case UUID.
func appendUUID(dst []byte, s string) ([]byte, bool) {
	from := 0
	for _, to := range [...]int{8, 13, 18, 23, 36} {
		if to < 36 && s[to] != '-' {
			return dst, false
		}
		var ok bool
		if dst, ok = appendHex(dst, s[from:to]); !ok {
			return dst, false
		}
		from = to + 1
	}
	return dst, true
}

// appendHex appends the bytes of lower-case hexadecimal digits, an even number of them.
func appendHex(dst []byte, s string) ([]byte, bool) {
	for i := 0; i+1 < len(s); i += 2 {
		high, low := hexValues[s[i]], hexValues[s[i+1]]
		if high == 0 || low == 0 {
			return dst, false
		}
		dst = append(dst, (high-1)<<4|(low-1))
	}
	return dst, true
}

// hexValues holds the values of lower-case hexadecimal digits plus one, 0 for every other byte.
var hexValues = func() (table [256]byte) {
	for i, c := range []byte("0123456789abcdef") {
		table[c] = byte(i) + 1
	}
	return table
}()

// packed reads what appendPacked wrote. Texts that have to be built lie in one piece of memory per machine.
func (d *decoder) packed(id string) string {
	head := d.uvarint()
	above := head >> 3
	switch head & 7 {
	case textRaw:
		return d.view(above)
	case textSame:
		return id
	case textWord:
		if above < uint64(len(codecWords)) {
			return codecWords[above]
		}
		d.bad = true
		return ""
	case textTime:
		return d.time(above)
	}
	return d.built(func(dst []byte) []byte { return d.unpack(dst, head&7) })
}

// unpack appends the text of the ways that are not texts in the record.
func (d *decoder) unpack(dst []byte, way uint64) []byte {
	switch way {
	case textCall:
		b := d.bytes(callSize)
		if d.bad {
			return dst
		}
		dst = append(unpackHex(append(dst, "c-"...), b[:4]), '-')
		return unpackUUID(dst, b[4:])
	case textUUID:
		b := d.bytes(16)
		if d.bad {
			return dst
		}
		return unpackUUID(dst, b)
	case textPhone:
		dst = append(dst, '+')
	}
	return strconv.AppendUint(dst, d.uvarint(), 10)
}

func unpackHex(dst, b []byte) []byte {
	const digits = "0123456789abcdef"
	for _, c := range b {
		dst = append(dst, digits[c>>4], digits[c&15])
	}
	return dst
}

func unpackUUID(dst, b []byte) []byte {
	from := 0
	for _, to := range [...]int{4, 6, 8, 10, 16} {
		if from > 0 {
			dst = append(dst, '-')
		}
		dst = unpackHex(dst, b[from:to])
		from = to
	}
	return dst
}

func (d *decoder) time(layout uint64) string {
	ms := d.uvarint()
	if layout >= uint64(len(timeLayouts)) || ms > 1<<47 {
		d.bad = true
		return ""
	}
	return d.built(func(dst []byte) []byte {
		return formatTime(dst, time.UnixMilli(int64(ms)).UTC(), layout == 0)
	})
}
