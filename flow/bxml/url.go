package bxml

import (
	"fmt"
	"strings"
)

func checkURL(value string, relative bool) error {
	if err := checkReference(value); err != nil {
		return err
	}
	switch s := scheme(value); {
	case s == "" && !relative:
		return fmt.Errorf("%s must begin with https:// or http://", quote(value))
	case s == "" && strings.HasPrefix(value, "//"):
		return checkAuthority(value, 2)
	case s == "":
		return nil
	case !strings.EqualFold(s, "https") && !strings.EqualFold(s, "http") || !strings.HasPrefix(value[len(s):], "://"):
		return fmt.Errorf("%s is not an http or https URL", quote(value))
	default:
		return checkAuthority(value, len(s)+len("://"))
	}
}

func checkWebSocket(value string) error {
	if err := checkReference(value); err != nil {
		return err
	}
	s := scheme(value)
	if !strings.EqualFold(s, "wss") && !strings.EqualFold(s, "ws") || !strings.HasPrefix(value[len(s):], "://") {
		return fmt.Errorf("%s must begin with wss:// or ws://", quote(value))
	}
	return checkAuthority(value, len(s)+len("://"))
}

// checkReference checks what holds for every URL: its length and its characters. Characters above ASCII are left to the
// carrier, which has to encode them anyway.
func checkReference(value string) error {
	if value == "" {
		return fmt.Errorf("a URL must not be empty")
	}
	if len(value) > MaxURL {
		return fmt.Errorf("a URL of %d bytes is longer than %d", len(value), MaxURL)
	}
	for i := range len(value) {
		switch c := value[i]; {
		case c <= ' ' || c == 0x7f || strings.IndexByte("\"<>\\^`{|}", c) >= 0:
			return fmt.Errorf("%s holds %q, which must be written %%%02X in a URL", quote(value), c, c)
		case c == '%' && (i+2 >= len(value) || !isHex(value[i+1]) || !isHex(value[i+2])):
			return fmt.Errorf("%s holds a %% without two hexadecimal digits", quote(value))
		}
	}
	return nil
}

// scheme returns the scheme of a URL without its colon, "" when it is relative.
func scheme(value string) string {
	for i := range len(value) {
		c := value[i]
		if c == ':' {
			return value[:i]
		}
		if !isAlnum(c) && (i == 0 || c != '+' && c != '-' && c != '.') {
			return ""
		}
	}
	return ""
}

func checkAuthority(value string, start int) error {
	authority := value[start:]
	if end := strings.IndexAny(authority, "/?#"); end >= 0 {
		authority = authority[:end]
	}
	if strings.Contains(authority, "@") {
		return fmt.Errorf("credentials do not belong in a URL but in the attributes for user name and password")
	}
	host, port := authority, ""
	if i := strings.LastIndexByte(authority, ':'); i >= 0 && !strings.HasSuffix(authority, "]") {
		host, port = authority[:i], authority[i+1:]
	}
	if host == "" || strings.HasPrefix(host, "[") != strings.HasSuffix(host, "]") {
		return fmt.Errorf("%s has no host", quote(value))
	}
	if len(port) > 5 || strings.Trim(port, "0123456789") != "" || len(port) == 5 && port > "65535" {
		return fmt.Errorf("%s has a port that is not a number up to 65535", quote(value))
	}
	return nil
}

func isHex(c byte) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f' }
