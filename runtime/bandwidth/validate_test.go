package bandwidth

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// trial is a request that is to be checked. field is what the error must name; empty is a legal request.
type trial struct {
	name, field string
	send        func(context.Context, *Client) error
}

func creating(name, field string, change func(*CreateCall)) trial {
	return trial{name, field, func(ctx context.Context, c *Client) error {
		call := validCall()
		change(call)
		_, err := c.CreateCall(ctx, call)
		return err
	}}
}

func long(n int) string { return strings.Repeat("ü", n) }

func addresses() []trial {
	return []trial{
		creating("no to", "to", func(c *CreateCall) { c.To = "" }),
		creating("a to without a plus", "to", func(c *CreateCall) { c.To = "15551234567" }),
		creating("a to of 16 digits", "to", func(c *CreateCall) { c.To = "+1234567890123456" }),
		creating("a to that begins with 0", "to", func(c *CreateCall) { c.To = "+0555" }),
		creating("a to with letters", "to", func(c *CreateCall) { c.To = "+1555CALLME" }),
		creating("a SIP URI", "", func(c *CreateCall) { c.To = "sip:alice@example.com;transport=tls" }),
		creating("a SIP URI of nobody", "to", func(c *CreateCall) { c.To = "sip:" }),
		creating("a SIP URI with a line break", "to", func(c *CreateCall) { c.To = "sip:a@b\r\nX: y" }),
		creating("no from", "from", func(c *CreateCall) { c.From = "" }),
		creating("a from that is withheld", "", func(c *CreateCall) { c.From = "Anonymous" }),
		creating("a from that is a name", "from", func(c *CreateCall) { c.From = "Bob" }),
		creating("no application", "applicationId", func(c *CreateCall) { c.ApplicationID = "" }),
		creating("no answer URL", "answerUrl", func(c *CreateCall) { c.AnswerURL = "" }),
		creating("a relative answer URL", "answerUrl", func(c *CreateCall) { c.AnswerURL = "/answer" }),
		creating("an ftp answer URL", "answerUrl", func(c *CreateCall) { c.AnswerURL = "ftp://a.example" }),
		creating("an answer URL of 2048 characters", "", func(c *CreateCall) { c.AnswerURL = "https://a.example/" + strings.Repeat("a", 2048-18) }),
		creating("an answer URL of 2049 characters", "answerUrl", func(c *CreateCall) { c.AnswerURL = "https://a.example/" + strings.Repeat("a", 2049-18) }),
		creating("a password in the clear", "answerUrl", func(c *CreateCall) { c.AnswerURL, c.Password = "http://a.example", "p" }),
		creating("a password to loopback", "", func(c *CreateCall) { c.AnswerURL, c.Password = "http://127.0.0.1:1/a", "p" }),
		creating("http without a password", "", func(c *CreateCall) { c.AnswerURL = "http://a.example" }),
		creating("a fallback password in the clear", "answerFallbackUrl", func(c *CreateCall) { c.AnswerFallbackURL, c.FallbackUsername = "http://a.example", "u" }),
		creating("a disconnect URL that is none", "disconnectUrl", func(c *CreateCall) { c.DisconnectURL = "://" }),
		creating("a method in lower case", "answerMethod", func(c *CreateCall) { c.AnswerMethod = "post" }),
		creating("GET", "", func(c *CreateCall) { c.AnswerMethod, c.AnswerFallbackMethod, c.DisconnectMethod = "GET", "GET", "GET" }),
		creating("PUT on disconnect", "disconnectMethod", func(c *CreateCall) { c.DisconnectMethod = "PUT" }),
		creating("PUT on fallback", "answerFallbackMethod", func(c *CreateCall) { c.AnswerFallbackMethod = "PUT" }),
	}
}

