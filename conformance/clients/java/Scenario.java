import static java.util.stream.Collectors.toMap;

import com.example.contacts.ApiClient;
import com.example.contacts.ApiException;
import com.example.contacts.ApiResponse;
import com.example.contacts.api.ContactsApi;
import com.example.contacts.api.ListsApi;
import com.example.contacts.api.StructuresApi;
import com.example.contacts.model.Contact;
import com.example.contacts.model.ContactCreate;
import com.example.contacts.model.ContactEvent;
import com.example.contacts.model.ContactExport;
import com.example.contacts.model.ContactField;
import com.example.contacts.model.ContactFieldInput;
import com.example.contacts.model.ContactList;
import com.example.contacts.model.ContactReplacement;
import com.example.contacts.model.ContactSearch;
import com.example.contacts.model.ContactSearchPage;
import com.example.contacts.model.ContactSpecification;
import com.example.contacts.model.ContactStatusUpdate;
import com.example.contacts.model.EventPage;
import com.example.contacts.model.FoundContact;
import com.example.contacts.model.ListAssignment;
import com.example.contacts.model.ListCreate;
import com.example.contacts.model.ListPage;
import com.example.contacts.model.ListUpdate;
import com.example.contacts.model.SearchColumn;
import com.example.contacts.model.SearchCriterion;
import com.example.contacts.model.SearchGroup;
import com.example.contacts.model.SettableReason;
import com.example.contacts.model.SettableStatus;
import com.example.contacts.model.StatusChange;
import com.example.contacts.model.Structure;
import com.example.contacts.model.StructureField;
import com.example.contacts.model.StructureTag;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The scenario of ../README.md through the client that openapi-generator makes for Java, with the JDK's HTTP. */
final class Scenario {
    private static final String BASE_URL = System.getenv("BENCHMARK_EMAIL_BASE_URL");
    private static final String KEY = "Ada.Lovelace+java@example.com";
    private static final String UNKNOWN_ID = "0123456789abcdef01234567";
    private static final Map<String, Object> VALUES = Map.of(
            "First Name", "Ada",
            "Company", "Analytical Engines",
            "Seats", 12,
            "Subscribed to blog", true,
            "Customer Since", "2026-01-31",
            "Birthday", "12-10");

    private final ApiClient client = client(System.getenv("BENCHMARK_EMAIL_API_KEY"));
    private final ContactsApi contacts = new ContactsApi(client);
    private final ListsApi lists = new ListsApi(client);

    private Structure structure;
    private String newsletter;
    private String contactId;
    private Long staleVersion;

    public static void main(String[] arguments) {
        Scenario it = new Scenario();
        List<Checks.Step> steps = List.of(
                new Checks.Step("reads the structure", 0, it::readsTheStructure),
                new Checks.Step("creates a contact", 1, it::createsAContact),
                new Checks.Step("gets it back", 2, it::getsItBack),
                new Checks.Step("unsubscribes it", 2, it::unsubscribesIt),
                new Checks.Step("can't make it active again", 2, it::cantMakeItActiveAgain),
                new Checks.Step("replaces it", 2, it::replacesIt),
                new Checks.Step("is told of a stale version", 6, it::isToldOfAStaleVersion),
                new Checks.Step("finds it by key", 2, it::findsItByKey),
                new Checks.Step("lists all contacts", 2, it::listsAllContacts),
                new Checks.Step("works with lists", 1, it::worksWithLists),
                new Checks.Step("is told of a duplicate", 2, it::isToldOfADuplicate),
                new Checks.Step("is told of a missing scope", 1, it::isToldOfAMissingScope),
                new Checks.Step("is told of a wrong key", 0, it::isToldOfAWrongKey),
                new Checks.Step("is told of an unknown id", 0, it::isToldOfAnUnknownId),
                new Checks.Step("is told when to come back", 2, it::isToldWhenToComeBack),
                new Checks.Step("exports it", 2, it::exportsIt),
                new Checks.Step("reads its events of two types", 2, it::readsItsEventsOfTwoTypes),
                new Checks.Step("deletes it", 2, it::deletesIt));
        System.exit(Checks.run(steps, it::gave) ? 0 : 1);
    }

