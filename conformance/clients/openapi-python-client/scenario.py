"""The scenario with the client that openapi-python-client makes.

What the generator gives: a module per operation, attrs models, and the error decoded like any other answer:
`sync` returns `Contact | ErrorEnvelope | None`, `sync_detailed` also the status and the headers. Properties
the document doesn't know stay in `additional_properties`, and are sent back. What it doesn't give: retries,
exceptions for refusals, and checks of what is sent.
"""

from http import HTTPStatus
from typing import TypeVar

from benchmark_email_client import AuthenticatedClient
from benchmark_email_client.api.contacts import (
    create_contact,
    delete_contact,
    get_contact,
    list_contacts,
    replace_contact,
    search_contacts,
    update_contact_status,
)
from benchmark_email_client.api.lists import create_list, delete_list, get_list, list_all_lists, list_lists, update_list
from benchmark_email_client.api.structures import list_structures
from benchmark_email_client.models import (
    Contact,
    ContactCreate,
    ContactField,
    ContactFieldInput,
    ContactReplacement,
    ContactSearch,
    ContactSpecification,
    ContactStatusUpdate,
    ErrorEnvelope,
    ErrorReason,
    ListAssignment,
    ListCreate,
    ListUpdate,
    SearchColumn,
    SearchCriterion,
    SearchGroup,
    SettableReason,
    SettableStatus,
    StatusChange,
    Structure,
)
from benchmark_email_client.types import Response, Unset
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

T = TypeVar("T")
KEY = "Ada.Lovelace+openapi-python-client@example.com"


def client(key: str) -> AuthenticatedClient:
    # It knows bearer tokens only, so the header has to be named.
    return AuthenticatedClient(base_url=BASE_URL, token=key, prefix="", auth_header_name="X-API-Key")


ours = client(API_KEY)
scenario = Scenario()


class Seen(HandedOn):
    given_by = {"structure": 1, "lists": 1, "created": 2, "stale": 6}
    structure: Structure
    lists: dict[str, str]
    created: Contact
    stale: ContactReplacement


seen = Seen()


def given(answer: T | ErrorEnvelope | Unset | None) -> T:
    """What was answered; a refusal is an answer too, and a property that is missing is `Unset`."""
    assert answer is not None and not isinstance(answer, ErrorEnvelope | Unset), f"came {answer}"
    return answer


def values(fields: list[ContactField] | Unset) -> dict[str, object]:
    """The values by label."""
    labels = {field.field_id: field.label for field in seen.structure.fields}
    return {labels[field.field_id]: field.value for field in fields or []}


def new_contact(key: str) -> ContactCreate:
    ids = {field.label: field.field_id for field in seen.structure.fields}
    return ContactCreate(
        key=key,
        contact_structure_id=seen.structure.field_id,
        fields=[ContactFieldInput(field_id=ids[label], value=value) for label, value in VALUES.items()],
        lists=[ListAssignment(field_id=seen.lists["Newsletter"], action="add")],
    )


def refused(status: HTTPStatus, answer: Response[T]) -> ErrorReason:
    """The first error of the refusal, decoded by the client into the document's ErrorEnvelope."""
    equal("status", answer.status_code, status)
    assert isinstance(answer.parsed, ErrorEnvelope), f"expected an ErrorEnvelope, came {answer.parsed}"
    equal("errors", len(answer.parsed.errors), 1)
    return answer.parsed.errors[0]


@scenario.step("reads the structure")
def _() -> None:
    all_structures = given(list_structures.sync(client=ours))
    equal("structures", len(all_structures), 1)
    structure = all_structures[0]
    equal("label", structure.label, "Default Contacts")
    equal("data types", {field.label: field.data_type for field in structure.fields}, TYPES)
    equal("predefined field", structure.fields[0].predefined_field, "firstName")
    equal("tags", [tag.label for tag in given(structure.tags)], ["VIP"])
    seen.structure = structure
    everything = given(list_all_lists.sync(structure.field_id, client=ours))
    seen.lists = {one.name: one.field_id for one in everything}
    equal("lists", sorted(seen.lists), ["Newsletter", "Partners"])


