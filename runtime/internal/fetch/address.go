package fetch

import (
	"fmt"
	"net/netip"
	"syscall"
)

// closed are the networks that a public host has no address in. Addresses of
// IPv6 outside 2000::/3 and link-local, private, multicast and unspecified ones
// of either family are refused beside them.
var closed = [...]netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),       // this network
	netip.MustParsePrefix("100.64.0.0/10"),   // carrier-grade NAT
	netip.MustParsePrefix("192.0.0.0/24"),    // protocol assignments
	netip.MustParsePrefix("192.0.2.0/24"),    // documentation
	netip.MustParsePrefix("192.88.99.0/24"),  // 6to4 relays
	netip.MustParsePrefix("198.18.0.0/15"),   // benchmarks
	netip.MustParsePrefix("198.51.100.0/24"), // documentation
	netip.MustParsePrefix("203.0.113.0/24"),  // documentation
	netip.MustParsePrefix("240.0.0.0/4"),     // reserved, and broadcast
	netip.MustParsePrefix("2001::/23"),       // Teredo and protocol assignments
	netip.MustParsePrefix("2001:db8::/32"),   // documentation
	netip.MustParsePrefix("2002::/16"),       // 6to4: carries an IPv4 address
	netip.MustParsePrefix("3fff::/20"),       // documentation
}

var (
	global = netip.MustParsePrefix("2000::/3")
	nat64  = netip.MustParsePrefix("64:ff9b::/96")
)

// public tells whether the address is one of the public internet.
func public(a netip.Addr) bool {
	a = a.Unmap()
	if nat64.Contains(a) {
		// How a network with IPv6 only reaches the IPv4 address in the last bytes.
		b := a.As16()
		a = netip.AddrFrom4([4]byte(b[12:]))
	}
	if a.IsUnspecified() || a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast() || a.IsMulticast() || a.Zone() != "" {
		return false
	}
	if a.Is6() && !global.Contains(a) {
		return false
	}
	for _, network := range closed {
		if network.Contains(a) {
			return false
		}
	}
	return a.IsValid()
}

// control refuses a connection to an address that is not public. It sees the
// address that the name was resolved to for this very connection, so that a name
// which changes its address between a check and the connection gains nothing.
func control(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil || !public(to.Addr()) {
		return fmt.Errorf("%w: its address is not public", ErrRefused)
	}
	return nil
}
