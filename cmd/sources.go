package cmd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/internal/yamlsrc"
	"github.com/bxmlflow/bxmlflow/runtime"
)

// configFile is read when it is there and no other is named.
const configFile = "bxmlflow.yaml"

const envPrefix = "BXMLFLOW_"

// secretPrefix begins the variables that hold secrets of flows.
const secretPrefix = envPrefix + "SECRET_"

// configFlags declares a flag for every setting that is not secret.
func configFlags(flags *pflag.FlagSet) {
	flags.String("config", "", "configuration file (default "+configFile+" when it is there)")
	for _, s := range settings() {
		switch {
		case s.secret, s.key == "params":
		case s.shape == yesNo:
			flags.Bool(s.key, s.key == "watch", s.usage)
		default:
			flags.String(s.key, "", s.usage)
		}
	}
	flags.StringArray("param", nil, "a param of a flow: flow.name=value (repeatable)")
}

// configure reads the configuration, of which only some keys may be asked for. A flag counts more than a variable of the
// environment, and that more than the file; params are laid over each other one by one.
func (a *app) configure(flags *pflag.FlagSet, only ...string) (*config, error) {
	c, r := defaultConfig(), &reader{}
	file, err := a.configNodes(flags, r)
	if err != nil {
		return nil, err
	}
	for _, s := range settings() {
		if len(only) > 0 && !slices.Contains(only, s.key) {
			continue
		}
		nodes := []*yamlsrc.Node{file[s.key], a.fromEnv(s, r), fromFlag(s, flags, r)}
		if s.key != "params" {
			nodes = last(nodes)
		}
		for _, n := range nodes {
			if n != nil {
				s.set(&c, r, n)
			}
		}
	}
	if len(only) == 0 {
		a.loginFromEnv(&c, r)
	}
	c.paramFlags(flags, r)
	a.strangeNames(r)
	r.problems.Sort()
	if len(r.problems) > 0 {
		if c.logFormat == "json" {
			logProblems(a.logger(c.logFormat, c.logLevel), r.problems)
			return nil, failure{code: exitUsage}
		}
		// No excerpts: the line may hold a password.
		if err := diag.Text(a.Err, r.problems, func(string) []byte { return nil }, diag.TextOptions{Color: a.Terminal}); err != nil {
			return nil, failure{exitFailed, err}
		}
		return nil, failure{code: exitUsage}
	}
	return &c, nil
}

// last returns the last node that is there.
func last(nodes []*yamlsrc.Node) []*yamlsrc.Node {
	for i := len(nodes) - 1; i >= 0; i-- {
		if nodes[i] != nil {
			return nodes[i : i+1]
		}
	}
	return nil
}

// configNodes reads the configuration file and returns the values by key.
func (a *app) configNodes(flags *pflag.FlagSet, r *reader) (map[string]*yamlsrc.Node, error) {
	path, named := a.Env(envPrefix + "CONFIG")
	if flag := flags.Lookup("config"); flag.Changed {
		path, named = flag.Value.String(), true
	}
	if !named {
		path = configFile
	}
	a.configPath = path
	source, err := os.ReadFile(path)
	if !named && errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, failure{exitFailed, fmt.Errorf("read configuration: %w", err)}
	}
	root, problems := yamlsrc.Parse(path, source)
	r.problems = append(r.problems, problems...)
	if root == nil || root.IsMissing() {
		return nil, nil
	}
	if root.Kind != yamlsrc.Map {
		r.bad(root, "a configuration is a mapping of keys to values")
		return nil, nil
	}
	return known(root, r), nil
}

func known(root *yamlsrc.Node, r *reader) map[string]*yamlsrc.Node {
	nodes, keys := map[string]*yamlsrc.Node{}, []string(nil)
	for _, s := range settings() {
		keys = append(keys, s.key)
		nodes[s.key] = root.Get(s.key)
	}
	for _, e := range root.Entries {
		if _, ok := nodes[e.Key.Value]; !ok {
			r.unknown(e.Key, keys)
		}
	}
	return nodes
}

// variable returns the name of the variable that sets a key.
func variable(key string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(key, "-", "_"))
}

// serviceVariable is what Kubernetes sets in every container when a service is named bxmlflow.
var serviceVariable = regexp.MustCompile(`^` + envPrefix + `(SERVICE_(HOST|PORT\w*)|PORT(_\d+_(TCP|UDP|SCTP)\w*)?)$`)

