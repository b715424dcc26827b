package cmd

import (
	"errors"
	"fmt"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/runtime"
)

// ruleDeployment is the rule of flows that need what a configuration does not bring.
const ruleDeployment = "deployment"

// undeployable reports what flows need and the configuration does not bring: a REST client, an address, secrets.
func (a *app) undeployable(c *config, set *flow.Set) diag.List {
	var problems diag.List
	for _, f := range set.Flows() {
		if keys := c.restKeys(f); len(keys) > 0 {
			problems.Errorf(ruleDeployment, diag.Span{File: f.Path}, "flow %q needs the REST API for %s", f.Name, or(f.Needs.Reason, "what it does")).
				WithHelp("set %s in the configuration", strings.Join(keys, ", "))
		}
		for _, name := range f.Needs.Secrets {
			if _, err := a.secret(c, name); err != nil {
				problems.Errorf(ruleDeployment, diag.Span{File: f.Path}, "flow %q needs the secret %q", f.Name, name).
					WithHelp("set it under secrets in the configuration, or in %s", secretVariable(name))
			}
		}
	}
	return problems
}

// restKeys names the keys that a flow needs to make and move calls.
func (c *config) restKeys(f *flow.Flow) []string {
	if !f.Needs.REST || c.simulate {
		return nil
	}
	keys := c.api.missing()
	if c.api.application == "" {
		keys = append(keys, "application-id")
	}
	if c.publicURL == "" {
		keys = append(keys, "public-url")
	}
	return keys
}

// lacksOfDeployment is undeployable with what serve only warns of, or says in other words: hosts, and params without a value.
func (a *app) lacksOfDeployment(c *config, set *flow.Set) diag.List {
	problems := a.undeployable(c, set)
	for _, f := range set.Flows() {
		for _, host := range f.Hosts {
			if !allowed(c.hosts, host) {
				problems.Errorf(ruleDeployment, diag.Span{File: f.Path}, "flow %q asks the host %q, which is not allowed", f.Name, host).
					WithHelp("add it to hosts in the configuration")
			}
		}
		for _, p := range f.Params {
			if startable(f) && p.Required && p.Value == nil {
				problems.Errorf(ruleDeployment, diag.Span{File: f.Path}, "flow %q needs the param %q", f.Name, p.Name).
					WithHelp("set it under params in the configuration")
			}
		}
	}
	if _, err := c.api.client(nil); err != nil && !c.simulate {
		problems.Errorf(ruleConfigValue, diag.Span{File: or(a.configPath, configFile)}, "%s", err)
	}
	return problems
}

// allowed reports whether the http action may ask a host, as the engine decides it: host has a port unless that is 80 or 443.
func allowed(hosts []runtime.Host, host string) bool {
	for _, h := range hosts {
		name := strings.ToLower(h.Name)
		if name == host {
			return true
		}
		if suffix, ok := strings.CutPrefix(name, "*"); ok && strings.HasSuffix(host, suffix) && len(host) > len(suffix) {
			return true
		}
	}
	return false
}

// deployed refuses flows that the configuration cannot serve.
func (s *server) deployed(set *flow.Set) error {
	problems := s.app.undeployable(s.config, set)
	if len(problems) == 0 {
		return nil
	}
	if s.config.logFormat == "json" {
		logProblems(s.log, problems)
		return failure{exitUsage, errors.New("serve: the configuration lacks what the flows need")}
	}
	lines := make([]string, len(problems))
	for i, p := range problems {
		lines[i] = fmt.Sprintf("%s: %s", p.Message, p.Help)
	}
	return failure{exitUsage, fmt.Errorf("serve: %s\n  or try the flows without an account: --simulate", strings.Join(lines, "\n  "))}
}
