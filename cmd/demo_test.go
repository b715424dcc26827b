package cmd

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/bxmlflow/bxmlflow/internal/golden"
	"github.com/bxmlflow/bxmlflow/runtime"
)

func TestDemoShowsWholeCalls(t *testing.T) {
	p := launch(options{args: []string{"demo"}})
	p.wait(t, exitFine)
	golden.Compare(t, "testdata/demo.golden", []byte(p.out.String()))
}

func TestDemoShowsWholeDocuments(t *testing.T) {
	p := launch(options{args: []string{"demo", "--bxml"}})
	p.wait(t, exitFine)
	for _, want := range []string{`  <Gather maxDigits=`, `gatherUrl="?t=…"`, "             </Gather>\n           </Response>\n"} {
		if !strings.Contains(p.out.String(), want) {
			t.Errorf("%q is not in\n%s", want, p.out)
		}
	}
}

func TestDemoFailsWhenSomethingElseHappens(t *testing.T) {
	other := func(body string, status int) func(http.Handler) http.Handler {
		return func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				next.ServeHTTP(discard{w}, r)
				w.WriteHeader(status)
				io.WriteString(w, body)
			})
		}
	}
	tests := []struct {
		name, body string
		status     int
		want       string
	}{
		{"a status", "", http.StatusInternalServerError, `caller does not hear "Thanks for calling"`},
		{"no document", "sorry", http.StatusOK, `caller does not hear "Thanks for calling"`},
		{"other words", "<Response><SpeakSentence>Hi</SpeakSentence></Response>", http.StatusOK, `caller does not hear "Thanks for calling"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := launch(options{args: []string{"demo"}, kit: runtime.Kit{Middleware: []func(http.Handler) http.Handler{other(tt.body, tt.status)}}})
			p.wait(t, exitProblems)
			if !strings.Contains(p.err.String(), tt.want) {
				t.Errorf("it says\n%s\nwithout %q", p.err, tt.want)
			}
		})
	}
}

// discard is an answer that nobody gets.
type discard struct{ http.ResponseWriter }

func (discard) WriteHeader(int)             {}
func (discard) Write(p []byte) (int, error) { return len(p), nil }
