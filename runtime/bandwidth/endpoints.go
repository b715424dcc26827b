package bandwidth

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strings"
)

// CreateEndpoint asks for a WebRTC endpoint. Type and Direction are required.
type CreateEndpoint struct {
	Type               string         `json:"type"`      // WEBRTC
	Direction          string         `json:"direction"` // INBOUND, OUTBOUND, BIDIRECTIONAL
	EventCallbackURL   string         `json:"eventCallbackUrl,omitempty"`
	EventFallbackURL   string         `json:"eventFallbackUrl,omitempty"`
	Tag                string         `json:"tag,omitempty"` // at most 1024 characters
	ConnectionMetadata map[string]any `json:"connectionMetadata,omitempty"`
}

// Endpoint is what is known of a WebRTC endpoint.
type Endpoint struct {
	EndpointID          string   `json:"endpointId"`
	Type                string   `json:"type"`
	Status              string   `json:"status"`
	CreationTimestamp   Time     `json:"creationTimestamp,omitzero"`
	ExpirationTimestamp Time     `json:"expirationTimestamp,omitzero"` // of its token, 24 hours after its creation
	Tag                 string   `json:"tag"`
	Devices             []Device `json:"devices"`
}

// CreatedEndpoint is a new endpoint with its token, which is told this once.
type CreatedEndpoint struct {
	Endpoint
	Token Token `json:"token"` // a JSON web token by which a browser is let in
}

// Token is a secret that shows neither when it is printed nor when it is logged; convert it to string to use it.
type Token string

// Format hides the token.
func (t Token) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, mask(string(t))) }

// MarshalText hides the token.
func (t Token) MarshalText() ([]byte, error) { return []byte(mask(string(t))), nil }

// Device is a browser or an app that is connected to an endpoint.
type Device struct {
	DeviceID          string `json:"deviceId"`
	DeviceName        string `json:"deviceName"`
	Status            string `json:"status"`
	CreationTimestamp Time   `json:"creationTimestamp,omitzero"`
}

// envelope is what the API of endpoints puts around its answers.
type envelope[T any] struct {
	Data  T
	Links []struct{ Rel, Href string }
}

// following is the query of the next page: of its address, or with the cursor alone where a link has no address.
func (e *envelope[T]) following() url.Values {
	for _, link := range e.Links {
		if !strings.EqualFold(link.Rel, "next") || link.Href == "" {
			continue
		}
		if u, err := url.Parse(link.Href); err == nil && u.RawQuery != "" {
			return u.Query()
		}
		return url.Values{"afterCursor": {link.Href}}
	}
	return nil
}

// Endpoints returns the endpoints of the account, page after page. An error is the last thing that it yields.
func (c *Client) Endpoints(ctx context.Context) iter.Seq2[*Endpoint, error] {
	return pages("listEndpoints", query{}, func(query url.Values) ([]*Endpoint, url.Values, error) {
		r := at(c.endpoints, []string{"endpoints"}).is("listEndpoints", http.MethodGet).twice().with(query)
		r.most = maxPage
		page, err := one[envelope[[]*Endpoint]](ctx, c, r)
		if err != nil {
			return nil, nil, err
		}
		return page.Data, page.following(), nil
	})
}

// CreateEndpoint makes an endpoint.
func (c *Client) CreateEndpoint(ctx context.Context, endpoint *CreateEndpoint) (*CreatedEndpoint, error) {
	r := at(c.endpoints, []string{"endpoints"}).is("createEndpoint", http.MethodPost).json(endpoint)
	created, err := one[envelope[CreatedEndpoint]](ctx, c, r)
	if err != nil {
		return nil, err
	}
	return &created.Data, nil
}

// Endpoint returns an endpoint.
func (c *Client) Endpoint(ctx context.Context, endpointID string) (*Endpoint, error) {
	r := at(c.endpoints, []string{"endpoints", endpointID}).is("getEndpoint", http.MethodGet).twice()
	found, err := one[envelope[Endpoint]](ctx, c, r)
	if err != nil {
		return nil, err
	}
	return &found.Data, nil
}

// DeleteEndpoint deletes an endpoint; what it streams ends.
func (c *Client) DeleteEndpoint(ctx context.Context, endpointID string) error {
	return c.send(ctx, at(c.endpoints, []string{"endpoints", endpointID}).is("deleteEndpoint", http.MethodDelete).twice())
}

// UpdateEndpointBXML runs a document of at most 64 KiB for an endpoint.
func (c *Client) UpdateEndpointBXML(ctx context.Context, endpointID string, document []byte) error {
	r := at(c.endpoints, []string{"endpoints", endpointID, "bxml"}).is("updateEndpointBxml", http.MethodPut)
	return c.send(ctx, r.bxml(document))
}

func (b *CreateEndpoint) check(k *check) {
	if k.none(b == nil) {
		return
	}
	k.required("type", b.Type, "WEBRTC")
	k.required("direction", b.Direction, "one of INBOUND, OUTBOUND, BIDIRECTIONAL")
	k.one("type", b.Type, "WEBRTC")
	k.one("direction", b.Direction, "INBOUND", "OUTBOUND", "BIDIRECTIONAL")
	k.url("eventCallbackUrl", b.EventCallbackURL, 0)
	k.url("eventFallbackUrl", b.EventFallbackURL, 0)
	k.length("tag", b.Tag, maxEndpointTag)
	if _, err := json.Marshal(b.ConnectionMetadata); err != nil {
		k.fail("connectionMetadata", plain(err.Error()), "what JSON can say")
	}
}
