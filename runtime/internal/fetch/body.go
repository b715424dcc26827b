package fetch

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// maxDepth is how deep lists and objects of a body may nest. What is deeper is
// given as text.
const maxDepth = 64

// read reads the body, at most limit bytes of it, as it was before compression.
func read(response *http.Response, limit int64) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(response.Body, limit+1))
	if err == nil && int64(len(body)) > limit {
		err = ErrTooLarge
	}
	return body, err
}

// decode returns the body as JSON when it says and is that, else as text.
func decode(contentType string, body []byte) any {
	if !isJSON(contentType) {
		return text(body)
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var v any
	if decoder.Decode(&v) != nil {
		return text(body)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return text(body)
	}
	if v, ok := plain(v, maxDepth); ok {
		return v
	}
	return text(body)
}

// isJSON takes application/json, text/json and every type that ends in +json.
func isJSON(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return false
	}
	return media == "application/json" || media == "text/json" || strings.HasSuffix(media, "+json")
}

func text(body []byte) string { return strings.ToValidUTF8(string(body), "\uFFFD") }

// plain turns numbers into int where they are whole and fit, else into float64;
// false when the value nests too deep or holds a number beyond all bounds.
func plain(v any, depth int) (any, bool) {
	if depth == 0 {
		return nil, false
	}
	switch v := v.(type) {
	case json.Number:
		if n, err := strconv.Atoi(v.String()); err == nil {
			return n, true
		}
		f, err := v.Float64()
		return f, err == nil
	case []any:
		for i := range v {
			var ok bool
			if v[i], ok = plain(v[i], depth-1); !ok {
				return nil, false
			}
		}
	case map[string]any:
		for key := range v {
			var ok bool
			if v[key], ok = plain(v[key], depth-1); !ok {
				return nil, false
			}
		}
	}
	return v, true
}

// lower returns the headers by lower-case name; of one that came several times
// the values with commas between.
func lower(header http.Header) map[string]string {
	headers := make(map[string]string, len(header))
	for name, values := range header {
		headers[strings.ToLower(name)] = text([]byte(strings.Join(values, ", ")))
	}
	return headers
}
