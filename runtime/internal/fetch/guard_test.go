package fetch

import (
	"errors"
	"io"
	"net/http"
	"net/netip"
	"testing"
)

func TestNoSpellingOfAnAddressGetsPastTheList(t *testing.T) {
	s := serve(t, func(http.ResponseWriter, *http.Request) {})
	c := client(t, Host{Name: "api.example.com"}, Host{Name: "api.example.com:" + s.port}, Host{Name: "*.allowed.example:" + s.port})
	if len(refused) < 60 {
		t.Fatalf("%d spellings, want at least 60", len(refused))
	}
	for _, host := range refused {
		for _, address := range []string{"http://" + host + ":" + s.port + "/", "http://" + host + "/", "https://" + host, "//" + host, host} {
			if _, err := c.Do(t.Context(), &Request{URL: address}); !errors.Is(err, ErrRefused) {
				t.Errorf("%q: %v, want ErrRefused", address, err)
			}
		}
	}
	if n := s.connections.Load(); n != 0 {
		t.Errorf("%d connections, want none", n)
	}
}

func TestSchemesAndPortsThatAreNotAllowed(t *testing.T) {
	c := client(t, Host{Name: "api.example.com"}, Host{Name: "*.wild.example:8443"})
	for _, address := range []string{
		"ftp://api.example.com/", "file:///etc/passwd", "gopher://api.example.com/", "javascript:alert(1)", "HTTP+UNIX://api.example.com/",
		"http://api.example.com:22/", "http://api.example.com:8080/", "http://api.example.com:0/", "http://api.example.com:-1/",
		"https://a.wild.example/", "https://wild.example:8443/", "https://.wild.example:8443/", "https://awild.example:8443/",
		"http://user:password@api.example.com/", "http://user@api.example.com/", "http:///path", "http:api.example.com", "://", "\x7f",
	} {
		if _, err := c.Do(t.Context(), &Request{URL: address}); !errors.Is(err, ErrRefused) {
			t.Errorf("%q: %v, want ErrRefused", address, err)
		}
	}
}

func TestAListedNameThatLeadsToAClosedAddressIsRefused(t *testing.T) {
	s := serve(t, func(http.ResponseWriter, *http.Request) {})
	for _, address := range []string{
		"127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "169.254.169.254", "192.168.1.1", "100.64.0.1", "224.0.0.1",
		"::1", "::", "::ffff:127.0.0.1", "fe80::1", "fd00::1", "64:ff9b::7f00:1", "ff02::1",
	} {
		n := &names{addresses: []netip.Addr{netip.MustParseAddr(address)}}
		c := client(t, Host{Name: "api.example.com:" + s.port})
		c.guarded.Resolver = n.resolver(t)
		_, err := c.Do(t.Context(), &Request{URL: "http://api.example.com:" + s.port + "/"})
		if !errors.Is(err, ErrRefused) || n.asked.Load() == 0 {
			t.Errorf("a name that leads to %s: %v after %d questions, want ErrRefused", address, err, n.asked.Load())
		}
	}
	if n := s.connections.Load(); n != 0 {
		t.Errorf("%d connections, want none", n)
	}
}

func TestANameThatChangesItsAddressGainsNothing(t *testing.T) {
	s := serve(t, func(http.ResponseWriter, *http.Request) {})
	// Public when it is first asked for, as a check before the connection would.
	n := &names{addresses: []netip.Addr{netip.MustParseAddr("93.184.215.14"), netip.MustParseAddr("127.0.0.1")}}
	c := client(t, Host{Name: "api.example.com:" + s.port})
	c.guarded.Resolver = n.resolver(t)
	if _, err := c.guarded.Resolver.LookupHost(t.Context(), "api.example.com"); err != nil || n.asked.Load() != 1 {
		t.Fatalf("look-up: %v after %d questions", err, n.asked.Load())
	}
	if _, err := c.Do(t.Context(), &Request{URL: "http://api.example.com:" + s.port}); !errors.Is(err, ErrRefused) {
		t.Errorf("%v, want ErrRefused", err)
	}
	if connections := s.connections.Load(); connections != 0 || n.asked.Load() < 2 {
		t.Errorf("%d connections after %d questions", connections, n.asked.Load())
	}
}

