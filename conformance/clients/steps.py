"""The scenario of README.md, written once for every client in Python. A client's folder has scenario.py, which
says how one asks with that client: a method for each operation that the steps need. What the steps look at
they get in the types below, made from the client's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from frame import (
    API_KEY,
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


@dataclass
class Reason:
    """Why the service says no, as the client decoded it."""

    error_type: str
    message: str
    field: str | None = None


@dataclass
class Answer(Generic[T]):
    """An answer or a refusal: `data`, or `errors`, both decoded by the client."""

    status: int
    headers: Mapping[str, str]
    data: T | None = None
    errors: list[Reason] | None = None


@dataclass
class Field:
    id: str
    label: str
    data_type: str
    predefined: str | None


@dataclass
class Structure:
    id: str
    label: str
    fields: list[Field]
    tags: list[str]


@dataclass
class Contact:
    """`values` by field id; `read` is what the client itself read."""

    id: str
    key: str
    values: dict[str, object]
    status: str | None
    reason: str | None
    lists: object
    version: int | None
    read: object = field(repr=False)


@dataclass
class List:
    id: str
    name: str
    version: int | None


@dataclass
class Row:
    id: str
    values: dict[str, object]
    status: str | None


@dataclass
class Page(Generic[T]):
    total: int
    rows: list[T]


class Client(Protocol):
    def list_structures(self) -> Answer[list[Structure]]: ...
    def create_contact(self, structure: str, key: str, values: dict[str, object], on: str) -> Answer[Contact]:
        """With these values by field id, on this list."""

    def get_contact(self, id: str) -> Answer[Contact]: ...
    def unsubscribe(self, id: str) -> Answer[Contact]: ...
    def activate(self, id: str) -> Answer[Contact]: ...
    def replace_contact(self, contact: Contact, field: str, value: object) -> Answer[Contact]:
        """Sends back all that was read, this field's value changed: what a replacement leaves out is erased."""

    def delete_contact(self, id: str) -> Answer[Contact]: ...
    def list_contacts(self) -> Answer[list[Contact]]: ...
    def search_contacts(self, structure: str, key: str) -> Answer[Page[Row]]:
        """The first ten whose key this is, with `key`, `fields` and `contactStatus`."""

    def export_contacts(self, structure: str, key: str) -> Answer[str]:
        """Those whose key this is, with `_id` and `key`."""

    def list_contact_events(self, id: str, types: list[str]) -> Answer[Page[str]]:
        """Their types."""

    def list_all_lists(self, structure: str) -> Answer[list[List]]: ...
    def list_lists(self, structure: str, page: int, size: int, sort: str) -> Answer[Page[List]]: ...
    def create_list(self, structure: str, name: str) -> Answer[List]: ...
    def get_list(self, structure: str, id: str) -> Answer[List]: ...
    def update_list(self, structure: str, id: str, name: str, version: int) -> Answer[List]: ...
    def delete_list(self, structure: str, id: str) -> Answer[None]: ...


class Seen(HandedOn):
    given_by = {"structure": 1, "lists": 1, "created": 2, "stale": 6}
    structure: Structure
    lists: dict[str, str]
    created: Contact
    stale: Contact


def given(answer: Answer[T]) -> T:
    """What was answered, if it wasn't a refusal."""
    assert answer.data is not None, f"status {answer.status}: {answer.errors}"
    return answer.data


def refused(status: int, answer: Answer[T]) -> Reason:
    """The first error of the refusal, decoded by the client into the document's ErrorEnvelope."""
    equal("status", answer.status, status)
    assert answer.errors is not None, f"expected an ErrorEnvelope, came {answer.data}"
    equal("errors", len(answer.errors), 1)
    return answer.errors[0]


