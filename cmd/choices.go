package cmd

import (
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/runtime/simulator"
)

// policies are the words for choices that are neither yes or no, nor a duration, nor a number: the values are their places.
var policies = map[string][]string{
	"Fallback":  {"always", "unreachable", "server"},
	"EmptyBody": {"invalid", "hangup"},
}

// choiceMeanings tells what each field of simulator.Choices means.
var choiceMeanings = map[string]string{
	"Fallback":                "which failures lead to the fallback URL: always, unreachable (no answer), server (and 5xx)",
	"EmptyBody":               "what an empty answer to a webhook is: invalid BXML, or hangup",
	"FollowRedirects":         "webhooks go where a 3xx answer points",
	"IgnoreUnknownAttributes": "documents may have attributes that no page names",
	"PlainCredentials":        "user names and passwords are accepted for http URLs",
	"OmitNested":              "webhooks by GET leave nested objects out",
	"KeepBase":                "relative URLs of documents that come by REST are resolved, not refused",
	"RetryAfter":              "time between the two attempts at an asynchronous webhook",
	"TypeAhead":               "digits that nothing takes are kept for the next Gather",
	"JustEnded":               "how long a call that ended is answered 409, before 404",
	"NearRealtime":            "how long a new call stays unknown to getCallState and listCalls",
	"RedirectUnanswered":      "an inbound call may be redirected by REST before it is answered",
	"CompleteFirst":           "transferComplete comes before transferDisconnect",
	"DisconnectLegs":          "the called legs of a Transfer send disconnect too",
	"NoDisconnectAfterRefer":  "no disconnect comes after a Refer that succeeded",
	"RecordingComplete":       "the event of a finished Record is named recordingComplete",
	"Shuffle":                 "what happens at the same instant comes in an order that the seed decides",
	"NoQueue":                 "enqueuedTime is left out, as for an account without call queueing",
	"PagesOnly":               "webhooks have only what the pages of the events list",
	"NoLimits":                "the account has no limits",
	"MaxAtOnce":               "webhooks of one call at one instant, before the call ends with an error; 0 is 1000",
}

// choiceNames lists the choices in their order, in the spelling of flags: empty-body.
func choiceNames() []string {
	t := reflect.TypeFor[simulator.Choices]()
	names := make([]string, t.NumField())
	for i := range names {
		names[i] = hyphened(t.Field(i).Name)
	}
	return names
}

// hyphened spells EmptyBody as empty-body.
func hyphened(name string) string {
	var b strings.Builder
	for i, r := range name {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte('-')
		}
		b.WriteRune(r)
	}
	return strings.ToLower(b.String())
}

// choose sets one choice from NAME=VALUE; a name alone is a yes.
func choose(c *simulator.Choices, given string) error {
	name, value, ok := strings.Cut(given, "=")
	v := reflect.ValueOf(c).Elem()
	for i := range v.NumField() {
		field := v.Type().Field(i).Name
		if plain(field) != plain(name) {
			continue
		}
		if !ok && v.Field(i).Kind() == reflect.Bool {
			value = "true"
		}
		return assign(v.Field(i), policies[field], value)
	}
	if near, ok := diag.Nearest(name, choiceNames()); ok {
		return fmt.Errorf("there is no choice %q, did you mean %q?", name, near)
	}
	return fmt.Errorf("there is no choice %q: bxmlflow simulator --choices lists them", name)
}

func assign(field reflect.Value, words []string, value string) error {
	switch {
	case words != nil:
		for i, w := range words {
			if w == value {
				field.SetUint(uint64(i))
				return nil
			}
		}
		return fmt.Errorf("%q is none of %s", value, strings.Join(words, ", "))
	case field.Kind() == reflect.Bool:
		yes, err := strconv.ParseBool(value)
		if err != nil {
			return fmt.Errorf("%q is neither true nor false", value)
		}
		field.SetBool(yes)
	case field.Type() == reflect.TypeFor[time.Duration]():
		d, err := time.ParseDuration(value)
		if err != nil || d < 0 {
			return fmt.Errorf("%q is no duration", value)
		}
		field.SetInt(int64(d))
	default:
		n, err := strconv.Atoi(value)
		if err != nil || n < 0 {
			return fmt.Errorf("%q is no number", value)
		}
		field.SetInt(int64(n))
	}
	return nil
}

// writeChoices lists the choices with what they mean and what holds when nothing is said.
func writeChoices(w io.Writer) {
	v := reflect.ValueOf(simulator.Choices{})
	for i := range v.NumField() {
		field := v.Type().Field(i).Name
		fmt.Fprintf(w, "%-38s %s\n", hyphened(field)+"="+usual(v.Field(i), policies[field]), choiceMeanings[field])
	}
}

// usual writes the zero value of a choice.
func usual(field reflect.Value, words []string) string {
	if words != nil {
		return words[0]
	}
	return fmt.Sprint(field.Interface())
}
