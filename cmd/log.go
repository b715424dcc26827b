package cmd

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/lmittmann/tint"

	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/runtime"
)

// logger writes to the error stream: text with colours on a terminal, or one JSON object per line.
func (a *app) logger(format string, level slog.Level) *slog.Logger {
	if format == "json" {
		return slog.New(slog.NewJSONHandler(a.Err, &slog.HandlerOptions{Level: level, ReplaceAttr: readable}))
	}
	return slog.New(tint.NewTextHandler(a.Err, &tint.Options{Level: level, NoColor: !a.Terminal, TimeFormat: time.TimeOnly}))
}

// readable writes durations as text, 1.5ms, as text logs have them.
func readable(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() == slog.KindDuration {
		a.Value = slog.StringValue(a.Value.Duration().String())
	}
	return a
}

// logSteps writes one line per step. It names no phone number, digit or variable: those stand in what a flow logs itself.
func logSteps(log *slog.Logger) runtime.Observer {
	return func(t *runtime.Trace) {
		if t.Note == runtime.NoteBroken {
			return // there was no step, and the engine says why
		}
		attrs := appendText(make([]slog.Attr, 0, 12), "flow", t.Flow)
		attrs = append(attrs, slog.String("call", t.Machine), slog.String("event", t.Event))
		attrs = appendText(attrs, "from", t.From)
		attrs = appendText(attrs, "to", t.To)
		attrs = appendText(attrs, "transition", strings.Join(t.Transitions, " "))
		if t.Turn > 0 {
			attrs = append(attrs, slog.Uint64("turn", uint64(t.Turn)))
		}
		attrs = appendText(attrs, "verbs", strings.Join(t.Verbs, " "))
		attrs = appendText(attrs, "note", t.Note)
		if t.Took > 0 {
			attrs = append(attrs, slog.Duration("took", t.Took.Round(time.Microsecond)))
		}
		if len(t.Faults) > 0 {
			attrs = append(attrs, slog.String("reason", t.Faults[0].Reason)) // the engine logs the faults themselves
		}
		log.LogAttrs(context.Background(), slog.LevelInfo, "step", attrs...)
	}
}

func appendText(attrs []slog.Attr, key, value string) []slog.Attr {
	if value == "" {
		return attrs
	}
	return append(attrs, slog.String(key, value))
}

// logProblems writes problems of flow files, one line each.
func logProblems(log *slog.Logger, problems diag.List) {
	for _, d := range problems {
		level := slog.LevelWarn
		if d.Severity == diag.Error {
			level = slog.LevelError
		}
		attrs := []slog.Attr{slog.String("place", d.Span.String()), slog.String("rule", d.Rule)}
		log.LogAttrs(context.Background(), level, d.Message, appendText(attrs, "help", d.Help)...)
	}
}

// logRequests writes one line per request for debugging, without the query, which holds a token.
func logRequests(log *slog.Logger) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			begin := time.Now()
			status := &statusWriter{ResponseWriter: w, status: http.StatusOK}
			next.ServeHTTP(status, r)
			log.Debug("request", "method", r.Method, "path", r.URL.Path, "status", status.status, "remote", r.RemoteAddr,
				"took", time.Since(begin).Round(time.Microsecond))
		})
	}
}

// statusWriter remembers the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the writer underneath.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
