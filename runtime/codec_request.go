package runtime

import (
	"encoding/binary"
	"time"

	"github.com/bxmlflow/bxmlflow/flow"
)

// append appends the request of an effect.
func (r *Request) append(dst []byte) []byte {
	dst = append(dst, byte(r.Kind))
	dst = appendText(dst, r.Name)
	dst = appendText(dst, r.Source)
	dst = appendText(dst, r.Method)
	dst = appendText(dst, r.URL)
	dst = appendPairs(dst, r.Headers)
	dst = appendPairs(dst, r.Query)
	dst = appendText(dst, string(r.Body))
	dst = binary.AppendVarint(dst, int64(r.Timeout))
	return appendValue(dst, r.Args, nil)
}

func appendPairs(dst []byte, pairs []Pair) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(pairs)))
	for _, p := range pairs {
		dst = appendText(appendText(dst, p.Name), p.Value)
	}
	return dst
}

func (d *decoder) request() Request {
	r := Request{
		Kind: flow.ActionKind(d.byte()), Name: d.text(), Source: d.text(), Method: d.text(), URL: d.text(),
		Headers: d.pairs(), Query: d.pairs(),
	}
	if body := d.text(); body != "" {
		r.Body = []byte(body)
	}
	r.Timeout = time.Duration(d.varint())
	r.Args, _ = d.value(nil, 0).(map[string]any)
	return r
}

func (d *decoder) pairs() []Pair {
	var pairs []Pair
	for n := d.count(); n > 0 && !d.bad; n-- {
		pairs = append(pairs, Pair{Name: d.text(), Value: d.text()})
	}
	return pairs
}