func TestAPrivateHostMayLieInTheOwnNetwork(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "inside") })
	n := &names{addresses: []netip.Addr{netip.MustParseAddr("127.0.0.1")}}
	c := client(t, Host{Name: "db.example.com:" + s.port, Private: true}, Host{Name: "*.example.com:" + s.port})
	c.open.Resolver = n.resolver(t)
	c.guarded.Resolver = c.open.Resolver
	got, err := c.Do(t.Context(), &Request{URL: "http://DB.example.com:" + s.port})
	if err != nil || got.Body != "inside" {
		t.Errorf("the private host: %+v, %v", got, err)
	}
	if _, err := c.Do(t.Context(), &Request{URL: "http://other.example.com:" + s.port}); !errors.Is(err, ErrRefused) {
		t.Errorf("another host at the same address: %v, want ErrRefused", err)
	}
	if connections := s.connections.Load(); connections != 1 {
		t.Errorf("%d connections, want one", connections)
	}
}

func TestRedirects(t *testing.T) {
	other := serve(t, func(http.ResponseWriter, *http.Request) {})
	tests := []struct {
		sentence, to string
		want         error
	}{
		{"to a path of the same host", "/end", nil},
		{"three times", "/hop?left=2", nil},
		{"four times", "/hop?left=3", ErrRefused},
		{"for ever", "/loop", ErrRefused},
		{"to the service of clouds", "http://169.254.169.254/latest/meta-data/", ErrRefused},
		{"to another name of the same machine", "http://localhost:" + other.port, ErrRefused},
		{"to another port of the same host", "http://127.0.0.1:" + other.port, ErrRefused},
		{"to a listed host that is another", "http://listed.example.com/", ErrRefused},
		{"to a file", "file:///etc/passwd", ErrRefused},
		{"to the host with a user name", "http://a:b@127.0.0.1/", ErrRefused},
	}
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		to := r.URL.Query().Get("to")
		switch r.URL.Path {
		case "/end":
			_, _ = io.WriteString(w, "end")
			return
		case "/hop":
			to = "/end"
			if left := r.URL.Query().Get("left"); left > "1" {
				to = "/hop?left=" + string(left[0]-1)
			}
		case "/loop":
			to = "/loop"
		}
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusFound)
	})
	c := client(t, Host{Name: "127.0.0.1:" + s.port, Private: true}, Host{Name: "listed.example.com"})
	for _, test := range tests {
		t.Run(test.sentence, func(t *testing.T) {
			got, err := c.Do(t.Context(), &Request{URL: s.URL + "/start", Query: map[string]string{"to": test.to}})
			if !errors.Is(err, test.want) {
				t.Fatalf("%v, want %v", err, test.want)
			}
			if err == nil && got.Body != "end" {
				t.Errorf("body %q, want that of the last address", got.Body)
			}
		})
	}
	if n := other.connections.Load(); n != 0 {
		t.Errorf("%d connections to another port, want none", n)
	}
}

func TestAProxyOfTheEnvironmentIsNotUsed(t *testing.T) {
	proxy := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "proxy") })
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"} {
		t.Setenv(name, proxy.URL)
	}
	n := &names{addresses: []netip.Addr{netip.MustParseAddr("127.0.0.1")}}
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "direct") })
	c := client(t, Host{Name: "api.example.com:" + s.port, Private: true})
	c.open.Resolver = n.resolver(t)
	got, err := c.Do(t.Context(), &Request{URL: "http://api.example.com:" + s.port})
	if err != nil || got.Body != "direct" || proxy.connections.Load() != 0 {
		t.Errorf("%+v, %v with %d connections to the proxy", got, err, proxy.connections.Load())
	}
}
