// The scenario of ../README.md through the client that openapi-generator makes for Go.
package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"

	"example.com/acme/contacts"
)

const (
	key       = "Ada.Lovelace+go@example.com"
	unknownID = "0123456789abcdef01234567"
)

var (
	baseURL        = os.Getenv("BENCHMARK_EMAIL_BASE_URL")
	apiKey         = os.Getenv("BENCHMARK_EMAIL_API_KEY")
	readOnlyAPIKey = os.Getenv("READ_ONLY_API_KEY")
)

func main() {
	configuration := contacts.NewConfiguration()
	configuration.Servers = contacts.ServerConfigurations{{URL: baseURL}}
	a := &account{client: contacts.NewAPIClient(configuration)}
	run([]step{
		{"reads the structure", 0, a.readsTheStructure},
		{"creates a contact", 1, a.createsAContact},
		{"gets it back", 2, a.getsItBack},
		{"unsubscribes it", 2, a.unsubscribesIt},
		{"can't make it active again", 2, a.cantMakeItActiveAgain},
		{"replaces it", 2, a.replacesIt},
		{"is told of a stale version", 6, a.isToldOfAStaleVersion},
		{"finds it by key", 2, a.findsItByKey},
		{"lists all contacts", 2, a.listsAllContacts},
		{"works with lists", 1, a.worksWithLists},
		{"is told of a duplicate", 2, a.isToldOfADuplicate},
		{"is told of a missing scope", 1, a.isToldOfAMissingScope},
		{"is told of a wrong key", 0, a.isToldOfAWrongKey},
		{"is told of an unknown id", 0, a.isToldOfAnUnknownID},
		{"is told when to come back", 2, a.isToldWhenToComeBack},
		{"exports it", 2, a.exportsIt},
		{"reads its events of two types", 2, a.readsItsEventsOfTwoTypes},
		{"deletes it", 2, a.deletesIt},
	}, a.gave)
}

// gave tells whether a step left what others need.
func (a *account) gave(step int) bool {
	switch step {
	case 1:
		return a.newsletter != ""
	case 2:
		return a.contactID != ""
	default:
		return a.staleV != nil
	}
}

// as gives the API key that a call is made with.
func as(key string) context.Context {
	return context.WithValue(context.Background(), contacts.ContextAPIKeys, map[string]contacts.APIKey{"ApiKey": {Key: key}})
}

// account is what the steps share: the client, and what earlier steps read.
type account struct {
	client     *contacts.APIClient
	structure  contacts.Structure
	newsletter string // list id
	contactID  string
	staleV     *int64 // as read before the replacement
}

var values = map[string]any{
	"First Name":         "Ada",
	"Company":            "Analytical Engines",
	"Seats":              12.0, // encoding/json reads every number as float64
	"Subscribed to blog": true,
	"Customer Since":     "2026-01-31",
	"Birthday":           "12-10",
}

func (a *account) readsTheStructure() error {
	structures, _, err := a.client.StructuresAPI.ListStructures(as(apiKey)).Execute()
	if err != nil {
		return err
	}
	if len(structures) != 1 {
		return equal("structures", len(structures), 1)
	}
	a.structure = structures[0]
	types, predefined := map[string]string{}, map[string]string{}
	for _, field := range a.structure.Fields {
		types[field.Label] = field.DataType
		predefined[field.Label] = field.GetPredefinedField()
	}
	var tags []string
	for _, tag := range a.structure.Tags {
		tags = append(tags, tag.Label)
	}
	lists, _, err := a.client.ListsAPI.ListAllLists(as(apiKey), a.structure.Id).Execute()
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, list := range lists {
		names[list.Name] = list.Id
	}
	a.newsletter = names["Newsletter"]
	return errors.Join(
		equal("dataType by label", types, map[string]string{
			"First Name": "text", "Company": "text", "Seats": "number",
			"Subscribed to blog": "boolean", "Customer Since": "date", "Birthday": "recurrent_date",
		}),
		equal("predefinedField of First Name", predefined["First Name"], "firstName"),
		equal("tags", tags, []string{"VIP"}),
		equal("lists", len(names), 2),
		equal("Newsletter has an id", a.newsletter != "", true),
	)
}

