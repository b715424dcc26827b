package simulator

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
)

// Direct returns a transport that calls h for every request, whatever its host, in the goroutine of the caller and without
// sockets. A panic of h is a broken connection; a handler that ignores the end of its context is waited for.
func Direct(h http.Handler) http.RoundTripper { return direct{h} }

type direct struct{ handler http.Handler }

// RoundTrip is for http.RoundTripper.
func (d direct) RoundTrip(out *http.Request) (res *http.Response, err error) {
	in := out.Clone(out.Context())
	in.RequestURI, in.RemoteAddr, in.Host = out.URL.RequestURI(), "192.0.2.1:49152", out.URL.Host
	in.URL.Scheme, in.URL.Host, in.URL.User = "", "", nil
	in.Proto, in.ProtoMajor, in.ProtoMinor = "HTTP/1.1", 1, 1
	if in.Body == nil {
		in.Body = http.NoBody
	}
	w := &response{header: http.Header{}}
	defer func() {
		if p := recover(); p != nil {
			res, err = nil, fmt.Errorf("the handler panicked: %v", p)
		}
	}()
	d.handler.ServeHTTP(w, in)
	if err := out.Context().Err(); err != nil {
		return nil, err
	}
	w.WriteHeader(http.StatusOK)
	return &http.Response{
		Status: fmt.Sprintf("%d %s", w.status, http.StatusText(w.status)), StatusCode: w.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: w.sent, Request: out,
		Body: io.NopCloser(&w.body), ContentLength: int64(w.body.Len()),
	}, nil
}

// response collects what a handler writes.
type response struct {
	header http.Header
	sent   http.Header // as it was when the status was written
	status int
	body   bytes.Buffer
}

// Header is for http.ResponseWriter.
func (w *response) Header() http.Header { return w.header }

// WriteHeader is for http.ResponseWriter.
func (w *response) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status, w.sent = status, w.header.Clone()
	}
}

// Write is for http.ResponseWriter.
func (w *response) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(b)
}
