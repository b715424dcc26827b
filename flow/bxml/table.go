package bxml

import (
	"slices"
	"strings"
)

var (
	table  = link(slices.Concat(mediaVerbs(), recordingVerbs(), legVerbs(), streamVerbs()))
	byName = index(table)
)

func index(verbs []*Verb) map[string]*Verb {
	m := make(map[string]*Verb, len(verbs))
	for _, v := range verbs {
		m[v.Name] = v
	}
	return m
}

// link fills in what follows from the rows: the parents of children, and the attributes that belong to a URL.
func link(verbs []*Verb) []*Verb {
	m := index(verbs)
	for _, v := range verbs {
		for _, child := range v.Children.Allowed {
			m[child].Parents = append(m[child].Parents, v.Name)
		}
		for i := range v.Attributes {
			a := &v.Attributes[i]
			for _, name := range a.AppliesTo {
				a.serve(v.Attribute(name))
			}
			if a.FallbackOf != "" {
				v.Attribute(a.FallbackOf).fallback = a.Name
			}
		}
	}
	return verbs
}

// serve notes on a URL that a is its method, user name or password.
func (a *Attribute) serve(url *Attribute) {
	switch {
	case a.Type == TypeMethod:
		url.method = a.Name
	case strings.HasSuffix(strings.ToLower(a.Name), "username"):
		url.username = a.Name
	case strings.HasSuffix(strings.ToLower(a.Name), "password"):
		url.password = a.Name
	}
}

// hook makes the attributes NAMEUrl and NAMEMethod of a webhook.
func hook(name string, events ...string) []Attribute {
	url := name + "Url"
	return []Attribute{
		{Name: url, Type: TypeURL, Relative: true, Events: events, Doc: "where the event is sent"},
		method(name+"Method", url),
	}
}

// hookWithFallback makes the attributes of hook and those of a second URL that is asked when the first one fails.
func hookWithFallback(name string, events ...string) []Attribute {
	url, fallback := name+"Url", name+"FallbackUrl"
	return append(hook(name, events...),
		Attribute{Name: fallback, Type: TypeURL, Relative: true, RelativeInferred: true, Events: events, FallbackOf: url,
			Doc: "asked when " + url + " does not answer"},
		method(name+"FallbackMethod", fallback))
}

func method(name, url string) Attribute {
	return Attribute{Name: name, Type: TypeMethod, Values: []string{"GET", "POST"}, Default: "POST", AppliesTo: []string{url},
		Doc: "HTTP method of " + url}
}

func credentials(urls ...string) []Attribute { return credentialPair("username", "password", urls) }

func fallbackCredentials(urls ...string) []Attribute {
	return credentialPair("fallbackUsername", "fallbackPassword", urls)
}

func credentialPair(username, password string, urls []string) []Attribute {
	to := strings.Join(urls, ", ")
	return []Attribute{
		{Name: username, Type: TypeString, AppliesTo: urls, Doc: "user name of HTTP Basic authentication at " + to},
		{Name: password, Type: TypeString, AppliesTo: urls, Doc: "password of HTTP Basic authentication at " + to},
	}
}

// secured marks credentials that the carrier sends over https only.
func secured(attributes []Attribute) []Attribute {
	for i := range attributes {
		attributes[i].HTTPS = true
	}
	return attributes
}

func tag() []Attribute {
	return []Attribute{{Name: "tag", Type: TypeString, MaxLen: 256, RejectLen: maxTag, Clears: true,
		Doc: "sent with this and all later webhooks of the call until it is replaced; empty clears it"}}
}

const (
	noEvent        = "no event is sent"
	callDisconnect = "the disconnect URL of the call"
	since2021      = "2021-10"
)

var (
	always   = When{Always: true}
	restrict = []string{"Restricted", "Anonymous", "Private", "Unavailable"}
)

func set(attribute string) When { return When{Attribute: attribute} }

func is(attribute string, values ...string) When { return When{Attribute: attribute, Values: values} }

// simple makes a verb without attributes that has an effect and raises nothing.
func simple(name, doc string, conference Permission, notes ...string) *Verb {
	return &Verb{Name: name, Status: GA, Doc: doc, Conference: conference, Notes: notes}
}