// strangeNames reports variables with our prefix that mean nothing.
func (a *app) strangeNames(r *reader) {
	if a.Environ == nil {
		return
	}
	names := []string{envPrefix + "CONFIG", envPrefix + "USERNAME", envPrefix + "PASSWORD"}
	for _, s := range settings() {
		names = append(names, variable(s.key))
	}
	for _, e := range a.Environ() {
		name, _, _ := strings.Cut(e, "=")
		if !strings.HasPrefix(name, envPrefix) || slices.Contains(names, name) || serviceVariable.MatchString(name) ||
			strings.HasPrefix(name, secretPrefix) {
			continue
		}
		d := r.problems.Errorf(ruleConfigKey, diag.Span{File: name}, "there is no key for this variable")
		suggestFrom(d, name, "variables", names)
	}
}

// fromEnv returns the value of BXMLFLOW_KEY.
func (a *app) fromEnv(s setting, r *reader) *yamlsrc.Node {
	name := variable(s.key)
	value, ok := a.Env(name)
	if !ok || value == "" {
		return nil
	}
	return word(s, name, value, r)
}

func fromFlag(s setting, flags *pflag.FlagSet, r *reader) *yamlsrc.Node {
	flag := flags.Lookup(s.key)
	if flag == nil || !flag.Changed {
		return nil
	}
	return word(s, "--"+s.key, flag.Value.String(), r)
}

// word makes a node of a value that stands in no file. Lists are written with commas, maps as YAML.
func word(s setting, from, value string, r *reader) *yamlsrc.Node {
	scalar := func(value string) *yamlsrc.Node {
		return &yamlsrc.Node{Kind: yamlsrc.Scalar, Style: yamlsrc.Double, Value: strings.TrimSpace(value), Span: diag.Span{File: from}}
	}
	if s.shape != nested {
		return scalar(value)
	}
	if strings.ContainsAny(value, "[{\n") {
		n, problems := yamlsrc.Parse(from, []byte(value))
		r.problems = append(r.problems, problems...)
		return n
	}
	list := &yamlsrc.Node{Kind: yamlsrc.List, Span: diag.Span{File: from}}
	for part := range strings.SplitSeq(value, ",") {
		list.Items = append(list.Items, scalar(part))
	}
	return list
}

// loginFromEnv reads the usual case of one user name and password from two variables.
func (a *app) loginFromEnv(c *config, r *reader) {
	username, password := envPrefix+"USERNAME", envPrefix+"PASSWORD"
	user, hasUser := a.Env(username)
	pass, hasPass := a.Env(password)
	hasUser, hasPass = hasUser && user != "", hasPass && pass != ""
	if _, both := a.Env(envPrefix + "CREDENTIALS"); both && (hasUser || hasPass) {
		r.problems.Errorf(ruleConfigValue, diag.Span{File: username}, "%sCREDENTIALS is set too: use one of them", envPrefix)
		return
	}
	switch {
	case hasUser && hasPass && strings.Contains(user, ":"):
		r.problems.Errorf(ruleConfigValue, diag.Span{File: username}, "a username cannot contain a colon: HTTP Basic ends it there")
	case hasUser && hasPass:
		c.credentials = []runtime.Credential{{Username: user, Password: pass}}
	case hasUser:
		r.problems.Errorf(ruleConfigValue, diag.Span{File: username}, "%s is missing", password)
	case hasPass:
		r.problems.Errorf(ruleConfigValue, diag.Span{File: password}, "%s is missing", username)
	}
}

// paramFlags reads --param flow.name=value. The name of a flow has no dot.
func (c *config) paramFlags(flags *pflag.FlagSet, r *reader) {
	given, err := flags.GetStringArray("param")
	if err != nil {
		r.problems.Errorf(ruleConfigValue, diag.Span{File: "--param"}, "%s", err)
	}
	for _, s := range given {
		target, value, ok := strings.Cut(s, "=")
		flowName, name, dotted := strings.Cut(target, ".")
		if !ok || !dotted || flowName == "" || name == "" {
			r.problems.Errorf(ruleConfigValue, diag.Span{File: "--param"}, "%q sets no param", target).
				WithHelp("write flow.name=value, such as front-desk.agent=+15551234567")
			continue
		}
		c.setParam(param{flowName, name, value, diag.Span{File: "--param"}})
	}
}
