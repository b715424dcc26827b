package cmd

import (
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/flows"
	"github.com/bxmlflow/bxmlflow/runtime"
)

func (a *app) serveCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "serve [path ...]",
		Short: "Answer the webhooks of Bandwidth",
		Long: "Serve loads the flow files at the paths (folders are searched; without a path it takes the sample flows) and\n" +
			"answers webhooks at /flows/NAME. Flows are reloaded when their files change and on SIGHUP: calls in flight finish\n" +
			"on the version they began with, and flows with errors are refused. SIGTERM and SIGINT let webhooks in flight\n" +
			"finish; a second one ends at once.\n\n" +
			"Each flag is also a key of the configuration file and a variable: --public-url is public-url and\n" +
			"BXMLFLOW_PUBLIC_URL. A flag counts more than a variable, and that more than the file. Secrets have no flag:\n" +
			"BXMLFLOW_USERNAME and BXMLFLOW_PASSWORD, or credentials and token-keys in the file.\n\n" +
			"Exit codes: 0 stopped in order, 1 errors in flows, 2 wrong configuration, 3 could not run.",
		Example: "  bxmlflow serve\n  bxmlflow serve flows/ --param front-desk.agent=+15551234567\n" +
			"  BXMLFLOW_USERNAME=bw BXMLFLOW_PASSWORD=... bxmlflow serve flows/ --addr :8080",
		RunE: func(c *cobra.Command, paths []string) error {
			config, err := a.configure(c.Flags())
			if err != nil {
				return err
			}
			if err := config.guarded(); err != nil {
				return err
			}
			signals := make(chan os.Signal, 4)
			signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
			defer signal.Stop(signals)
			s, err := a.newServer(config, paths)
			if err != nil {
				return err
			}
			s.announce()
			return s.run(signals)
		},
	}
	configFlags(c.Flags())
	return c
}

// newServer loads the flows and listens.
func (a *app) newServer(c *config, paths []string) (*server, error) {
	s := &server{app: a, config: c, paths: paths, log: a.logger(c.logFormat, c.logLevel)}
	set, problems, err := s.load()
	if err != nil {
		return nil, err
	}
	if len(problems) > 0 {
		if err := diag.Text(a.Err, problems, s.source, diag.TextOptions{Color: a.Terminal}); err != nil {
			return nil, failure{exitFailed, err}
		}
	}
	if problems.HasErrors() {
		return nil, failure{exitProblems, fmt.Errorf("serve: flows with errors are not served")}
	}
	s.flows, s.fingerprint = set, fingerprint(set)
	if s.engine, err = runtime.New(s.engineConfig(set)); err != nil {
		return nil, failure{exitUsage, fmt.Errorf("serve: %w", err)}
	}
	listener, err := net.Listen("tcp", c.addr)
	if err != nil {
		return nil, failure{exitFailed, fmt.Errorf("serve: %w", err)}
	}
	s.listen(listener)
	return s, nil
}

func (s *server) engineConfig(set *flow.Set) runtime.Config {
	kit := s.app.kit
	kit.Observers = append([]runtime.Observer{logSteps(s.log)}, kit.Observers...)
	c := s.config
	if c.logLevel <= slog.LevelDebug {
		kit.Middleware = append([]middleware{logRequests(s.log)}, kit.Middleware...)
	}
	return runtime.Config{
		Flows: set, Kit: kit, Logger: s.log, PublicURL: c.publicURL, FallbackURL: c.fallbackURL, Credentials: c.credentials,
		RequireToken: c.requireToken, VerbCredentials: c.verbCredentials, TokenKeys: c.tokenKeys, Apology: c.apology,
		Deadline: c.deadline, Hosts: c.hosts,
	}
}

// load reads the flows, or the sample flows when there are no paths, and checks that the params are theirs.
func (s *server) load() (*flow.Set, diag.List, error) {
	params := s.config.byFlow()
	var set *flow.Set
	var problems diag.List
	var err error
	if len(s.paths) == 0 {
		options := flow.Options{Functions: s.app.kit.Functions, Params: params}
		if set, problems, err = flow.LoadFS(options, flows.FS); err != nil {
			return nil, nil, failure{exitFailed, err}
		}
	} else if set, problems, err = s.app.load(s.paths, params); err != nil {
		return nil, nil, err
	}
	if problems.HasErrors() {
		return set, problems, nil
	}
	if len(set.Flows()) == 0 {
		return nil, nil, failure{exitFailed, fmt.Errorf("serve: there are no flows in %s", strings.Join(s.paths, ", "))}
	}
	s.config.strangers(set, &problems)
	return set, problems, nil
}

// source returns the text of a flow file for the excerpts of messages.
func (s *server) source(path string) []byte {
	if len(s.paths) > 0 {
		return s.app.readSource(path)
	}
	text, err := flows.FS.ReadFile(path)
	if err != nil {
		return nil
	}
	return text
}

// announce says where flows are served.
func (s *server) announce() {
	if len(s.paths) == 0 {
		fmt.Fprintln(s.app.Out, "no path is given: serving the sample flows")
	}
	base := s.config.publicURL
	if base == "" {
		base = s.url()
	}
	for _, f := range s.flows.Flows() {
		if len(f.Start["initiate"]) > 0 || len(f.Start["answer"]) > 0 {
			fmt.Fprintf(s.app.Out, "%s%s%s\n", strings.TrimSuffix(base, "/"), runtime.PathPrefix, f.Name)
		}
	}
	if len(s.config.credentials) == 0 {
		s.log.Warn("webhooks are taken from everybody: there are no credentials")
	}
}