    /** Whether a step left what others need. */
    private boolean gave(int step) {
        return switch (step) {
            case 1 -> newsletter != null;
            case 2 -> contactId != null;
            default -> staleVersion != null;
        };
    }

    /** This library leaves security schemes to an interceptor. */
    private static ApiClient client(String apiKey) {
        ApiClient client = new ApiClient();
        client.updateBaseUri(BASE_URL);
        return client.setRequestInterceptor(request -> request.header("X-API-Key", apiKey));
    }

    private void readsTheStructure() throws ApiException {
        List<Structure> structures = new StructuresApi(client).listStructures();
        Checks.equal("structures", structures.size(), 1);
        structure = structures.get(0);
        Map<String, String> ids = lists.listAllLists(structure.getId()).stream()
                .collect(toMap(ContactList::getName, ContactList::getId));
        newsletter = ids.get("Newsletter");
        Checks.equal(
                "dataType by label",
                structure.getFields().stream().collect(toMap(StructureField::getLabel, StructureField::getDataType)),
                Map.of(
                        "First Name", "text",
                        "Company", "text",
                        "Seats", "number",
                        "Subscribed to blog", "boolean",
                        "Customer Since", "date",
                        "Birthday", "recurrent_date"));
        StructureField firstName =
                structure.getFields().stream().filter(field -> field.getLabel().equals("First Name")).findFirst().orElseThrow();
        Checks.equal("predefinedField of First Name", firstName.getPredefinedField(), "firstName");
        Checks.equal("tags", structure.getTags().stream().map(StructureTag::getLabel).toList(), List.of("VIP"));
        Checks.equal("lists", ids.keySet(), Set.of("Newsletter", "Partners"));
    }

    private void createsAContact() throws ApiException {
        ContactCreate contact = new ContactCreate()
                .key(KEY)
                .contactStructureId(structure.getId())
                .addListsItem(new ListAssignment().id(newsletter).action("add"));
        for (StructureField field : structure.getFields()) {
            contact.addFieldsItem(new ContactFieldInput().id(field.getId()).value(VALUES.get(field.getLabel())));
        }
        Contact created = contacts.createContact(contact);
        contactId = created.getId();
        checkAda(created);
    }

    private void getsItBack() throws ApiException {
        checkAda(contacts.getContact(contactId));
    }

    /** What creating and getting answer alike. */
    private void checkAda(Contact contact) {
        Checks.equal("_id", contact.getId(), contactId);
        Checks.equal("key", contact.getKey(), KEY);
        Checks.equal("contactStructureId", contact.getContactStructureId(), structure.getId());
        Checks.equal("values by label", valuesOf(contact.getFields()), VALUES);
        Checks.equal("status.primary", contact.getStatus().getPrimary(), "Active");
        Checks.equal("status.secondary", contact.getStatus().getSecondary(), null);
        Checks.equal("lists", contact.getLists(), List.of(Map.of("_id", newsletter)));
        Checks.equal("createdAt is there", contact.getCreatedAt() != null, true);
        Checks.equal("__v", contact.getV(), 0L);
    }

    private void unsubscribesIt() throws ApiException {
        Contact contact = contacts.updateContactStatus(contactId, new ContactStatusUpdate().status(new StatusChange()
                .primary(SettableStatus.INACTIVE)
                .secondary(SettableReason.UNSUBSCRIBE)));
        Checks.equal("status.primary", contact.getStatus().getPrimary(), "Inactive");
        Checks.equal("status.secondary", contact.getStatus().getSecondary(), "Unsubscribe");
        Checks.equal("__v", contact.getV(), 1L);
    }

    private void cantMakeItActiveAgain() throws Exception {
        ContactStatusUpdate active =
                new ContactStatusUpdate().status(new StatusChange().primary(SettableStatus.ACTIVE));
        Checks.refused(
                () -> contacts.updateContactStatus(contactId, active),
                400,
                "ValidationError",
                "An inactive contact can't be made active through the API",
                "status.primary");
    }

