package bandwidth

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// maxDescription bounds what an error repeats of an answer, in bytes.
const maxDescription = 512

// typeOverloaded is the type of a 503 of Bandwidth's own, by which it says that it did not take the request.
const typeOverloaded = "system-overloaded"

// Error is why an operation failed. Errors of the operations are *Error; use errors.As.
type Error struct {
	// Status is the status of the answer; 0 when there was none. It is a 2xx when the answer could not be read.
	Status int
	// Type, Description and ID are what the answer said, as on Bandwidth's page on voice errors: "validation",
	// "Call [c-...] not found". Type is "validation" too for a request that was refused here.
	Type, Description, ID string
	// RetryAfter is how long Bandwidth asked to wait; 0 when it did not.
	RetryAfter time.Duration
	// Operation is the operation, by Bandwidth's name: "createCall".
	Operation string

	cause      error
	unsent     bool // nothing of the request reached Bandwidth, in any attempt
	ambiguous  bool // the request may have been carried out, in any attempt
	temporary  bool // trying later is of use
	repeatable bool // doing it twice is doing it once
}

// Error begins with the operation.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Operation)
	switch {
	case e.Status != 0:
		fmt.Fprintf(&b, ": %d", e.Status)
	case e.ambiguous:
		b.WriteString(": sent without an answer")
	case e.Type == "":
		b.WriteString(": not sent")
	}
	if e.Status != 0 {
		for _, part := range []string{e.Type, e.Description} {
			if part != "" {
				b.WriteString(": " + part)
			}
		}
	}
	if e.cause != nil {
		fmt.Fprintf(&b, ": %v", e.cause)
	}
	return b.String()
}

// Unwrap returns the cause, such as an *InvalidError, context.Canceled or a *net.OpError. It is nil for what Bandwidth
// answered.
func (e *Error) Unwrap() error { return e.cause }

// NotFound reports whether the id is not known: never, not yet (a new call may take a moment), or no longer.
func (e *Error) NotFound() bool { return e.Status == http.StatusNotFound }

// Conflict reports whether the call cannot be changed in its state: it is not answered yet, or it ended.
func (e *Error) Conflict() bool { return e.Status == http.StatusConflict }

// NotSent reports whether nothing of the request reached Bandwidth: it is invalid, no connection could be made, no token was
// to be had, or the context ended before. It is reported only where that is certain.
func (e *Error) NotSent() bool { return e.unsent }

// Ambiguous reports whether the request may have been carried out although there is no usable answer: it was sent and no
// answer could be read, or the answer was a 5xx that does not say that the request was turned away.
func (e *Error) Ambiguous() bool { return e.ambiguous }

// Temporary reports whether the same request may succeed later: after 429, a 5xx, or a failure of the network.
func (e *Error) Temporary() bool {
	var token *Error // why there was none
	return e.temporary || errors.As(e.cause, &token) && token.Temporary()
}

// Retryable reports whether the same request may succeed later and does no harm then: it was not carried out, or doing it
// twice is doing it once.
func (e *Error) Retryable() bool { return e.Temporary() && (!e.ambiguous || e.repeatable) }

// failure is the body of an answer that is none: of the voice API, of the API of endpoints (errors), or of the token
// endpoint (error).
type failure struct {
	Type        string
	Description string
	ID          string
	Errors      []struct{ ID, Type, Description string }
	Code        string `json:"error"`
	Explanation string `json:"error_description"`
}

// answered makes an error of an answer that is no 2xx. A body that is no JSON, such as a proxy's page, says nothing.
func answered(r *request, status int, body []byte) *Error {
	var f failure
	if bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")) {
		_ = json.Unmarshal(body, &f) // a member of another type leaves the others readable
	}
	if len(f.Errors) > 0 {
		f.ID, f.Type, f.Description = f.Errors[0].ID, f.Errors[0].Type, f.Errors[0].Description
	}
	e := &Error{Operation: r.operation, Status: status, repeatable: r.repeatable, ID: plain(f.ID)}
	e.Type = plain(or(f.Type, f.Code))
	e.Description = plain(or(or(f.Description, f.Explanation), http.StatusText(status)))
	e.ambiguous = status >= http.StatusInternalServerError && e.Type != typeOverloaded
	e.temporary = status == http.StatusTooManyRequests || status >= http.StatusInternalServerError
	return e
}

// plain makes text of an answer fit for one line of a log.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return ' '
		}
		return r
	}, s)
	if len(s) <= maxDescription {
		return s
	}
	cut := maxDescription
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "..."
}
