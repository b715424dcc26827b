package simulator

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestRunInRealTime(t *testing.T) {
	answers := map[string]string{"/initiate": `<Gather gatherUrl="/g" maxDigits="1"/>`, "/g": `<Pause duration="3600"/><Pause duration="10"/>`}
	inRealTime(t, answers, nil, func(w *live, id string) {
		w.check(w.Press(id, "1"))
		synctest.Wait()
		w.Skip(time.Hour)
		w.pass(8 * time.Second)
		w.want("initiate; gather")
		w.pass(2 * time.Second)
		w.want("initiate; gather; disconnect")
	})
}

func TestRunOverHTTP(t *testing.T) {
	ended := make(chan struct{})
	var once sync.Once
	w := newWorld(t, map[string]string{"/initiate": `<Hangup/>`})
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.serve(rw, r)
		if r.URL.Path == "/disconnect" {
			once.Do(func() { close(ended) })
		}
	}))
	defer server.Close()
	c, err := New(Config{Numbers: map[string]Application{desk: {URL: server.URL + "/initiate", StatusURL: server.URL + "/disconnect"}}})
	if err != nil {
		t.Fatal(err)
	}
	w.Carrier = c
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	if _, err := c.Place(Inbound{From: caller, To: desk}); err != nil {
		t.Fatal(err)
	}
	<-ended
	cancel()
	<-done
	w.want("initiate; disconnect hangup")
}

func TestAnUnreachableApplication(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil, func(cfg *Config) { cfg.Transport = refuse{} })
		id := w.call()
		if call, _ := w.Call(id); call.Cause != "callback-error" {
			t.Errorf("cause %q", call.Cause)
		}
	})
}

type refuse struct{}

func (refuse) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("connection refused")
}

func BenchmarkHourOfTwoCalls(b *testing.B) {
	app := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		_, _ = rw.Write([]byte(`<Response><Gather gatherUrl="/g" firstDigitTimeout="5"><SpeakSentence>please choose one of two</SpeakSentence></Gather></Response>`))
	})
	for b.Loop() {
		c, err := New(Config{Start: began, Transport: Direct(app), Numbers: map[string]Application{desk: {URL: "https://app.example/"}}})
		if err != nil {
			b.Fatal(err)
		}
		for range 2 {
			if _, err := c.Place(Inbound{From: caller, To: desk}); err != nil {
				b.Fatal(err)
			}
		}
		if err := c.Advance(b.Context(), time.Hour); err != nil {
			b.Fatal(err)
		}
	}
}
