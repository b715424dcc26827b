package runtime

import (
	"bytes"
	"fmt"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/bxml"
)

// reveal returns a document with its secrets in their places: what is stored has only their names. One without any is returned as it is.
func (e *Engine) reveal(document []byte) ([]byte, error) {
	at := bytes.IndexByte(document, flow.SecretMark)
	if at < 0 {
		return document, nil
	}
	var out []byte
	for ; at >= 0; at = bytes.IndexByte(document, flow.SecretMark) {
		name, rest, closed := bytes.Cut(document[at+1:], []byte{flow.SecretMark})
		if !closed {
			return nil, fmt.Errorf("secret: the document names none")
		}
		value, err := e.secret(string(name))
		if err != nil {
			return nil, err
		}
		out = bxml.AppendAttr(append(out, document[:at]...), value)
		document = rest
	}
	return append(out, document...), nil
}

// secret returns the secret of a name.
func (e *Engine) secret(name string) (string, error) {
	if e.config.Secrets == nil {
		return "", fmt.Errorf("secret %q: no secrets are configured", name)
	}
	value, err := e.config.Secrets(name)
	if err != nil {
		return "", fmt.Errorf("secret %q: %w", name, err)
	}
	return value, nil
}

// revealed returns a document as a caller gets it. One whose secrets are not to be had cannot be carried out: it is the apology.
func (e *Engine) revealed(document []byte) []byte {
	if e.config.Secrets == nil {
		return document
	}
	out, err := e.reveal(document)
	if err != nil {
		e.logError("document not sent", err)
		return e.apology
	}
	return out
}

// headers returns the headers of a request with their secrets.
func (e *Engine) headers(list []Pair) (map[string]string, error) {
	m := pairs(list)
	for _, p := range list {
		if p.Secret == "" {
			continue
		}
		value, err := e.secret(p.Secret)
		if err != nil {
			return nil, fmt.Errorf("header %q: %w", p.Name, err)
		}
		m[p.Name] = p.Value + value + p.After
	}
	return m, nil
}