func ranges() []trial {
	return []trial{
		creating("the least of all", "", func(c *CreateCall) { c.CallTimeout, c.CallbackTimeout, c.Priority = 1, 1, 1 }),
		creating("the most of all", "", func(c *CreateCall) { c.CallTimeout, c.CallbackTimeout, c.Priority = 300, 25, 5 }),
		creating("too short a call timeout", "callTimeout", func(c *CreateCall) { c.CallTimeout = 0.5 }),
		creating("too long a call timeout", "callTimeout", func(c *CreateCall) { c.CallTimeout = 300.5 }),
		creating("a call timeout that is no number", "callTimeout", func(c *CreateCall) { c.CallTimeout = math.NaN() }),
		creating("too long a callback timeout", "callbackTimeout", func(c *CreateCall) { c.CallbackTimeout = 26 }),
		creating("a negative callback timeout", "callbackTimeout", func(c *CreateCall) { c.CallbackTimeout = -1 }),
		creating("priority 6", "priority", func(c *CreateCall) { c.Priority = 6 }),
		creating("a user name of 1025 characters", "username", func(c *CreateCall) { c.Username = long(1025) }),
		creating("credentials of 1024 characters", "", func(c *CreateCall) { c.Username, c.Password, c.FallbackPassword = long(1024), long(1024), long(1024) }),
		creating("a fallback password of 1025 characters", "fallbackPassword", func(c *CreateCall) { c.FallbackPassword = long(1025) }),
		creating("a tag of 4096 characters", "", func(c *CreateCall) { c.Tag = long(4096) }),
		creating("a tag of 4097 characters", "tag", func(c *CreateCall) { c.Tag = long(4097) }),
		creating("a tag that is not UTF-8", "tag", func(c *CreateCall) { c.Tag = "\xff" }),
		creating("a name of 257 characters", "displayName", func(c *CreateCall) { c.DisplayName = long(257) }),
		creating("a name with a tab", "displayName", func(c *CreateCall) { c.DisplayName = "a\tb" }),
		creating("a name beside privacy", "displayName", func(c *CreateCall) { c.Privacy, c.DisplayName = true, "Bob" }),
		creating("privacy without a name", "", func(c *CreateCall) { c.Privacy = true }),
		creating("user-to-user information", "", func(c *CreateCall) { c.UUI = "abc;encoding=base64,def;encoding=jwt,0a;encoding=hex" }),
		creating("user-to-user information of another encoding", "uui", func(c *CreateCall) { c.UUI = "abc;encoding=rot13" }),
		creating("user-to-user information of 351 characters", "uui", func(c *CreateCall) { c.UUI = long(351) }),
		creating("a detection mode of another name", "machineDetection.mode", func(c *CreateCall) { c.MachineDetection = &MachineDetection{Mode: "Sync"} }),
		creating("a detection timeout without end", "machineDetection.detectionTimeout", func(c *CreateCall) {
			c.MachineDetection = &MachineDetection{DetectionTimeout: math.Inf(1)}
		}),
		creating("a detection URL that is relative", "machineDetection.callbackUrl", func(c *CreateCall) { c.MachineDetection = &MachineDetection{CallbackURL: "/x"} }),
		creating("a detection password of 1025 characters", "machineDetection.fallbackPassword", func(c *CreateCall) {
			c.MachineDetection = &MachineDetection{FallbackPassword: long(1025)}
		}),
	}
}

