package bandwidth

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// refused is how a connection fails that nobody takes.
var errRefused = &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}

// failing answers all requests in one way, and counts them. Codes below 100 are failures of the network.
func failing(code int, count *int) *http.Client {
	return &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
		*count++
		switch code {
		case 0:
			return nil, errRefused
		case 1:
			return nil, io.ErrUnexpectedEOF
		}
		return &http.Response{StatusCode: code, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
	})}
}

func TestRetryMatrix(t *testing.T) {
	type outcome struct {
		Requests                               int
		NotSent, Ambiguous, Temporary, Retries bool
	}
	const refused, cut = 0, 1
	safe := map[int]outcome{
		refused: {3, true, false, true, true}, cut: {3, false, true, true, true}, 429: {3, false, false, true, true},
		500: {3, false, true, true, true}, 502: {3, false, true, true, true}, 503: {3, false, true, true, true},
		400: {1, false, false, false, false}, 404: {1, false, false, false, false}, 409: {1, false, false, false, false}, 302: {1, false, false, false, false},
	}
	unsafe := map[int]outcome{
		refused: {3, true, false, true, true}, cut: {1, false, true, true, false}, 429: {3, false, false, true, true},
		500: {1, false, true, true, false}, 502: {1, false, true, true, false}, 503: {1, false, true, true, false},
		400: {1, false, false, false, false}, 404: {1, false, false, false, false}, 409: {1, false, false, false, false}, 302: {1, false, false, false, false},
	}
	once := map[string]bool{
		"createCall": true, "updateCall": true, "updateCall ends": true, "updateCallBxml": true, "updateConference": true, "updateConferenceBxml": true,
		"transcribeCallRecording": true, "createEndpoint": true, "updateEndpointBxml": true,
	}
	for _, o := range operations() {
		want := safe
		if once[o.name] {
			want = unsafe
		}
		got := map[int]outcome{}
		for code := range want {
			requests := 0
			config := testConfig("http://voice.example.com")
			config.HTTP = failing(code, &requests)
			_, err := o.call(t.Context(), newClient(t, config))
			e := asError(t, err)
			got[code] = outcome{requests, e.NotSent(), e.Ambiguous(), e.Temporary(), e.Retryable()}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", o.name, diff)
		}
	}
}

func TestOverloadedIsNotAmbiguous(t *testing.T) {
	carrier := newCarrier(t, status(503, `{"type":"system-overloaded","description":"Handling too many requests"}`))
	_, err := newClient(t, testConfig(carrier.URL)).CreateCall(t.Context(), validCall())
	if e := asError(t, err); e.Ambiguous() || !e.Retryable() || len(carrier.requests()) != 1 {
		t.Errorf("error is %v after %d requests", e, len(carrier.requests()))
	}
}

