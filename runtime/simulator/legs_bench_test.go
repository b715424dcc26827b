package simulator

import (
	"context"
	"io"
	"net/http"
	"testing"
	"time"
)

// BenchmarkHourOfTwoLegs plays an hour of a Transfer, which is recorded. It reports how many webhooks that are.
func BenchmarkHourOfTwoLegs(b *testing.B) {
	answers := map[string]string{
		"/initiate": `<Response><StartRecording recordingAvailableUrl="/file"/>` + transferTo(phoneNumber(first)) + `</Response>`,
		"/answered": `<Response/>`, "/over": `<Response><Hangup/></Response>`,
	}
	webhooks := 0
	cfg := Config{Start: began, Transport: Direct(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		webhooks++
		_, _ = io.WriteString(rw, answers[r.URL.Path])
	})), Numbers: map[string]Application{desk: {ID: appID, URL: "https://app.example/initiate", StatusURL: "https://app.example/disconnect"}}}
	c, err := New(cfg)
	if err != nil {
		b.Fatal(err)
	}
	c.SetPhone(first, Phone{RingAfter: second, Answers: true, AnswerAfter: 5 * second, HangUpAfter: time.Hour})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Place(Inbound{From: caller, To: desk}); err != nil {
			b.Fatal(err)
		}
		if err := c.Advance(context.Background(), time.Hour+minute); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(webhooks)/float64(b.N), "webhooks/op")
}
