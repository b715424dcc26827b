package fetch

import (
	"context"
	"encoding/binary"
	"net"
	"net/netip"
	"sync/atomic"
	"testing"
)

// names is a name server that gives every name the addresses of its list one
// after the other, as an attacker's does, and then the last for good.
type names struct {
	addresses []netip.Addr
	asked     atomic.Int64 // questions for an IPv4 or IPv6 address it has one for
}

// resolver starts the server and returns a resolver that asks nobody else.
func (n *names) resolver(t *testing.T) *net.Resolver {
	t.Helper()
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	go func() {
		question := make([]byte, 512)
		for {
			size, from, err := server.ReadFrom(question)
			if err != nil {
				return
			}
			_, _ = server.WriteTo(n.answer(question[:size]), from)
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", server.LocalAddr().String())
	}}
}

// answer returns the message of RFC 1035, 4.1 for a question.
func (n *names) answer(question []byte) []byte {
	end := 12
	for question[end] != 0 {
		end += 1 + int(question[end])
	}
	end += 5 // the root label, type and class
	kind := binary.BigEndian.Uint16(question[end-4:])
	address := n.addresses[min(int(n.asked.Load()), len(n.addresses)-1)]
	message := append([]byte{}, question[:end]...)
	clear(message[2:12])
	message[2], message[3], message[5] = 0x84, 0x80, 1 // an authoritative answer to one question
	wanted := uint16(1)
	if address.Is6() {
		wanted = 28
	}
	if kind != wanted {
		return message
	}
	n.asked.Add(1)
	message[7] = 1                                                                   // one record
	message = append(message, 0xc0, 12, byte(kind>>8), byte(kind), 0, 1, 0, 0, 0, 0) // no time to live
	data := address.AsSlice()
	return append(append(message, 0, byte(len(data))), data...)
}