@scenario.step("creates a contact")
def _() -> None:
    created = given(create_contact.sync(client=ours, body=new_contact(KEY)))
    equal("key", created.key, KEY)
    equal_values("values", values(created.fields), VALUES)
    equal("version", created.field_v, 0)
    equal("status", given(created.status).primary, "Active")
    seen.created = created


@scenario.step("gets it back")
def _() -> None:
    contact = given(get_contact.sync(seen.created.field_id, client=ours))
    equal("id", contact.field_id, seen.created.field_id)
    equal("key", contact.key, KEY)
    equal_values("values", values(contact.fields), VALUES)
    # The elements of `lists` are typeless, so they come as dictionaries.
    equal("lists", contact.lists, [{"_id": seen.lists["Newsletter"]}])


@scenario.step("unsubscribes it")
def _() -> None:
    change = StatusChange(primary=SettableStatus.INACTIVE, secondary=SettableReason.UNSUBSCRIBE)
    body = ContactStatusUpdate(status=change)
    contact = given(update_contact_status.sync(seen.created.field_id, client=ours, body=body))
    equal("status", given(contact.status).primary, "Inactive")
    equal("reason", given(contact.status).secondary, "Unsubscribe")


@scenario.step("can't make it active again")
def _() -> None:
    body = ContactStatusUpdate(status=StatusChange(primary=SettableStatus.ACTIVE))
    answer = update_contact_status.sync_detailed(seen.created.field_id, client=ours, body=body)
    error = refused(HTTPStatus.BAD_REQUEST, answer)
    equal("errorType", error.error_type, "ValidationError")
    equal("field", error.field, "status.primary")
    equal("message", error.message, "An inactive contact can't be made active through the API")


@scenario.step("replaces it")
def _() -> None:
    contact = given(get_contact.sync(seen.created.field_id, client=ours))
    # The whole contact as it was read: what a replacement leaves out is erased.
    replacement = ContactReplacement.from_dict(contact.to_dict())
    company = next(field.field_id for field in seen.structure.fields if field.label == "Company")
    next(field for field in given(replacement.fields) if field.field_id == company).value = "Difference Engines"
    replaced = given(replace_contact.sync(contact.field_id, client=ours, body=replacement))
    equal_values("values", values(replaced.fields), VALUES | {"Company": "Difference Engines"})
    equal("lists", replaced.lists, [{"_id": seen.lists["Newsletter"]}])
    equal("status", given(replaced.status).primary, "Inactive")
    holds("the version grew", given(replaced.field_v) > replacement.field_v)
    seen.stale = replacement


@scenario.step("is told of a stale version")
def _() -> None:
    answer = replace_contact.sync_detailed(seen.created.field_id, client=ours, body=seen.stale)
    error = refused(HTTPStatus.BAD_REQUEST, answer)
    equal("errorType", error.error_type, "ConcurrencyError")


@scenario.step("finds it by key")
def _() -> None:
    by_key = SearchCriterion(column_to_filter="KEY", operator="EQ", values=[KEY])
    search = ContactSearch(
        contact_structure_id=seen.structure.field_id,
        page=1,
        page_size=10,
        source=[SearchColumn.KEY, SearchColumn.FIELDS, SearchColumn.CONTACTSTATUS],
        contact_specification=ContactSpecification(filters=[SearchGroup(criterias=[by_key])]),
    )
    page = given(search_contacts.sync(client=ours, body=search))
    equal("total", page.total_records, 1)
    equal("rows", [row.field_id for row in page.contacts], [seen.created.field_id])
    equal("status", page.contacts[0].contact_status, "Inactive")
    equal_values("values", values(page.contacts[0].fields), VALUES | {"Company": "Difference Engines"})


