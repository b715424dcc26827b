package fetch

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// service is a server on loopback that counts its connections.
type service struct {
	*httptest.Server
	connections atomic.Int64
	port        string
}

func serve(t *testing.T, handler http.HandlerFunc) *service {
	t.Helper()
	s := &service{Server: httptest.NewUnstartedServer(handler)}
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			s.connections.Add(1)
		}
	}
	s.Start()
	t.Cleanup(s.Close)
	_, s.port, _ = net.SplitHostPort(s.Listener.Addr().String())
	return s
}

func client(t *testing.T, hosts ...Host) *Client {
	t.Helper()
	c, err := New(hosts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// local returns a service and a client that may ask it.
func local(t *testing.T, handler http.HandlerFunc) (*service, *Client) {
	t.Helper()
	s := serve(t, handler)
	return s, client(t, Host{Name: "127.0.0.1:" + s.port, Private: true})
}

func TestAnswers(t *testing.T) {
	tests := []struct {
		sentence, contentType, body string
		status                      int
		want                        any
	}{
		{"an object", "application/json", `{"a":1,"b":[1.5,true,null,"x"],"c":{}}`, 200,
			map[string]any{"a": 1, "b": []any{1.5, true, nil, "x"}, "c": map[string]any{}}},
		{"JSON with a character set", "Application/JSON; charset=utf-8", `[1]`, 200, []any{1}},
		{"a type that ends in json", "application/problem+json", `{"t":"x"}`, 422, map[string]any{"t": "x"}},
		{"a number", "application/json", ` 12345678901234567 `, 200, 12345678901234567},
		{"a number that is not whole", "application/json", `1e3`, 200, 1000.0},
		{"a number beyond all bounds is text", "application/json", `1e999`, 200, "1e999"},
		{"null", "application/json", `null`, 200, nil},
		{"text", "text/plain", `{"a":1}`, 200, `{"a":1}`},
		{"no type", "", `{"a":1}`, 200, `{"a":1}`},
		{"a type that is none", "application/json;;;", `{"a":1}`, 200, `{"a":1}`},
		{"JSON that is cut is text", "application/json", `{"a":`, 200, `{"a":`},
		{"two values are text", "application/json", `{} {}`, 200, `{} {}`},
		{"nothing", "application/json", ``, 200, ``},
		{"bytes that are no UTF-8", "text/plain", "a\xffb", 200, "a\uFFFDb"},
		{"a refusal is an answer", "text/plain", "no", 404, "no"},
		{"a fault is an answer", "text/plain", "oops", 500, "oops"},
		{"the deepest nesting", "application/json", nest(maxDepth - 1), 200, deep(maxDepth - 1)},
		{"deeper nesting is text", "application/json", nest(maxDepth + 1), 200, nest(maxDepth + 1)},
		{"a depth bomb is text", "application/json", nest(100_000), 200, nest(100_000)},
	}
	for _, test := range tests {
		t.Run(test.sentence, func(t *testing.T) {
			s, c := local(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header()["Content-Type"] = []string{test.contentType}
				w.Header().Add("X-Two", "1")
				w.Header().Add("X-Two", "2")
				w.WriteHeader(test.status)
				_, _ = io.WriteString(w, test.body)
			})
			got, err := c.Do(t.Context(), &Request{URL: s.URL})
			if err != nil {
				t.Fatal(err)
			}
			// Not cmp.Diff: its time doubles with every level of nesting.
			if !reflect.DeepEqual(got.Body, test.want) || got.Status != test.status {
				t.Errorf("status %d, body %v, want %d, %v", got.Status, got.Body, test.status, test.want)
			}
			if got.Headers["x-two"] != "1, 2" || got.Headers["content-type"] != test.contentType {
				t.Errorf("headers %q", got.Headers)
			}
		})
	}
}

func nest(depth int) string { return strings.Repeat("[", depth) + strings.Repeat("]", depth) }

func deep(depth int) any {
	v := []any{}
	for range depth - 1 {
		v = []any{v}
	}
	return v
}

func TestRequests(t *testing.T) {
	tests := []struct {
		sentence string
		request  Request
		path     string
		want     string
	}{
		{"GET when no method is given", Request{}, "/a?x=1", "GET /a?x=1  ua=bxmlflow"},
		{"HEAD has no body", Request{Method: "HEAD"}, "/", ""},
		{"JSON is sent", Request{Method: "POST", JSON: map[string]any{"a": []int{1}}}, "/",
			`POST / application/json ua=bxmlflow{"a":[1]}`},
		{"headers are sent", Request{Method: "PUT", Headers: map[string]string{"user-agent": "mine", "Content-Type": "x/y"}, JSON: 1}, "/",
			"PUT / x/y ua=mine1"},
		{"query values are escaped", Request{Query: map[string]string{"a b": "x&y=z#/?", "c": "é"}}, "/p",
			"GET /p?a+b=x%26y%3Dz%23%2F%3F&c=%C3%A9  ua=bxmlflow"},
		{"a query is added to that of the URL", Request{Query: map[string]string{"b": "2"}}, "/p?a=%31",
			"GET /p?a=%31&b=2  ua=bxmlflow"},
		{"a header cannot name another host", Request{Headers: map[string]string{"Host": "evil.test"}}, "/", "GET /  ua=bxmlflow"},
	}
	for _, test := range tests {
		t.Run(test.sentence, func(t *testing.T) {
			s, c := local(t, func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				if !strings.HasPrefix(r.Host, "127.0.0.1:") {
					body = []byte(r.Host)
				}
				fmt.Fprintf(w, "%s %s %s ua=%s%s", r.Method, r.RequestURI, r.Header.Get("Content-Type"), r.UserAgent(), body)
			})
			test.request.URL = s.URL + test.path
			got, err := c.Do(t.Context(), &test.request)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(any(test.want), got.Body); diff != "" {
				t.Errorf("the service saw (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRequestsThatCannotBeSent(t *testing.T) {
	s, c := local(t, func(http.ResponseWriter, *http.Request) {})
	tests := map[string]Request{
		"a method that is none":              {Method: "GE T"},
		"a method that opens a tunnel":       {Method: "CONNECT"},
		"a method in lower case":             {Method: "get"},
		"a header that ends early":           {Headers: map[string]string{"X-A": "1\r\nX-B: 2"}},
		"a header name that ends early":      {Headers: map[string]string{"X-A: 1\r\nX-B": "2"}},
		"a header without a name":            {Headers: map[string]string{"": "2"}},
		"a body that JSON has no letter for": {Method: "POST", JSON: func() {}},
	}
	for sentence, request := range tests {
		request.URL = s.URL
		if _, err := c.Do(t.Context(), &request); !errors.Is(err, ErrRequest) {
			t.Errorf("%s: %v, want ErrRequest", sentence, err)
		}
	}
	if n := s.connections.Load(); n != 0 {
		t.Errorf("%d connections, want none", n)
	}
}

func TestSizes(t *testing.T) {
	tests := []struct {
		sentence string
		size     int
		zip      bool
		want     error
	}{
		{"the largest body", MaxBody, false, nil},
		{"a byte more", MaxBody + 1, false, ErrTooLarge},
		{"the largest body, compressed", MaxBody, true, nil},
		{"a bomb", 100 * MaxBody, true, ErrTooLarge},
	}
	for _, test := range tests {
		t.Run(test.sentence, func(t *testing.T) {
			s, c := local(t, func(w http.ResponseWriter, _ *http.Request) {
				var to io.Writer = w
				if test.zip {
					w.Header().Set("Content-Encoding", "gzip")
					zipped := gzip.NewWriter(w)
					defer zipped.Close()
					to = zipped
				}
				_, _ = to.Write(make([]byte, test.size))
			})
			got, err := c.Do(t.Context(), &Request{URL: s.URL, Timeout: time.Minute})
			if !errors.Is(err, test.want) {
				t.Fatalf("%v, want %v", err, test.want)
			}
			if err == nil && len(got.Body.(string)) != test.size {
				t.Errorf("%d bytes, want %d", len(got.Body.(string)), test.size)
			}
		})
	}
	s, c := local(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Large", strings.Repeat("x", 2*maxHeaders))
	})
	if _, err := c.Do(t.Context(), &Request{URL: s.URL}); err == nil {
		t.Error("headers beyond all bounds were taken")
	}
}

func TestNoAnswer(t *testing.T) {
	block := make(chan struct{})
	s, c := local(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/never":
			<-block
		case "/half":
			w.(http.Flusher).Flush()
			<-block
		case "/reset":
			panic(http.ErrAbortHandler)
		}
	})
	t.Cleanup(func() { close(block) }) // before the server is closed
	for _, path := range []string{"/never", "/half", "/reset"} {
		_, err := c.Do(t.Context(), &Request{URL: s.URL + path + "?digits=1234", Timeout: 20 * time.Millisecond})
		if !errors.Is(err, ErrNoAnswer) {
			t.Errorf("%s: %v, want ErrNoAnswer", path, err)
			continue
		}
		if strings.Contains(err.Error(), "1234") {
			t.Errorf("%s: the error tells the query: %v", path, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Do(ctx, &Request{URL: s.URL}); !errors.Is(err, ErrNoAnswer) || !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled context: %v", err)
	}
	gone := serve(t, nil)
	gone.Server.Close()
	c = client(t, Host{Name: "127.0.0.1:" + gone.port, Private: true})
	if _, err := c.Do(t.Context(), &Request{URL: gone.URL}); !errors.Is(err, ErrNoAnswer) {
		t.Errorf("nobody listens: %v, want ErrNoAnswer", err)
	}
}