func (a *account) createsAContact() error {
	contact := contacts.NewContactCreate(key, a.structure.Id)
	for _, field := range a.structure.Fields {
		contact.Fields = append(contact.Fields, *contacts.NewContactFieldInput(field.Id, values[field.Label]))
	}
	newsletter := contacts.NewListAssignment(a.newsletter)
	newsletter.SetAction("add")
	contact.SetLists([]contacts.ListAssignment{*newsletter})
	created, _, err := a.client.ContactsAPI.CreateContact(as(apiKey)).ContactCreate(*contact).Execute()
	if err != nil {
		return err
	}
	a.contactID = created.Id
	return errors.Join(a.isAda(created), equal("__v", created.GetV(), int64(0)))
}

func (a *account) getsItBack() error {
	contact, _, err := a.client.ContactsAPI.GetContact(as(apiKey), a.contactID).Execute()
	if err != nil {
		return err
	}
	return errors.Join(a.isAda(contact), equal("__v", contact.GetV(), int64(0)))
}

// isAda checks what creating and getting answer alike.
func (a *account) isAda(contact *contacts.Contact) error {
	status := contact.GetStatus()
	return errors.Join(
		equal("_id", contact.Id, a.contactID),
		equal("key", contact.Key, key),
		equal("contactStructureId", contact.ContactStructureId, a.structure.Id),
		equal("values by label", a.valuesOf(contact.Fields), values),
		equal("status.primary", status.Primary, "Active"),
		equal("status.secondary is there", status.HasSecondary(), false),
		equal("lists", contact.Lists, []any{map[string]any{"_id": a.newsletter}}),
		equal("createdAt is there", contact.HasCreatedAt(), true),
	)
}

func (a *account) unsubscribesIt() error {
	change := contacts.NewStatusChange("Inactive")
	change.SetSecondary("Unsubscribe")
	contact, _, err := a.client.ContactsAPI.UpdateContactStatus(as(apiKey), a.contactID).
		ContactStatusUpdate(*contacts.NewContactStatusUpdate(*change)).Execute()
	if err != nil {
		return err
	}
	return errors.Join(
		equal("status.primary", contact.Status.GetPrimary(), "Inactive"),
		equal("status.secondary", contact.Status.GetSecondary(), "Unsubscribe"),
		equal("__v", contact.GetV(), int64(1)),
	)
}

func (a *account) cantMakeItActiveAgain() error {
	change := contacts.NewContactStatusUpdate(*contacts.NewStatusChange("Active"))
	_, response, err := a.client.ContactsAPI.UpdateContactStatus(as(apiKey), a.contactID).
		ContactStatusUpdate(*change).Execute()
	return refused(response, err, 400, "ValidationError", "An inactive contact can't be made active through the API", "status.primary")
}

func (a *account) replacesIt() error {
	read, _, err := a.client.ContactsAPI.GetContact(as(apiKey), a.contactID).Execute()
	if err != nil {
		return err
	}
	a.staleV = read.V
	expected := maps.Clone(values)
	expected["Company"] = "Babbage & Co"
	replaced, _, err := a.replace(read, "Babbage & Co")
	if err != nil {
		return err
	}
	return errors.Join(
		equal("values by label", a.valuesOf(replaced.Fields), expected),
		equal("lists", replaced.Lists, read.Lists),
		equal("status.primary", replaced.Status.GetPrimary(), "Inactive"),
		equal("__v", replaced.GetV(), read.GetV()+1),
	)
}

func (a *account) isToldOfAStaleVersion() error {
	read, _, err := a.client.ContactsAPI.GetContact(as(apiKey), a.contactID).Execute()
	if err != nil {
		return err
	}
	_, response, err := a.replace(read, "Too late")
	return refused(response, err, 400, "ConcurrencyError", "Document version mismatch", "")
}

