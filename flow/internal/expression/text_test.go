package expression

import (
	"encoding/json"
	"testing"
	"time"
)

func TestText(t *testing.T) {
	tests := []struct {
		name string
		v    any
		want string
	}{
		{"nil is nothing", nil, ""},
		{"a text is itself", "a<b", "a<b"},
		{"true", true, "true"},
		{"a whole number", -12, "-12"},
		{"a float without a fraction", 3.0, "3"},
		{"a float", 0.1, "0.1"},
		{"a large float has no exponent", 1e21, "1000000000000000000000"},
		{"a small float has no exponent", 1e-7, "0.0000001"},
		{"minus zero", 1 / negativeInfinity(), "0"},
		{"whole seconds", 90 * time.Second, "90"},
		{"parts of a second", 2500 * time.Millisecond, "2.5"},
		{"zeros after the point", 1*time.Second + 5*time.Millisecond, "1.005"},
		{"a nanosecond", time.Nanosecond, "0.000000001"},
		{"a negative duration", -1500 * time.Millisecond, "-1.5"},
		{"the longest duration", time.Duration(1<<63 - 1), "9223372036.854775807"},
		{"the most negative duration", time.Duration(-1 << 63), "-9223372036.854775808"},
		{"a time in UTC", time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("x", 3600)), "2026-01-02T02:04:05Z"},
		{"a list", []any{"a\"\n\x01é", 1, nil, true, 2.5, 2 * time.Second}, `["a\"\n\u0001é",1,null,true,2.5,2]`},
		{"a map in the order of its keys", map[string]any{"b": []any{}, "a": map[string]any{}}, `{"a":{},"b":[]}`},
		{"an empty list", []any(nil), `[]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Text(tt.v); got != tt.want {
				t.Errorf("text = %s, want %s", got, tt.want)
			}
			switch tt.v.(type) {
			case []any, map[string]any:
				if !json.Valid([]byte(tt.want)) {
					t.Error("not JSON")
				}
			}
		})
	}
}

func negativeInfinity() float64 {
	x := -1e308
	return x * 10
}

func TestParseDuration(t *testing.T) {
	good := map[string]time.Duration{
		"20s": 20 * time.Second, "1m30s": 90 * time.Second, "500ms": 500 * time.Millisecond, "0": 0, "PT2S": 2 * time.Second,
		"PT1M30.5S": 90500 * time.Millisecond, "P1DT2H": 26 * time.Hour, "P1W": 7 * 24 * time.Hour, "PT0S": 0, "-PT2S": -2 * time.Second,
		"PT0.001S": time.Millisecond,
	}
	for text, want := range good {
		if got, err := ParseDuration(text); err != nil || got != want {
			t.Errorf("ParseDuration(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "2", "2x", "P", "PT", "P1DT", "P1Y", "P1M", "PT1S1M", "PT1S1S", "PT1", "PTS", "PT-1S", "P1S", "PT1.2.3S", "PT99999999999999S", "P99999999999D", "-", "-P"} {
		if got, err := ParseDuration(text); err == nil {
			t.Errorf("ParseDuration(%q) = %v, want an error", text, got)
		}
	}
}

func TestWithin(t *testing.T) {
	tests := []struct {
		name, hours, at string
		want            bool
	}{
		{"inside", "Mon-Fri 09:00-17:00", "2026-11-20T12:00:00Z", true},
		{"at the beginning", "Mon-Fri 09:00-17:00", "2026-11-20T09:00:00Z", true},
		{"the end is outside", "Mon-Fri 09:00-17:00", "2026-11-20T17:00:00Z", false},
		{"the last second", "Mon-Fri 09:00-17:00", "2026-11-20T16:59:59Z", true},
		{"another day", "Mon-Fri 09:00-17:00", "2026-11-21T12:00:00Z", false},
		{"a second part", "Mon-Fri 09:00-17:00, Sat 10:00-14:00", "2026-11-21T12:00:00Z", true},
		{"days between commas", "Mon, Wed, Fri 9:00-12:00", "2026-11-18T10:00:00Z", true},
		{"a day that is not among them", "Mon, Wed, Fri 9:00-12:00", "2026-11-19T10:00:00Z", false},
		{"more hours of the same days", "Fri 09:00-12:00, 13:00-17:00", "2026-11-20T14:00:00Z", true},
		{"the break between them", "Fri 09:00-12:00, 13:00-17:00", "2026-11-20T12:30:00Z", false},
		{"over the week end", "Sat-Mon 00:00-24:00", "2026-11-22T23:59:00Z", true},
		{"after midnight", "Fri 22:00-06:00", "2026-11-21T05:00:00Z", true},
		{"after midnight of another day", "Fri 22:00-06:00", "2026-11-20T05:00:00Z", false},
		{"every day", "09:00-17:00", "2026-11-22T09:30:00Z", true},
		{"all day", "Sunday", "2026-11-22T00:00:00Z", true},
		{"hours and then a whole day", "Mon 9:00-10:00, sun", "2026-11-22T23:00:00Z", true},
		{"small letters", "fri 09:00-17:00", "2026-11-20T12:00:00Z", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := parseSchedule(tt.hours)
			if err != nil {
				t.Fatal(err)
			}
			at, err := time.Parse(time.RFC3339, tt.at)
			if err != nil {
				t.Fatal(err)
			}
			if got := s.contains(at); got != tt.want {
				t.Errorf("within %q at %s = %v", tt.hours, tt.at, got)
			}
		})
	}
	for _, bad := range []string{"", ",", "Mon-", "Mon 9-17", "Mon 09:00", "Mon 25:00-26:00", "Mon 09:00-09:00", "Mon 24:00-06:00", "Mon 9:0-10:00", "Mon 09:60-10:00", "Mon 09:00-17:00,", "Mo 09:00-17:00", "Mon 09:00 17:00", "Mon 09:00 - 17:00"} {
		if _, err := parseSchedule(bad); err == nil {
			t.Errorf("schedule %q is accepted", bad)
		}
	}
}

func TestE164(t *testing.T) {
	for in, want := range map[string]string{
		"5551234567": "+15551234567", "(555) 123-4567": "+15551234567", "555.123.4567": "+15551234567", "1 555 123 4567": "+15551234567",
		"+15551234567": "+15551234567", " +1 (555) 123-4567 ": "+15551234567", "+44 20 7946 0958": "+442079460958", "011442079460958": "+442079460958",
		"": "", "Anonymous": "", "sip:bob@example.com": "", "911": "", "123456": "", "0123456789": "", "1551234567": "", "+0123456789": "", "+1555": "",
		"+1234567890123456": "", "5551234567x12": "", "++15551234567": "", "+": "", "５５５１２３４５６７": "", "25551234567": "",
	} {
		if got, err := e164(in); err != nil || got != want {
			t.Errorf("e164(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
}

func TestChooseIsStableAndFollowsTheWeights(t *testing.T) {
	counts := map[any]int{}
	const calls = 20000
	for i := range calls {
		got, err := choose("+1555"+Text(1000000+i), map[string]any{"a": 70, "b": 20.0, "c": 10, "never": 0})
		if err != nil {
			t.Fatal(err)
		}
		counts[got]++
	}
	for key, percent := range map[string]int{"a": 70, "b": 20, "c": 10, "never": 0} {
		if got := counts[key] * 100 / calls; got < percent-1 || got > percent+1 {
			t.Errorf("%s was chosen in %d%% of the calls, want about %d%%", key, got, percent)
		}
	}
	// Fixed for ever: calls in flight and replays rely on it.
	for seed, want := range map[string]int{"": 2, "c-1": 2, "c-2": 0, "+15551112222": 1} {
		if got, err := choose(seed, []any{1, 1, 1}); err != nil || got != want {
			t.Errorf("choose(%q) = %v, %v; want %d", seed, got, err, want)
		}
	}
}
