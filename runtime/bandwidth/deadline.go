package bandwidth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// timeoutError is a Bandwidth that took too long.
type timeoutError struct{ after time.Duration }

func (e *timeoutError) Error() string { return fmt.Sprintf("no answer within %s", e.after) }

// Timeout is true, as of every error of a time that ran out.
func (e *timeoutError) Timeout() bool { return true }

// Is makes it a context.DeadlineExceeded.
func (e *timeoutError) Is(target error) bool { return target == context.DeadlineExceeded }

// deadline ends a context after a time, unless it is paused before. A context of the standard library cannot be paused, which
// media needs: an hour of audio may take as long as it comes at all.
type deadline struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	timer  *time.Timer
	after  time.Duration
}

func newDeadline(ctx context.Context, after time.Duration) *deadline {
	d := &deadline{after: after}
	d.ctx, d.cancel = context.WithCancelCause(ctx)
	d.timer = time.AfterFunc(after, func() { d.cancel(&timeoutError{after}) })
	return d
}

func (d *deadline) pause() { d.timer.Stop() }

func (d *deadline) resume() { d.timer.Reset(d.after) }

func (d *deadline) release() {
	d.timer.Stop()
	d.cancel(nil)
}

// explain returns the reason why the context ended in the place of an error that came of it.
func (d *deadline) explain(err error) error {
	ended := d.ctx.Err()
	if err == nil || err == io.EOF || ended == nil {
		return err
	}
	cause := context.Cause(d.ctx)
	var timeout *timeoutError
	if errors.As(cause, &timeout) || cause == ended {
		return cause
	}
	return fmt.Errorf("%w: %w", ended, cause) // the caller's context had a cause of its own
}

// stream is a body that is read by the caller. Every read has the whole timeout.
type stream struct {
	body  io.ReadCloser
	limit *deadline
}

func (s *stream) Read(p []byte) (int, error) {
	s.limit.resume()
	n, err := s.body.Read(p)
	s.limit.pause()
	return n, s.limit.explain(err)
}

func (s *stream) Close() error {
	err := s.body.Close()
	s.limit.release()
	return err
}
