package cmd

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

// post sends a webhook from another goroutine than the test's and returns the answer, or what went wrong.
func post(target string, webhook []byte) string {
	answer, err := http.Post(target, "application/json", bytes.NewReader(webhook))
	if err != nil {
		return err.Error()
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// pollStatus asks until the status is the one wanted.
func pollStatus(t *testing.T, target string, want int) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; {
		answer, err := http.Get(target)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode == want {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s answers %d, not %d", target, answer.StatusCode, want)
		}
	}
}

func TestConnectionsAreLimited(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := newLimitListener(inner, 1)
	first, second := dial(t, l), dial(t, l)
	defer first.Close()
	defer second.Close()
	accepted, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	next := make(chan error, 1)
	go func() {
		conn, err := l.Accept()
		if err == nil {
			err = conn.Close()
		}
		next <- err
	}()
	select {
	case err := <-next:
		t.Fatalf("a second connection was accepted beside the first: %v", err)
	default:
	}
	accepted.Close()
	accepted.Close() // a second time frees nothing
	if err := <-next; err != nil {
		t.Errorf("the second connection: %v", err)
	}
	if got := len(l.slots); got != 0 {
		t.Errorf("%d slots are taken after all connections were closed", got)
	}
	l.slots <- struct{}{} // full again
	go func() { _, err := l.Accept(); next <- err }()
	l.Close()
	if err := <-next; err == nil {
		t.Error("Accept goes on after Close")
	}
}

func dial(t *testing.T, l net.Listener) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return conn
}
