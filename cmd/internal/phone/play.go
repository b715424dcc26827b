package phone

import (
	"bufio"
	"context"
	"io"
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
		select {
		case line, ok := <-lines:
			return line, ok, nil
		case <-ctx.Done():
			return "", false, ctx.Err()
		}
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
