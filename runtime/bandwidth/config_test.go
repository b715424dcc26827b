package bandwidth

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"
)

func TestConfigIsChecked(t *testing.T) {
	basic := Config{AccountID: "9900000", Username: "u", Password: "p"}
	oauth := Config{AccountID: "9900000", ClientID: "c", ClientSecret: "s"}
	with := func(c Config, change func(*Config)) Config { change(&c); return c }
	for name, test := range map[string]struct {
		config Config
		want   string // in the error; empty is none
	}{
		"Basic":                         {basic, ""},
		"OAuth2":                        {oauth, ""},
		"no account":                    {with(basic, func(c *Config) { c.AccountID = "" }), `AccountID "" is no account`},
		"an account that leads up":      {with(basic, func(c *Config) { c.AccountID = ".." }), `AccountID ".." is no account`},
		"no credentials":                {Config{AccountID: "1"}, "no credentials"},
		"both":                          {with(basic, func(c *Config) { c.ClientID = "c" }), "give the credentials of one"},
		"no password":                   {with(basic, func(c *Config) { c.Password = "" }), "need both Username and Password"},
		"no client secret":              {with(oauth, func(c *Config) { c.ClientSecret = "" }), "need both ClientID and ClientSecret"},
		"a colon in the user name":      {with(basic, func(c *Config) { c.Username = "a:b" }), "has a colon"},
		"a colon in the client id":      {with(oauth, func(c *Config) { c.ClientID = "a:b" }), "has a colon"},
		"a base URL without a scheme":   {with(basic, func(c *Config) { c.BaseURL = "voice.example.com" }), "BaseURL"},
		"a base URL with a user":        {with(basic, func(c *Config) { c.BaseURL = "https://u:hunter2@x" }), `"https://***@x" is no base URL`},
		"a base URL with a query":       {with(basic, func(c *Config) { c.BaseURL = "https://x?k=hunter2" }), `"https://x?..." is no base URL`},
		"http that is written out":      {with(basic, func(c *Config) { c.BaseURL = "http://simulator:8080/" }), ""},
		"a token URL in the clear":      {with(oauth, func(c *Config) { c.TokenURL = "http://x/token" }), "in the clear"},
		"both in the clear":             {with(oauth, func(c *Config) { c.TokenURL, c.BaseURL = "http://x/token", "http://x" }), ""},
		"a token URL on loopback":       {with(oauth, func(c *Config) { c.TokenURL = "http://[::1]:1/token" }), ""},
		"an endpoints URL in the clear": {with(basic, func(c *Config) { c.EndpointsURL = "http://x" }), "in the clear"},
		"a negative timeout":            {with(basic, func(c *Config) { c.Timeout = -1 }), "timeout -1ns is negative"},
		"negative attempts":             {with(basic, func(c *Config) { c.Attempts = -1 }), "attempts -1 is negative"},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := New(test.config)
			if test.want == "" {
				if err != nil || c == nil {
					t.Fatalf("error is %v", err)
				}
				return
			}
			if c != nil || err == nil || !strings.HasPrefix(err.Error(), "new client: ") || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("error is %v, want %q in it", err, test.want)
			}
		})
	}
}

func TestDefaultsAreBandwidths(t *testing.T) {
	c, err := New(Config{AccountID: "9900000", Username: "u", Password: "p"})
	if err != nil {
		t.Fatal(err)
	}
	if c.voice != "https://voice.bandwidth.com/api/v2/accounts/9900000" || c.endpoints != "https://api.bandwidth.com/v2/accounts/9900000" {
		t.Errorf("addresses are %s and %s", c.voice, c.endpoints)
	}
	if c.wire.timeout != 10*time.Second || c.wire.attempts != 3 {
		t.Errorf("timeout %s, %d attempts", c.wire.timeout, c.wire.attempts)
	}
	if err := c.wire.sleep(t.Context(), 0); err != nil {
		t.Error(err)
	}
}

func TestSecretsAreNotPrinted(t *testing.T) {
	basic := testConfig("https://voice.example.com")
	oauth := basic
	oauth.Username, oauth.Password, oauth.ClientID, oauth.ClientSecret = "", "", testClient, testSecret
	for _, config := range []Config{basic, oauth} {
		c := newClient(t, config)
		for _, value := range []any{config, &config, c, *c, []any{config, c}, struct{ C *Config }{&config}, struct{ c *Client }{c}, c.auth} {
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
				if text := fmt.Sprintf(verb, value); leaks(text) || strings.Contains(text, fmt.Sprintf("%x", testPassword)) {
					t.Errorf("%s of %T shows a secret: %s", verb, value, text)
				}
			}
		}
		if text := config.String() + config.GoString() + c.String() + c.GoString(); leaks(text) || !strings.Contains(text, "9900000") || !strings.Contains(text, hidden) {
			t.Error(text)
		}
		var log bytes.Buffer
		slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "config", config, "pointer", &config, "client", c)
		slog.New(slog.NewTextHandler(&log, nil)).Info("x", "config", config, "client", c)
		if leaks(log.String()) || strings.Count(log.String(), "9900000") != 5 {
			t.Error(log.String())
		}
	}
	var none *Client
	if text := fmt.Sprintf("%v", none); text != "bandwidth.Client(nil)" {
		t.Error(text)
	}
}
