package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"reflect"
	"strings"
)

// The media types of bodies.
const (
	jsonType = "application/json"
	xmlType  = "application/xml"
	formType = "application/x-www-form-urlencoded"
)

// maxRequest bounds the body of a request, in bytes. The pages name no bound; a document has its own of 64 KB.
const maxRequest = 1 << 20

// read reads the query and the body of a request.
func (q *restRequest) read(w http.ResponseWriter, r *http.Request) error {
	var err error
	if q.query, err = url.ParseQuery(r.URL.RawQuery); err != nil {
		return errBody
	}
	if q.operation.accepts == "" {
		return nil
	}
	q.body, err = readBody(w, r, q.operation.accepts)
	return err
}

// readBody reads a body of a media type.
func readBody(w http.ResponseWriter, r *http.Request, accepts string) ([]byte, error) {
	given := r.Header.Get("Content-Type")
	kind, parameters, err := mime.ParseMediaType(given)
	charset, ok := parameters["charset"]
	switch {
	case given == "":
		return nil, errMediaType
	case err != nil || kind != accepts || ok && !strings.EqualFold(charset, "utf-8"):
		return nil, &refusal{http.StatusUnsupportedMediaType, typeValidation, fmt.Sprintf("Content type '%s' not supported", given)}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, errTooLarge
	case err != nil:
		return nil, errBody
	}
	return body, nil
}

// decode reads a JSON object into the struct that into points to. Unlike encoding/json it tells the cases of names apart, as the
// API does, and says which field is wrong. Fields that it does not know are ignored, and null is the same as nothing.
func decode(body []byte, into any) error {
	return decodeObject(body, reflect.ValueOf(into).Elem(), "")
}

func decodeObject(body []byte, v reflect.Value, name string) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil || members == nil {
		if name == "" {
			return errBody
		}
		return invalid("Invalid %s: must be an object", name)
	}
	for i := range v.NumField() {
		field, name := v.Field(i), v.Type().Field(i).Tag.Get("json")
		raw, ok := members[name]
		if !ok || string(raw) == "null" {
			continue
		}
		if err := decodeField(raw, field, name); err != nil {
			return err
		}
	}
	return nil
}

func decodeField(raw []byte, field reflect.Value, name string) error {
	kind := field.Type()
	if kind.Kind() == reflect.Pointer {
		kind = kind.Elem()
	}
	if kind.Kind() == reflect.Struct {
		nested := reflect.New(kind)
		field.Set(nested)
		return decodeObject(raw, nested.Elem(), name)
	}
	if err := json.Unmarshal(raw, field.Addr().Interface()); err != nil {
		return invalid("Invalid %s: must be %s", name, wanted(kind.Kind()))
	}
	return nil
}

// wanted names a type of JSON.
func wanted(k reflect.Kind) string {
	switch k {
	case reflect.Bool:
		return "a boolean"
	case reflect.Int:
		return "an integer"
	case reflect.Float64:
		return "a number"
	case reflect.Slice:
		return "an array of strings"
	}
	return "a string"
}
