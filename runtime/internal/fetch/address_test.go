package fetch

import (
	"errors"
	"net/netip"
	"testing"
)

// refused are spellings of hosts that a caller might bring a flow to ask: the
// own machine, the own network, and the service that hands out credentials in
// clouds.
var refused = []string{
	// the own machine
	"127.0.0.1", "127.0.0.2", "127.255.255.254", "127.1", "127.0.1", "0", "0.0.0.0", "0.0", "0x0", "0.1.2.3",
	"2130706433", "0x7f000001", "0x7F000001", "017700000001", "0x7f.1", "0x7f.0.0.1", "0177.0.0.1", "0177.1",
	"127.0.0.01", "127.000.000.001", "00000127.0.0.1", "127.0.0.1.", "127.0.0.1%00", "127。0。0。1", "１２７.0.0.1", "①②⑦.0.0.1",
	"localhost", "LOCALHOST", "localhost.", "localhost.localdomain", "ip6-localhost", "ⓛocalhost", "loca\u212ahost",
	"[::1]", "[0:0:0:0:0:0:0:1]", "[0000::0001]", "[::]", "[0::0]", "[::127.0.0.1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
	"[0:0:0:0:0:ffff:127.0.0.1]", "[::ffff:0:0]", "[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::1]", "[2002:7f00:1::]",
	"[2001:0:7f00:1::]", "[::1%25lo]", "[::1%25eth0]",
	// the service of clouds
	"169.254.169.254", "2852039166", "0xa9fea9fe", "0xa9.0xfe.0xa9.0xfe", "0251.0376.0251.0376", "169.254.43518",
	"[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]", "[64:ff9b::a9fe:a9fe]", "[fd00:ec2::254]", "[2002:a9fe:a9fe::]",
	"metadata.google.internal", "169.254.169.254.nip.io", "100.100.100.200", "192.0.0.192",
	// the own network
	"10.0.0.1", "10.1", "167772161", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.1", "3232235521", "0xc0a80001",
	"100.64.0.1", "100.127.255.255", "198.18.0.1", "192.0.2.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255",
	"240.0.0.1", "255.255.255.255", "4294967295", "[fe80::1]", "[fe80::1%25eth0]", "[febf::1]", "[fec0::1]", "[fc00::1]", "[fdff::1]",
	"[ff02::1]", "[ff0e::1]", "[::ffff:10.0.0.1]", "[::ffff:c0a8:1]", "[::10.0.0.1]", "[2001:db8::1]", "[100::1]", "[3fff::1]",
	// a listed host, and another one behind it
	"api.example.com@127.0.0.1", "api.example.com:80@127.0.0.1", "127.0.0.1#api.example.com", "127.0.0.1?api.example.com",
	"api.example.com.evil.test", "evilapi.example.com", "api.example.com%2eevil.test", "api.example.com\\@127.0.0.1",
	"127.0.0.1\\api.example.com", "api.example.com%00.evil.test", "api.example.com\t.evil.test", "xapi-example.com", "example.com",
	"", ".", "..", "[", "[]", "[::1", "::1", "%31%32%37.0.0.1", "127.0.0.1:99999",
}

