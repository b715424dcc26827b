package simulator

import (
	"encoding/base64"
	"encoding/json"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"
)

func users(cfg *Config) {
	cfg.Users = []User{{Name: "user", Password: "secret"}, {Name: "silent", Password: "p:q", NoVoice: true}, {Name: "client", Password: "hidden", Client: true}}
}

func basic(credentials string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(credentials))
}

func TestRESTAuthorization(t *testing.T) {
	w := newWorld(t, nil, users)
	tests := []struct {
		name, path, header string
		status             int
		kind, description  string
	}{
		{"a user", "statistics", basic("user:secret"), 200, "", ""},
		{"the scheme in lower case", "statistics", "basic " + basic("user:secret")[6:], 200, "", ""},
		{"nothing", "statistics", "", 401, "authentication-error", "Unauthorized"},
		{"another scheme", "statistics", "Digest x", 401, "authentication-error", "Unauthorized"},
		{"no base64", "statistics", "Basic ***", 401, "authentication-error", "Failed to decode basic authentication token"},
		{"no colon", "statistics", basic("user"), 401, "authentication-error", "Invalid basic authentication token"},
		{"another password", "statistics", basic("user:Secret"), 401, "authentication-error", "The credentials provided were invalid"},
		{"another user", "statistics", basic("nobody:secret"), 401, "authentication-error", "The credentials provided were invalid"},
		{"a client's secret, which is for tokens", "statistics", basic("client:hidden"), 401, "authentication-error", "The credentials provided were invalid"},
		{"a token that nobody issued", "statistics", "Bearer x.y", 401, "authentication-error", "The credentials provided were invalid"},
		{"another account", "/api/v2/accounts/9900001/statistics", basic("user:secret"), 401, "authentication-error", "The credentials provided were invalid"},
		{"a user without access", "statistics", basic("silent:p:q"), 403, "authorization-error", "Access is denied"},
		{"a stranger at an unknown path", "nonsense", "", 401, "authentication-error", "Unauthorized"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := *w
			w.T = t
			rec := w.ask("GET", tt.path, "", "Authorization", tt.header)
			if tt.status == 200 {
				w.wantAnswer(rec, 200, `{}`)
				return
			}
			w.wantAnswer(rec, tt.status, `{"type":`+strconv.Quote(tt.kind)+`,"description":`+strconv.Quote(tt.description)+`,"id":null}`)
			if asked := rec.Header().Get("WWW-Authenticate") != ""; asked != (tt.status == 401) {
				t.Errorf("WWW-Authenticate: %v", asked)
			}
		})
	}
}

const grantBody = "grant_type=client_credentials"

func (w *world) token(body string, headers ...string) *httptest.ResponseRecorder {
	headers = append([]string{"Content-Type", "application/x-www-form-urlencoded", "Authorization", basic("client:hidden")}, headers...)
	return w.ask("POST", "/api/v1/oauth2/token", body, headers...)
}

func TestTokensLiveForAnHourOfTheCarriersClock(t *testing.T) {
	w := newWorld(t, nil, users)
	rec := w.token(grantBody, "Content-Type", "application/x-www-form-urlencoded;charset=UTF-8")
	w.wantAnswer(rec, 200, `{"expires_in":3600,"token_type":"Bearer"}`)
	var token struct {
		AccessToken string `json:"access_token"`
	}
	w.check(json.Unmarshal(rec.Body.Bytes(), &token))
	bearer := "Bearer " + token.AccessToken
	w.wantAnswer(w.ask("GET", "statistics", "", "Authorization", bearer), 200, `{}`)
	w.wantAnswer(w.ask("GET", "statistics", "", "Authorization", bearer+"x"), 401, `{}`)
	w.advance(time.Hour - time.Second)
	w.wantAnswer(w.ask("GET", "statistics", "", "Authorization", bearer), 200, `{}`)
	w.advance(time.Second)
	w.wantAnswer(w.ask("GET", "statistics", "", "Authorization", bearer), 401, `{"description":"The credentials provided were invalid"}`)
}

func TestTokenRequestsThatAreRefused(t *testing.T) {
	w := newWorld(t, nil, users)
	w.wantAnswer(w.token("grant_type=password"), 400, `{"error":"unsupported_grant_type"}`)
	w.wantAnswer(w.token("grant_type=%zz"), 400, `{"error":"invalid_request"}`)
	w.wantAnswer(w.token(grantBody, "Authorization", basic("user:secret")), 401, `{"error":"invalid_client"}`)
	w.wantAnswer(w.token(grantBody, "Authorization", ""), 401, `{"error":"invalid_client"}`)
	w.wantAnswer(w.token(grantBody, "Content-Type", "application/json"), 415, `{"error":"invalid_request"}`)
	w.wantAnswer(w.ask("GET", "/api/v1/oauth2/token", ""), 405, `{"error":"invalid_request"}`)
	w.Fault(Fault{Kind: REST, Operation: "createToken", Status: 503})
	w.wantAnswer(w.token(grantBody), 503, `{"type":"system-overloaded"}`)
	if got := strings.Count(w.log(), " rest createToken "); got != 7 {
		t.Errorf("the feed tells of %d token requests:\n%s", got, w.log())
	}
}

func TestWithoutUsersAllCredentialsAreAccepted(t *testing.T) {
	w := newWorld(t, nil)
	for _, header := range []string{basic("any:one"), "Bearer made-up"} {
		w.wantAnswer(w.ask("GET", "statistics", "", "Authorization", header), 200, `{}`)
	}
	w.wantAnswer(w.ask("GET", "statistics", "", "Authorization", ""), 401, `{}`)
	var token struct {
		AccessToken string `json:"access_token"`
	}
	w.check(json.Unmarshal(w.token(grantBody).Body.Bytes(), &token))
	w.advance(time.Hour)
	w.wantAnswer(w.ask("GET", "statistics", "", "Authorization", "Bearer "+token.AccessToken), 401, `{}`)
}
