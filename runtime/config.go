package runtime

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/runtime/internal/fetch"
	"github.com/bxmlflow/bxmlflow/runtime/store"
)

// Defaults of Config.
const (
	DefaultApology     = "We are sorry, an error occurred. Goodbye."
	DefaultDeadline    = 5 * time.Second // of a whole answer: Bandwidth waits 15 s, or as little as 1 s where it is configured so
	DefaultLookup      = 2 * time.Second // of one look-up
	DefaultMaxBody     = 64 << 10        // bytes of a webhook
	DefaultMaxInFlight = 2048            // webhooks at once
	DefaultSweep       = time.Minute     // between two searches for expired records
	maxLookups         = 8               // look-ups of one step
	maxStuck           = 32              // calls of an action that ignored their deadline
	maxConflicts       = 8               // attempts to save a step
	basicUserSeparator = ":"
)

// Credential is a user name and a password that Bandwidth sends as HTTP Basic authentication.
type Credential struct{ Username, Password string }

// Config configures an Engine. Flows is required; every other field says its default.
type Config struct {
	// Flows are served under /flows/{name}.
	Flows *flow.Set
	// Store keeps the records. Default: in memory, lost when the process ends.
	Store store.Store
	Kit   Kit
	// Logger takes what flows log and what goes wrong. Default: slog.Default().
	Logger *slog.Logger
	// Clock tells the time. Default: time.Now.
	Clock func() time.Time
	// PublicURL is where Bandwidth reaches the handler, without /flows: "https://voice.example.com". It is needed for
	// absolute URLs only, which documents and calls that go out by the REST API have. Default: none, URLs in documents are
	// relative.
	PublicURL string
	// Carrier makes, moves and ends calls; *bandwidth.Client is one. Flows that need it are refused without one, and without
	// PublicURL and ApplicationID. Default: none.
	Carrier Carrier
	// ApplicationID is the voice application that outbound calls belong to. Default: none.
	ApplicationID string
	// Secrets returns the secret of a name that flows give to secret(). It is asked when the secret leaves, and once for every
	// name when flows are taken on, so that one that is not known is found then. It is called concurrently. Default: none.
	Secrets func(name string) (string, error)
	// FallbackURL is a second address of the same service; with it fallback URLs are set, and all URLs are absolute.
	// Default: none.
	FallbackURL string
	// Credentials are what a webhook without a token must bear, any of at most two. Default: none, everybody may send
	// webhooks, which is meant for loopback addresses only.
	Credentials []Credential
	// RequireToken refuses later webhooks without a token even when they bear credentials. Default: false.
	RequireToken bool
	// VerbCredentials writes the first of Credentials beside every URL in a document. Default: false, the token suffices.
	VerbCredentials bool
	// TokenKeys sign the tokens in callback URLs: the first signs, all verify, at most two, 32 bytes each. Default: one is
	// made once and kept in the store.
	TokenKeys [][]byte
	// Apology is spoken before hanging up when a flow cannot answer. Default: DefaultApology.
	Apology string
	// Deadline bounds a whole answer. Default: DefaultDeadline.
	Deadline time.Duration
	// MaxBody bounds a webhook in bytes. Default: DefaultMaxBody, which is also the most.
	MaxBody int64
	// MaxInFlight bounds the webhooks that are being answered at once. Default: DefaultMaxInFlight.
	MaxInFlight int
	// Hosts are the hosts that the http action may reach. Default: none.
	Hosts []Host
	// Sweep is the time between two searches for expired records. Default: DefaultSweep; negative never searches.
	Sweep time.Duration
	// Manual says that nothing runs by itself, for tests and simulations: no effects, no timers, no sweeps, until Settle or
	// Sweep is called. Default: false.
	Manual bool
	// Lookup answers look-ups and effects of http actions and of the kit instead of the network and the kit, unless it leaves
	// them alone (handled false). Default: none.
	Lookup func(ctx context.Context, r *Request) (value map[string]any, handled bool, err error)

	realTime bool // Clock was not given
}

// Host allows requests of the http action to a host.
type Host = fetch.Host

func (c *Config) defaults() error {
	if c.Flows == nil {
		return errors.New("no flows")
	}
	if len(c.Credentials) > 2 {
		return fmt.Errorf("%d credentials, at most two are active at a time", len(c.Credentials))
	}
	for _, cred := range c.Credentials {
		if cred.Username == "" || cred.Password == "" || strings.Contains(cred.Username, basicUserSeparator) {
			return errors.New("a credential needs a user name without a colon and a password")
		}
	}
	if c.VerbCredentials && len(c.Credentials) == 0 {
		return errors.New("verb credentials need credentials")
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.Clock == nil {
		c.Clock, c.realTime = time.Now, true
	}
	if c.Apology == "" {
		c.Apology = DefaultApology
	}
	c.Deadline = or(c.Deadline, DefaultDeadline)
	c.Sweep = or(c.Sweep, DefaultSweep)
	c.MaxInFlight = or(c.MaxInFlight, DefaultMaxInFlight)
	if c.MaxBody = or(c.MaxBody, DefaultMaxBody); c.MaxBody > DefaultMaxBody {
		return fmt.Errorf("MaxBody %d is above %d", c.MaxBody, DefaultMaxBody)
	}
	if c.FallbackURL != "" && c.PublicURL == "" {
		return errors.New("a fallback URL needs a public URL: with it all URLs are absolute")
	}
	return errors.Join(base(&c.PublicURL), base(&c.FallbackURL))
}

func or[T comparable](value, fallback T) T {
	var zero T
	if value == zero {
		return fallback
	}
	return value
}

// base checks an absolute URL and cuts its last slash.
func base(s *string) error {
	if *s == "" {
		return nil
	}
	u, err := url.Parse(*s)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return fmt.Errorf("%q is no base URL: it must be http(s)://host[:port][/path]", *s)
	}
	*s = strings.TrimSuffix(*s, "/")
	return nil
}

// apology returns the document that is sent when nothing better can be.
func apology(text string) ([]byte, error) {
	d := bxml.Document{Verbs: []*bxml.Element{{Name: "SpeakSentence", Text: text}, {Name: "Hangup"}}}
	for _, p := range d.Validate(bxml.Call) {
		return nil, fmt.Errorf("apology: %s", p.Message)
	}
	return d.Append(nil), nil
}