// replace sends back everything that was read, with another Company and the version that was read first.
func (a *account) replace(read *contacts.Contact, company string) (*contacts.Contact, *http.Response, error) {
	contact := contacts.NewContactReplacement(read.Key, read.ContactStructureId, *a.staleV)
	contact.Status, contact.Lists, contact.Tags = read.Status, read.Lists, read.Tags
	for _, field := range read.Fields {
		if a.labelOf(field.Id) == "Company" {
			field.SetValue(company)
		}
		contact.Fields = append(contact.Fields, field)
	}
	return a.client.ContactsAPI.ReplaceContact(as(apiKey), read.Id).ContactReplacement(*contact).Execute()
}

// withKey matches the contacts whose key is ours.
func withKey() *contacts.ContactSpecification {
	byKey := contacts.NewSearchCriterion("KEY", "EQ", []any{key})
	group := contacts.NewSearchGroup([]contacts.SearchCriterion{*byKey})
	return contacts.NewContactSpecification([]contacts.SearchGroup{*group})
}

func (a *account) findsItByKey() error {
	search := contacts.NewContactSearch(a.structure.Id, 1, 10,
		[]contacts.SearchColumn{contacts.ID, contacts.KEY, contacts.FIELDS, contacts.CONTACT_STATUS}, *withKey())
	page, _, err := a.client.ContactsAPI.SearchContacts(as(apiKey)).ContactSearch(*search).Execute()
	if err != nil {
		return err
	}
	if len(page.Contacts) != 1 {
		return equal("rows", len(page.Contacts), 1)
	}
	row := page.Contacts[0]
	expected := maps.Clone(values)
	expected["Company"] = "Babbage & Co"
	return errors.Join(
		equal("totalRecords", page.TotalRecords, int64(1)),
		equal("_id", row.GetId(), a.contactID),
		equal("key", row.GetKey(), key),
		equal("contactStatus", row.GetContactStatus(), "Inactive"),
		equal("values by label", a.valuesOf(row.Fields), expected),
		equal("lists, not asked for", len(row.Lists), 0),
	)
}

func (a *account) listsAllContacts() error {
	all, _, err := a.client.ContactsAPI.ListContacts(as(apiKey)).Execute()
	if err != nil {
		return err
	}
	found := map[string]contacts.Contact{}
	for _, contact := range all {
		found[contact.Id] = contact
	}
	return errors.Join(
		equal("contacts", len(all), 4),
		equal("key", found[a.contactID].Key, key),
		equal("Seats", a.valuesOf(found[a.contactID].Fields)["Seats"], values["Seats"]),
	)
}

func (a *account) worksWithLists() error {
	lists, id := a.client.ListsAPI, a.structure.Id
	created, _, err := lists.CreateList(as(apiKey), id).ListCreate(*contacts.NewListCreate("Conference")).Execute()
	if err != nil {
		return err
	}
	page, _, err := lists.ListLists(as(apiKey), id).Page(1).Size(2).Sort("name:asc").Execute()
	if err != nil {
		return err
	}
	rest, _, err := lists.ListLists(as(apiKey), id).Page(2).Size(2).Sort("name:asc").Execute()
	if err != nil {
		return err
	}
	var names []string
	for _, list := range append(page.Records, rest.Records...) {
		names = append(names, list.Name)
	}
	renamed, _, err := lists.UpdateList(as(apiKey), id, created.Id).
		ListUpdate(*contacts.NewListUpdate("Conference 2027", created.GetV())).Execute()
	if err != nil {
		return err
	}
	deleted, err := lists.DeleteList(as(apiKey), id, created.Id).Execute()
	if err != nil {
		return err
	}
	_, response, err := lists.GetList(as(apiKey), id, created.Id).Execute()
	return errors.Join(
		equal("total", page.Total, int64(3)),
		equal("records of page 1", len(page.Records), 2),
		equal("names on both pages", names, []string{"Conference", "Newsletter", "Partners"}),
		equal("name", renamed.Name, "Conference 2027"),
		equal("__v", renamed.GetV(), created.GetV()+1),
		equal("status of the deletion", deleted.StatusCode, 204),
		refused(response, err, 404, "RecordNotFound", "List not found", ""),
	)
}

