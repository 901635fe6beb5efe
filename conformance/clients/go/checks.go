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
	needs []int // the steps, counted from 1, whose results it uses
	do    func() error
}

// run does the steps and prints TAP. A step that failed doesn't stop those that don't need it.
func run(steps []step) {
	fmt.Printf("1..%d\n", len(steps))
	passed := map[int]bool{}
	for i, step := range steps {
		err := attempt(step, passed)
		if err == nil {
			passed[i+1] = true
			fmt.Printf("ok %d - %s\n", i+1, step.name)
			continue
		}
		fmt.Printf("not ok %d - %s\n", i+1, step.name)
		fmt.Println("# " + strings.ReplaceAll(err.Error(), "\n", "\n# "))
	}
	if len(passed) < len(steps) {
		os.Exit(1)
	}
}

func attempt(step step, passed map[int]bool) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panicked: %v", cause)
		}
	}()
	for _, needed := range step.needs {
		if !passed[needed] {
			return fmt.Errorf("needs step %d", needed)
		}
	}
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
