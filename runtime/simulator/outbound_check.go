package simulator

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxURL         = 2048
	maxCredential  = 1024
	maxTag         = 4096
	maxUUI         = 350
	maxDisplayName = 256
)

// callerIDs are the words that may stand in place of a number.
var callerIDs = []string{"Restricted", "Anonymous", "Private", "Unavailable"}

// checkCreation judges the body of createCall in the words of the API's errors page.
func (c *Carrier) checkCreation(x *creation) error {
	app := c.applications[x.ApplicationID]
	switch {
	case x.From == "" || x.To == "" || x.AnswerURL == "" || x.ApplicationID == "":
		return invalid("Missing at least one required field. Required fields are [from, to, answerUrl, applicationId]")
	case !isNumber(x.To):
		return invalid("Invalid to: must be an E164 telephone number")
	case !isNumber(x.From) && !slices.Contains(callerIDs, x.From):
		return invalid("Invalid from: must be an E164 telephone number")
	case app == nil:
		return invalid("Could not create call: Application id %s not found", x.ApplicationID)
	case utf8.RuneCountInString(x.Tag) > maxTag:
		return invalid("Could not create call: sendCallback tag must contain at most %d characters", maxTag)
	case utf8.RuneCountInString(x.UUI) > maxUUI:
		return invalid("Invalid uui: must contain at most %d characters", maxUUI)
	case utf8.RuneCountInString(x.DisplayName) > maxDisplayName || strings.ContainsFunc(x.DisplayName, unicode.IsControl):
		return invalid("Invalid displayName: must contain at most %d characters and no control characters", maxDisplayName)
	case x.Privacy && x.DisplayName != "" && !slices.Contains(callerIDs, x.DisplayName):
		return invalid("Invalid displayName: with privacy one of %s is needed", strings.Join(callerIDs, ", "))
	}
	for _, check := range []error{
		within("callTimeout", x.CallTimeout, 1, 300), within("callbackTimeout", x.CallbackTimeout, 1, 25), priority(x.Priority),
		c.webhook("answerUrl", x.AnswerURL, &x.AnswerMethod, x.Username+x.Password),
		c.webhook("answerFallbackUrl", x.AnswerFallbackURL, &x.AnswerFallbackMethod, x.FallbackUsername+x.FallbackPassword),
		c.webhook("disconnectUrl", x.DisconnectURL, &x.DisconnectMethod, x.Username+x.Password),
		credentials(x.Username, x.Password, x.FallbackUsername, x.FallbackPassword),
	} {
		if check != nil {
			return check
		}
	}
	return c.checkDetection(x.MachineDetection)
}

func (c *Carrier) checkDetection(d *machineDetection) error {
	if d == nil {
		return nil
	}
	if d.Mode == "" {
		d.Mode = "async"
	}
	if d.Mode != "async" && d.Mode != "sync" {
		return invalid("Invalid machineDetection mode. Supported modes: [sync, async]")
	}
	for _, seconds := range []*float64{d.DetectionTimeout, d.SilenceTimeout, d.SpeechThreshold, d.SpeechEndThreshold, d.MachineSpeechEndThreshold} {
		if seconds != nil && *seconds < 0 {
			return invalid("Invalid machineDetection: times must not be negative")
		}
	}
	if err := c.webhook("callbackUrl", d.CallbackURL, &d.CallbackMethod, d.Username+d.Password); err != nil {
		return err
	}
	if err := c.webhook("fallbackUrl", d.FallbackURL, &d.FallbackMethod, d.FallbackUsername+d.FallbackPassword); err != nil {
		return err
	}
	return credentials(d.Username, d.Password, d.FallbackUsername, d.FallbackPassword)
}

func within(name string, value *float64, low, high float64) error {
	if value == nil || *value >= low && *value <= high {
		return nil
	}
	return invalid("%s must be within the range [%v, %v], but was %v", name, low, high, *value)
}

func priority(p *int) error {
	if p == nil || *p >= 1 && *p <= 5 {
		return nil
	}
	return invalid("priority must be within the range [1, 5], but was %d", *p)
}

// webhook judges an optional URL of a request, and completes its method.
func (c *Carrier) webhook(name, ref string, m *string, credentials string) error {
	if err := method(m); err != nil {
		return invalid("Invalid %s method. Supported methods: [POST, GET]", name)
	}
	if ref == "" {
		return nil
	}
	u, err := absolute(ref)
	switch {
	case err != nil:
		return invalid("Invalid %s: only http and https are allowed", name)
	case len(ref) > maxURL:
		return invalid("Invalid %s: must contain at most %d characters", name, maxURL)
	case u.User != nil:
		return invalid("Invalid %s: credentials do not belong into a url", name)
	case credentials != "" && u.Scheme != "https" && !c.cfg.Choices.PlainCredentials:
		return invalid("Invalid %s: https is required with credentials", name)
	}
	return nil
}

func credentials(values ...string) error {
	if slices.ContainsFunc(values, func(s string) bool { return len(s) > maxCredential }) {
		return invalid("username and password must contain at most %d characters", maxCredential)
	}
	return nil
}
