package flow

import (
	"bytes"
	"errors"
	"slices"
)

// errPathStep is returned for a URL whose computed values would make a step such as `..` in its path.
var errPathStep = errors.New("a computed value would make a step up in the path")

// AppendURL appends the URL of a request to dst. What is computed is percent-escaped: before the "?" as a part of one path
// segment, behind it as a part of one query value, so that a value can change neither the path nor the query nor reach
// beyond them. A value at the very beginning is the base URL, which the deployment sets, and stays as it is. On an error dst
// comes back as it was.
func (ev *Evaluator) AppendURL(dst []byte, t *Template, env Env) ([]byte, error) {
	base := len(dst)
	out, err := ev.vm.AppendEscaped(dst, t.template, ev.in(env), func(out, text []byte, first bool) []byte {
		if first {
			base = len(out) + len(text)
			return append(out, text...)
		}
		return appendEscaped(out, text)
	})
	if err != nil {
		return dst, err
	}
	path, _, _ := bytes.Cut(out[base:], []byte("?"))
	path, _, _ = bytes.Cut(path, []byte("#"))
	if len(t.template.Refs()) > 0 && slices.ContainsFunc(bytes.Split(path, []byte("/")), isStep) {
		return dst, errPathStep
	}
	return out, nil
}

// isStep reports whether a path segment means a place instead of a name. Escaping its dots would not help: servers take
// %2E for a dot.
func isStep(segment []byte) bool { return string(segment) == "." || string(segment) == ".." }

// appendEscaped escapes every byte but the unreserved ones of RFC 3986.
func appendEscaped(dst, text []byte) []byte {
	const hex = "0123456789ABCDEF"
	for _, c := range text {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '.', c == '_', c == '~':
			dst = append(dst, c)
		default:
			dst = append(dst, '%', hex[c>>4], hex[c&15])
		}
	}
	return dst
}
