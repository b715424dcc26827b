package runtime

import (
	"testing"
	"time"
)

func TestWhatTheAnswerToAnEffectMeans(t *testing.T) {
	tests := []struct {
		status   int
		header   string
		attempts uint8
		over     bool
		pause    time.Duration
	}{
		{500, "", 1, false, time.Second},
		{502, "3", 1, false, time.Second}, // only 429 and 503 say when
		{500, "", 2, false, 4 * time.Second},
		{500, "", 3, true, 4 * time.Second},
		{503, "3", 1, false, 3 * time.Second},
		{503, "3", 2, false, 4 * time.Second},
		{429, "", 1, false, time.Second},
		{429, "9999999", 1, false, 4 * time.Second},
		{429, "-1", 1, false, time.Second},
		{429, "Fri, 20 Nov 2026 10:00:00 GMT", 1, false, time.Second},
		{400, "", 1, true, time.Second},
		{404, "", 2, true, 4 * time.Second},
	}
	for _, tt := range tests {
		err := rejected(map[string]any{"status": tt.status, "headers": map[string]any{"retry-after": tt.header}})
		end := judged(err)
		over, wait := end.over(tt.attempts), max(pause(tt.attempts), end.after)
		if err == nil || over != tt.over || wait != tt.pause {
			t.Errorf("%d %q, attempt %d: %v, over %t, pause %s; want %t, %s", tt.status, tt.header, tt.attempts, err, over, wait, tt.over, tt.pause)
		}
	}
	for _, status := range []int{200, 201, 204, 304} {
		if err := rejected(map[string]any{"status": status}); err != nil {
			t.Errorf("%d: %v", status, err)
		}
	}
}
