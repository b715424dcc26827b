package bandwidth_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/bxmlflow/bxmlflow/runtime/bandwidth"
)

// A reminder is called out, and looked after until its state is known.
func Example() {
	voice := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			w.WriteHeader(http.StatusCreated)
		}
		_, _ = fmt.Fprint(w, `{"callId":"c-95ac8d6e-1a31c52e-b38f-4198-93c1-51633ec68f8d","state":"queued"}`)
	}))
	defer voice.Close()

	client, err := bandwidth.New(bandwidth.Config{AccountID: "9900000", Username: "user", Password: "secret", BaseURL: voice.URL})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	call := &bandwidth.CreateCall{
		To: "+15551234567", From: "+15557654321", ApplicationID: "93de2206-9669-4e07-948d-329f4b722ee2",
		AnswerURL: "https://voice.example.com/flows/reminder", CallTimeout: 20,
	}
	created, err := client.CreateCall(ctx, call)
	var failed *bandwidth.Error
	switch {
	case err == nil:
	case errors.As(err, &failed) && failed.Ambiguous():
		fmt.Println("it may ring: look among client.Calls before calling again")
		return
	default:
		fmt.Println(err)
		return
	}
	state, err := client.Call(ctx, created.CallID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(state.State)

	call.CallTimeout = 900
	_, err = client.CreateCall(ctx, call)
	fmt.Println(err)
	// Output:
	// queued
	// createCall: invalid callTimeout "900": it must be within the range [1, 300]
}
