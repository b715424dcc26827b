package runtime

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

// guards checks the user names and passwords of webhooks. Only digests are kept, and all are compared: neither the length
// nor the first difference of a password shows in the time that it takes.
type guards struct {
	digests [][sha256.Size]byte
}

func newGuards(credentials []Credential) *guards {
	g := &guards{}
	for _, c := range credentials {
		g.digests = append(g.digests, digest(c.Username, c.Password))
	}
	return g
}

func digest(username, password string) [sha256.Size]byte {
	return sha256.Sum256([]byte(username + basicUserSeparator + password))
}

// open reports whether no credentials are configured.
func (g *guards) open() bool { return len(g.digests) == 0 }

// admit reports whether the request bears one of the active credentials. Everybody is admitted when there are none.
func (g *guards) admit(r *http.Request) bool {
	if g.open() {
		return true
	}
	username, password, given := r.BasicAuth()
	got := digest(username, password)
	ok := 0
	for i := range g.digests {
		ok |= subtle.ConstantTimeCompare(got[:], g.digests[i][:])
	}
	return given && ok == 1
}

// bare reports whether the webhook lacks the token that it must bear where tokens are required. The first webhook of a call
// has none, nor has the disconnect of an inbound one: both go to the URLs of the application.
func (w *work) bare() bool {
	if w.verified || !w.engine.config.RequireToken {
		return false
	}
	switch w.delivery.Event.Type().Name {
	case "initiate", "answer":
		return false
	case "disconnect":
		return or(w.origin.Call.Direction, w.delivery.Event.Str(event.FieldDirection)) != "inbound"
	}
	return true
}
