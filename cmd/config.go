package cmd

import (
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/internal/yamlsrc"
	"github.com/bxmlflow/bxmlflow/runtime"
)

// config is what serve is told by its file, the environment and flags.
type config struct {
	addr            string
	publicURL       string
	fallbackURL     string
	credentials     []runtime.Credential
	requireToken    bool
	verbCredentials bool
	insecure        bool
	tokenKeys       [][]byte
	apology         string
	deadline        time.Duration
	drainTimeout    time.Duration
	store           string
	hosts           []runtime.Host
	params          []param
	adminAddr       string
	api             api
	secrets         map[string]string
	simulate        bool
	simulateSet     bool // somebody said whether to simulate
	simulateAddr    string
	watch           bool
	logFormat       string
	logLevel        slog.Level
}

// param sets a param of a flow. Its place is the configuration's, for messages.
type param struct {
	flow, name string
	value      any
	span       diag.Span
}

func defaultConfig() config {
	return config{
		addr: "127.0.0.1:8080", deadline: runtime.DefaultDeadline, drainTimeout: 20 * time.Second, store: "memory",
		apology: runtime.DefaultApology, watch: true, logFormat: "text", simulateAddr: "127.0.0.1:8082",
	}
}

// Rules of the problems of a configuration.
const (
	ruleConfigKey   = "config-key"
	ruleConfigValue = "config-value"
)

// setting is a key of the configuration.
type setting struct {
	key   string
	usage string
	shape shape
	// secret settings have no flag: other users of the machine see the command line.
	secret bool
	set    func(*config, *reader, *yamlsrc.Node)
}

// shape says how a setting is written outside the file.
type shape uint8

const (
	text   shape = iota
	yesNo        // as a flag alone it means yes
	nested       // a list with commas, or YAML
)

// settings lists every key of the configuration in the order of the documentation.
func settings() []setting { return append(servingSettings(), apiSettings()...) }

func servingSettings() []setting {
	return []setting{
		{key: "addr", usage: "host:port to listen on (default 127.0.0.1:8080)", set: func(c *config, r *reader, n *yamlsrc.Node) { r.addr(n, &c.addr) }},
		{key: "admin-addr", usage: "host:port for requests from outside, POST /flows/NAME/calls and signals; whoever reaches it can place calls (default none)",
			set: func(c *config, r *reader, n *yamlsrc.Node) { r.addr(n, &c.adminAddr) }},
		{key: "public-url", usage: "where Bandwidth reaches this server, without /flows; needed with fallback-url",
			set: func(c *config, r *reader, n *yamlsrc.Node) { r.text(n, &c.publicURL) }},
		{key: "fallback-url", usage: "second address of the same service, for fallback URLs",
			set: func(c *config, r *reader, n *yamlsrc.Node) { r.text(n, &c.fallbackURL) }},
		{key: "credentials", usage: "list of {username, password} that webhooks bear, at most two", shape: nested, secret: true,
			set: (*config).setCredentials},
		{key: "require-token", usage: "refuse later webhooks of a call without a token, even with credentials", shape: yesNo,
			set: func(c *config, r *reader, n *yamlsrc.Node) { r.yesNo(n, &c.requireToken) }},
		{key: "verb-credentials", usage: "write the first credentials beside every URL in a document", shape: yesNo,
			set: func(c *config, r *reader, n *yamlsrc.Node) { r.yesNo(n, &c.verbCredentials) }},
		{key: "insecure", usage: "take webhooks from everybody on an address that others reach", shape: yesNo,
			set: func(c *config, r *reader, n *yamlsrc.Node) { r.yesNo(n, &c.insecure) }},
		{key: "token-keys", usage: "list of at most two keys of 32 bytes, in hexadecimal or base64: the first signs, all verify", shape: nested,
			secret: true, set: (*config).setTokenKeys},
		{key: "apology", usage: "spoken before hanging up when a flow cannot answer",
			set: func(c *config, r *reader, n *yamlsrc.Node) { r.text(n, &c.apology) }},
		{key: "deadline", usage: "time for a whole answer (default 5s)",
			set: func(c *config, r *reader, n *yamlsrc.Node) { r.duration(n, &c.deadline) }},
		{key: "drain-timeout", usage: "time that webhooks in flight have when the server stops (default 20s)",
			set: func(c *config, r *reader, n *yamlsrc.Node) { r.duration(n, &c.drainTimeout) }},
		{key: "store", usage: "where calls are kept (default memory)", set: (*config).setStore},
		{key: "hosts", usage: "hosts that the http action may reach, separated by commas", shape: nested, set: (*config).setHosts},
		{key: "params", usage: "params of flows: {flow: {name: value}}", shape: nested, set: (*config).setParams},
		{key: "watch", usage: "reload flows when their files change", shape: yesNo,
			set: func(c *config, r *reader, n *yamlsrc.Node) { r.yesNo(n, &c.watch) }},
		{key: "log-format", usage: "text or json (default text)",
			set: func(c *config, r *reader, n *yamlsrc.Node) { r.oneOf(n, &c.logFormat, "text", "json") }},
		{key: "log-level", usage: "debug, info, warn or error (default info)", set: (*config).setLogLevel},
	}
}

func (c *config) setStore(r *reader, n *yamlsrc.Node) {
	if r.text(n, &c.store) && c.store != "memory" {
		// What follows the scheme may hold a password.
		r.bad(n, "this store is not supported yet").WithHelp("the only store is memory: calls are lost when the process ends")
	}
}

func (c *config) setLogLevel(r *reader, n *yamlsrc.Node) {
	var name string
	if r.oneOf(n, &name, "debug", "info", "warn", "error") {
		if err := c.logLevel.UnmarshalText([]byte(name)); err != nil {
			r.bad(n, "%s", err)
		}
	}
}

// loopback reports whether only this machine reaches the address.
func (c *config) loopback() bool { return loopback(c.addr) }

func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	return err == nil && (host == "localhost" || net.ParseIP(host).IsLoopback())
}

// guarded refuses a server that everybody can send webhooks to, unless that was asked for.
func (c *config) guarded() error {
	if c.adminAddr != "" && !c.insecure && !loopback(c.adminAddr) {
		return failure{exitUsage, fmt.Errorf("serve: others reach the admin-addr %s and could place calls: listen on this machine only, "+
			"or say --insecure when something in front checks who asks", c.adminAddr)}
	}
	if len(c.credentials) > 0 || c.insecure || c.loopback() {
		return nil
	}
	return failure{exitUsage, fmt.Errorf("serve: others reach %s, and there are no credentials: everybody could send webhooks\n"+
		"  either set credentials in the configuration, or BXMLFLOW_USERNAME and BXMLFLOW_PASSWORD, to what the voice application\n"+
		"  at Bandwidth has, or listen on this machine only with --addr 127.0.0.1:8080,\n"+
		"  or say --insecure when something in front checks who sends webhooks", c.addr)}
}

// byFlow returns the params as flows are loaded with them.
func (c *config) byFlow() map[string]map[string]any {
	params := map[string]map[string]any{}
	for _, p := range c.params {
		if params[p.flow] == nil {
			params[p.flow] = map[string]any{}
		}
		params[p.flow][p.name] = p.value
	}
	return params
}