func TestBackoffAndRetryAfter(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for name, test := range map[string]struct {
		header   string
		attempts int
		naps     []time.Duration
		after    time.Duration
	}{
		"doubles up to a bound":       {"", 8, []time.Duration{200e6, 400e6, 800e6, 1600e6, 3200e6, 5e9, 5e9}, 0},
		"waits for seconds":           {"7", 3, []time.Duration{7e9, 7e9}, 7 * time.Second},
		"waits for a date":            {now.Add(9 * time.Second).Format(http.TimeFormat), 2, []time.Duration{9e9}, 9 * time.Second},
		"passes over a date gone by":  {now.Add(-time.Hour).Format(http.TimeFormat), 2, []time.Duration{200e6}, 0},
		"passes over what is neither": {"soon", 2, []time.Duration{200e6}, 0},
		"passes over less than none":  {"-3", 2, []time.Duration{200e6}, 0},
		"leaves long waits to others": {"31", 3, nil, 31 * time.Second},
		"bounds what has no bound":    {"1e300", 3, nil, 24 * time.Hour},
		"one attempt is no retries":   {"1", 1, nil, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			carrier := newCarrier(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
				if test.header != "" {
					w.Header().Set("Retry-After", test.header)
				}
				w.WriteHeader(http.StatusTooManyRequests)
			})
			slept := &naps{}
			config := testConfig(carrier.URL)
			config.Attempts, config.Sleep, config.Clock = test.attempts, slept.sleep, func() time.Time { return now }
			_, err := newClient(t, config).CreateCall(t.Context(), validCall())
			if e := asError(t, err); e.RetryAfter != test.after || e.Status != http.StatusTooManyRequests {
				t.Errorf("error is %v, retry after %s", e, e.RetryAfter)
			}
			if diff := cmp.Diff(test.naps, slept.taken); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestJitterIsFull(t *testing.T) {
	low, high := time.Duration(1e9), time.Duration(0)
	for range 1000 {
		d := jitter(1000)
		if d < 0 || d > 1000 {
			t.Fatalf("jitter %d is outside of 0 to 1000", d)
		}
		low, high = min(low, d), max(high, d)
	}
	if low > 250 || high < 750 {
		t.Errorf("1000 draws lie in %d to %d only", low, high)
	}
}

func TestSuccessAfterFailures(t *testing.T) {
	carrier := newCarrier(t, func(w http.ResponseWriter, r *http.Request, n int) {
		switch n {
		case 0:
			w.WriteHeader(http.StatusBadGateway)
		case 1:
			cut(w, r, n)
		default:
			_, _ = io.WriteString(w, `{"callId":"c-1"}`)
		}
	})
	state, err := newClient(t, testConfig(carrier.URL)).Call(t.Context(), "c-1")
	if err != nil || state.CallID != "c-1" || len(carrier.requests()) != 3 {
		t.Errorf("%v, %v after %d requests", state, err, len(carrier.requests()))
	}
}

func TestBodyIsSentWhole(t *testing.T) {
	carrier := newCarrier(t, func(w http.ResponseWriter, _ *http.Request, n int) {
		if n < 2 {
			w.WriteHeader(http.StatusTooManyRequests)
		}
	})
	if err := newClient(t, testConfig(carrier.URL)).UpdateCallBXML(t.Context(), "c-1", []byte("<Bxml/>")); err != nil {
		t.Fatal(err)
	}
	for i, s := range carrier.requests() {
		if s.Body != "<Bxml/>" {
			t.Errorf("body of attempt %d is %q", i+1, s.Body)
		}
	}
}

func TestDeletedByAnAttemptWhoseAnswerWasLost(t *testing.T) {
	carrier := newCarrier(t, func(w http.ResponseWriter, r *http.Request, n int) {
		if n == 0 {
			cut(w, r, n)
		}
		w.WriteHeader(http.StatusNotFound)
	})
	if err := newClient(t, testConfig(carrier.URL)).DeleteRecording(t.Context(), "c-1", "r-1"); err != nil {
		t.Error(err)
	}
}

func TestAmbiguityOfAnEarlierAttemptStays(t *testing.T) {
	n := 0
	config := testConfig("http://voice.example.com")
	config.HTTP = &http.Client{Transport: transport(func(*http.Request) (*http.Response, error) {
		if n++; n == 1 {
			return nil, io.ErrUnexpectedEOF
		}
		return nil, errRefused
	})}
	err := newClient(t, config).UpdateCallRecordingState(t.Context(), "c-1", &UpdateCallRecording{State: "paused"})
	if e := asError(t, err); e.NotSent() || !e.Ambiguous() || !e.Retryable() || n != 3 {
		t.Errorf("error is %v after %d attempts", e, n)
	}
}

func TestLimiterDelaysEveryAttemptOfCreateCallOnly(t *testing.T) {
	carrier := newCarrier(t, status(429, ""))
	waits := 0
	config := testConfig(carrier.URL)
	config.Limiter = limiter(func(context.Context) error { waits++; return nil })
	c := newClient(t, config)
	if _, err := c.Call(t.Context(), "c-1"); err == nil || waits != 0 {
		t.Errorf("%v after %d waits", err, waits)
	}
	if _, err := c.CreateCall(t.Context(), validCall()); err == nil || waits != 3 {
		t.Errorf("%v after %d waits", err, waits)
	}
	full := errors.New("would exceed context deadline")
	config.Limiter = limiter(func(context.Context) error { return full })
	_, err := newClient(t, config).CreateCall(t.Context(), validCall())
	if e := asError(t, err); !errors.Is(e, full) || !e.NotSent() || e.Retryable() {
		t.Errorf("error is %v", e)
	}
}

type limiter func(context.Context) error

func (l limiter) Wait(ctx context.Context) error { return l(ctx) }
