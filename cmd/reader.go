package cmd

import (
	"encoding/base64"
	"encoding/hex"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/internal/yamlsrc"
	"github.com/bxmlflow/bxmlflow/runtime"
)

// reader turns nodes into the values of a configuration and collects what is wrong with them. Messages never quote secrets.
type reader struct {
	problems diag.List
}

func (r *reader) bad(n *yamlsrc.Node, format string, args ...any) *diag.Diagnostic {
	return r.problems.Errorf(ruleConfigValue, n.Span, format, args...)
}

// text reads a text that is not empty.
func (r *reader) text(n *yamlsrc.Node, to *string) bool {
	if n.Kind != yamlsrc.Scalar || n.Value == "" {
		r.bad(n, "a text is needed here")
		return false
	}
	*to = n.Value
	return true
}

// addr reads the address of a listener.
func (r *reader) addr(n *yamlsrc.Node, to *string) {
	if !r.text(n, to) {
		return
	}
	if _, _, err := net.SplitHostPort(*to); err != nil {
		r.bad(n, "%q is no address", *to).WithHelp("write host:port, such as 127.0.0.1:8080 or :8080")
	}
}

func (r *reader) yesNo(n *yamlsrc.Node, to *bool) {
	v, err := strconv.ParseBool(n.Value)
	if n.Kind != yamlsrc.Scalar || err != nil {
		r.bad(n, "%q is neither true nor false", n.Value)
		return
	}
	*to = v
}

func (r *reader) duration(n *yamlsrc.Node, to *time.Duration) {
	var s string
	if !r.text(n, &s) {
		return
	}
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		r.bad(n, "%q is no duration", s).WithHelp("write a number and a unit, such as 500ms, 5s or 1m")
		return
	}
	*to = d
}

func (r *reader) oneOf(n *yamlsrc.Node, to *string, words ...string) bool {
	var s string
	if !r.text(n, &s) {
		return false
	}
	if !slices.Contains(words, s) {
		list := strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
		r.suggest(r.bad(n, "%q is not %s", s, list), s, words)
		return false
	}
	*to = s
	return true
}

// suggest adds the word that was probably meant.
func (r *reader) suggest(d *diag.Diagnostic, word string, words []string) {
	for _, w := range words {
		if plain(w) == plain(word) {
			d.WithHelp("did you mean %q?", w)
			return
		}
	}
	if near, ok := diag.Nearest(word, words); ok {
		d.WithHelp("did you mean %q?", near)
	}
}

// plain spells publicUrl, public_url and public-url alike.
func plain(word string) string {
	return strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(word))
}

// list reads a list, or one value for a list of one.
func (r *reader) list(n *yamlsrc.Node) []*yamlsrc.Node {
	if n.Kind == yamlsrc.List {
		return n.Items
	}
	return []*yamlsrc.Node{n}
}

// entries reads a map with some of the keys.
func (r *reader) entries(n *yamlsrc.Node, what string, keys ...string) []yamlsrc.Entry {
	if n.Kind != yamlsrc.Map {
		r.bad(n, "%s is a mapping with the keys %s", what, strings.Join(keys, " and "))
		return nil
	}
	for _, e := range n.Entries {
		if !slices.Contains(keys, e.Key.Value) {
			r.unknown(e.Key, keys)
		}
	}
	return n.Entries
}

// unknown reports a key that does not exist.
func (r *reader) unknown(key *yamlsrc.Node, keys []string) {
	d := r.problems.Errorf(ruleConfigKey, key.Span, "unknown key %q", key.Value).WithHelp("the keys are %s", strings.Join(keys, ", "))
	r.suggest(d, key.Value, keys)
}

func (c *config) setCredentials(r *reader, n *yamlsrc.Node) {
	c.credentials = nil
	for _, item := range r.list(n) {
		var cred runtime.Credential
		for _, e := range r.entries(item, "a credential", "username", "password") {
			switch e.Key.Value {
			case "username":
				r.text(e.Value, &cred.Username)
			case "password":
				r.text(e.Value, &cred.Password)
			}
		}
		switch {
		case item.Kind != yamlsrc.Map:
		case item.Get("username") == nil || item.Get("password") == nil:
			r.bad(item, "a credential needs a username and a password")
		case strings.Contains(cred.Username, ":"):
			r.bad(item.Get("username"), "a username cannot contain a colon: HTTP Basic ends it there")
		}
		c.credentials = append(c.credentials, cred)
	}
	if len(c.credentials) > 2 {
		r.bad(n, "%d credentials, at most two are active at a time", len(c.credentials))
	}
}

