package simulator

import (
	"encoding/base64"
	"slices"
	"strconv"
	"time"
)

// has reports whether a value passes the filter of the query, if there is one.
func (q *restRequest) has(name, value string) bool {
	wanted := q.query.Get(name)
	return wanted == "" || wanted == value
}

// span is a filter of times. Bounds that are zero are none.
type span struct {
	from, to time.Time
	until    bool // to itself is outside
}

// span reads a filter of times from the query.
func (q *restRequest) span(from, to string) (span, error) {
	var s span
	for name, at := range map[string]*time.Time{from: &s.from, to: &s.to} {
		text := q.query.Get(name)
		if text == "" {
			continue
		}
		t, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return s, invalid("Invalid %s: must be an ISO 8601 timestamp", name)
		}
		*at = t
	}
	return s, nil
}

func (s *span) holds(t time.Time) bool {
	switch {
	case s.from.IsZero() && s.to.IsZero():
		return true
	case t.IsZero(), t.Before(s.from):
		return false
	case s.to.IsZero():
		return true
	}
	return t.Before(s.to) || t.Equal(s.to) && !s.until
}

// listed is what a list has, by its id.
type listed interface{ listedAs() string }

// defaultPage is how many items a page has.
const defaultPage = 1000

// page cuts the page out of a list that the query asks for, of at most so many items. When there is more, the Link header leads to
// the next page; its token is the id of the last item.
func page[T listed](c *Carrier, q *restRequest, items []T, most int) ([]T, error) {
	size := defaultPage
	if text := q.query.Get("pageSize"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			return nil, invalid("Invalid pageSize: must be an integer")
		}
		if n < 1 || n > most {
			return nil, invalid("pageSize must be within the range [1, %d], but was %d", most, n)
		}
		size = n
	}
	if token := q.query.Get("pageToken"); token != "" {
		id, err := base64.RawURLEncoding.DecodeString(token)
		at := slices.IndexFunc(items, func(item T) bool { return item.listedAs() == string(id) })
		if err != nil || at < 0 {
			return nil, invalid("Invalid pageToken")
		}
		items = items[at+1:]
	}
	if len(items) <= size {
		return items, nil
	}
	items = items[:size]
	q.query.Set("pageToken", base64.RawURLEncoding.EncodeToString([]byte(items[size-1].listedAs())))
	q.header.Set("Link", "<"+c.accountURL()+"/"+q.path+"?"+q.query.Encode()+`>; rel="next"`)
	return items, nil
}
