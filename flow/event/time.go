package event

import (
	"strconv"
	"strings"
	"time"
)

// Time is a date and time exactly as Bandwidth wrote it.
type Time string

// layouts are the forms seen: RFC 3339, and without a zone in the examples of recordingAvailable.
var layouts = [...]string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02T15:04:05.999999999Z0700"}

// Time reads t and returns it in UTC. A time without a zone is taken as UTC. It reports false when t is no time.
func (t Time) Time() (time.Time, bool) {
	for _, layout := range layouts {
		if len(t) < len("2006-01-02T15:04:05") {
			break
		}
		if at, err := time.Parse(layout, string(t)); err == nil {
			return at.UTC(), true
		}
	}
	return time.Time{}, false
}

// TimeOf writes t as Bandwidth does, in UTC with milliseconds.
func TimeOf(t time.Time) Time { return Time(t.UTC().Format("2006-01-02T15:04:05.000Z")) }

// ISODuration is an ISO 8601 duration exactly as Bandwidth wrote it, such as "PT13.67S".
type ISODuration string

var noDuration any = time.Duration(0)

// Duration reads d. It reports false when d is no duration, is longer than 290 years, or has years or months, whose length
// is not defined.
func (d ISODuration) Duration() (time.Duration, bool) {
	rest, ok := strings.CutPrefix(string(d), "P")
	if !ok || rest == "" {
		return 0, false
	}
	days, clock, timed := strings.Cut(rest, "T")
	var sum time.Duration
	if !addUnits(&sum, days, "WD", [...]time.Duration{7 * 24 * time.Hour, 24 * time.Hour, 0}) {
		return 0, false
	}
	if timed && (clock == "" || !addUnits(&sum, clock, "HMS", [...]time.Duration{time.Hour, time.Minute, time.Second})) {
		return 0, false
	}
	return sum, true
}

// addUnits adds what s says, numbers followed by letters of units in that order, to sum.
func addUnits(sum *time.Duration, s, units string, lengths [3]time.Duration) bool {
	for s != "" {
		end := strings.IndexAny(s, units)
		if end < 1 {
			return false
		}
		at := strings.IndexByte(units, s[end])
		v, ok := times(s[:end], lengths[at])
		if !ok || *sum+v < *sum {
			return false
		}
		*sum += v
		s, units, lengths = s[end+1:], units[at+1:], shift(lengths, at+1)
	}
	return true
}

func shift(l [3]time.Duration, n int) [3]time.Duration {
	var out [3]time.Duration
	copy(out[:], l[n:])
	return out
}

// times multiplies a decimal number with a unit; digits below a nanosecond are dropped.
func times(s string, unit time.Duration) (time.Duration, bool) {
	whole, fraction, dotted := strings.Cut(s, ".")
	n, err := strconv.ParseUint(whole, 10, 32)
	if err != nil || dotted && fraction == "" || n > uint64(1<<63-1)/uint64(unit) {
		return 0, false
	}
	sum := time.Duration(n) * unit
	for i := 0; i < len(fraction); i++ {
		if fraction[i] < '0' || fraction[i] > '9' {
			return 0, false
		}
		unit /= 10
		sum += time.Duration(fraction[i]-'0') * unit
	}
	return sum, sum >= 0
}

// DurationOf writes d in seconds as Bandwidth does, "PT13.67S". A negative d is written as zero.
func DurationOf(d time.Duration) ISODuration {
	seconds := strconv.FormatFloat(max(d, 0).Seconds(), 'f', -1, 64)
	return ISODuration("PT" + seconds + "S")
}
