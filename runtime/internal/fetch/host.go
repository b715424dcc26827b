package fetch

import (
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// Host is an entry of the list of hosts that may be asked.
type Host struct {
	// Name is a host name or an IP address, or "*." and a name for every host
	// under it, but not the name itself. A port may follow: ":8443". Without one
	// the ports 80 and 443 are allowed.
	Name string
	// Private allows every address that the name resolves to, those of the own
	// network and the own machine too. A name that others may point where they
	// like must not be private.
	Private bool
}

// rule is a Host, taken apart.
type rule struct {
	name    string // lower case; of a suffix with its leading dot
	suffix  bool
	port    string // empty for 80 and 443
	private bool
}

// parseHost checks an entry of the list.
func parseHost(h Host) (rule, error) {
	r := rule{name: strings.ToLower(h.Name), private: h.Private}
	if address, err := netip.ParseAddr(r.name); err != nil || !address.Is6() {
		r.name, r.port = cutPort(r.name)
	}
	if r.port != "" {
		if n, err := strconv.ParseUint(r.port, 10, 16); err != nil || n == 0 || strconv.FormatUint(n, 10) != r.port {
			return rule{}, fmt.Errorf("host %q: %q is no port", h.Name, r.port)
		}
	}
	if address, err := netip.ParseAddr(strings.Trim(r.name, "[]")); err == nil {
		if !h.Private && !public(address) {
			return rule{}, fmt.Errorf("host %q is not public and would always be refused: write private: true", h.Name)
		}
		r.name = address.String()
		return r, nil
	}
	if name, ok := strings.CutPrefix(r.name, "*"); ok && len(name) > 1 && name[0] == '.' {
		r.name, r.suffix = name, true
	}
	if strings.ContainsFunc(h.Name, func(r rune) bool { return r >= 0x80 }) {
		return rule{}, fmt.Errorf("host %q is not in ASCII: write its xn-- form", h.Name)
	}
	if !hostname(strings.TrimPrefix(r.name, ".")) || !r.suffix && r.name[0] == '.' {
		return rule{}, fmt.Errorf("host %q is neither a host name nor an address", h.Name)
	}
	return r, nil
}

// cutPort splits "name:port" and "[v6]:port".
func cutPort(s string) (name, port string) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 || strings.HasSuffix(s, "]") {
		return s, ""
	}
	if i == len(s)-1 {
		return s, "" // an empty port: refused as a name
	}
	return s[:i], s[i+1:]
}

// hostname tells whether s is a DNS name in ASCII. Names whose last label is a
// number are not: system resolvers take 127.1, 0x7f.1 and 2130706433 for
// addresses.
func hostname(s string) bool {
	if len(s) > 253 {
		return false
	}
	labels := strings.Split(s, ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || strings.Trim(label, letters) != "" || label[0] == '-' {
			return false
		}
	}
	last := labels[len(labels)-1]
	return last[0] < '0' || last[0] > '9'
}

const letters = "abcdefghijklmnopqrstuvwxyz0123456789-_"

// match refuses a URL that no rule allows.
func match(rules []rule, u *url.URL) error {
	if u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("%w: scheme %q is neither http nor https", ErrRefused, u.Scheme)
	}
	if u.User != nil {
		return fmt.Errorf("%w: the address has a user name; use a header", ErrRefused)
	}
	host, ok := canonical(u.Hostname())
	if !ok {
		return fmt.Errorf("%w: %q is no host name", ErrRefused, u.Hostname())
	}
	for _, r := range rules {
		if r.allows(host, u.Port()) {
			return nil
		}
	}
	return fmt.Errorf("%w: %q is not among the allowed hosts", ErrRefused, u.Host)
}

// canonical returns the host as rules spell it.
func canonical(host string) (string, bool) {
	if address, err := netip.ParseAddr(host); err == nil {
		return address.String(), true
	}
	// Lower case of ASCII only: some other letters have an ASCII one as theirs.
	if strings.ContainsFunc(host, func(r rune) bool { return r >= 0x80 }) {
		return "", false
	}
	host = strings.ToLower(host)
	return host, hostname(host)
}

// allows takes a canonical host and the port of the URL, empty for the scheme's.
func (r *rule) allows(host, port string) bool {
	if r.port == "" && port != "" && port != "80" && port != "443" {
		return false
	}
	if r.port != "" && port != r.port {
		return false
	}
	if r.suffix {
		return strings.HasSuffix(host, r.name) && len(host) > len(r.name)
	}
	return host == r.name
}
