package bandwidth

import (
	"context"
	"encoding/json"
	"errors"
)

// Statistics is the queue of outbound calls.
type Statistics struct {
	CurrentCallQueueSize int64 `json:"currentCallQueueSize"`
	MaxCallQueueSize     int64 `json:"maxCallQueueSize"` // five minutes of the calls per second of the account
}

// UnmarshalJSON takes numbers and strings of digits: Bandwidth's schema has the former, its guide the latter.
func (s *Statistics) UnmarshalJSON(data []byte) error {
	var read struct{ CurrentCallQueueSize, MaxCallQueueSize json.Number }
	if err := json.Unmarshal(data, &read); err != nil {
		return err
	}
	var errs [2]error
	s.CurrentCallQueueSize, errs[0] = or(read.CurrentCallQueueSize, "0").Int64()
	s.MaxCallQueueSize, errs[1] = or(read.MaxCallQueueSize, "0").Int64()
	return errors.Join(errs[:]...)
}

// Statistics returns the size of the queue of outbound calls.
func (c *Client) Statistics(ctx context.Context) (*Statistics, error) {
	return one[Statistics](ctx, c, c.get("getStatistics", "statistics"))
}
