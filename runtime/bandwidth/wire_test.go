package bandwidth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestNotSentIsToldFromAmbiguous(t *testing.T) {
	plain := newCarrier(t, cut)
	second := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	second.EnableHTTP2 = true
	second.StartTLS()
	t.Cleanup(second.Close)
	half := newCarrier(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
		w.Header().Set("Content-Length", "100")
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, `{"callId":`)
	})
	for name, test := range map[string]struct {
		base    string
		http    *http.Client
		notSent bool
	}{
		"nobody listens":                {"http://" + closedAddress(t), nil, true},
		"no such host":                  {"http://host.invalid", &http.Client{Transport: transport(lookup)}, true},
		"a certificate of someone else": {second.URL, nil, true},
		"a connection that is cut":      {plain.URL, nil, false},
		"a stream of HTTP/2 is reset":   {second.URL, second.Client(), false},
		"half of an answer":             {half.URL, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			config := testConfig(test.base)
			config.HTTP = test.http
			_, err := newClient(t, config).CreateCall(t.Context(), validCall())
			e := asError(t, err)
			if e.NotSent() != test.notSent || e.Ambiguous() == test.notSent {
				t.Errorf("not sent %t, ambiguous %t: %v", e.NotSent(), e.Ambiguous(), e)
			}
			if strings.Contains(e.Error(), "/accounts/") {
				t.Errorf("the error has the address: %v", e)
			}
		})
	}
}

func lookup(*http.Request) (*http.Response, error) {
	return nil, &net.DNSError{Err: "no such host", Name: "host.invalid", IsNotFound: true}
}

func closedAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

func TestAnswersThatAreNoneMeanThatItWasCarriedOut(t *testing.T) {
	for name, body := range map[string]string{
		"nothing":           "",
		"no JSON":           "<html>",
		"no object":         "[]",
		"no callId":         `{"to":"x"}`,
		"a callId of no id": `{"callId":7}`,
		"too much":          `{"callId":"` + strings.Repeat("c", maxAnswer) + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			carrier := newCarrier(t, status(http.StatusCreated, body))
			_, err := newClient(t, testConfig(carrier.URL)).CreateCall(t.Context(), validCall())
			if e := asError(t, err); e.Status != http.StatusCreated || !e.Ambiguous() || e.Retryable() || len(e.Error()) > 200 {
				t.Errorf("error is %v", e)
			}
			if n := len(carrier.requests()); n != 1 {
				t.Errorf("%d requests, want 1", n)
			}
		})
	}
}

func TestAPageMayBeLargerThanAnAnswer(t *testing.T) {
	carrier := newCarrier(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
		_, _ = fmt.Fprintf(w, `[{"callId":"c-1","identity":%q}]`, strings.Repeat("i", maxAnswer+1))
	})
	found := 0
	for _, err := range newClient(t, testConfig(carrier.URL)).Calls(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		found++
	}
	if found != 1 {
		t.Errorf("%d calls, want 1", found)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	elsewhere := newCarrier(t, status(200, `{"callId":"c-1"}`))
	carrier := newCarrier(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
	})
	config := testConfig(carrier.URL)
	config.HTTP = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return nil }}
	_, err := newClient(t, config).CreateCall(t.Context(), validCall())
	if e := asError(t, err); e.Status != http.StatusTemporaryRedirect || len(elsewhere.requests()) != 0 {
		t.Errorf("error is %v, %d requests elsewhere", e, len(elsewhere.requests()))
	}
}

// silent never answers.
func silent(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func TestTimeoutBoundsEveryAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		config := testConfig("http://voice.example.com")
		config.HTTP, config.Timeout = &http.Client{Transport: transport(silent)}, 4*time.Second
		began := time.Now()
		_, err := newClient(t, config).Call(t.Context(), "c-1")
		e := asError(t, err)
		if !errors.Is(e, context.DeadlineExceeded) || !strings.Contains(e.Error(), "no answer within 4s") || !e.Retryable() {
			t.Errorf("error is %v", e)
		}
		if took := time.Since(began); took != 12*time.Second {
			t.Errorf("three attempts took %s of virtual time", took)
		}
		_, err = newClient(t, config).CreateCall(t.Context(), validCall())
		if e := asError(t, err); !e.Ambiguous() || e.Retryable() {
			t.Errorf("error is %v", e)
		}
	})
}

func TestTheCallersContextEndsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		config := testConfig("http://voice.example.com")
		config.HTTP = &http.Client{Transport: transport(silent)}
		c := newClient(t, config)

		before, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := c.CreateCall(before, validCall())
		if e := asError(t, err); !e.NotSent() || !errors.Is(e, context.Canceled) {
			t.Errorf("cancelled before: %v", e)
		}

		reason := errors.New("the call ended")
		during, stop := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { stop(reason) })
		_, err = c.Call(during, "c-1")
		if e := asError(t, err); !e.Ambiguous() || !errors.Is(e, context.Canceled) || !errors.Is(e, reason) || e.Retryable() {
			t.Errorf("cancelled meanwhile: %v", e)
		}

		short, end := context.WithTimeout(t.Context(), time.Second)
		defer end()
		_, err = c.Call(short, "c-1")
		if e := asError(t, err); !errors.Is(e, context.DeadlineExceeded) {
			t.Errorf("out of time: %v", e)
		}
	})
}

func TestTheContextEndsTheWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		requests := 0
		config := testConfig("http://voice.example.com")
		config.HTTP, config.Sleep = failing(1, &requests), nil
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		_, err := newClient(t, config).Call(ctx, "c-1")
		e := asError(t, err)
		if !errors.Is(e, context.DeadlineExceeded) || !errors.Is(e, io.ErrUnexpectedEOF) || !e.Ambiguous() || requests != 1 {
			t.Errorf("error is %v after %d requests", e, requests)
		}
		if _, err = newClient(t, config).Call(t.Context(), "c-1"); err == nil || requests != 4 {
			t.Errorf("error is %v after %d requests", err, requests)
		}
	})
}

// drip is audio of which a piece comes every second, and then nothing.
type drip struct {
	pieces int
	ctx    context.Context
}

func (d *drip) Read(p []byte) (int, error) {
	if d.pieces == 0 {
		<-d.ctx.Done()
		return 0, d.ctx.Err()
	}
	d.pieces--
	time.Sleep(time.Second)
	return copy(p, "x"), nil
}

func (d *drip) Close() error { return nil }

func TestMediaMayTakeLongButNotPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		config := testConfig("http://voice.example.com")
		config.Timeout = 2 * time.Second
		config.HTTP = &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: &drip{30, r.Context()}, Request: r}, nil
		})}
		media, err := newClient(t, config).RecordingMedia(t.Context(), "c-1", "r-1")
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour) // a reader that takes its time is no pause of the carrier's
		got, err := io.ReadAll(media)
		if len(got) != 30 || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%d bytes, %v", len(got), err)
		}
		if err := media.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestHostileIdsCannotChangeThePath(t *testing.T) {
	for id, want := range map[string]string{
		"../../x":   "/accounts/9900000/calls/..%2F..%2Fx",
		"a?b=c#d":   "/accounts/9900000/calls/a%3Fb=c%23d",
		"a/b":       "/accounts/9900000/calls/a%2Fb",
		"%2e%2e":    "/accounts/9900000/calls/%252e%252e",
		"a b\r\nc;": "/accounts/9900000/calls/a%20b%0D%0Ac%3B",
		"ü\x00":     "/accounts/9900000/calls/%C3%BC%00",
		"":          "", ".": "", "..": "",
	} {
		carrier := newCarrier(t, status(200, `{}`))
		_, err := newClient(t, testConfig(carrier.URL)).Call(t.Context(), id)
		if got := carrier.requests(); want == "" {
			var invalid *InvalidError
			if !errors.As(err, &invalid) || invalid.Field != "callId" || len(got) != 0 {
				t.Errorf("id %q: %v, %d requests", id, err, len(got))
			}
		} else if err != nil || len(got) != 1 || got[0].Path != want || got[0].Query != "" {
			t.Errorf("id %q: %v, requests %+v", id, err, got)
		}
	}
}
