"""The scenario with the client that openapi-generator makes for Python.

What the generator gives: pydantic models, which also check what is sent; an exception per status, whose
`data` is the decoded error; `…_with_http_info` for status and headers. Properties the document doesn't know
stay in `additional_properties`, and are sent back. What it doesn't give: retries of its own; urllib3 below it
repeats a GET, PUT or DELETE that got Retry-After, unless told otherwise. The enums of requests are closed; the
open sets of answers are plain strings.
"""

from collections.abc import Callable

from benchmark_email_client import (
    ApiClient,
    Configuration,
    Contact,
    ContactCreate,
    ContactField,
    ContactFieldInput,
    ContactList,
    ContactReplacement,
    ContactsApi,
    ContactSearch,
    ContactSpecification,
    ContactStatusUpdate,
    ErrorEnvelope,
    ListAssignment,
    ListCreate,
    ListsApi,
    ListUpdate,
    SearchColumn,
    SearchCriterion,
    SearchGroup,
    SettableReason,
    SettableStatus,
    StatusChange,
    Structure,
    StructuresApi,
)
from benchmark_email_client.exceptions import (
    ApiException,
    BadRequestException,
    ForbiddenException,
    NotFoundException,
    UnauthorizedException,
)
from benchmark_email_client.models.error_reason import ErrorReason
from frame import (
    API_KEY,
    BASE_URL,
    READ_ONLY_API_KEY,
    TYPES,
    UNKNOWN_ID,
    VALUES,
    HandedOn,
    Scenario,
    equal,
    equal_values,
    holds,
    set_hourly_left,
)

KEY = "Ada.Lovelace+python@example.com"


def client(key: str) -> ApiClient:
    # Without `retries=0` the HTTP library sleeps for as long as a 429 says, which may be days, and says nothing.
    return ApiClient(Configuration(host=BASE_URL, api_key={"ApiKey": key}, retries=0))


contacts = ContactsApi(client(API_KEY))
structures = StructuresApi(client(API_KEY))
lists = ListsApi(client(API_KEY))
scenario = Scenario()


class Seen(HandedOn):
    given_by = {"structure": 1, "lists": 1, "created": 2, "stale": 6}
    structure: Structure
    lists: dict[str, str]
    created: Contact
    stale: ContactReplacement


seen = Seen()


def values(fields: list[ContactField] | None) -> dict[str, object]:
    """The values by label."""
    labels = {field.id: field.label for field in seen.structure.fields}
    return {labels[field.id]: field.value for field in fields or []}


def new_contact(key: str) -> ContactCreate:
    ids = {field.label: field.id for field in seen.structure.fields}
    return ContactCreate(
        key=key,
        contactStructureId=seen.structure.id,
        fields=[ContactFieldInput(_id=ids[label], value=value) for label, value in VALUES.items()],
        lists=[ListAssignment(_id=seen.lists["Newsletter"], action="add")],
    )


def refused(kind: type[ApiException], call: Callable[[], object]) -> tuple[ErrorReason, ApiException]:
    """The first error of the refusal, decoded by the client into the document's ErrorEnvelope."""
    try:
        call()
    except kind as exception:
        holds("the error is an ErrorEnvelope", isinstance(exception.data, ErrorEnvelope))
        assert isinstance(exception.data, ErrorEnvelope)
        equal("errors", len(exception.data.errors), 1)
        return exception.data.errors[0], exception
    raise AssertionError(f"expected {kind.__name__}, but it was accepted")


@scenario.step("reads the structure")
def _() -> None:
    all_structures = structures.list_structures()
    equal("structures", len(all_structures), 1)
    structure = all_structures[0]
    equal("label", structure.label, "Default Contacts")
    equal("data types", {field.label: field.data_type for field in structure.fields}, TYPES)
    equal("predefined field", structure.fields[0].predefined_field, "firstName")
    equal("tags", [tag.label for tag in structure.tags or []], ["VIP"])
    seen.structure = structure
    seen.lists = {one.name: one.id for one in lists.list_all_lists(structure.id)}
    equal("lists", sorted(seen.lists), ["Newsletter", "Partners"])


@scenario.step("creates a contact")
def _() -> None:
    created = contacts.create_contact(new_contact(KEY))
    equal("key", created.key, KEY)
    equal_values("values", values(created.fields), VALUES)
    equal("version", created.v, 0)
    equal("status", created.status and created.status.primary, "Active")
    seen.created = created


@scenario.step("gets it back")
def _() -> None:
    contact = contacts.get_contact(seen.created.id)
    equal("id", contact.id, seen.created.id)
    equal("key", contact.key, KEY)
    equal_values("values", values(contact.fields), VALUES)
    # The elements of `lists` are typeless, so they come as dictionaries.
    equal("lists", contact.lists, [{"_id": seen.lists["Newsletter"]}])


@scenario.step("unsubscribes it")
def _() -> None:
    change = ContactStatusUpdate(status=StatusChange(primary=SettableStatus.INACTIVE, secondary=SettableReason.UNSUBSCRIBE))
    contact = contacts.update_contact_status(seen.created.id, change)
    equal("status", contact.status and contact.status.primary, "Inactive")
    equal("reason", contact.status and contact.status.secondary, "Unsubscribe")


@scenario.step("can't make it active again")
def _() -> None:
    change = ContactStatusUpdate(status=StatusChange(primary=SettableStatus.ACTIVE))
    error, _ = refused(BadRequestException, lambda: contacts.update_contact_status(seen.created.id, change))
    equal("errorType", error.error_type, "ValidationError")
    equal("field", error.var_field, "status.primary")
    equal("message", error.message, "An inactive contact can't be made active through the API")


