package bandwidth

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestCallsFollowPagesWithTheirFilter(t *testing.T) {
	links := []string{
		`<https://evil.example/steal?pageToken=2>; rel="next", <https://voice.bandwidth.com/x?pageToken=0>; rel="prev"`,
		`</api/v2/accounts/9900000/calls?pageToken=3&pageSize=2>; title="a; b"; rel=next`, "",
	}
	carrier := newCarrier(t, func(w http.ResponseWriter, _ *http.Request, n int) {
		w.Header().Set("Link", links[n])
		_, _ = fmt.Fprintf(w, `[{"callId":"c-%d"},null,{"callId":"c-%d"}]`, 2*n, 2*n+1)
	})
	c := newClient(t, testConfig(carrier.URL))
	filter := &CallFilter{To: "+15551234567", PageSize: 2, DisconnectCause: "busy", MinStartTime: time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.UTC)}
	var got []string
	for call, err := range c.Calls(t.Context(), filter) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, call.CallID)
	}
	if diff := cmp.Diff([]string{"c-0", "c-1", "c-2", "c-3", "c-4", "c-5"}, got); diff != "" {
		t.Error(diff)
	}
	common := "disconnectCause=busy&minStartTime=2026-01-02T03%3A04%3A05.006Z&pageSize=2"
	var queries []string
	for _, s := range carrier.requests() {
		queries = append(queries, s.Path+"?"+s.Query)
	}
	const path = "/accounts/9900000/calls?"
	want := []string{path + common + "&to=%2B15551234567", path + common + "&pageToken=2&to=%2B15551234567", path + common + "&pageToken=3&to=%2B15551234567"}
	if diff := cmp.Diff(want, queries); diff != "" {
		t.Error(diff)
	}
}

func TestConferencesAreReadAgainByEachRange(t *testing.T) {
	carrier := newCarrier(t, status(200, `[{"id":"conf-1"},{"id":"conf-2"}]`))
	all := newClient(t, testConfig(carrier.URL)).Conferences(t.Context(), &ConferenceFilter{Name: "n", PageSize: 1000, PageToken: "p"})
	for range 2 {
		for conference, err := range all {
			if err != nil || conference.ID != "conf-1" {
				t.Fatalf("first is %v, %v", conference, err)
			}
			break
		}
	}
	if got := carrier.requests(); len(got) != 2 || got[1].Query != "name=n&pageSize=1000&pageToken=p" {
		t.Errorf("requests %v", got)
	}
}

func TestEndpointsFollowLinksOrCursors(t *testing.T) {
	pages := []string{
		`{"data":[{"endpointId":"e-1"}],"links":[{"rel":"next","href":"https://x/endpoints?afterCursor=a"}]}`,
		`{"data":[{"endpointId":"e-2"}],"links":[{"rel":"self","href":"z"},{"rel":"next","href":"b=="}]}`,
		`{"data":[{"endpointId":"e-3"}],"links":[]}`,
	}
	carrier := newCarrier(t, func(w http.ResponseWriter, _ *http.Request, n int) { _, _ = io.WriteString(w, pages[n]) })
	var got []string
	for endpoint, err := range newClient(t, testConfig(carrier.URL)).Endpoints(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, endpoint.EndpointID)
	}
	for _, s := range carrier.requests() {
		got = append(got, s.Query)
	}
	if diff := cmp.Diff([]string{"e-1", "e-2", "e-3", "", "afterCursor=a", "afterCursor=b%3D%3D"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestListsEndWithAnError(t *testing.T) {
	circle := func(w http.ResponseWriter, _ *http.Request, n int) {
		w.Header().Set("Link", fmt.Sprintf(`<x?pageToken=%d>; rel="next"`, n%2))
		_, _ = io.WriteString(w, "[]")
	}
	for name, test := range map[string]struct {
		answer   respond
		filter   *CallFilter
		requests int
	}{
		"pages that lead in a circle": {circle, nil, 3},
		"an answer that is no list":   {status(200, `{}`), nil, 1},
		"a refused request":           {status(403, ``), nil, 1},
		"an illegal page size":        {status(200, `[]`), &CallFilter{PageSize: 10001}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			carrier := newCarrier(t, test.answer)
			errs, items := 0, 0
			for call, err := range newClient(t, testConfig(carrier.URL)).Calls(t.Context(), test.filter) {
				if errs++; err == nil || call != nil {
					items++
				}
			}
			if errs != 1 || items != 0 || len(carrier.requests()) != test.requests {
				t.Errorf("%d errors, %d items, %d requests", errs, items, len(carrier.requests()))
			}
		})
	}
}

func FuzzFollowing(f *testing.F) {
	for _, seed := range []string{`<a?b=c>; rel="next"`, `<a?b=1>;rel=prev,<a?b=2>;rel="last next"`, `<<>>;rel=next`, `<`, `>;<?a=b>;REL=NEXT`, ``} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		got := following([]string{header})
		if got == nil {
			return
		}
		if _, err := url.ParseQuery(got.Encode()); err != nil {
			t.Errorf("query of %q: %v", header, err)
		}
	})
}
