package simulator

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// tokenLife is how long an OAuth 2.0 token lives on the carrier's clock.
const tokenLife = time.Hour

// authorize reports whether a request may use the Voice API: by HTTP Basic with the credentials of a user, or by a token.
func (c *Carrier) authorize(r *http.Request) error {
	scheme, credentials, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	var u *User
	var err error
	switch {
	case strings.EqualFold(scheme, "Basic"):
		u, err = c.basic(credentials, false)
	case strings.EqualFold(scheme, "Bearer") && credentials != "":
		u, err = c.bearer(strings.TrimSpace(credentials))
	default:
		err = errUnauthorized
	}
	switch {
	case err != nil:
		return err
	case u != nil && u.NoVoice:
		return errForbidden
	}
	return nil
}

// basic finds the user, or the OAuth 2.0 client, of HTTP Basic credentials. It returns nil when the carrier has no users and
// accepts all.
func (c *Carrier) basic(credentials string, client bool) (*User, error) {
	decoded, err := base64.StdEncoding.DecodeString(strings.TrimSpace(credentials))
	if err != nil {
		return nil, errBase64
	}
	name, password, ok := strings.Cut(string(decoded), ":")
	if !ok {
		return nil, errBasic
	}
	if len(c.cfg.Users) == 0 {
		return nil, nil
	}
	var found *User
	for i := range c.cfg.Users {
		u := &c.cfg.Users[i]
		if u.Client == client && same(u.Name, name) && same(u.Password, password) {
			found = u
		}
	}
	if found == nil {
		return nil, errCredentials
	}
	return found, nil
}

// same compares two secrets in a time that does not depend on them.
func same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// bearer finds the client of a token that has not expired. It returns nil when the carrier has no users: then every token is
// accepted but one of its own that has expired.
func (c *Carrier) bearer(token string) (*User, error) {
	encoded, _, _ := strings.Cut(token, ".")
	claims, err := base64.RawURLEncoding.DecodeString(encoded)
	seconds, name, _ := strings.Cut(string(claims), " ")
	expires, numeric := strconv.ParseInt(seconds, 10, 64)
	ours := err == nil && numeric == nil && same(token, c.token(name, time.Unix(expires, 0)))
	switch {
	case ours && !c.Now().Before(time.Unix(expires, 0)):
		return nil, errCredentials
	case len(c.cfg.Users) == 0:
		return nil, nil
	case !ours:
		return nil, errCredentials
	}
	for i := range c.cfg.Users {
		if u := &c.cfg.Users[i]; u.Client && u.Name == name {
			return u, nil
		}
	}
	return nil, errCredentials
}

// token makes the token of a client. Nothing of it is kept: it says whose it is and when it expires, and is signed with a key that
// only somebody who knows all passwords can make.
func (c *Carrier) token(client string, expires time.Time) string {
	key := sha256.New()
	fmt.Fprintf(key, "%d %s\n", c.cfg.Seed, c.cfg.Account)
	for _, u := range c.cfg.Users {
		fmt.Fprintf(key, "%q %q\n", u.Name, u.Password)
	}
	mac := hmac.New(sha256.New, key.Sum(nil))
	claims := fmt.Sprintf("%d %s", expires.Unix(), client)
	mac.Write([]byte(claims))
	return base64.RawURLEncoding.EncodeToString([]byte(claims)) + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// tokenError is the body of a refused token request, as RFC 6749 has it.
type tokenError struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
}

// issued is the body of a token request that succeeded.
type issued struct {
	AccessToken string `json:"access_token"`
	ExpiresIn   int    `json:"expires_in"` // seconds
	TokenType   string `json:"token_type"`
}

// serveToken hands out tokens: POST with the client's id and secret as HTTP Basic and grant_type=client_credentials as a form.
func (c *Carrier) serveToken(w http.ResponseWriter, r *http.Request) *restAnswer {
	a := &restAnswer{status: http.StatusOK, header: http.Header{"Cache-Control": {"no-store"}}}
	token, refused := c.grant(w, r)
	if a.body = token; refused != nil {
		a.status, a.body = refused.status, tokenError{refused.kind, refused.description}
	}
	switch a.status {
	case http.StatusUnauthorized:
		a.header.Set("WWW-Authenticate", `Basic realm="Bandwidth API"`)
	case http.StatusMethodNotAllowed:
		a.header.Set("Allow", http.MethodPost)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if fault := c.restFault(tokenOperation); fault != nil {
		refused = faulty(fault, a.header)
		a.status, a.body = refused.status, voiceError{Type: refused.kind, Description: refused.description}
	}
	e := Event{Kind: RESTRequest, Type: tokenOperation, Method: r.Method, URL: r.URL.RequestURI(), Status: a.status}
	if refused != nil {
		e.Err = refused.Error()
	}
	c.tell(e)
	return a
}

// tokenOperation names token requests in the feed and in faults. It is our name, the pages have none.
const tokenOperation = "createToken"

func (c *Carrier) grant(w http.ResponseWriter, r *http.Request) (*issued, *refusal) {
	if r.Method != http.MethodPost {
		return nil, &refusal{http.StatusMethodNotAllowed, "invalid_request", errMethod.description}
	}
	scheme, credentials, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Basic") {
		return nil, &refusal{http.StatusUnauthorized, "invalid_client", errUnauthorized.description}
	}
	client, err := c.basic(credentials, true)
	if err != nil {
		return nil, &refusal{http.StatusUnauthorized, "invalid_client", errCredentials.description}
	}
	body, err := readBody(w, r, formType)
	if err != nil {
		refused := *err.(*refusal)
		refused.kind = "invalid_request"
		return nil, &refused
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, &refusal{http.StatusBadRequest, "invalid_request", errBody.description}
	}
	if form.Get("grant_type") != "client_credentials" {
		return nil, &refusal{http.StatusBadRequest, "unsupported_grant_type", "grant_type must be client_credentials"}
	}
	name := ""
	if client != nil {
		name = client.Name
	}
	expires := c.Now().Add(tokenLife)
	return &issued{c.token(name, expires), int(tokenLife.Seconds()), "Bearer"}, nil
}