    private void replacesIt() throws ApiException {
        Contact read = contacts.getContact(contactId);
        staleVersion = read.getV();
        Contact replaced = replace(read, staleVersion, "Babbage & Co");
        Checks.equal("values by label", valuesOf(replaced.getFields()), with("Company", "Babbage & Co"));
        Checks.equal("lists", replaced.getLists(), read.getLists());
        Checks.equal("status.primary", replaced.getStatus().getPrimary(), "Inactive");
        Checks.equal("__v", replaced.getV(), staleVersion + 1);
    }

    private void isToldOfAStaleVersion() throws Exception {
        Contact read = contacts.getContact(contactId);
        Checks.refused(
                () -> replace(read, staleVersion, "Too late"), 400, "ConcurrencyError", "Document version mismatch", null);
    }

    /** Sends back everything that was read, with another Company. */
    private Contact replace(Contact read, Long version, String company) throws ApiException {
        ContactReplacement contact = new ContactReplacement()
                .key(read.getKey())
                .contactStructureId(read.getContactStructureId())
                .status(read.getStatus())
                .lists(read.getLists())
                .tags(read.getTags())
                .v(version);
        for (ContactField field : read.getFields()) {
            contact.addFieldsItem(labelOf(field.getId()).equals("Company") ? field.value(company) : field);
        }
        return contacts.replaceContact(read.getId(), contact);
    }

    /** Matches the contacts whose key is ours. */
    private static ContactSpecification withKey() {
        SearchCriterion byKey = new SearchCriterion().columnToFilter("KEY").operator("EQ").addValuesItem(KEY);
        return new ContactSpecification().addFiltersItem(new SearchGroup().addCriteriasItem(byKey));
    }

    private void findsItByKey() throws ApiException {
        ContactSearchPage page = contacts.searchContacts(new ContactSearch()
                .contactStructureId(structure.getId())
                .page(1)
                .pageSize(10)
                .source(List.of(SearchColumn._ID, SearchColumn.KEY, SearchColumn.FIELDS, SearchColumn.CONTACT_STATUS))
                .contactSpecification(withKey()));
        Checks.equal("totalRecords", page.getTotalRecords(), 1L);
        Checks.equal("rows", page.getContacts().size(), 1);
        FoundContact row = page.getContacts().get(0);
        Checks.equal("_id", row.getId(), contactId);
        Checks.equal("key", row.getKey(), KEY);
        Checks.equal("contactStatus", row.getContactStatus(), "Inactive");
        Checks.equal("values by label", valuesOf(row.getFields()), with("Company", "Babbage & Co"));
        Checks.equal("lists, not asked for", row.getLists(), null);
    }

    private void listsAllContacts() throws ApiException {
        List<Contact> all = contacts.listContacts();
        Checks.equal("contacts", all.size(), 4);
        Contact ours = all.stream().filter(contact -> contact.getId().equals(contactId)).findFirst().orElseThrow();
        Checks.equal("key", ours.getKey(), KEY);
        Checks.equal("Seats", valuesOf(ours.getFields()).get("Seats"), VALUES.get("Seats"));
    }

    private void worksWithLists() throws Exception {
        String id = structure.getId();
        ContactList created = lists.createList(id, new ListCreate().name("Conference"));
        ListPage first = lists.listLists(id, 1, 2, "name:asc", null);
        ListPage second = lists.listLists(id, 2, 2, "name:asc", null);
        Checks.equal("total", first.getTotal(), 3L);
        Checks.equal("records of page 1", first.getRecords().size(), 2);
        Checks.equal(
                "names on both pages",
                Stream.of(first, second)
                        .flatMap(page -> page.getRecords().stream())
                        .map(ContactList::getName)
                        .toList(),
                List.of("Conference", "Newsletter", "Partners"));
        ContactList renamed =
                lists.updateList(id, created.getId(), new ListUpdate().name("Conference 2027").v(created.getV()));
        Checks.equal("name", renamed.getName(), "Conference 2027");
        Checks.equal("__v", renamed.getV(), created.getV() + 1);
        Checks.equal(
                "status of the deletion", lists.deleteListWithHttpInfo(id, created.getId()).getStatusCode(), 204);
        Checks.refused(() -> lists.getList(id, created.getId()), 404, "RecordNotFound", "List not found", null);
    }

    private void isToldOfADuplicate() throws Exception {
        ContactCreate again = new ContactCreate().key(KEY).contactStructureId(structure.getId());
        Checks.refused(() -> contacts.createContact(again), 400, "DuplicateFieldError", "key is already in use", "key");
    }