func updates() []trial {
	call := func(name, field string, update *UpdateCall) trial {
		return trial{name, field, func(ctx context.Context, c *Client) error { return c.UpdateCall(ctx, "c-1", update) }}
	}
	conference := func(name, field string, update *UpdateConference) trial {
		return trial{name, field, func(ctx context.Context, c *Client) error { return c.UpdateConference(ctx, "conf-1", update) }}
	}
	document := func(name, field string, size int) trial {
		return trial{name, field, func(ctx context.Context, c *Client) error { return c.UpdateCallBXML(ctx, "c-1", make([]byte, size)) }}
	}
	const to = "https://a.example/r"
	return []trial{
		call("no call update", "request", nil),
		call("active without a URL", "redirectUrl", &UpdateCall{State: "active"}),
		call("no state and no URL", "redirectUrl", &UpdateCall{}),
		call("a relative URL", "redirectUrl", &UpdateCall{RedirectURL: "/r"}),
		call("a URL of any length", "", &UpdateCall{RedirectURL: to + strings.Repeat("a", 3000)}),
		call("completed with a URL", "redirectUrl", &UpdateCall{State: "completed", RedirectURL: to}),
		call("completed with a method", "redirectMethod", &UpdateCall{State: "completed", RedirectMethod: "GET"}),
		call("completed with a tag", "tag", &UpdateCall{State: "completed", Tag: "t"}),
		call("another state", "state", &UpdateCall{State: "ended", RedirectURL: to}),
		call("a fallback of another method", "redirectFallbackMethod", &UpdateCall{RedirectURL: to, RedirectFallbackURL: to, RedirectFallbackMethod: "PUT"}),
		call("a tag of 4097 characters on an update", "tag", &UpdateCall{RedirectURL: to, Tag: long(4097)}),
		conference("no conference update", "request", nil),
		conference("an active conference without a URL", "redirectUrl", &UpdateConference{}),
		conference("a completed conference with a URL", "redirectUrl", &UpdateConference{Status: "completed", RedirectURL: to}),
		conference("a conference of another status", "status", &UpdateConference{Status: "done"}),
		conference("a redirected conference", "", &UpdateConference{Status: "active", RedirectURL: to, RedirectMethod: "GET"}),
		document("no document", "document", 0),
		document("a document of 64 KiB", "", 64<<10),
		document("a document of more than that", "document", 64<<10+1),
	}
}

func others() []trial {
	state := func(name, field string, update *UpdateCallRecording) trial {
		return trial{name, field, func(ctx context.Context, c *Client) error { return c.UpdateCallRecordingState(ctx, "c-1", update) }}
	}
	transcribe := func(name, field string, ask *TranscribeRecording) trial {
		return trial{name, field, func(ctx context.Context, c *Client) error { return c.TranscribeRecording(ctx, "c-1", "r-1", ask) }}
	}
	endpoint := func(name, field string, ask *CreateEndpoint) trial {
		return trial{name, field, func(ctx context.Context, c *Client) error { _, err := c.CreateEndpoint(ctx, ask); return err }}
	}
	list := func(name, field string, size int) trial {
		return trial{name, field, func(ctx context.Context, c *Client) error {
			for _, err := range c.Conferences(ctx, &ConferenceFilter{PageSize: size}) {
				return err
			}
			return nil
		}}
	}
	return []trial{
		{"no call", "request", func(ctx context.Context, c *Client) error { _, err := c.CreateCall(ctx, nil); return err }},
		{"no member update", "request", func(ctx context.Context, c *Client) error { return c.UpdateConferenceMember(ctx, "conf-1", "c-1", nil) }},
		{"a member without an id", "memberId", func(ctx context.Context, c *Client) error { return c.UpdateConferenceMember(ctx, "conf-1", "", nil) }},
		{"a recording without an id", "recordingId", func(ctx context.Context, c *Client) error { return c.DeleteRecordingMedia(ctx, "c-1", "") }},
		state("no recording update", "request", nil), state("no recording state", "state", &UpdateCallRecording{}),
		state("another recording state", "state", &UpdateCallRecording{State: "stopped"}),
		transcribe("no question", "request", nil), transcribe("an empty question", "", &TranscribeRecording{}),
		transcribe("a timeout of 26 s", "callbackTimeout", &TranscribeRecording{CallbackTimeout: 26}),
		endpoint("no endpoint", "request", nil), endpoint("an endpoint without a type", "type", &CreateEndpoint{Direction: "INBOUND"}),
		endpoint("another direction", "direction", &CreateEndpoint{Type: "WEBRTC", Direction: "UP"}),
		endpoint("a tag of 1025 characters", "tag", &CreateEndpoint{Type: "WEBRTC", Direction: "INBOUND", Tag: long(1025)}),
		endpoint("what JSON cannot say", "connectionMetadata", &CreateEndpoint{Type: "WEBRTC", Direction: "INBOUND", ConnectionMetadata: map[string]any{"f": math.NaN()}}),
		list("pages of 1001", "pageSize", 1001), list("pages of less than one", "pageSize", -1), list("pages of 1", "", 1),
	}
}

