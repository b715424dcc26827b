package bandwidth

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Bounds of the time between two attempts.
const (
	firstBackoff  = 200 * time.Millisecond
	maxBackoff    = 5 * time.Second
	maxRetryAfter = 30 * time.Second
)

// repeat makes attempts until one succeeds, or another would be of no use or do harm.
func (w *wire) repeat(ctx context.Context, r *request, attempt func(context.Context) *Error) error {
	ambiguous := false
	for made := 1; ; made++ {
		e := attempt(ctx)
		if e == nil {
			return nil
		}
		if ambiguous && r.method == http.MethodDelete && e.NotFound() {
			return nil // an earlier attempt deleted it, and only its answer was lost
		}
		if ambiguous {
			e.ambiguous, e.unsent = true, false
		}
		ambiguous = e.ambiguous
		if made >= w.attempts || !again(e) || ctx.Err() != nil || e.RetryAfter > maxRetryAfter {
			return e
		}
		if err := w.sleep(ctx, w.pause(made, e.RetryAfter)); err != nil {
			return e.interrupted(err)
		}
	}
}

// interrupted adds why there was no further attempt.
func (e *Error) interrupted(err error) *Error {
	if e.cause == nil {
		e.cause = fmt.Errorf("wait for another attempt: %w", err)
	} else {
		e.cause = fmt.Errorf("%w; wait for another attempt: %w", e.cause, err)
	}
	return e
}

// again reports whether a request is to be repeated: never when it may have been carried out and twice is more than once.
func again(e *Error) bool {
	if e.Status == http.StatusTooManyRequests || e.unsent {
		return e.temporary
	}
	return e.temporary && e.repeatable
}

// pause is the time before the next attempt: what Bandwidth asked for, or else anything from nothing to a bound that
// doubles, so that those who were refused together do not come back together.
func (w *wire) pause(made int, asked time.Duration) time.Duration {
	if asked > 0 {
		return asked
	}
	bound := maxBackoff
	if shift := made - 1; shift < 8 {
		bound = min(firstBackoff<<shift, maxBackoff)
	}
	return w.jitter(bound)
}

func jitter(most time.Duration) time.Duration {
	return time.Duration(rand.Int64N(int64(most) + 1))
}

// retryAfter reads a Retry-After header, which has seconds or a date. It is 0 when there is none or nothing can be made of it.
func retryAfter(header string, now time.Time) time.Duration {
	header = strings.TrimSpace(header)
	if seconds, err := strconv.ParseFloat(header, 64); err == nil {
		if !(seconds > 0) {
			return 0
		}
		return time.Duration(min(seconds, maxLifetime.Seconds()) * float64(time.Second))
	}
	date, err := http.ParseTime(header)
	if err != nil {
		return 0
	}
	return max(0, min(date.Sub(now), maxLifetime))
}
