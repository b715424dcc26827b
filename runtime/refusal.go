package runtime

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// statusText is the body of a refusal. It says what was wrong with the request, never why the runtime failed.
var statusText = map[int]string{
	http.StatusBadRequest:            "this is no webhook of Bandwidth Programmable Voice",
	http.StatusUnauthorized:          "a user name and password are needed",
	http.StatusForbidden:             "the token in the URL is not valid for this webhook",
	http.StatusNotFound:              "there is no such flow",
	http.StatusMethodNotAllowed:      "webhooks come by GET or POST",
	http.StatusRequestEntityTooLarge: "the webhook is too large",
	http.StatusTooManyRequests:       "too many webhooks at once",
	http.StatusServiceUnavailable:    "the service is stopping",
}

func refuse(rw http.ResponseWriter, status int) { refuseWith(rw, status, statusText[status]) }

func refuseWith(rw http.ResponseWriter, status int, text string) {
	rw.Header()["Content-Type"] = plainText
	rw.WriteHeader(status)
	io.WriteString(rw, text+"\n") // who asked is gone, nobody is left to tell
}

// refused answers and logs a request that was not handled. One that was not understood is in the log already.
func (w *work) refused(rw http.ResponseWriter, r *http.Request, status int) {
	switch {
	case status == http.StatusOK:
		w.write(rw)
		return
	case status != http.StatusBadRequest:
		w.engine.config.Logger.Warn("webhook refused", "why", or(w.why, statusText[status]), "flow", clip(w.delivery.Flow),
			"status", status, "remote", r.RemoteAddr)
		refuse(rw, status)
		return
	}
	text := statusText[status]
	if w.why != "" {
		text += ": " + w.why
	}
	refuseWith(rw, status, text)
}

// warnRefused logs a webhook that was understood and is not for the call.
func (w *work) warnRefused(why string) {
	e := w.delivery.Event
	w.engine.config.Logger.Warn("webhook refused", "why", why, "flow", clip(w.delivery.Flow), "status", w.status,
		"call", clip(e.Key()), "event", clip(e.TypeName()))
}

// removed reports whether a call would begin that has no flow: nobody had it, or a reload took it away. Whoever bears a token
// belongs to a call that was, and is answered.
func (w *work) removed() bool {
	return w.input.Flow == nil && !w.verified && w.delivery.Event.Type().Starts
}

// warnUnknown logs why a webhook on which a call waits was answered with the apology: nothing is known of the call, and none
// begins with this event.
func (w *work) warnUnknown(out *Outcome) {
	if out.Changed || out.Kind != Document || !w.origin.New() || out.Trace != nil && len(out.Trace.Faults) > 0 {
		return
	}
	e, name := w.delivery.Event, w.delivery.Flow
	what := fmt.Sprintf("%s is for a call that is not known", clip(e.TypeName()))
	help := "the call began before a restart, or with another service; with the memory store calls end with the process"
	if f := w.input.Flow; f != nil && e.Type().Starts {
		what = fmt.Sprintf("flow %s does not start with %s", name, e.Type().Name)
		help = fmt.Sprintf("it starts with %s: let the voice application name another flow, or add %s to its start",
			strings.Join(slices.Sorted(maps.Keys(f.Start)), ", "), e.Type().Name)
	}
	w.engine.config.Logger.Warn(what, "flow", clip(name), "call", clip(e.Key()), "event", clip(e.TypeName()), "answer", "apology", "help", help)
}

// maxLogged bounds a text of a request in the log, in bytes.
const maxLogged = 100

// clip returns a copy of a text that anybody may have written, and that lies in memory that is used again.
func clip(s string) string {
	if len(s) > maxLogged {
		return strings.ToValidUTF8(s[:maxLogged], "") + "..."
	}
	return strings.Clone(s)
}