func TestRequestsAreCheckedBeforeTheyAreSent(t *testing.T) {
	all := append(addresses(), ranges()...)
	for _, trial := range append(append(all, updates()...), others()...) {
		t.Run(trial.name, func(t *testing.T) {
			requests := 0
			config := testConfig("http://voice.example.com")
			config.HTTP = failing(http.StatusTeapot, &requests)
			e := asError(t, trial.send(t.Context(), newClient(t, config)))
			var invalid *InvalidError
			if trial.field == "" {
				if errors.As(e, &invalid) || requests != 1 {
					t.Errorf("refused: %v", e)
				}
				return
			}
			if !errors.As(e, &invalid) || invalid.Field != trial.field || requests != 0 {
				t.Fatalf("error is %v after %d requests, want one about %s", e, requests, trial.field)
			}
			if e.Type != "validation" || !e.NotSent() || e.Ambiguous() || e.Retryable() || len(e.Error()) > 1000 {
				t.Errorf("error is %+v", e)
			}
		})
	}
}

func TestMessagesNameFieldValueAndWhatIsLegal(t *testing.T) {
	c := newClient(t, testConfig("http://127.0.0.1:1"))
	for want, change := range map[string]func(*CreateCall){
		`createCall: invalid callTimeout "301": it must be within the range [1, 300]`:                                                func(b *CreateCall) { b.CallTimeout = 301 },
		`createCall: to is missing; give an E164 telephone number such as +15551234567, or a sip: URI`:                               func(b *CreateCall) { b.To = "" },
		`createCall: invalid username "***": it must be UTF-8 of at most 1024 characters`:                                            func(b *CreateCall) { b.Username = long(1025) },
		`createCall: invalid answerUrl "http://***@a.example/x?...": it must be https with a user name or a password`:                func(b *CreateCall) { b.AnswerURL, b.Password = "http://u:swordfish@a.example/x?t=token", "p" },
		`createCall: invalid answerUrl "gopher://a.example#...": it must be an absolute URL with http or https`:                      func(b *CreateCall) { b.AnswerURL = "gopher://a.example#token" },
		`createCall: invalid machineDetection.mode "later": it must be one of sync, async`:                                           func(b *CreateCall) { b.MachineDetection = &MachineDetection{Mode: "later"} },
		`createCall: invalid displayName "Bob": it must be one of Restricted, Anonymous, Private, Unavailable`:                       func(b *CreateCall) { b.Privacy, b.DisplayName = true, "Bob" },
		`createCall: invalid from "` + strings.Repeat("x", maxDescription) + `...": it must be ` + legalFrom:                         func(b *CreateCall) { b.From = strings.Repeat("x", 9999) },
		`createCall: invalid tag "` + strings.Repeat("x", maxDescription) + `...": it must be at most 4096 characters, but has 5000`: func(b *CreateCall) { b.Tag = strings.Repeat("x", 5000) },
	} {
		call := validCall()
		change(call)
		_, err := c.CreateCall(t.Context(), call)
		if diff := cmp.Diff(want, asError(t, err).Error()); diff != "" {
			t.Error(diff)
		}
	}
}

func FuzzShownURL(f *testing.F) {
	for _, seed := range []string{"h/x?t=1#f", "//@@", "@", "?", "a/@b", "\xff\n", "", "[::1]:x/"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "UNTER") {
			return
		}
		for _, address := range []string{"https://u:HUNTER2@" + text, "https://h/x?t=HUNTER2" + text, "https://u:pa?HUNTER2@" + text} {
			if shown := shownURL(address); strings.Contains(shown, "HUNTER2") {
				t.Errorf("%q is shown as %q", address, shown)
			}
		}
	})
}
