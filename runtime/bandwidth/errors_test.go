package bandwidth

import (
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestErrorsSayWhatWasAnswered(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		body   string
		want   string
	}{
		"the voice API":         {409, `{"type":"validation","description":"Call [c-1] cannot be modified in its current state","id":null}`, "updateCall: 409: validation: Call [c-1] cannot be modified in its current state"},
		"the API of endpoints":  {403, `{"links":[],"data":null,"errors":[{"id":"e-1","type":"forbidden","description":"no access","code":3,"source":{}}]}`, "updateCall: 403: forbidden: no access"},
		"a page of a proxy's":   {502, `<html>secret page</html>`, "updateCall: 502: Bad Gateway"},
		"nothing":               {415, ``, "updateCall: 415: Unsupported Media Type"},
		"members of other art":  {400, `{"type":7,"description":"still read","id":{}}`, "updateCall: 400: still read"},
		"more than one line":    {400, "{\"description\":\"a\\nb\\u001b[31m\"}", "updateCall: 400: a b [31m"},
		"a status of its own":   {499, `{}`, "updateCall: 499"},
		"half of a JSON object": {400, `{"description":"x"`, "updateCall: 400: Bad Request"},
	} {
		t.Run(name, func(t *testing.T) {
			carrier := newCarrier(t, status(test.status, test.body))
			err := newClient(t, testConfig(carrier.URL)).UpdateCall(t.Context(), "c-1", &UpdateCall{State: "completed"})
			if diff := cmp.Diff(test.want, asError(t, err).Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestConflict(t *testing.T) {
	carrier := newCarrier(t, status(http.StatusConflict, ""))
	err := newClient(t, testConfig(carrier.URL)).UpdateCallBXML(t.Context(), "c-1", []byte("<Bxml/>"))
	if e := asError(t, err); !e.Conflict() || e.NotFound() || e.NotSent() || e.Ambiguous() || e.Temporary() {
		t.Errorf("error is %v", e)
	}
}

func FuzzAnswered(f *testing.F) {
	for _, seed := range []string{`{"type":"a","description":"b"}`, `{"errors":[{"id":"1"}]}`, `{"error":"x"}`, `[`, "{\"description\":\"\xff\"}"} {
		f.Add(500, []byte(seed))
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		e := answered(&request{operation: "op"}, status, body)
		text := e.Error()
		if len(text) > 4*maxDescription || !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
			t.Errorf("%q", text)
		}
	})
}

func FuzzRetryAfter(f *testing.F) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, seed := range []string{"7", "-1", "1e400", "NaN", "inf", now.Format(http.TimeFormat), "Fri, 31 Dec 9999 23:59:59 GMT"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		if d := retryAfter(header, now); d < 0 || d > maxLifetime {
			t.Errorf("%q is %s", header, d)
		}
	})
}
