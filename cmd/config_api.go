package cmd

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"golang.org/x/time/rate"

	"github.com/bxmlflow/bxmlflow/internal/yamlsrc"
	"github.com/bxmlflow/bxmlflow/runtime/bandwidth"
)

// api is how the Voice REST API is reached.
type api struct {
	account        string
	application    string
	clientID       string
	clientSecret   string
	username       string
	password       string
	url, tokenURL  string
	callsPerSecond float64
}

// defaultCallsPerSecond is what Bandwidth allows an account unless agreed otherwise, by its page on rate limits.
const defaultCallsPerSecond = 5

// apiSettings lists the keys about the REST API and the simulated carrier.
func apiSettings() []setting {
	text := func(field func(*api) *string) func(*config, *reader, *yamlsrc.Node) {
		return func(c *config, r *reader, n *yamlsrc.Node) { r.text(n, field(&c.api)) }
	}
	return []setting{
		{key: "account-id", usage: "account at Bandwidth, for the REST API", set: text(func(a *api) *string { return &a.account })},
		{key: "application-id", usage: "voice application that outbound calls belong to",
			set: text(func(a *api) *string { return &a.application })},
		{key: "client-id", usage: "client of the REST API (OAuth 2.0), with client-secret", set: text(func(a *api) *string { return &a.clientID })},
		{key: "client-secret", usage: "its secret", secret: true, set: text(func(a *api) *string { return &a.clientSecret })},
		{key: "api-username", usage: "user of the REST API (HTTP Basic), with api-password, instead of a client",
			set: text(func(a *api) *string { return &a.username })},
		{key: "api-password", usage: "its password", secret: true, set: text(func(a *api) *string { return &a.password })},
		{key: "api-url", usage: "where the Voice REST API is (default " + bandwidth.DefaultBaseURL + ")",
			set: text(func(a *api) *string { return &a.url })},
		{key: "token-url", usage: "where OAuth 2.0 tokens are fetched (default " + bandwidth.DefaultTokenURL + ")",
			set: text(func(a *api) *string { return &a.tokenURL })},
		{key: "calls-per-second", usage: "outbound calls that the account may begin in a second (default 5)", set: (*config).setCallsPerSecond},
		{key: "secrets", usage: "what secret() of flows stands for: {name: value}", shape: nested, secret: true, set: (*config).setSecrets},
		{key: "simulate", usage: "simulate the carrier: numbers for the flows, and a REST API, on simulate-addr", shape: yesNo,
			set: func(c *config, r *reader, n *yamlsrc.Node) { r.yesNo(n, &c.simulate); c.simulateSet = true }},
		{key: "simulate-addr", usage: "host:port of the simulated carrier (default 127.0.0.1:8082)",
			set: func(c *config, r *reader, n *yamlsrc.Node) { r.addr(n, &c.simulateAddr) }},
	}
}

func (c *config) setCallsPerSecond(r *reader, n *yamlsrc.Node) {
	var s string
	if !r.text(n, &s) {
		return
	}
	per, err := strconv.ParseFloat(s, 64)
	if err != nil || !(per > 0 && per <= 1000) {
		r.bad(n, "%q is no number of calls per second", s).WithHelp("write what is agreed with Bandwidth, such as 5")
		return
	}
	c.api.callsPerSecond = per
}

func (c *config) setSecrets(r *reader, n *yamlsrc.Node) {
	if n.Kind != yamlsrc.Map {
		r.bad(n, "secrets are a mapping of names to values")
		return
	}
	c.secrets = map[string]string{}
	for _, e := range n.Entries {
		var value string
		if r.text(e.Value, &value) {
			c.secrets[e.Key.Value] = value
		}
	}
}

// secret returns what secret(name) stands for: as configured, or of the variable BXMLFLOW_SECRET_NAME.
func (a *app) secret(c *config, name string) (string, error) {
	if value, ok := c.secrets[name]; ok {
		return value, nil
	}
	if value, ok := a.Env(secretVariable(name)); ok && value != "" {
		return value, nil
	}
	return "", fmt.Errorf("it is neither under secrets in the configuration nor in %s", secretVariable(name))
}

// secretVariable returns the variable that holds a secret: that of crmKey and of crm-key is BXMLFLOW_SECRET_CRM_KEY.
func secretVariable(name string) string {
	return secretPrefix + strings.ToUpper(strings.NewReplacer("-", "_", ".", "_").Replace(hyphened(name)))
}

// given reports whether anything was said about the REST API.
func (a *api) given() bool {
	return a.account != "" || a.clientID != "" || a.clientSecret != "" || a.username != "" || a.password != ""
}

// missing names the keys that the REST API still needs.
func (a *api) missing() []string {
	var keys []string
	if a.account == "" {
		keys = append(keys, "account-id")
	}
	switch {
	case a.clientID != "" && a.clientSecret == "":
		keys = append(keys, "client-secret")
	case a.clientID == "" && a.username == "":
		keys = append(keys, "client-id and client-secret")
	case a.username != "" && a.password == "":
		keys = append(keys, "api-password")
	}
	return keys
}

// client makes a client for the REST API, nil when nothing was said about it. Each request is sent once: the engine tries again,
// and does not forget over a restart that it has to.
func (a *api) client(transport http.RoundTripper) (*bandwidth.Client, error) {
	if !a.given() {
		return nil, nil
	}
	if keys := a.missing(); len(keys) > 0 {
		return nil, fmt.Errorf("the REST API needs %s too", strings.Join(keys, " and "))
	}
	per := a.callsPerSecond
	if per == 0 {
		per = defaultCallsPerSecond
	}
	c := bandwidth.Config{
		AccountID: a.account, Username: a.username, Password: a.password, ClientID: a.clientID, ClientSecret: a.clientSecret,
		BaseURL: a.url, TokenURL: a.tokenURL, Attempts: 1, Limiter: rate.NewLimiter(rate.Limit(per), 1),
	}
	if transport != nil {
		c.HTTP = &http.Client{Transport: transport}
	}
	client, err := bandwidth.New(c)
	if err != nil {
		if inner := errors.Unwrap(err); inner != nil {
			err = inner
		}
		return nil, fmt.Errorf("REST API: %w", err)
	}
	return client, nil
}
