package bandwidth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// issuer is a carrier that hands out tokens at /token: tok-1, tok-2, ...
type issuer struct {
	*carrier
	issued  atomic.Int32
	refused atomic.Int32  // tokens up to this number are answered with 401
	now     atomic.Int64  // s
	expires atomic.Value  // JSON
	asked   chan struct{} // unless nil, gets a word when a token is asked for, which waits for gate then
	gate    chan struct{}
}

func newIssuer(t *testing.T) (*issuer, *Client) {
	t.Helper()
	i := &issuer{}
	i.expires.Store("3600")
	i.carrier = newCarrier(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		if r.URL.Path == "/token" {
			if i.gate != nil {
				i.asked <- struct{}{}
				<-i.gate
			}
			_, _ = fmt.Fprintf(w, `{"access_token":"tok-%d","token_type":"Bearer","expires_in":%s}`, i.issued.Add(1), i.expires.Load())
			return
		}
		var number int32
		_, _ = fmt.Sscanf(r.Header.Get("Authorization"), "Bearer tok-%d", &number)
		if number <= i.refused.Load() {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = io.WriteString(w, `{"callId":"c-1"}`)
	})
	config := testConfig(i.URL)
	config.Username, config.Password = "", ""
	config.ClientID, config.ClientSecret, config.TokenURL = testClient, testSecret, i.URL+"/token"
	config.Clock = func() time.Time { return time.Unix(i.now.Load(), 0) }
	return i, newClient(t, config)
}

func TestTokenIsFetchedAsOAuth2Says(t *testing.T) {
	i, c := newIssuer(t)
	for range 2 {
		if _, err := c.Call(t.Context(), "c-1"); err != nil {
			t.Fatal(err)
		}
	}
	bearer := seen{Method: "GET", Path: "/accounts/9900000/calls/c-1", Accept: "application/json", Authorization: "Bearer tok-1", Agent: "bxmlflow"}
	want := []seen{{
		Method: "POST", Path: "/token", Type: "application/x-www-form-urlencoded", Accept: "application/json",
		Authorization: newBasic(testClient, testSecret)(), Agent: "bxmlflow", Body: "grant_type=client_credentials",
	}, bearer, bearer}
	if diff := cmp.Diff(want, i.requests()); diff != "" {
		t.Error(diff)
	}
	if text := fmt.Sprintf("%+v %#v %+v %+v", c, c, *c, c.auth); leaks(text) {
		t.Errorf("a token or a secret shows: %s", text)
	}
}

