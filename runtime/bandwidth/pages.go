package bandwidth

import (
	"context"
	"errors"
	"iter"
	"maps"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// CallFilter says which calls are listed. Its zero value lists all.
type CallFilter struct {
	To, From        string
	MinStartTime    time.Time
	MaxStartTime    time.Time
	DisconnectCause string
	PageSize        int    // calls in one answer, 1 to 10000; default 1000
	PageToken       string // of the page to begin with; default the first
}

// ConferenceFilter says which conferences are listed. Its zero value lists all.
type ConferenceFilter struct {
	Name           string
	MinCreatedTime time.Time
	MaxCreatedTime time.Time
	PageSize       int    // conferences in one answer, 1 to 1000; default 1000
	PageToken      string // of the page to begin with; default the first
}

// RecordingFilter says which recordings are listed. Its zero value lists all, as far as an answer goes.
type RecordingFilter struct {
	To, From     string
	MinStartTime time.Time // inclusive
	MaxStartTime time.Time // exclusive
}

// query collects parameters; those at their zero value are left out.
type query url.Values

func (q query) text(name, value string) {
	if value != "" {
		url.Values(q).Set(name, value)
	}
}

func (q query) time(name string, value time.Time) {
	if !value.IsZero() {
		q.text(name, value.UTC().Format("2006-01-02T15:04:05.000Z"))
	}
}

func (q query) size(name string, value int) {
	if value != 0 {
		q.text(name, strconv.Itoa(value))
	}
}

func (f *CallFilter) check(k *check) { k.within("pageSize", float64(f.PageSize), 1, 10000) }

func (f *CallFilter) query() query {
	q := query{}
	q.text("to", f.To)
	q.text("from", f.From)
	q.time("minStartTime", f.MinStartTime)
	q.time("maxStartTime", f.MaxStartTime)
	q.text("disconnectCause", f.DisconnectCause)
	q.size("pageSize", f.PageSize)
	q.text("pageToken", f.PageToken)
	return q
}

func (f *ConferenceFilter) query() query {
	q := query{}
	q.text("name", f.Name)
	q.time("minCreatedTime", f.MinCreatedTime)
	q.time("maxCreatedTime", f.MaxCreatedTime)
	q.size("pageSize", f.PageSize)
	q.text("pageToken", f.PageToken)
	return q
}

func (f *RecordingFilter) query() query {
	q := query{}
	q.text("to", f.To)
	q.text("from", f.From)
	q.time("minStartTime", f.MinStartTime)
	q.time("maxStartTime", f.MaxStartTime)
	return q
}

// pages yields what a list has, page after page. read gets the query of a page, and returns that of the next, or nil.
func pages[T any](operation string, first query, read func(url.Values) ([]*T, url.Values, error)) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		seen := map[string]bool{}
		for at := url.Values(first); at != nil; {
			seen[at.Encode()] = true
			page, next, err := read(at)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, item := range page {
				if item != nil && !yield(item, nil) {
					return
				}
			}
			if at = over(first, next); at != nil && seen[at.Encode()] {
				yield(nil, &Error{Operation: operation, cause: errors.New("the next page is one that was read before"), unsent: true})
				return
			}
		}
	}
}

// over lays the query of the next page over that of the first, whose filters hold when the next does not repeat them.
func over(first query, next url.Values) url.Values {
	if next == nil {
		return nil
	}
	all := maps.Clone(url.Values(first))
	maps.Copy(all, next)
	return all
}

// list reads a page of the voice API.
func list[T any](ctx context.Context, c *Client, r *request) ([]*T, url.Values, error) {
	var page []*T
	r.most = maxPage
	if err := c.send(ctx, r.to(&page)); err != nil {
		return nil, nil, err
	}
	return page, following(r.link), nil
}

// following returns the query of the next page, or nil when there is none. Only the query is taken of its address, so that
// an answer cannot send the credentials elsewhere.
func following(headers []string) url.Values {
	for _, header := range headers {
		for target, parameters := range links(header) {
			if !next(parameters) {
				continue
			}
			if u, err := url.Parse(target); err == nil && u.RawQuery != "" {
				return u.Query()
			}
		}
	}
	return nil
}

// links yields the target and the parameters of every link in a header: <target>; rel="next", <target>; ...
func links(header string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for {
			_, after, ok := strings.Cut(header, "<")
			if !ok {
				return
			}
			target, rest, ok := strings.Cut(after, ">")
			if !ok {
				return
			}
			parameters, more, _ := strings.Cut(rest, "<")
			if !yield(target, parameters) {
				return
			}
			header = "<" + more
			if more == "" {
				return
			}
		}
	}
}

// next reports whether the parameters of a link have the relation next.
func next(parameters string) bool {
	for parameter := range strings.SplitSeq(parameters, ";") {
		name, value, _ := strings.Cut(parameter, "=")
		if !strings.EqualFold(strings.TrimSpace(name), "rel") {
			continue
		}
		for _, relation := range strings.Fields(strings.Trim(strings.TrimSpace(value), `", `)) {
			if strings.EqualFold(relation, "next") {
				return true
			}
		}
	}
	return false
}
