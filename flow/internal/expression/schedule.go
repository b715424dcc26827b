package expression

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// schedule holds the open minutes of every weekday.
type schedule struct {
	open [7][]span
}

// span is a part of a day in minutes from midnight, without its end.
type span struct{ from, to int }

const day = 24 * 60

func (s *schedule) contains(t time.Time) bool {
	minute := t.Hour()*60 + t.Minute()
	return slices.ContainsFunc(s.open[t.Weekday()], func(o span) bool { return o.from <= minute && minute < o.to })
}

func (s *schedule) add(d int, hours span) {
	if hours.from < hours.to {
		s.open[d] = append(s.open[d], hours)
		return
	}
	s.open[d] = append(s.open[d], span{hours.from, day})
	next := (d + 1) % 7
	s.open[next] = append(s.open[next], span{0, hours.to})
}

// parseSchedule reads "Mon-Fri 09:00-17:00, Sat 10:00-14:00": parts between commas, each of days, hours or both. Hours alone
// belong to the days before them, days alone to the hours after them ("Mon, Wed 9:00-12:00"); days that no hours follow are
// open all day, hours without any days every day. Hours that end before they begin go on after midnight.
func parseSchedule(text string) (*schedule, error) {
	s := &schedule{}
	var days []int
	closed, some := true, false // closed: the days already have hours, so that new days begin a new group
	for part := range strings.SplitSeq(text, ",") {
		named, hours, timed, ok := parsePart(part)
		if !ok {
			return nil, scheduleError(part)
		}
		if len(named) > 0 {
			if closed {
				days = nil
			}
			days, closed = append(days, named...), false
		}
		if timed {
			closed, some = true, true
			s.addAll(days, hours)
		}
	}
	if !closed {
		s.addAll(days, span{0, day})
		some = true
	}
	if !some {
		return nil, scheduleError(text)
	}
	return s, nil
}

func (s *schedule) addAll(days []int, hours span) {
	if len(days) == 0 {
		days = []int{0, 1, 2, 3, 4, 5, 6}
	}
	for _, d := range days {
		s.add(d, hours)
	}
}

func scheduleError(part string) error {
	message := "a part of the schedule is neither days nor hours"
	if strings.TrimSpace(part) == "" {
		message = "a part of the schedule is empty"
	}
	return &argumentError{message: message, help: `write "Mon-Fri 09:00-17:00, Sat 10:00-14:00"`}
}

// parsePart reads one part: days, hours, or days and hours.
func parsePart(part string) (days []int, hours span, timed, ok bool) {
	fields := strings.Fields(part)
	if len(fields) == 0 || len(fields) > 2 {
		return nil, span{}, false, false
	}
	if days, ok = parseDays(fields[0]); ok {
		fields = fields[1:]
	}
	switch len(fields) {
	case 0:
		return days, span{}, false, ok
	case 1:
		hours, ok = parseHours(fields[0])
		return days, hours, true, ok
	}
	return nil, span{}, false, false
}

func parseDays(text string) ([]int, bool) {
	first, last, isRange := strings.Cut(text, "-")
	from, ok := parseDay(first)
	to, okTo := from, true
	if isRange {
		to, okTo = parseDay(last)
	}
	if !ok || !okTo {
		return nil, false
	}
	days := []int{from}
	for d := from; d != to; {
		d = (d + 1) % 7
		days = append(days, d)
	}
	return days, true
}

func parseDay(text string) (int, bool) {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if name := d.String(); strings.EqualFold(text, name) || strings.EqualFold(text, name[:3]) {
			return int(d), true
		}
	}
	return 0, false
}

func parseHours(text string) (span, bool) {
	first, last, ok := strings.Cut(text, "-")
	from, okFrom := parseMinute(first)
	to, okTo := parseMinute(last)
	return span{from, to}, ok && okFrom && okTo && from != to && from < day
}

// parseMinute reads "9:00", "09:00" or "24:00".
func parseMinute(text string) (int, bool) {
	h, m, ok := strings.Cut(text, ":")
	if !ok || len(h) == 0 || len(h) > 2 || len(m) != 2 {
		return 0, false
	}
	hour, errH := strconv.ParseUint(h, 10, 8)
	minute, errM := strconv.ParseUint(m, 10, 8)
	total := int(hour*60 + minute)
	return total, errH == nil && errM == nil && minute < 60 && total <= day
}
