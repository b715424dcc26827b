package cmd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/runtime"
)

// Bounds of the server. Bandwidth waits at most 25 s for an answer and sends small requests at once.
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 10 * time.Second
	writeTimeout      = 20 * time.Second
	idleTimeout       = 60 * time.Second
	maxHeaderBytes    = 16 << 10
	maxConnections    = 2000
)

type middleware = func(http.Handler) http.Handler

// server serves flows until a signal ends it.
type server struct {
	app    *app
	config *config
	paths  []string // of flows, none for the sample flows
	log    *slog.Logger

	engine   *runtime.Engine
	http     *http.Server
	listener net.Listener
	outside  *http.Server // of requests from outside, nil for none
	admin    net.Listener
	desk     *desk    // of the simulated carrier, nil for none
	stage    *stage   // the same
	numbers  []number // the same

	flows       *flow.Set // as served at the start
	fingerprint string    // of the flows that are served
	refused     string    // why the last version was not taken, "" when it was
}

// answer makes the HTTP servers around the engine.
func (s *server) answer() {
	s.http = s.around(s.engine.Handler())
	if s.admin != nil {
		s.outside = s.around(s.woken(s.engine.Admin()))
	}
}

func (s *server) around(h http.Handler) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: readHeaderTimeout, ReadTimeout: readTimeout,
		WriteTimeout: max(writeTimeout, s.config.deadline+readTimeout), IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeaderBytes,
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
}

// closeListeners ends what was begun when the rest could not be.
func (s *server) closeListeners() {
	for _, l := range []net.Listener{s.listener, s.admin} {
		if l != nil {
			l.Close()
		}
	}
	if s.desk != nil {
		s.desk.listener.Close()
	}
}

// url is where the server listens.
func (s *server) url() string { return "http://" + s.listener.Addr().String() }

// run serves until SIGINT or SIGTERM.
func (s *server) run(signals <-chan os.Signal) error {
	failed := make(chan error, 8)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() { failed <- s.http.Serve(s.listener) }()
	if s.outside != nil {
		defer s.outside.Close()
		go func() { failed <- s.outside.Serve(s.admin) }()
	}
	if s.stage != nil {
		defer s.stage.feed.Close()
		for _, run := range s.stage.background(s.desk) {
			go func() { failed <- run(ctx) }()
		}
	}
	w := s.watch()
	defer w.close()
	for {
		select {
		case err := <-failed:
			return failure{exitFailed, fmt.Errorf("serve: %w", err)}
		case <-w.changes:
			s.reload(false)
			w.follow()
		case sig := <-signals:
			if sig != syscall.SIGHUP {
				return s.drain(sig, signals)
			}
			s.reload(true)
			w.follow()
		}
	}
}

// watch follows the files of the flows, unless there are none or that was switched off.
func (s *server) watch() *watcher {
	if !s.config.watch || len(s.paths) == 0 {
		return &watcher{}
	}
	w, err := newWatcher(s.paths, s.log)
	if err != nil {
		s.log.Warn("flows are not reloaded when they change: send SIGHUP", "error", err)
		return &watcher{}
	}
	return w
}

// reload takes on the flows as they are now, unless something is wrong with them. What is asked for is always answered
// in the log; a change of files that changes no flow is not.
func (s *server) reload(asked bool) {
	set, problems, err := s.load()
	if err == nil && problems.HasErrors() {
		err = problems.Err()
	}
	if err != nil {
		if reason := err.Error(); asked || reason != s.refused {
			s.refused = reason
			s.refuse(problems, err)
		}
		return
	}
	print := fingerprint(set)
	if print == s.fingerprint && s.refused == "" && !asked {
		return
	}
	if err := s.engine.Reload(set); err != nil {
		s.refuse(nil, err)
		return
	}
	s.fingerprint, s.refused = print, ""
	logProblems(s.log, problems)
	s.log.Info("flows reloaded", "flows", len(set.Flows()))
}

// refuse logs why the flows that are served stay.
func (s *server) refuse(problems diag.List, err error) {
	logProblems(s.log, problems)
	switch problemCode(problems) {
	case exitProblems:
		err = errors.New("errors in flows")
	case exitUsage:
		err = errors.New("the params of the configuration do not fit the flows")
	}
	s.log.Error("flows not reloaded, the old ones go on", "error", err)
}

// fingerprint tells sets of flows apart.
func fingerprint(set *flow.Set) string {
	var b strings.Builder
	for _, f := range set.Flows() {
		b.WriteString(f.Name + " " + f.Hash.String() + "\n")
	}
	return b.String()
}

// drain refuses new webhooks, waits for those in flight and ends. Meanwhile /healthz answers 503, so that a balancer sees it.
func (s *server) drain(sig os.Signal, signals <-chan os.Signal) error {
	s.log.Info("stopping", "signal", sig.String(), "inFlight", s.engine.Stats().InFlight, "timeout", s.config.drainTimeout)
	ctx, cancel := context.WithTimeout(context.Background(), s.config.drainTimeout)
	defer cancel()
	defer s.http.Close() // of connections that are left: there is nobody to tell
	s.http.SetKeepAlivesEnabled(false)
	done := make(chan error, 1)
	go func() { done <- errors.Join(s.engine.Close(ctx), s.http.Shutdown(ctx)) }()
	for {
		select {
		case err := <-done:
			if err != nil {
				return failure{exitFailed, fmt.Errorf("serve: webhooks were cut off after %s: %w", s.config.drainTimeout, err)}
			}
			s.log.Info("stopped")
			return nil
		case again := <-signals:
			if again != syscall.SIGHUP {
				return failure{exitFailed, fmt.Errorf("serve: stopped at once by a second %s", again)}
			}
		}
	}
}
