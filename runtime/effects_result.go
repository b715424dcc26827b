package runtime

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// rejection is the failure of an HTTP effect that was answered, but not with success.
type rejection struct {
	status int
	after  time.Duration // before which not to ask again, 0 when nothing was said
}

func (r *rejection) Error() string { return fmt.Sprintf("answered with status %d", r.status) }

// final reports whether asking again would bring the same: the service says that the request is wrong.
func (r *rejection) final() bool {
	return r.status < http.StatusInternalServerError && r.status != http.StatusTooManyRequests
}

// rejected returns the failure that the answer to an HTTP effect tells of, nil when it was taken.
func rejected(answer map[string]any) error {
	status, _ := answer["status"].(int)
	if status < http.StatusBadRequest {
		return nil
	}
	r := &rejection{status: status}
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		headers, _ := answer["headers"].(map[string]any)
		text, _ := headers["retry-after"].(string)
		if seconds, err := strconv.Atoi(text); err == nil && seconds > 0 { // a date is not looked at
			r.after = time.Duration(min(seconds, int(maxPause/time.Second))) * time.Second
		}
	}
	return r
}

// judged returns how an attempt ended at something that was asked of a service.
func judged(failed error) ending {
	end := ending{failed: failed}
	var r *rejection
	if errors.As(failed, &r) {
		end.final, end.after = r.final(), r.after
	}
	return end
}

// maxPause is the longest wait between two attempts, unless the other side asks for more.
const maxPause = 4 * time.Second

// pause returns how long to wait after so many attempts: 1 s, then 4 s.
func pause(attempts uint8) time.Duration {
	if attempts > 1 {
		return maxPause
	}
	return time.Second
}

// tellFailed counts and logs an effect that is not tried again: a warning when the other side did not want it, an error when it
// could not be done.
func (w *work) tellFailed(key string, effect *Effect, end *ending) {
	attempts := effect.Attempts
	if !end.counted {
		attempts++
	}
	if !end.over(attempts) {
		return
	}
	e := w.engine
	e.counts.givenUp.Add(1)
	action := or(effect.Request.Name, effect.Request.Operation)
	if end.final {
		e.config.Logger.Warn("effect given up: the service refuses it", "call", clip(key), "action", action, "error", end.failed.Error())
		return
	}
	e.logError("effect given up", end.failed, "call", key, "action", action)
}