func TestAddressesThatAreNotPublic(t *testing.T) {
	tests := map[string]bool{
		"8.8.8.8": true, "1.1.1.1": true, "172.15.0.1": true, "172.32.0.1": true, "100.63.0.1": true, "100.128.0.1": true,
		"192.0.1.1": true, "198.20.0.1": true, "223.255.255.255": true, "169.253.0.1": true, "128.0.0.1": true, "11.0.0.1": true,
		"2606:4700::1111": true, "2a00:1450:4001::1": true, "2001:4860:4860::8888": true, "64:ff9b::8.8.8.8": true, "::ffff:8.8.8.8": true,

		"127.0.0.1": false, "127.255.255.255": false, "0.0.0.0": false, "0.255.255.255": false, "10.255.255.255": false,
		"172.16.0.0": false, "172.31.255.255": false, "192.168.255.255": false, "100.64.0.0": false, "100.127.255.255": false,
		"169.254.169.254": false, "192.0.0.192": false, "192.0.2.9": false, "192.88.99.1": false, "198.18.0.0": false,
		"198.19.255.255": false, "198.51.100.9": false, "203.0.113.9": false, "224.0.0.1": false, "239.1.1.1": false,
		"240.0.0.1": false, "255.255.255.255": false,
		"::": false, "::1": false, "::7f00:1": false, "::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "::ffff:0:127.0.0.1": false,
		"64:ff9b::10.0.0.1": false, "64:ff9b::127.0.0.1": false, "64:ff9b::169.254.169.254": false, "64:ff9b:1::8.8.8.8": false,
		"100::1": false, "2001::1": false, "2001:10::1": false, "2001:20::1": false, "2001:db8::1": false, "2002:808:808::1": false,
		"3fff::1": false, "5f00::1": false, "fc00::1": false, "fd00:ec2::254": false, "fe80::1": false, "fe80::1%eth0": false,
		"fec0::1": false, "ff02::1": false, "2606:4700::1111%eth0": false,
	}
	for text, want := range tests {
		if got := public(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s is public: %t, want %t", text, got, want)
		}
		address := netip.AddrPortFrom(netip.MustParseAddr(text), 80).String()
		if err := control("tcp", address, nil); (err == nil) != want || err != nil && !errors.Is(err, ErrRefused) {
			t.Errorf("a connection to %s: %v", address, err)
		}
	}
	if public(netip.Addr{}) {
		t.Error("no address is public")
	}
	for _, address := range []string{"", "8.8.8.8", "example.com:80", "@socket"} {
		if err := control("tcp", address, nil); !errors.Is(err, ErrRefused) {
			t.Errorf("a connection to %q: %v, want ErrRefused", address, err)
		}
	}
}

func TestHostsThatMayBeListed(t *testing.T) {
	good := []Host{
		{Name: "api.example.com"}, {Name: "API.Example.COM:8443"}, {Name: "*.example.com"}, {Name: "*.example.com:8443"},
		{Name: "8.8.8.8"}, {Name: "8.8.8.8:53"}, {Name: "[2606:4700::1111]:443"}, {Name: "2606:4700::1111"}, {Name: "xn--bcher-kva.example"},
		{Name: "localhost", Private: true}, {Name: "127.0.0.1:8080", Private: true}, {Name: "[::1]:8080", Private: true},
		{Name: "10.0.0.5", Private: true}, {Name: "my_service", Private: true}, {Name: "localhost"}, // refused when it is asked
	}
	for _, host := range good {
		if _, err := New([]Host{host}); err != nil {
			t.Errorf("%+v: %v", host, err)
		}
	}
	bad := []Host{
		{Name: ""}, {Name: "*"}, {Name: "*."}, {Name: "*.*.example.com"}, {Name: ".example.com"}, {Name: "api.*.com"}, {Name: "*example.com"},
		{Name: "https://api.example.com"}, {Name: "api.example.com/path"}, {Name: "api.example.com:"}, {Name: "api.example.com:0"},
		{Name: "api.example.com:65536"}, {Name: "api.example.com:080"}, {Name: "api.example.com:http"}, {Name: "api..example.com"},
		{Name: "-api.example.com"}, {Name: "bücher.example"}, {Name: "\u212a.example"}, {Name: "user@example.com"},
		{Name: "127.1", Private: true}, {Name: "0x7f.1", Private: true}, {Name: "2130706433", Private: true}, {Name: "*.0.0.1", Private: true},
		{Name: "127.0.0.1"}, {Name: "127.0.0.1:80"}, {Name: "[::1]"}, {Name: "::1"}, {Name: "10.0.0.5"}, {Name: "::ffff:10.0.0.5"},
	}
	for _, host := range bad {
		if c, err := New([]Host{host}); err == nil {
			t.Errorf("%+v was taken as %+v", host, c.rules)
		}
	}
}
