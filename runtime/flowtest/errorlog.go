package flowtest

import (
	"context"
	"log/slog"
)

// errorLog keeps what an engine logs as an error, for failures that leave no trace.
type errorLog struct{ lines []string }

// Enabled is for slog.Handler.
func (*errorLog) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelWarn }

// Handle is for slog.Handler.
func (l *errorLog) Handle(_ context.Context, r slog.Record) error {
	line := r.Message
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "error" || a.Key == "why" {
			line += ": " + a.Value.String()
		}
		return true
	})
	l.lines = append(l.lines, line)
	return nil
}

// WithAttrs is for slog.Handler.
func (l *errorLog) WithAttrs([]slog.Attr) slog.Handler { return l }

// WithGroup is for slog.Handler.
func (l *errorLog) WithGroup(string) slog.Handler { return l }

// last returns the last line, "" when there is none.
func (l *errorLog) last() string {
	if len(l.lines) == 0 {
		return ""
	}
	return l.lines[len(l.lines)-1]
}