func (a *account) isToldOfADuplicate() error {
	contact := contacts.NewContactCreate(key, a.structure.Id)
	_, response, err := a.client.ContactsAPI.CreateContact(as(apiKey)).ContactCreate(*contact).Execute()
	return refused(response, err, 400, "DuplicateFieldError", "key is already in use", "key")
}

func (a *account) isToldOfAMissingScope() error {
	contact := contacts.NewContactCreate("nobody@example.com", a.structure.Id)
	_, response, err := a.client.ContactsAPI.CreateContact(as(readOnlyAPIKey)).ContactCreate(*contact).Execute()
	return refused(response, err, 403, "ForbiddenError", "API key missing required scope: contacts:write", "")
}

func (a *account) isToldOfAWrongKey() error {
	_, response, err := a.client.ContactsAPI.ListContacts(as("bme_us_wrong")).Execute()
	return refused(response, err, 401, "UnauthorizedError", "Invalid API key", "")
}

func (a *account) isToldOfAnUnknownID() error {
	_, response, err := a.client.ContactsAPI.GetContact(as(apiKey), unknownID).Execute()
	return refused(response, err, 404, "RecordNotFound", "Contact not found", "")
}

func (a *account) isToldWhenToComeBack() error {
	if err := leave(0); err != nil {
		return err
	}
	_, response, failure := a.client.ContactsAPI.GetContact(as(apiKey), a.contactID).Execute()
	if err := leave(3600); err != nil {
		return err
	}
	if response == nil {
		return fmt.Errorf("no answer: %w", failure)
	}
	seconds := number(response, "Retry-After")
	_, allowed, err := a.client.ContactsAPI.GetContact(as(apiKey), a.contactID).Execute()
	if err != nil {
		return err
	}
	return errors.Join(
		refused(response, failure, 429, "TooManyRequestsError", fmt.Sprintf("Rate limit exceeded. Retry after %d seconds.", seconds), ""),
		equal("Retry-After is between 1 s and 1 h", 0 < seconds && seconds <= 3600, true),
		equal("X-RateLimit-Remaining when refused", number(response, "X-RateLimit-Remaining"), 0),
		equal("X-RateLimit-Limit", number(allowed, "X-RateLimit-Limit"), 3600),
		equal("X-RateLimit-Remaining", number(allowed, "X-RateLimit-Remaining"), 3599),
	)
}

func (a *account) exportsIt() error {
	export := contacts.NewContactExport(a.structure.Id, []contacts.SearchColumn{contacts.ID, contacts.KEY}, *withKey())
	csv, _, err := a.client.ContactsAPI.ExportContacts(as(apiKey)).ContactExport(*export).Execute()
	if err != nil {
		return err
	}
	return equal("CSV", csv, "_id,key\r\n"+a.contactID+","+key+"\r\n")
}

func (a *account) readsItsEventsOfTwoTypes() error {
	types := []string{"contact-created", "contact-unsubscribed"}
	page, _, err := a.client.ContactsAPI.ListContactEvents(as(apiKey), a.contactID).Types(types).Execute()
	if err != nil {
		return err
	}
	came := []string{}
	for _, event := range page.Records {
		came = append(came, event.GetType())
	}
	return errors.Join(
		equal("types", came, []string{"contact-unsubscribed", "contact-created"}),
		equal("total", page.Total, int64(2)),
	)
}

func (a *account) deletesIt() error {
	deleted, _, err := a.client.ContactsAPI.DeleteContact(as(apiKey), a.contactID).Execute()
	if err != nil {
		return err
	}
	_, response, err := a.client.ContactsAPI.GetContact(as(apiKey), a.contactID).Execute()
	return errors.Join(
		equal("_id", deleted.Id, a.contactID),
		equal("key", deleted.Key, key),
		refused(response, err, 404, "RecordNotFound", "Contact not found", ""),
	)
}

func (a *account) labelOf(fieldID string) string {
	for _, field := range a.structure.Fields {
		if field.Id == fieldID {
			return field.Label
		}
	}
	return "unknown field " + fieldID
}

func (a *account) valuesOf(fields []contacts.ContactField) map[string]any {
	byLabel := map[string]any{}
	for _, field := range fields {
		byLabel[a.labelOf(field.Id)] = field.Value
	}
	return byLabel
}
