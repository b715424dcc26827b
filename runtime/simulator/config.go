package simulator

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Config says how a carrier behaves. The zero Config is a carrier in real time without numbers.
type Config struct {
	// Account is the account id in every event and URL; "9900000" when empty.
	Account string
	// URL is the address of the REST API, from which callUrl and mediaUrl are made; "https://voice.bandwidth.com/api/v2"
	// when empty. It takes no slash at the end.
	URL string
	// Seed is the source of ids and of every random choice: with the same seed and the same acts a run in virtual time is
	// the same to the byte.
	Seed uint64
	// Start is the virtual clock's first instant. The zero time means real time: see Carrier.Run.
	Start time.Time
	// Transport carries webhooks, without following redirects; a plain http.Transport without proxy when nil. Direct makes
	// one that needs no sockets.
	Transport http.RoundTripper
	// Numbers are the telephone numbers (E.164) and SIP URIs that belong to applications.
	Numbers map[string]Application
	// Applications are further ones, which createCall may name.
	Applications []Application
	// Choices settle what Bandwidth's pages leave open.
	Choices Choices
	// Speech estimates how long people and machines speak.
	Speech Speech
	// Users may use the REST API; without any, all credentials are accepted.
	Users []User
	// CallsPerSecond and MaxCalls are the limits of the account; 5 and 100 when 0, Bandwidth's defaults. Choices.NoLimits
	// turns them off.
	CallsPerSecond, MaxCalls int
	// KeyGap is the time between two keys of one Press; when 0 it is 100 ms in real time and nothing in virtual time, as below 0.
	// With a gap people do one thing after the other: who says something, or presses keys, does what comes next afterwards.
	KeyGap time.Duration
	// Latency is how much longer the answer to a webhook takes; in virtual time it takes no time by itself.
	Latency time.Duration
	// RecordingAfter is how long after its end a recording is available, 2 s when 0; TranscriptionAfter is how long its
	// transcription takes then, and that of a real-time transcription after its end, 5 s when 0. Below 0 is at once.
	RecordingAfter, TranscriptionAfter time.Duration
	// Observe is handed the feed, in order and never concurrently. It must not call the carrier.
	Observe func(Event)
	// Work is what an application does on the carrier's clock; nil for none.
	Work Clockwork
}

// Application is what a voice application of the account is set to. Which of its fields carries which webhook is said on the
// pages of initiate and disconnect.
type Application struct {
	ID                                 string // a made-up uuid when empty
	URL                                string // where initiate is sent, absolute, http or https
	Method                             string // GET or POST, POST when empty, for all methods here
	FallbackURL                        string // asked when URL does not answer
	FallbackMethod                     string
	FallbackUsername, FallbackPassword string
	StatusURL                          string // where the disconnect of inbound calls is sent; none when empty
	StatusMethod                       string
	Username, Password                 string        // HTTP Basic credentials for URL and StatusURL
	Timeout                            time.Duration // of webhooks of inbound calls, 1 to 25 s; 15 s when 0
}

// User may use the REST API: with HTTP Basic, or as an OAuth 2.0 client when Client is true.
type User struct {
	Name, Password string
	Client         bool
	NoVoice        bool // the user is known and has no access to the Voice API: 403
}

// Clockwork is what an application does on the carrier's clock. The carrier calls it from the goroutine that drives it, one
// call at a time and without holding its lock, so that the application may use the REST API.
type Clockwork interface {
	// Settle does everything that is due at the carrier's Now.
	Settle(ctx context.Context) error
	// Next tells when there is more to do, false when there is nothing.
	Next(ctx context.Context) (time.Time, bool)
}

const (
	defaultAccount = "9900000"
	defaultURL     = "https://voice.bandwidth.com/api/v2"
	defaultTimeout = 15 * time.Second // of a webhook
	minTimeout     = time.Second
	maxTimeout     = 25 * time.Second
)

// complete fills in the defaults.
func (cfg Config) complete() Config {
	if cfg.Account == "" {
		cfg.Account = defaultAccount
	}
	if cfg.URL == "" {
		cfg.URL = defaultURL
	}
	if cfg.CallsPerSecond <= 0 {
		cfg.CallsPerSecond = 5
	}
	if cfg.MaxCalls <= 0 {
		cfg.MaxCalls = 100
	}
	if cfg.RecordingAfter == 0 {
		cfg.RecordingAfter = 2 * time.Second
	}
	if cfg.TranscriptionAfter == 0 {
		cfg.TranscriptionAfter = 5 * time.Second
	}
	if cfg.Transport == nil {
		cfg.Transport = plainTransport()
	}
	if cfg.KeyGap == 0 && cfg.Start.IsZero() {
		cfg.KeyGap = 100 * time.Millisecond
	}
	cfg.Speech = cfg.Speech.complete()
	cfg.Choices = cfg.Choices.complete()
	return cfg
}

// application checks an application and keeps it.
func (c *Carrier) application(a Application) (*Application, error) {
	if a.Timeout == 0 {
		a.Timeout = defaultTimeout
	}
	if a.Timeout < minTimeout || a.Timeout > maxTimeout {
		return nil, fmt.Errorf("application %s: the timeout %s is not between 1 s and 25 s", a.ID, a.Timeout)
	}
	if _, err := absolute(a.URL); err != nil {
		return nil, fmt.Errorf("application %s: url: %w", a.ID, err)
	}
	for _, u := range []string{a.FallbackURL, a.StatusURL} {
		if u == "" {
			continue
		}
		if _, err := absolute(u); err != nil {
			return nil, fmt.Errorf("application %s: %w", a.ID, err)
		}
	}
	for _, m := range []*string{&a.Method, &a.FallbackMethod, &a.StatusMethod} {
		if err := method(m); err != nil {
			return nil, fmt.Errorf("application %s: %w", a.ID, err)
		}
	}
	if a.ID == "" {
		a.ID = c.ids.uuid()
	}
	c.applications[a.ID] = &a
	return &a, nil
}

// method completes and checks the method of a webhook.
func method(m *string) error {
	switch *m = strings.ToUpper(*m); *m {
	case "":
		*m = http.MethodPost
	case http.MethodGet, http.MethodPost:
	default:
		return fmt.Errorf("method %q is neither GET nor POST", *m)
	}
	return nil
}

// absolute reads a URL that must stand alone.
func absolute(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return nil, err
	case s == "":
		return nil, errors.New("empty")
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return nil, fmt.Errorf("%q is not an absolute http or https url", s)
	}
	u.Fragment = ""
	return u, nil
}
