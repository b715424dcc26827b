package expression

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

func duration(args ...any) (any, error) {
	d, err := ParseDuration(args[0].(string))
	if err != nil {
		return nil, &argumentError{message: "duration: the text is not a duration", help: `write duration("1m30s") or duration("PT1M30S")`}
	}
	return d, nil
}

// ParseDuration reads a duration as flows write it: "20s", "1m30s", "500ms", or ISO 8601 with weeks, days, hours, minutes and
// seconds, "PT1M30.5S", as Bandwidth's webhooks spell it. Years and months have no fixed length and are refused.
func ParseDuration(s string) (time.Duration, error) {
	if !strings.HasPrefix(s, "P") && !strings.HasPrefix(s, "-P") {
		d, err := time.ParseDuration(s)
		if err != nil {
			return 0, fmt.Errorf("parse duration: %w", err)
		}
		return d, nil
	}
	rest, negative := strings.CutPrefix(s, "-")
	d, err := parseISO(rest[1:])
	if err != nil {
		return 0, fmt.Errorf("parse duration %q: %w", s, err)
	}
	if negative {
		d = -d
	}
	return d, nil
}

var errISO = errors.New("not an ISO 8601 duration of weeks, days, hours, minutes and seconds")

// parseISO reads what follows the P.
func parseISO(s string) (time.Duration, error) {
	date, clock, timed := strings.Cut(s, "T")
	days, err := parseUnits(date, "WD", []time.Duration{7 * 24 * time.Hour, 24 * time.Hour})
	if err != nil {
		return 0, err
	}
	hours, err := parseUnits(clock, "HMS", []time.Duration{time.Hour, time.Minute, time.Second})
	if err != nil {
		return 0, err
	}
	total := days + hours
	if timed && clock == "" || s == "" || total > math.MaxInt64 {
		return 0, errISO
	}
	return time.Duration(total), nil
}

// parseUnits sums numbers that are each followed by a unit, the units in their order. It answers in nanoseconds.
func parseUnits(s, units string, sizes []time.Duration) (float64, error) {
	total, at := 0.0, 0
	for s != "" {
		end := strings.IndexFunc(s, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
		if end <= 0 {
			return 0, errISO
		}
		unit := strings.IndexByte(units[at:], s[end])
		n, err := strconv.ParseFloat(s[:end], 64)
		if unit < 0 || err != nil {
			return 0, errISO
		}
		total += math.Round(n * float64(sizes[at+unit]))
		at += unit + 1
		s = s[end+1:]
	}
	return total, nil
}

// memo keeps what the last text was parsed into: a schedule or a zone is nearly always the same one. It is safe for
// concurrent use.
type memo[T any] struct {
	last atomic.Pointer[memoEntry[T]]
}

type memoEntry[T any] struct {
	text  string
	value T
}

func (m *memo[T]) get(text string, parse func(string) (T, error)) (T, error) {
	if entry := m.last.Load(); entry != nil && entry.text == text {
		return entry.value, nil
	}
	value, err := parse(text)
	if err == nil {
		m.last.Store(&memoEntry[T]{text: strings.Clone(text), value: value})
	}
	return value, err
}

// check parses an argument that is known when the expression is compiled.
func (m *memo[T]) check(args []any, i int, parse func(string) (T, error)) error {
	if i >= len(args) {
		return nil
	}
	text, ok := args[i].(string)
	if !ok {
		return nil
	}
	_, err := m.get(text, parse)
	return at(i, err)
}

// at says which argument an error is about.
func at(i int, err error) error {
	if bad, ok := err.(*argumentError); ok {
		bad.index = i
	}
	return err
}

// zone finds a time zone by its IANA name. The machine's own zone is none: a flow must do the same everywhere.
func zone(name string) (*time.Location, error) {
	const longest = 64
	if name != "" && name != "Local" && len(name) <= longest {
		if loc, err := time.LoadLocation(name); err == nil {
			return loc, nil
		}
	}
	return nil, &argumentError{message: "the time zone is not known", help: `write an IANA name such as "America/New_York" or "UTC"`}
}

func prepareWithin(args []any) (func(args ...any) (any, error), error) {
	var schedules memo[*schedule]
	var zones memo[*time.Location]
	if err := schedules.check(args, 1, parseSchedule); err != nil {
		return nil, err
	}
	if err := zones.check(args, 2, zone); err != nil {
		return nil, err
	}
	return func(args ...any) (any, error) {
		hours, err := schedules.get(args[1].(string), parseSchedule)
		if err != nil {
			return nil, at(1, err)
		}
		loc, err := zones.get(args[2].(string), zone)
		if err != nil {
			return nil, at(2, err)
		}
		return hours.contains(args[0].(time.Time).In(loc)), nil
	}, nil
}

func prepareOnDate(args []any) (func(args ...any) (any, error), error) {
	var zones memo[*time.Location]
	if err := zones.check(args, 2, zone); err != nil {
		return nil, err
	}
	if args[1] != nil {
		if _, err := onDate(time.Time{}, args[1]); err != nil {
			return nil, err
		}
	}
	return func(args ...any) (any, error) {
		loc, err := zones.get(args[2].(string), zone)
		if err != nil {
			return nil, at(2, err)
		}
		return onDate(args[0].(time.Time).In(loc), args[1])
	}, nil
}

// onDate reports whether a time falls on one of the dates: a list of texts, or one text with commas between them.
func onDate(now time.Time, dates any) (bool, error) {
	list, ok := dates.([]any)
	if text, one := dates.(string); one {
		for date := range strings.SplitSeq(text, ",") {
			list = append(list, date)
		}
	} else if !ok {
		return false, &argumentError{index: 1, message: "onDate: the dates are neither a list nor a text"}
	}
	found, today := false, now.Format("2006-01-02")
	for _, item := range list {
		date, _ := item.(string)
		date = strings.TrimSpace(date)
		if !isDate(date) {
			return false, &argumentError{index: 1, message: "onDate: a date is not one",
				help: `write "2026-12-25" for one day, "12-25" for a day of every year; quote dates in YAML`}
		}
		found = found || strings.HasSuffix(today, date)
	}
	return found, nil
}

// isDate accepts 29 February as a yearly date.
func isDate(s string) bool {
	layout := "2006-01-02"
	if len(s) == len("01-02") {
		s = "2000-" + s
	}
	_, err := time.Parse(layout, s)
	return err == nil
}

func prepareDate(args []any) (func(args ...any) (any, error), error) {
	var zones memo[*time.Location]
	if err := zones.check(args, 1, zone); err != nil {
		return nil, err
	}
	return func(args ...any) (any, error) {
		loc := time.UTC
		if len(args) == 2 {
			var err error
			if loc, err = zones.get(args[1].(string), zone); err != nil {
				return nil, at(1, err)
			}
		}
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02", "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05", "2006-01-02 15:04"} {
			if t, err := time.ParseInLocation(layout, args[0].(string), loc); err == nil {
				return t, nil
			}
		}
		return nil, &argumentError{message: "date: the text is not a date", help: `write date("2026-12-25") or date("2026-12-25T09:00:00Z")`}
	}, nil
}
