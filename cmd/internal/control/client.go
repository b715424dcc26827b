package control

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/bxmlflow/bxmlflow/cmd/internal/feed"
	"github.com/bxmlflow/bxmlflow/cmd/internal/phone"
)

// Client is a carrier in another process. It is safe for concurrent use.
type Client struct {
	base string
	http http.Client
}

var _ phone.Carrier = (*Client)(nil)

// patience bounds one request; following the feed has no bound.
const patience = 10 * time.Second

// maxLine bounds an event of the feed, which holds a document at most.
const maxLine = 1 << 20

// Dial returns the carrier at an address, such as http://127.0.0.1:8082. It sends nothing.
func Dial(address string) (*Client, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%q is no address of a carrier: it is http://host:port", address)
	}
	return &Client{base: u.Scheme + "://" + u.Host}, nil
}

// Directory returns the numbers of the carrier, and where its feed stands.
func (c *Client) Directory(ctx context.Context) (Directory, error) {
	var d Directory
	err := c.do(ctx, http.MethodGet, "numbers", nil, &d)
	return d, err
}

// Place is for phone.Carrier.
func (c *Client) Place(ctx context.Context, from, to string) (string, error) {
	var p placed
	err := c.do(ctx, http.MethodPost, "calls", request{From: from, To: to}, &p)
	return p.ID, err
}

// Start lets a flow of the carrier's process call a number.
func (c *Client) Start(ctx context.Context, flow, to string, vars map[string]any) error {
	return c.do(ctx, http.MethodPost, "flows/"+url.PathEscape(flow)+"/calls", request{To: to, Vars: vars}, nil)
}

// Signal sends a signal to a call, and reports whether its flow handled it.
func (c *Client) Signal(ctx context.Context, call, name string, with map[string]any) (bool, error) {
	var d delivered
	err := c.do(ctx, http.MethodPost, "calls/"+url.PathEscape(call)+"/signals/"+url.PathEscape(name), request{With: with}, &d)
	return d.Handled, err
}

// Clock is for phone.Carrier.
func (c *Client) Clock(ctx context.Context) (now, next time.Time, err error) {
	var h hours
	err = c.do(ctx, http.MethodGet, "clock", nil, &h)
	return h.Now, h.Next, err
}

// Act is for phone.Carrier.
func (c *Client) Act(ctx context.Context, call string, do phone.Do, text string) error {
	return c.do(ctx, http.MethodPost, "calls/"+url.PathEscape(call)+"/"+string(do), request{Text: text}, nil)
}

// Skip is for phone.Carrier.
func (c *Client) Skip(ctx context.Context, d time.Duration) error {
	return c.do(ctx, http.MethodPost, "skip", request{Duration: d.String()}, nil)
}

// do sends a request and reads the answer into a value.
func (c *Client) do(ctx context.Context, method, path string, send, into any) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	body, err := json.Marshal(send)
	if err != nil {
		return err
	}
	res, err := c.send(ctx, method, path, body)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(io.LimitReader(res.Body, maxLine))
	switch {
	case err != nil:
		return fmt.Errorf("carrier: %w", err)
	case res.StatusCode/100 != 2:
		var no refusal
		if json.Unmarshal(data, &no) == nil && no.Error != "" {
			return errors.New(no.Error)
		}
		return fmt.Errorf("carrier: %s %s%s is answered %s: is it a carrier of bxmlflow?", method, c.base, Path+path, res.Status)
	case into == nil:
		return nil
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("carrier: %w", err)
	}
	return nil
}

func (c *Client) send(ctx context.Context, method, path string, body []byte) (*http.Response, error) {
	q, err := http.NewRequestWithContext(ctx, method, c.base+Path+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	q.Header.Set("Content-Type", "application/json")
	res, err := c.http.Do(q)
	if err != nil {
		return nil, fmt.Errorf("carrier: %w", err)
	}
	return res, nil
}

// ErrEnded says that the carrier told nothing more.
var ErrEnded = errors.New("the carrier has ended")

// Follow hands the events of the carrier, from a number on, to a feed until ctx or the carrier ends, which is the error that it returns.
func (c *Client) Follow(ctx context.Context, from int, f *feed.Feed) error {
	res, err := c.send(ctx, http.MethodGet, fmt.Sprintf("events?from=%d", from), nil)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("carrier: the feed is answered %s", res.Status)
	}
	scanner := bufio.NewScanner(res.Body)
	scanner.Buffer(nil, maxLine)
	for scanner.Scan() {
		data, ok := strings.CutPrefix(scanner.Text(), "data: ")
		if !ok {
			continue
		}
		e, err := feed.Decode([]byte(data))
		if err != nil {
			return fmt.Errorf("carrier: feed: %w", err)
		}
		f.Publish(e)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return ErrEnded
}
