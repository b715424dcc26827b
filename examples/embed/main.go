// Embed answers calls inside a web server of one's own, beside its other routes. The flow is support.yaml; its actions, its
// function and its observer are in shop.go.
package main

import (
	"context"
	"embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/runtime"
)

//go:embed support.yaml
var flows embed.FS

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "address to listen on")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *addr); err != nil {
		log.Fatal(err)
	}
}

// run serves until ctx ends, then lets webhooks in flight finish.
func run(ctx context.Context, addr string) error {
	s := newShop()
	engine, err := newEngine(s.kit())
	if err != nil {
		return err
	}
	server := &http.Server{Addr: addr, Handler: routes(s, engine), ReadHeaderTimeout: 5 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.ListenAndServe() }()
	log.Printf("send webhooks to http://%s/flows/support", addr)
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	// The server first, so that nothing is refused that it still takes; then the engine, which finishes effects.
	return errors.Join(server.Shutdown(ctx), engine.Close(ctx))
}

// newEngine loads the flow and starts an engine for it.
func newEngine(kit runtime.Kit) (*runtime.Engine, error) {
	set, problems, err := flow.LoadFS(flow.Options{Functions: kit.Functions}, flows)
	if err != nil {
		return nil, err
	}
	if err := problems.Err(); err != nil {
		return nil, err
	}
	c := runtime.Config{Flows: set, Kit: kit}
	// What Bandwidth sends with its webhooks. Without it everybody may begin a call: fine on one's own machine only.
	if user := os.Getenv("WEBHOOK_USERNAME"); user != "" {
		c.Credentials = []runtime.Credential{{Username: user, Password: os.Getenv("WEBHOOK_PASSWORD")}}
	}
	return runtime.New(c)
}

// routes puts the engine beside the other pages of the server.
func routes(s *shop, engine *runtime.Engine) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "The shop is open.")
	})
	mux.HandleFunc("GET /outcomes", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, s.outcomes.String())
	})
	voice := engine.Handler()
	mux.Handle("/flows/", voice)
	mux.Handle("/healthz", voice)
	return mux
}