func TestTokenIsRenewedBeforeItExpires(t *testing.T) {
	for name, test := range map[string]struct {
		expires string
		at      []int64
		want    []int32
	}{
		"60 s before":                       {"3600", []int64{0, 3539, 3540}, []int32{1, 1, 2}},
		"a string of seconds":               {`"600"`, []int64{0, 539, 540}, []int32{1, 1, 2}},
		"half of a lifetime that is short":  {"60", []int64{0, 29, 30}, []int32{1, 1, 2}},
		"every time without a lifetime":     {"0", []int64{0, 0}, []int32{1, 2}},
		"a day at most":                     {"1e300", []int64{0, 86339, 86340}, []int32{1, 1, 2}},
		"every time when it is negative":    {"-5", []int64{0, 0}, []int32{1, 2}},
		"at once when the clock has jumped": {"3600", []int64{0, 1e9}, []int32{1, 2}},
	} {
		t.Run(name, func(t *testing.T) {
			i, c := newIssuer(t)
			i.expires.Store(test.expires)
			var got []int32
			for _, now := range test.at {
				i.now.Store(now)
				if _, err := c.Call(t.Context(), "c-1"); err != nil {
					t.Fatal(err)
				}
				got = append(got, i.issued.Load())
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTokenIsFetchedOnceForAll(t *testing.T) {
	i, c := newIssuer(t)
	ask := func(want int32) {
		var group sync.WaitGroup
		for range 50 {
			group.Go(func() {
				if _, err := c.Call(t.Context(), "c-1"); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if got := i.issued.Load(); got != want {
			t.Errorf("%d tokens issued, want %d", got, want)
		}
	}
	ask(1)
	i.now.Store(3540) // expired
	ask(2)
	i.refused.Store(2) // revoked: all get a 401 at once
	ask(3)
}

func TestUnauthorizedRenewsOnceAndRepeatsOnce(t *testing.T) {
	i, c := newIssuer(t)
	i.refused.Store(100)
	_, err := c.CreateCall(t.Context(), validCall())
	if e := asError(t, err); e.Status != http.StatusUnauthorized || e.Retryable() || e.Ambiguous() {
		t.Errorf("error is %v", e)
	}
	if got := len(i.requests()); got != 4 || i.issued.Load() != 2 {
		t.Errorf("%d requests, %d tokens; want two of each, twice", got, i.issued.Load())
	}
}

func TestUnauthorizedIsFinalWithBasic(t *testing.T) {
	carrier := newCarrier(t, status(401, `{"type":"authentication-error","description":"no `+testPassword+` and `+newBasic(testUser, testPassword)()+`"}`))
	_, err := newClient(t, testConfig(carrier.URL)).Call(t.Context(), "c-1")
	if e := asError(t, err); e.Status != 401 || e.Description != "no *** and Basic ***" || leaks(e.Error()) {
		t.Errorf("error is %v", e)
	}
	if n := len(carrier.requests()); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
}

func TestOneThatGivesUpDoesNotStopTheOthers(t *testing.T) {
	i, c := newIssuer(t)
	i.asked, i.gate = make(chan struct{}), make(chan struct{})
	first, cancel := context.WithCancel(t.Context())
	gone := make(chan error)
	go func() {
		_, err := c.Call(first, "c-1")
		gone <- err
	}()
	<-i.asked
	cancel()
	if e := asError(t, <-gone); !errors.Is(e, context.Canceled) || !e.NotSent() || e.Temporary() {
		t.Errorf("error is %v", e)
	}
	close(i.gate)
	if _, err := c.Call(t.Context(), "c-1"); err != nil || i.issued.Load() != 1 {
		t.Errorf("%v, %d tokens", err, i.issued.Load())
	}
}

func TestNoTokenToBeHad(t *testing.T) {
	for name, test := range map[string]struct {
		status    int
		body      string
		requests  int
		retryable bool
	}{
		"refused credentials":      {401, `{"error":"invalid_client","error_description":"no such client ` + testSecret + `"}`, 1, false},
		"an issuer that is down":   {503, ``, 3, true},
		"an issuer that is busy":   {429, ``, 3, true},
		"an answer without one":    {200, `{}`, 1, false},
		"an answer of another art": {200, `<html>`, 1, false},
		"another kind of token":    {200, `{"access_token":"tok-1","token_type":"mac"}`, 1, false},
		"one that no header takes": {200, `{"access_token":"tok-1\r\nX: y"}`, 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			carrier := newCarrier(t, status(test.status, test.body))
			config := testConfig(carrier.URL)
			config.Username, config.Password, config.ClientID, config.ClientSecret = "", "", testClient, testSecret
			config.TokenURL = carrier.URL
			_, err := newClient(t, config).CreateCall(t.Context(), validCall())
			e := asError(t, err)
			if e.Operation != "createCall" || !e.NotSent() || e.Ambiguous() || e.Status != 0 || e.Retryable() != test.retryable || leaks(e.Error()) {
				t.Errorf("error is %v", e)
			}
			var inner *Error
			if !errors.As(e.Unwrap(), &inner) || inner.Operation != "token" || inner.Status != test.status {
				t.Errorf("cause is %v", e.Unwrap())
			}
			if got := len(carrier.requests()); got != test.requests {
				t.Errorf("%d requests, want %d", got, test.requests)
			}
		})
	}
}

func TestEndpointTokenIsHidden(t *testing.T) {
	created := CreatedEndpoint{Token: "tok-secret"}
	encoded, err := json.Marshal(created)
	if err != nil {
		t.Fatal(err)
	}
	if text := fmt.Sprintf("%v %+v %#v %s", created, created, created, encoded); leaks(text) {
		t.Error(text)
	}
}
