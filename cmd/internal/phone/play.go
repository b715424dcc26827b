package phone

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Play reads lines to the end of the input, or to quit, and does what they say. In live time it writes what happens meanwhile.
func (s *Session) Play(ctx context.Context, in io.Reader) (quit bool, err error) {
	lines := make(chan string)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		defer close(lines)
		scanner := bufio.NewScanner(in)
		for scanner.Scan() {
			select {
			case lines <- scanner.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	for {
		line, ok, err := s.read(ctx, lines)
		if err != nil || !ok {
			return false, err
		}
		quit, err := s.Line(ctx, line)
		if quit || err != nil {
			return quit, err
		}
	}
}

// Stay writes what happens until ctx ends or the feed is closed.
func (s *Session) Stay(ctx context.Context) error {
	_, _, err := s.read(ctx, nil)
	return err
}

// read returns the next line. Meanwhile it writes what happens.
func (s *Session) read(ctx context.Context, lines <-chan string) (string, bool, error) {
	if _, live := s.Time.(Live); !live {
		line, ok := <-lines
		return line, ok, nil
	}
	changed := make(chan error, 1)
	wait, cancel := context.WithCancel(ctx)
	defer cancel()
	for {
		s.Look()
		go func(seen int) {
			_, _, err := s.Feed.Next(wait, seen)
			changed <- err
		}(s.seen)
		select {
		case line, ok := <-lines:
			return line, ok, nil
		case err := <-changed:
			if err != nil {
				return "", false, err
			}
		}
	}
}

// signal sends a signal to the flow of a call.
func (s *Session) signal(ctx context.Context, c command) error {
	l := s.own(c.leg)
	switch {
	case s.Signal == nil:
		return errors.New("no flow runs here")
	case l == nil:
		return errors.New("there is no call")
	}
	parts := strings.Fields(c.text)
	with := map[string]any{}
	for _, p := range parts[1:] {
		name, value, ok := strings.Cut(p, "=")
		if !ok || name == "" {
			return fmt.Errorf("%q is no NAME=VALUE", p)
		}
		with[name] = given(value)
	}
	handled, err := s.Signal(ctx, l.ID, parts[0], with)
	if settled := s.Settle(ctx); settled != nil {
		return settled
	}
	if err == nil && !handled {
		err = fmt.Errorf("nobody handles the signal %q now", parts[0])
	}
	return err
}

// given reads a value as JSON would have it where that is a number, true, false or a text in quotes; all else is a text, such as
// +15551112222.
func given(text string) any {
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return text
	}
	switch v.(type) {
	case float64, bool, string:
		return v
	}
	return text
}