// tokenKeySize is the size of a token key in bytes.
const tokenKeySize = 32

func (c *config) setTokenKeys(r *reader, n *yamlsrc.Node) {
	c.tokenKeys = nil
	for _, item := range r.list(n) {
		var s string
		if !r.text(item, &s) {
			continue
		}
		key, err := hex.DecodeString(s)
		if err != nil {
			key, err = base64.StdEncoding.DecodeString(s)
		}
		if err != nil || len(key) != tokenKeySize {
			r.bad(item, "a token key is %d bytes in hexadecimal or base64", tokenKeySize).WithHelp("make one with: openssl rand -hex %d", tokenKeySize)
			continue
		}
		c.tokenKeys = append(c.tokenKeys, key)
	}
	if len(c.tokenKeys) > 2 {
		r.bad(n, "%d token keys, at most two are active at a time", len(c.tokenKeys))
	}
}

// privateSuffix marks a private host where a host is one word.
const privateSuffix = "=private"

func (c *config) setHosts(r *reader, n *yamlsrc.Node) {
	c.hosts = nil
	for _, item := range r.list(n) {
		var h runtime.Host
		if item.Kind == yamlsrc.Scalar {
			if r.text(item, &h.Name) {
				h.Name, h.Private = strings.CutSuffix(h.Name, privateSuffix)
				c.hosts = append(c.hosts, h)
			}
			continue
		}
		for _, e := range r.entries(item, "a host", "name", "private") {
			switch e.Key.Value {
			case "name":
				r.text(e.Value, &h.Name)
			case "private":
				r.yesNo(e.Value, &h.Private)
			}
		}
		if item.Kind == yamlsrc.Map && item.Get("name") == nil {
			r.bad(item, "a host needs a name")
		}
		c.hosts = append(c.hosts, h)
	}
}

// setParams lays params over those that are set already.
func (c *config) setParams(r *reader, n *yamlsrc.Node) {
	if n.Kind != yamlsrc.Map {
		r.bad(n, "params are given by flow").WithHelp(`such as {front-desk: {agent: "+15551234567"}}`)
		return
	}
	for _, f := range n.Entries {
		if f.Value.Kind != yamlsrc.Map {
			r.bad(f.Value, "the params of flow %q are a mapping of names to values", f.Key.Value)
			continue
		}
		for _, p := range f.Value.Entries {
			if p.Value.IsMissing() {
				r.bad(p.Value, "param %q of flow %q has no value", p.Key.Value, f.Key.Value)
				continue
			}
			c.setParam(param{f.Key.Value, p.Key.Value, paramValue(p.Value), p.Key.Span})
		}
	}
}

func (c *config) setParam(p param) {
	c.params = append(slices.DeleteFunc(c.params, func(o param) bool { return o.flow == p.flow && o.name == p.name }), p)
}

// paramValue returns the value of a param. A scalar stays the text that was written, which the flow reads as the param's
// type: so a phone number keeps its plus without quotes too.
func paramValue(n *yamlsrc.Node) any {
	if n.Kind == yamlsrc.Scalar {
		return n.Value
	}
	return value(n)
}

func value(n *yamlsrc.Node) any {
	switch n.Kind {
	case yamlsrc.List:
		list := make([]any, len(n.Items))
		for i, item := range n.Items {
			list[i] = value(item)
		}
		return list
	case yamlsrc.Map:
		m := make(map[string]any, len(n.Entries))
		for _, e := range n.Entries {
			m[e.Key.Value] = value(e.Value)
		}
		return m
	}
	return scalar(n)
}

// scalar returns what a scalar inside a list or a map is: its type is nowhere declared.
func scalar(n *yamlsrc.Node) any {
	switch n.Resolved {
	case yamlsrc.Null:
		return nil
	case yamlsrc.Bool:
		return strings.EqualFold(n.Value, "true")
	case yamlsrc.Int:
		if i, err := strconv.Atoi(n.Value); err == nil && n.Value[0] != '+' {
			return i
		}
	case yamlsrc.Float:
		if f, err := strconv.ParseFloat(n.Value, 64); err == nil {
			return f
		}
	}
	return n.Value
}
