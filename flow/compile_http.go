package flow

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/flow/internal/expression"
)

var methods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}

// http compiles a request.
func (c *compiler) http(action *Action, a *ast.Action, scope *expression.Scope) {
	action.Kind = ActionHTTP
	action.HTTP = &HTTP{Method: "GET"}
	if a.Arg.Kind != ast.Map {
		c.errorf(ruleType, a.Arg.Span, "http must be a map").WithHelp(`as in http: {url: "https://example.com/customers/${call.from}"}`)
		return
	}
	lookup := false
	for _, p := range a.Arg.Pairs {
		switch p.Key.Value {
		case "method":
			action.HTTP.Method = p.Value.Text.Value
			if !slices.Contains(methods, action.HTTP.Method) {
				c.errorf(ruleType, p.Value.Span, "%q is no method", p.Value.Text.Value).WithHelp("it is one of %s", strings.Join(methods, ", "))
			}
		case "url":
			c.url(action, p.Value, scope)
		case "headers":
			action.HTTP.Headers = c.httpFields(p, scope)
		case "query":
			action.HTTP.Query = c.httpFields(p, scope)
		case "json":
			action.HTTP.JSON = c.value(p.Value, scope)
		case "lookup":
			_, v := c.literal(p.Value)
			if _, ok := v.(bool); !ok {
				c.errorf(ruleType, p.Value.Span, "lookup must be true or false")
			}
			lookup = v == true
		default:
			c.errorf(ruleKey, p.Key.Span, "http has no key %q", p.Key.Value).WithHelp("it takes method, url, headers, query, json and lookup")
		}
	}
	if a.Arg.Get("url") == nil {
		c.errorf(ruleMissing, a.Arg.Span, "http needs %q", "url")
	}
	action.Effect = action.HTTP.Method != "GET" && action.HTTP.Method != "HEAD" && !lookup
}

// baseParam is a param that begins a URL, alone: `${params.api}/customers`.
var baseParam = regexp.MustCompile(`^\$\{\s*params\.([A-Za-z_][A-Za-z0-9_]*)\s*\}([/?#]|$)`)

// url compiles the address of a request. Its host is literal, or set by the deployment: what a caller says never decides
// where a request goes.
func (c *compiler) url(action *Action, v *ast.Value, scope *expression.Scope) {
	if v.Kind != ast.Scalar || !literalHost(v.Text.Value) && !baseParam.MatchString(v.Text.Value) {
		c.errorf(ruleType, v.Span, "the url of http must begin with http:// or https:// and a literal host").
			WithHelp("values may stand behind the host, or the url may begin with a param, as in ${params.api}/customers")
		return
	}
	c.host(v.Text.Value)
	action.HTTP.URL = c.template(&v.Text, scope)
	if action.HTTP.URL == nil {
		return
	}
	if name := c.exposed(action.HTTP.URL.template.Refs()); name != "" {
		c.errorf(ruleSensitive, v.Span, "%s of a sensitive state would stand in a URL", name).WithHelp("send it in json")
	}
}

// literalHost reports whether a URL begins with a scheme and a host in which nothing is computed.
func literalHost(address string) bool {
	rest, ok := strings.CutPrefix(address, "https://")
	if !ok {
		rest, ok = strings.CutPrefix(address, "http://")
	}
	if end := strings.IndexAny(rest, "/?#\\"); end >= 0 {
		rest = rest[:end]
	}
	return ok && rest != "" && !strings.ContainsAny(rest, "${} ")
}

// host notes the host of a URL in Flow.Hosts, when it is known.
func (c *compiler) host(address string) {
	if m := baseParam.FindStringSubmatch(address); m != nil {
		i, ok := c.params[m[1]]
		if !ok {
			return
		}
		address, _ = c.flow.Params[i].Value.(string)
	}
	if !literalHost(address) {
		return
	}
	base := address
	if end := strings.Index(base, "${"); end >= 0 {
		base = base[:end] // behind the host
	}
	scheme, rest, _ := strings.Cut(base, "://")
	if end := strings.IndexAny(rest, "/?#\\"); end >= 0 {
		rest = rest[:end]
	}
	u, err := url.Parse(scheme + "://" + rest)
	if err != nil || u.Hostname() == "" {
		return
	}
	host := strings.ToLower(u.Host)
	if port := u.Port(); port == "" || port == "80" || port == "443" {
		host = strings.ToLower(u.Hostname())
	}
	if at, known := slices.BinarySearch(c.flow.Hosts, host); !known {
		c.flow.Hosts = slices.Insert(c.flow.Hosts, at, host)
	}
}

func (c *compiler) httpFields(p ast.Pair, scope *expression.Scope) []Field {
	if p.Value.Kind != ast.Map {
		c.errorf(ruleType, p.Value.Span, "%s must be a map", p.Key.Value)
		return nil
	}
	var fields []Field
	for _, pair := range p.Value.Pairs {
		if p.Key.Value == "headers" && pair.Value.Kind == ast.Scalar {
			if s, has := c.secret(&pair.Value.Text); has {
				fields = append(fields, Field{Name: pair.Key.Value, Secret: s})
				continue
			}
		}
		v := c.value(pair.Value, scope)
		if p.Key.Value == "query" {
			c.keepInside(v, pair.Value, "URL")
		}
		if strings.EqualFold(pair.Key.Value, "authorization") && v.kind == valueLiteral {
			c.errorf(ruleSecret, pair.Value.Span, "a literal password in a flow").WithHelp("%s", useSecret)
		}
		fields = append(fields, Field{Name: pair.Key.Value, Value: v})
	}
	return fields
}
