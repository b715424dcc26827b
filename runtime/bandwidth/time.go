package bandwidth

import (
	"strings"
	"time"
)

// Time is a time in an answer. It is zero when the answer has none, or one that cannot be read: Bandwidth's examples differ in
// how they write it, and no answer is refused for that.
type Time struct{ time.Time }

// UnmarshalJSON reads ISO 8601 with or without a zone, which is UTC then. It never fails.
func (t *Time) UnmarshalJSON(data []byte) error {
	t.Time = time.Time{}
	text := strings.Trim(string(data), `"`)
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999"} {
		if got, err := time.Parse(layout, text); err == nil {
			t.Time = got
			break
		}
	}
	return nil
}
