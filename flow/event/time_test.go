package event_test

import (
	"testing"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

func TestTimeReadsWhatBandwidthSends(t *testing.T) {
	at := time.Date(2019, 7, 31, 13, 15, 35, 121e6, time.UTC)
	for body, want := range map[string]time.Time{
		`{"eventType":"x","eventTime":"2019-07-31T13:15:35.121Z"}`:      at,
		`{"eventType":"x","eventTime":"2019-07-31T13:15:35.121"}`:       at,
		`{"eventType":"x","eventTime":"2019-07-31T15:15:35.121+02:00"}`: at,
		`{"eventType":"x","eventTime":"2019-07-31T15:15:35.121+0200"}`:  at,
		`{"event":"endpointConnected","timestamp":1564578935121}`:       at,
		`{"eventType":"x","eventTime":"yesterday"}`:                     {},
		`{"eventType":"x"}`: {},
	} {
		got, ok := decode(t, body).Time()
		if !got.Equal(want) || ok == want.IsZero() {
			t.Errorf("%s: %v, %t", body, got, ok)
		}
	}
}

func TestDurations(t *testing.T) {
	for written, want := range map[event.ISODuration]time.Duration{
		"PT13.67S":        13670 * time.Millisecond,
		"PT0S":            0,
		"PT1H2M3S":        time.Hour + 2*time.Minute + 3*time.Second,
		"P1DT1M":          24*time.Hour + time.Minute,
		"P2W":             14 * 24 * time.Hour,
		"PT4.9891287S":    4989128700,
		"PT0.0000000019S": 1,
	} {
		if got, ok := written.Duration(); !ok || got != want {
			t.Errorf("%s = %v, %t, want %v", written, got, ok, want)
		}
	}
	for _, written := range []event.ISODuration{"", "P", "PT", "13.67", "PT1", "PTS", "PT1S2M", "P1Y", "P1M", "-PT1S", "PT-1S", "PT1.S",
		"PT1e3S", "P99999999999D", "P4000000000W", "PT1SS", "pt1s", "PT.5S", "P106751DT99H"} {
		if got, ok := written.Duration(); ok {
			t.Errorf("%s = %v, want a refusal", written, got)
		}
	}
	for d, want := range map[time.Duration]event.ISODuration{
		13670 * time.Millisecond: "PT13.67S", 0: "PT0S", -time.Second: "PT0S", 90 * time.Minute: "PT5400S",
	} {
		if got := event.DurationOf(d); got != want {
			t.Errorf("DurationOf(%v) = %s, want %s", d, got, want)
		}
	}
}
