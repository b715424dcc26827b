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

// over reports whether an effect that failed is not tried again.
func over(attempts uint8, failed error) bool {
	var r *rejection
	return attempts >= effectAttempts || errors.As(failed, &r) && r.final()
}

// maxPause is the longest wait between two attempts.
const maxPause = 4 * time.Second

// pause returns how long to wait after an attempt: 1 s, then 4 s, or what the service asks for.
func pause(attempts uint8, failed error) time.Duration {
	wait := min(time.Second<<(2*(attempts-1)), maxPause)
	var r *rejection
	if errors.As(failed, &r) {
		wait = max(wait, r.after)
	}
	return wait
}

// tellGivenUp logs an effect that is not tried again: a warning when the service did not want it, an error when it could not
// be done.
func (w *work) tellGivenUp(key string, effect *Effect, failed error) {
	var r *rejection
	switch {
	case failed == nil || !over(effect.Attempts+1, failed):
	case errors.As(failed, &r) && r.final():
		w.engine.config.Logger.Warn("effect given up: the service refuses it", "call", clip(key), "action", effect.Request.Name, "error", failed.Error())
	default:
		w.engine.logError("effect given up", failed, "call", key, "action", effect.Request.Name)
	}
}