@scenario.step("lists all contacts")
def _() -> None:
    everybody = given(list_contacts.sync(client=ours))
    equal("contacts", len(everybody), 4)
    ada = [contact for contact in everybody if contact.field_id == seen.created.field_id]
    equal("ours", len(ada), 1)
    equal("seats", values(ada[0].fields)["Seats"], 12)


@scenario.step("works with lists")
def _() -> None:
    structure = seen.structure.field_id
    conference = given(create_list.sync(structure, client=ours, body=ListCreate(name="Conference")))
    equal("name", conference.name, "Conference")
    page = given(list_lists.sync(structure, client=ours, page=1, size=2, sort="name:asc"))
    equal("total", page.total, 3)
    equal("first page", [one.name for one in page.records], ["Conference", "Newsletter"])
    page = given(list_lists.sync(structure, client=ours, page=2, size=2, sort="name:asc"))
    equal("second page", [one.name for one in page.records], ["Partners"])
    rename = ListUpdate(name="Conference 2027", field_v=given(conference.field_v))
    renamed = given(update_list.sync(structure, conference.field_id, client=ours, body=rename))
    equal("new name", renamed.name, "Conference 2027")
    equal("version", renamed.field_v, given(conference.field_v) + 1)
    gone = delete_list.sync_detailed(structure, conference.field_id, client=ours)
    equal("deletion", gone.status_code, HTTPStatus.NO_CONTENT)
    answer = get_list.sync_detailed(structure, conference.field_id, client=ours)
    equal("errorType", refused(HTTPStatus.NOT_FOUND, answer).error_type, "RecordNotFound")


@scenario.step("is told of a duplicate")
def _() -> None:
    error = refused(HTTPStatus.BAD_REQUEST, create_contact.sync_detailed(client=ours, body=new_contact(KEY)))
    equal("errorType", error.error_type, "DuplicateFieldError")
    equal("field", error.field, "key")


@scenario.step("is told of a missing scope")
def _() -> None:
    answer = create_contact.sync_detailed(client=client(READ_ONLY_API_KEY), body=new_contact("reader@example.com"))
    error = refused(HTTPStatus.FORBIDDEN, answer)
    equal("errorType", error.error_type, "ForbiddenError")
    equal("message", error.message, "API key missing required scope: contacts:write")


@scenario.step("is told of a wrong key")
def _() -> None:
    error = refused(HTTPStatus.UNAUTHORIZED, list_structures.sync_detailed(client=client("wrong")))
    equal("errorType", error.error_type, "UnauthorizedError")
    equal("message", error.message, "Invalid API key")


@scenario.step("is told of an unknown id")
def _() -> None:
    error = refused(HTTPStatus.NOT_FOUND, get_contact.sync_detailed(UNKNOWN_ID, client=ours))
    equal("errorType", error.error_type, "RecordNotFound")


@scenario.step("is told when to come back")
def _() -> None:
    limits = get_contact.sync_detailed(seen.created.field_id, client=ours).headers
    equal("limit", int(limits["X-RateLimit-Limit"]), 3600)
    holds("requests are left", int(limits["X-RateLimit-Remaining"]) > 0)
    set_hourly_left(0)
    try:
        answer = get_contact.sync_detailed(seen.created.field_id, client=ours)
    finally:
        set_hourly_left(3600)
    error = refused(HTTPStatus.TOO_MANY_REQUESTS, answer)
    equal("errorType", error.error_type, "TooManyRequestsError")
    holds("Retry-After is within the hour", 0 < int(answer.headers["Retry-After"]) <= 3600)
    equal("remaining", int(answer.headers["X-RateLimit-Remaining"]), 0)


@scenario.step("deletes it")
def _() -> None:
    deleted = given(delete_contact.sync(seen.created.field_id, client=ours))
    equal("id", deleted.field_id, seen.created.field_id)
    equal("key", deleted.key, KEY)
    error = refused(HTTPStatus.NOT_FOUND, get_contact.sync_detailed(seen.created.field_id, client=ours))
    equal("errorType", error.error_type, "RecordNotFound")


scenario.play()