def play(name: str, connect: Callable[[str], Client]) -> None:
    """Plays it with the client that `connect` makes for a key."""
    key = f"Ada.Lovelace+{name}@example.com"
    ours = connect(API_KEY)
    scenario = Scenario()
    seen = Seen()

    def field_id(label: str) -> str:
        return next(field.id for field in seen.structure.fields if field.label == label)

    def by_label(values: dict[str, object]) -> dict[str, object]:
        labels = {field.id: field.label for field in seen.structure.fields}
        return {labels[id]: value for id, value in values.items()}

    def create(client: Client, key: str) -> Answer[Contact]:
        values = {field_id(label): value for label, value in VALUES.items()}
        return client.create_contact(seen.structure.id, key, values, seen.lists["Newsletter"])

    @scenario.step("reads the structure")
    def _() -> None:
        structures = given(ours.list_structures())
        equal("structures", len(structures), 1)
        structure = structures[0]
        equal("label", structure.label, "Default Contacts")
        equal("data types", {field.label: field.data_type for field in structure.fields}, TYPES)
        equal("predefined field", structure.fields[0].predefined, "firstName")
        equal("tags", structure.tags, ["VIP"])
        lists = {one.name: one.id for one in given(ours.list_all_lists(structure.id))}
        equal("lists", sorted(lists), ["Newsletter", "Partners"])
        seen.structure, seen.lists = structure, lists

    @scenario.step("creates a contact")
    def _() -> None:
        created = given(create(ours, key))
        equal("key", created.key, key)
        equal_values("values", by_label(created.values), VALUES)
        equal("version", created.version, 0)
        equal("status", created.status, "Active")
        seen.created = created

    @scenario.step("gets it back")
    def _() -> None:
        contact = given(ours.get_contact(seen.created.id))
        equal("id", contact.id, seen.created.id)
        equal("key", contact.key, key)
        equal_values("values", by_label(contact.values), VALUES)
        # The elements of `lists` are typeless, so they come as dictionaries.
        equal("lists", contact.lists, [{"_id": seen.lists["Newsletter"]}])

    @scenario.step("unsubscribes it")
    def _() -> None:
        contact = given(ours.unsubscribe(seen.created.id))
        equal("status", contact.status, "Inactive")
        equal("reason", contact.reason, "Unsubscribe")

    @scenario.step("can't make it active again")
    def _() -> None:
        error = refused(400, ours.activate(seen.created.id))
        equal("errorType", error.error_type, "ValidationError")
        equal("field", error.field, "status.primary")
        equal("message", error.message, "An inactive contact can't be made active through the API")

    @scenario.step("replaces it")
    def _() -> None:
        read = given(ours.get_contact(seen.created.id))
        replaced = given(ours.replace_contact(read, field_id("Company"), "Difference Engines"))
        equal_values("values", by_label(replaced.values), VALUES | {"Company": "Difference Engines"})
        equal("lists", replaced.lists, [{"_id": seen.lists["Newsletter"]}])
        equal("status", replaced.status, "Inactive")
        assert replaced.version is not None and read.version is not None
        holds("the version grew", replaced.version > read.version)
        seen.stale = read

    @scenario.step("is told of a stale version")
    def _() -> None:
        error = refused(400, ours.replace_contact(seen.stale, field_id("Company"), "Too late"))
        equal("errorType", error.error_type, "ConcurrencyError")

    @scenario.step("finds it by key")
    def _() -> None:
        page = given(ours.search_contacts(seen.structure.id, key))
        equal("total", page.total, 1)
        equal("rows", [row.id for row in page.rows], [seen.created.id])
        equal("status", page.rows[0].status, "Inactive")
        equal_values("values", by_label(page.rows[0].values), VALUES | {"Company": "Difference Engines"})

    @scenario.step("lists all contacts")
    def _() -> None:
        everybody = given(ours.list_contacts())
        equal("contacts", len(everybody), 4)
        ada = [contact for contact in everybody if contact.id == seen.created.id]
        equal("ours", len(ada), 1)
        equal("seats", by_label(ada[0].values)["Seats"], 12)

    @scenario.step("works with lists")
    def _() -> None:
        structure = seen.structure.id
        conference = given(ours.create_list(structure, "Conference"))
        equal("name", conference.name, "Conference")
        page = given(ours.list_lists(structure, page=1, size=2, sort="name:asc"))
        equal("total", page.total, 3)
        equal("first page", [one.name for one in page.rows], ["Conference", "Newsletter"])
        page = given(ours.list_lists(structure, page=2, size=2, sort="name:asc"))
        equal("second page", [one.name for one in page.rows], ["Partners"])
        assert conference.version is not None
        renamed = given(ours.update_list(structure, conference.id, "Conference 2027", conference.version))
        equal("new name", renamed.name, "Conference 2027")
        equal("version", renamed.version, conference.version + 1)
        equal("deletion", ours.delete_list(structure, conference.id).status, 204)
        equal("errorType", refused(404, ours.get_list(structure, conference.id)).error_type, "RecordNotFound")

    @scenario.step("is told of a duplicate")
    def _() -> None:
        error = refused(400, create(ours, key))
        equal("errorType", error.error_type, "DuplicateFieldError")
        equal("field", error.field, "key")

    @scenario.step("is told of a missing scope")
    def _() -> None:
        error = refused(403, create(connect(READ_ONLY_API_KEY), "reader@example.com"))
        equal("errorType", error.error_type, "ForbiddenError")
        equal("message", error.message, "API key missing required scope: contacts:write")

    @scenario.step("is told of a wrong key")
    def _() -> None:
        error = refused(401, connect("wrong").list_structures())
        equal("errorType", error.error_type, "UnauthorizedError")
        equal("message", error.message, "Invalid API key")

    @scenario.step("is told of an unknown id")
    def _() -> None:
        equal("errorType", refused(404, ours.get_contact(UNKNOWN_ID)).error_type, "RecordNotFound")

    @scenario.step("is told when to come back")
    def _() -> None:
        def numbers(answer: Answer[Contact]) -> dict[str, int]:
            """The headers that are numbers, in one case: some clients keep that in which the server writes."""
            return {name.lower(): int(text) for name, text in answer.headers.items() if text.isdecimal()}

        limits = numbers(ours.get_contact(seen.created.id))
        equal("limit", limits["x-ratelimit-limit"], 3600)
        holds("requests are left", limits["x-ratelimit-remaining"] > 0)
        set_hourly_left(0)
        try:
            answer = ours.get_contact(seen.created.id)
        finally:
            set_hourly_left(3600)
        equal("errorType", refused(429, answer).error_type, "TooManyRequestsError")
        limits = numbers(answer)
        holds("Retry-After is within the hour", 0 < limits["retry-after"] <= 3600)
        equal("remaining", limits["x-ratelimit-remaining"], 0)

    @scenario.step("exports it")
    def _() -> None:
        csv = given(ours.export_contacts(seen.structure.id, key))
        equal("CSV", csv, f"_id,key\r\n{seen.created.id},{key}\r\n")

    @scenario.step("reads its events of two types")
    def _() -> None:
        page = given(ours.list_contact_events(seen.created.id, ["contact-created", "contact-unsubscribed"]))
        equal("types", page.rows, ["contact-unsubscribed", "contact-created"])
        equal("total", page.total, 2)

    @scenario.step("deletes it")
    def _() -> None:
        deleted = given(ours.delete_contact(seen.created.id))
        equal("id", deleted.id, seen.created.id)
        equal("key", deleted.key, key)
        equal("errorType", refused(404, ours.get_contact(seen.created.id)).error_type, "RecordNotFound")

    scenario.play()
