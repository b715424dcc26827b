package bandwidth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Defaults of Config. The addresses are those of Bandwidth's API reference.
const (
	DefaultBaseURL      = "https://voice.bandwidth.com/api/v2"
	DefaultEndpointsURL = "https://api.bandwidth.com/v2"
	DefaultTokenURL     = "https://api.bandwidth.com/api/v1/oauth2/token"
	DefaultTimeout      = 10 * time.Second
	DefaultAttempts     = 3
)

// Limiter delays requests. *rate.Limiter of golang.org/x/time/rate is one.
type Limiter interface {
	// Wait returns when the next request may be sent, or with an error when the context ends first.
	Wait(ctx context.Context) error
}

// Config configures a Client. AccountID and one pair of credentials are required; every other field says its default.
// Printing and logging a Config hides its secrets.
type Config struct {
	// AccountID is the number of the account, such as "9900000".
	AccountID string
	// Username and Password are API credentials of the dashboard, sent as Basic authentication.
	Username, Password string
	// ClientID and ClientSecret are OAuth2 client credentials; with them a token is fetched at TokenURL.
	ClientID, ClientSecret string
	// BaseURL is where the voice API is. Default: DefaultBaseURL. Credentials go there, so it should be https; http is
	// taken when it is written out, as it is for a simulator.
	BaseURL string
	// EndpointsURL is where the API of WebRTC endpoints is. Default: DefaultEndpointsURL. https, or http as for TokenURL.
	EndpointsURL string
	// TokenURL is where tokens are fetched. Default: DefaultTokenURL. https; http only for a loopback host, or when BaseURL
	// is http too.
	TokenURL string
	// HTTP sends the requests; it is copied, and made to follow no redirects. Default: a client of its own that keeps up to
	// 32 idle connections to a host.
	HTTP *http.Client
	// Timeout bounds one attempt, from connecting to the last byte of its answer; for media to its first byte, and then
	// every pause. Default: DefaultTimeout.
	Timeout time.Duration
	// Attempts bounds how often one request is sent; 1 is no retries. Default: DefaultAttempts.
	Attempts int
	// Limiter delays CreateCall, which counts against the calls per second of the account (5 unless agreed otherwise, by
	// Bandwidth's page on rate limits); other operations do not. Default: none.
	Limiter Limiter
	// Clock tells the time, for the expiry of tokens and a Retry-After with a date. Default: time.Now.
	Clock func() time.Time
	// Sleep waits between attempts; it returns the context's error when that ends first. Default: a timer.
	Sleep func(context.Context, time.Duration) error
}

func (c *Config) defaults() error {
	c.BaseURL = or(c.BaseURL, DefaultBaseURL)
	c.EndpointsURL = or(c.EndpointsURL, DefaultEndpointsURL)
	c.TokenURL = or(c.TokenURL, DefaultTokenURL)
	c.Timeout = or(c.Timeout, DefaultTimeout)
	c.Attempts = or(c.Attempts, DefaultAttempts)
	if c.Timeout < 0 {
		return fmt.Errorf("timeout %s is negative", c.Timeout)
	}
	if c.Attempts < 0 {
		return fmt.Errorf("attempts %d is negative; 1 is no retries", c.Attempts)
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Sleep == nil {
		c.Sleep = sleep
	}
	return errors.Join(c.account(), c.credentials(), c.addresses())
}

func (c *Config) account() error {
	if c.AccountID == "" || dots(c.AccountID) {
		return fmt.Errorf("AccountID %q is no account; give its number, such as \"9900000\"", c.AccountID)
	}
	return nil
}

func (c *Config) credentials() error {
	basic := c.Username != "" || c.Password != ""
	oauth := c.ClientID != "" || c.ClientSecret != ""
	switch {
	case basic && oauth:
		return errors.New("both Username and ClientID are given; give the credentials of one")
	case !basic && !oauth:
		return errors.New("no credentials; give Username and Password, or ClientID and ClientSecret")
	case basic && (c.Username == "" || c.Password == ""):
		return errors.New("basic credentials need both Username and Password")
	case oauth && (c.ClientID == "" || c.ClientSecret == ""):
		return errors.New("OAuth2 credentials need both ClientID and ClientSecret")
	case strings.Contains(c.Username, ":"):
		return errors.New("the Username has a colon, which Basic authentication cannot carry")
	case strings.Contains(c.ClientID, ":"):
		return errors.New("the ClientID has a colon, which Basic authentication cannot carry")
	}
	return nil
}

// addresses checks the URLs and cuts their last slash.
func (c *Config) addresses() error {
	base, err := address("BaseURL", &c.BaseURL)
	if err != nil {
		return err
	}
	plain := base.Scheme == "http"
	for _, other := range []struct {
		name string
		text *string
	}{{"EndpointsURL", &c.EndpointsURL}, {"TokenURL", &c.TokenURL}} {
		u, err := address(other.name, other.text)
		if err != nil {
			return err
		}
		if u.Scheme == "http" && !plain && !loopback(u) {
			return fmt.Errorf("%s %q would send credentials in the clear; use https", other.name, shownURL(*other.text))
		}
	}
	return nil
}

func address(name string, text *string) (*url.URL, error) {
	u, err := url.Parse(*text)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return nil, fmt.Errorf("%s %q is no base URL; it must be https://host[:port][/path]", name, shownURL(*text))
	}
	*text = strings.TrimRight(*text, "/")
	return u, nil
}

func loopback(u *url.URL) bool {
	host := u.Hostname()
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

func or[T comparable](value, fallback T) T {
	var zero T
	if value == zero {
		return fallback
	}
	return value
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

const hidden = "***"

func mask(secret string) string {
	if secret == "" {
		return ""
	}
	return hidden
}

// String describes the configuration without its secrets.
func (c Config) String() string {
	return fmt.Sprintf("bandwidth.Config{AccountID:%q Username:%q Password:%q ClientID:%q ClientSecret:%q BaseURL:%q "+
		"EndpointsURL:%q TokenURL:%q Timeout:%s Attempts:%d}", c.AccountID, c.Username, mask(c.Password), c.ClientID, mask(c.ClientSecret),
		shownURL(c.BaseURL), shownURL(c.EndpointsURL), shownURL(c.TokenURL), c.Timeout, c.Attempts)
}

// GoString is String, so that %#v hides the secrets too.
func (c Config) GoString() string { return c.String() }

// Format is String for every verb.
func (c Config) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, c.String()) }

// LogValue is the configuration for a log, without its secrets.
func (c Config) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("accountId", c.AccountID),
		slog.String("username", c.Username), slog.String("password", mask(c.Password)),
		slog.String("clientId", c.ClientID), slog.String("clientSecret", mask(c.ClientSecret)),
		slog.String("baseUrl", shownURL(c.BaseURL)), slog.String("endpointsUrl", shownURL(c.EndpointsURL)),
		slog.String("tokenUrl", shownURL(c.TokenURL)),
		slog.Duration("timeout", c.Timeout), slog.Int("attempts", c.Attempts))
}