@scenario.step("replaces it")
def _() -> None:
    contact = contacts.get_contact(seen.created.id)
    # The whole contact as it was read: what a replacement leaves out is erased.
    replacement = ContactReplacement.from_dict(contact.to_dict())
    assert replacement is not None and replacement.fields is not None
    company = next(field.id for field in seen.structure.fields if field.label == "Company")
    next(field for field in replacement.fields if field.id == company).value = "Difference Engines"
    replaced = contacts.replace_contact(contact.id, replacement)
    equal_values("values", values(replaced.fields), VALUES | {"Company": "Difference Engines"})
    equal("lists", replaced.lists, [{"_id": seen.lists["Newsletter"]}])
    equal("status", replaced.status and replaced.status.primary, "Inactive")
    holds("the version grew", (replaced.v or 0) > replacement.v)
    seen.stale = replacement


@scenario.step("is told of a stale version")
def _() -> None:
    error, exception = refused(BadRequestException, lambda: contacts.replace_contact(seen.created.id, seen.stale))
    equal("status", exception.status, 400)
    equal("errorType", error.error_type, "ConcurrencyError")


@scenario.step("finds it by key")
def _() -> None:
    by_key = SearchCriterion(columnToFilter="KEY", operator="EQ", values=[KEY])
    page = contacts.search_contacts(
        ContactSearch(
            contactStructureId=seen.structure.id,
            page=1,
            pageSize=10,
            source=[SearchColumn.KEY, SearchColumn.FIELDS, SearchColumn.CONTACTSTATUS],
            contactSpecification=ContactSpecification(filters=[SearchGroup(criterias=[by_key])]),
        )
    )
    equal("total", page.total_records, 1)
    equal("rows", [row.id for row in page.contacts], [seen.created.id])
    equal("status", page.contacts[0].contact_status, "Inactive")
    equal_values("values", values(page.contacts[0].fields), VALUES | {"Company": "Difference Engines"})


@scenario.step("lists all contacts")
def _() -> None:
    everybody = contacts.list_contacts()
    equal("contacts", len(everybody), 4)
    ours = [contact for contact in everybody if contact.id == seen.created.id]
    equal("ours", len(ours), 1)
    equal("seats", values(ours[0].fields)["Seats"], 12)


@scenario.step("works with lists")
def _() -> None:
    structure = seen.structure.id
    conference: ContactList = lists.create_list(structure, ListCreate(name="Conference"))
    equal("name", conference.name, "Conference")
    page = lists.list_lists(structure, page=1, size=2, sort="name:asc")
    equal("total", page.total, 3)
    equal("first page", [one.name for one in page.records], ["Conference", "Newsletter"])
    page = lists.list_lists(structure, page=2, size=2, sort="name:asc")
    equal("second page", [one.name for one in page.records], ["Partners"])
    assert conference.v is not None
    renamed = lists.update_list(structure, conference.id, ListUpdate(name="Conference 2027", __v=conference.v))
    equal("new name", renamed.name, "Conference 2027")
    equal("version", renamed.v, conference.v + 1)
    lists.delete_list(structure, conference.id)
    error, _ = refused(NotFoundException, lambda: lists.get_list(structure, conference.id))
    equal("errorType", error.error_type, "RecordNotFound")


@scenario.step("is told of a duplicate")
def _() -> None:
    error, _ = refused(BadRequestException, lambda: contacts.create_contact(new_contact(KEY)))
    equal("errorType", error.error_type, "DuplicateFieldError")
    equal("field", error.var_field, "key")


@scenario.step("is told of a missing scope")
def _() -> None:
    reader = ContactsApi(client(READ_ONLY_API_KEY))
    error, _ = refused(ForbiddenException, lambda: reader.create_contact(new_contact("reader@example.com")))
    equal("errorType", error.error_type, "ForbiddenError")
    equal("message", error.message, "API key missing required scope: contacts:write")


@scenario.step("is told of a wrong key")
def _() -> None:
    stranger = StructuresApi(client("wrong"))
    error, _ = refused(UnauthorizedException, stranger.list_structures)
    equal("errorType", error.error_type, "UnauthorizedError")
    equal("message", error.message, "Invalid API key")


@scenario.step("is told of an unknown id")
def _() -> None:
    error, _ = refused(NotFoundException, lambda: contacts.get_contact(UNKNOWN_ID))
    equal("errorType", error.error_type, "RecordNotFound")


@scenario.step("is told when to come back")
def _() -> None:
    # A success's headers are a plain dictionary, in the case that the server writes; an exception's aren't.
    answer = contacts.get_contact_with_http_info(seen.created.id)
    limits = {name.lower(): text for name, text in (answer.headers or {}).items()}
    equal("limit", int(limits["x-ratelimit-limit"]), 3600)
    holds("requests are left", int(limits["x-ratelimit-remaining"]) > 0)
    set_hourly_left(0)
    try:
        error, exception = refused(ApiException, lambda: contacts.get_contact(seen.created.id))
    finally:
        set_hourly_left(3600)
    equal("status", exception.status, 429)
    equal("errorType", error.error_type, "TooManyRequestsError")
    headers = exception.headers or {}
    wait = int(headers["Retry-After"])
    holds("Retry-After is within the hour", 0 < wait <= 3600)
    equal("remaining", int(headers["X-RateLimit-Remaining"]), 0)


@scenario.step("deletes it")
def _() -> None:
    deleted = contacts.delete_contact(seen.created.id)
    equal("id", deleted.id, seen.created.id)
    equal("key", deleted.key, KEY)
    error, _ = refused(NotFoundException, lambda: contacts.get_contact(seen.created.id))
    equal("errorType", error.error_type, "RecordNotFound")


scenario.play()