    private void isToldOfAMissingScope() throws Exception {
        ContactsApi readOnly = new ContactsApi(client(System.getenv("READ_ONLY_API_KEY")));
        ContactCreate contact = new ContactCreate().key("nobody@example.com").contactStructureId(structure.getId());
        Checks.refused(
                () -> readOnly.createContact(contact),
                403,
                "ForbiddenError",
                "API key missing required scope: contacts:write",
                null);
    }

    private void isToldOfAWrongKey() throws Exception {
        ContactsApi stranger = new ContactsApi(client("bme_us_wrong"));
        Checks.refused(stranger::listContacts, 401, "UnauthorizedError", "Invalid API key", null);
    }

    private void isToldOfAnUnknownId() throws Exception {
        Checks.refused(() -> contacts.getContact(UNKNOWN_ID), 404, "RecordNotFound", "Contact not found", null);
    }

    private void isToldWhenToComeBack() throws Exception {
        leave(0);
        ApiException refusal;
        try {
            refusal = Checks.refusal(() -> contacts.getContact(contactId));
        } finally {
            leave(3600);
        }
        long seconds = refusal.getResponseHeaders().firstValueAsLong("Retry-After").orElse(-1);
        Checks.equal("Retry-After is between 1 s and 1 h", 0 < seconds && seconds <= 3600, true);
        Checks.equal("status", refusal.getCode(), 429);
        Checks.equal("errorType", Checks.reason(refusal).getErrorType(), "TooManyRequestsError");
        Checks.equal(
                "X-RateLimit-Remaining when refused",
                refusal.getResponseHeaders().firstValueAsLong("X-RateLimit-Remaining").orElse(-1),
                0L);
        ApiResponse<Contact> allowed = contacts.getContactWithHttpInfo(contactId);
        Checks.equal("X-RateLimit-Limit", allowed.getHeaders().get("x-ratelimit-limit"), List.of("3600"));
        Checks.equal("X-RateLimit-Remaining", allowed.getHeaders().get("x-ratelimit-remaining"), List.of("3599"));
    }

    private void exportsIt() throws ApiException {
        String csv = contacts.exportContacts(new ContactExport()
                .contactStructureId(structure.getId())
                .source(List.of(SearchColumn._ID, SearchColumn.KEY))
                .contactSpecification(withKey()));
        Checks.equal("CSV", csv, "_id,key\r\n" + contactId + "," + KEY + "\r\n");
    }

    private void readsItsEventsOfTwoTypes() throws ApiException {
        EventPage page =
                contacts.listContactEvents(contactId, List.of("contact-created", "contact-unsubscribed"), null, null);
        List<String> types = page.getRecords().stream().map(ContactEvent::getType).toList();
        Checks.equal("types", types, List.of("contact-unsubscribed", "contact-created"));
        Checks.equal("total", page.getTotal(), 2L);
    }

    private void deletesIt() throws Exception {
        Contact deleted = contacts.deleteContact(contactId);
        Checks.equal("_id", deleted.getId(), contactId);
        Checks.equal("key", deleted.getKey(), KEY);
        Checks.refused(() -> contacts.getContact(contactId), 404, "RecordNotFound", "Contact not found", null);
    }

    private static Map<String, Object> with(String label, Object value) {
        Map<String, Object> values = new TreeMap<>(VALUES);
        values.put(label, value);
        return values;
    }

    private String labelOf(String fieldId) {
        return structure.getFields().stream()
                .filter(field -> field.getId().equals(fieldId))
                .map(StructureField::getLabel)
                .findFirst()
                .orElse("unknown field " + fieldId);
    }

    private Map<String, Object> valuesOf(List<ContactField> fields) {
        return fields.stream().collect(toMap(field -> labelOf(field.getId()), ContactField::getValue));
    }

    /** Tells the sandbox how many requests are left in the hour. */
    private static void leave(int requests) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(BASE_URL + "/_sandbox/account"))
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString("{\"hourlyLeft\": " + requests + "}"))
                .build();
        HttpResponse<Void> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.discarding());
        Checks.equal("the sandbox's status", answer.statusCode(), 200);
    }
}
