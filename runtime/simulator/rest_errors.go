package simulator

import (
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"
)

// voiceError is the body of every answer that is no success.
type voiceError struct {
	Type        string  `json:"type"`
	Description string  `json:"description"`
	ID          *string `json:"id"`
}

// The types of errors, as the errors page lists them.
const (
	typeValidation     = "validation"
	typeAuthentication = "authentication-error"
	typeAuthorization  = "authorization-error"
	typeLimit          = "error"
	typeInternal       = "internal-error"
	typeOverloaded     = "system-overloaded"
)

// The errors that come before an operation. The pages do not name 413.
var (
	errUnauthorized = &refusal{http.StatusUnauthorized, typeAuthentication, "Unauthorized"}
	errCredentials  = &refusal{http.StatusUnauthorized, typeAuthentication, "The credentials provided were invalid"}
	errBasic        = &refusal{http.StatusUnauthorized, typeAuthentication, "Invalid basic authentication token"}
	errBase64       = &refusal{http.StatusUnauthorized, typeAuthentication, "Failed to decode basic authentication token"}
	errForbidden    = &refusal{http.StatusForbidden, typeAuthorization, "Access is denied"}
	errUnknownPath  = &refusal{http.StatusNotFound, typeValidation, "Not Found"}
	errMethod       = &refusal{http.StatusMethodNotAllowed, typeValidation, "Method Not Allowed"}
	errTooLarge     = &refusal{http.StatusRequestEntityTooLarge, typeValidation, "Request Entity Too Large"}
	errMediaType    = &refusal{http.StatusUnsupportedMediaType, typeValidation, "Unsupported Media Type"}
	errBody         = &refusal{http.StatusBadRequest, typeValidation, "There is something wrong with the request"}
	errInternal     = &refusal{http.StatusInternalServerError, typeInternal, "An unknown internal error occurred"}
)

// faults are what a REST fault says, by status. Other statuses say what HTTP calls them.
var faults = map[int]*refusal{
	http.StatusBadRequest:           {0, typeValidation, "Bad Request"},
	http.StatusUnauthorized:         {0, typeAuthentication, "Unauthorized"},
	http.StatusForbidden:            {0, typeAuthorization, "Forbidden"},
	http.StatusTooManyRequests:      {0, typeLimit, creationLimit},
	http.StatusInternalServerError:  {0, typeInternal, "Internal Server Error"},
	http.StatusServiceUnavailable:   {0, typeOverloaded, "Handling too many requests"},
	http.StatusUnsupportedMediaType: errMediaType,
}

// faulty is the error of a REST fault.
func faulty(f *Fault, header http.Header) *refusal {
	status := f.Status
	if status < 200 || status > 599 {
		status = http.StatusInternalServerError
	}
	if f.RetryAfter > 0 {
		retryAfter(header, f.RetryAfter)
	}
	r := refusal{status, typeValidation, http.StatusText(status)}
	if status >= http.StatusInternalServerError {
		r.kind = typeInternal
	}
	if known := faults[status]; known != nil {
		r.kind, r.description = known.kind, known.description
	}
	if f.Description != "" {
		r.description = f.Description
	}
	return &r
}

// retryAfter says when to try again, in whole seconds and at least one.
func retryAfter(header http.Header, d time.Duration) {
	header.Set("Retry-After", strconv.Itoa(int(max(1, math.Ceil(d.Seconds())))))
}

// refused makes status and body of an error.
func (c *Carrier) refused(q *restRequest, err error) (int, any) {
	var r *refusal
	if !errors.As(err, &r) {
		r = errInternal
	}
	switch r.status {
	case http.StatusUnauthorized:
		q.header.Set("WWW-Authenticate", `Basic realm="Bandwidth Voice API"`)
	case http.StatusTooManyRequests:
		if q.header.Get("Retry-After") == "" {
			retryAfter(q.header, c.dialer.next(c))
		}
	case http.StatusNoContent:
		return r.status, nil
	}
	return r.status, voiceError{Type: r.kind, Description: r.description}
}
