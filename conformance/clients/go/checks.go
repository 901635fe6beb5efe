package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"reflect"
	"strconv"
	"strings"

	"example.com/acme/contacts"
)

type step struct {
	name  string
	needs int // the step, counted from 1, without whose results it can't start; or 0
	do    func() error
}

// run does the steps and prints TAP. A step that failed doesn't stop those that need nothing of it.
func run(steps []step, gave func(step int) bool) {
	fmt.Printf("1..%d\n", len(steps))
	failed := 0
	for i, step := range steps {
		err := fmt.Errorf("needs step %d", step.needs)
		if step.needs == 0 || gave(step.needs) {
			err = attempt(step)
		}
		if err == nil {
			fmt.Printf("ok %d - %s\n", i+1, step.name)
			continue
		}
		failed++
		fmt.Printf("not ok %d - %s\n", i+1, step.name)
		fmt.Println("# " + strings.ReplaceAll(err.Error(), "\n", "\n# "))
	}
	if failed > 0 {
		os.Exit(1)
	}
}

func attempt(step step) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panicked: %v", cause)
		}
	}()
	return step.do()
}

func equal(what string, got, want any) error {
	if reflect.DeepEqual(got, want) {
		return nil
	}
	return fmt.Errorf("%s: expected %s, got %s", what, show(want), show(got))
}

func show(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprintf("%v", value)
	}
	return string(text)
}

// refused checks that the service said no, and that the client read its reason as an ErrorEnvelope.
func refused(response *http.Response, err error, status int, errorType, message, field string) error {
	if err == nil {
		return fmt.Errorf("expected a refusal with status %d, got an answer", status)
	}
	var failure *contacts.GenericOpenAPIError
	if !errors.As(err, &failure) || response == nil {
		return fmt.Errorf("expected status %d: %w", status, err)
	}
	envelope, typed := failure.Model().(contacts.ErrorEnvelope)
	if !typed {
		return fmt.Errorf("status %d isn't typed: %s", response.StatusCode, failure.Body())
	}
	if len(envelope.Errors) != 1 {
		return equal("errors", len(envelope.Errors), 1)
	}
	reason := envelope.Errors[0]
	return errors.Join(
		equal("status", response.StatusCode, status),
		equal("errorType", reason.ErrorType, errorType),
		equal("message", reason.Message, message),
		equal("field", reason.GetField(), field),
	)
}

func number(response *http.Response, header string) int {
	value, err := strconv.Atoi(response.Header.Get(header))
	if err != nil {
		return -1
	}
	return value
}

// leave tells the sandbox how many requests are left in the hour.
func leave(requests int) error {
	body := strings.NewReader(fmt.Sprintf(`{"hourlyLeft": %d}`, requests))
	request, err := http.NewRequest(http.MethodPut, baseURL+"/_sandbox/account", body)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	return equal("the sandbox's status", response.StatusCode, http.StatusOK)
}
