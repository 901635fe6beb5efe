"""The scenario with the client that openapi-generator makes for Python.

What the generator gives: pydantic models, which also check what is sent; an exception per status, whose
`data` is the decoded error; `…_with_http_info` for status and headers. Properties the document doesn't know
stay in `additional_properties`, and are sent back. What it doesn't give: retries of its own; urllib3 below it
repeats a GET, PUT or DELETE that got Retry-After, unless told otherwise. The enums of requests are closed; the
open sets of answers are plain strings.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import benchmark_email_client as api
from benchmark_email_client.api_response import ApiResponse
from benchmark_email_client.exceptions import ApiException
from frame import BASE_URL
from steps import Answer, Contact, Field, List, Page, Reason, Row, Structure, play

T = TypeVar("T")
W = TypeVar("W")


def answer(shown: Callable[[T], W], call: Callable[..., ApiResponse[T]], *about: Any, **more: Any) -> Answer[W]:
    try:
        given = call(*about, **more)
    except ApiException as refusal:
        assert isinstance(refusal.data, api.ErrorEnvelope), f"untyped: {refusal}"
        errors = [Reason(error.error_type, error.message, error.var_field) for error in refusal.data.errors]
        return Answer(refusal.status or 0, dict(refusal.headers or {}), errors=errors)
    return Answer(given.status_code, given.headers or {}, shown(given.data))


def structure(it: api.Structure) -> Structure:
    fields = [Field(field.id, field.label, field.data_type, field.predefined_field) for field in it.fields]
    return Structure(it.id, it.label, fields, [tag.label for tag in it.tags or []])


def values(fields: list[api.ContactField] | None) -> dict[str, object]:
    return {field.id: field.value for field in fields or []}


def contact(it: api.Contact) -> Contact:
    primary, reason = (it.status.primary, it.status.secondary) if it.status else (None, None)
    return Contact(it.id, it.key, values(it.fields), primary, reason, it.lists, it.v, it)


def row(it: api.FoundContact) -> Row:
    return Row(it.id, values(it.fields), it.contact_status)


def list_of_contacts(it: api.ContactList) -> List:
    return List(it.id, it.name, it.v)


def specification(key: str) -> api.ContactSpecification:
    by_key = api.SearchCriterion(columnToFilter="KEY", operator="EQ", values=[key])
    return api.ContactSpecification(filters=[api.SearchGroup(criterias=[by_key])])


class Client:
    def __init__(self, key: str) -> None:
        # Without `retries=0` the HTTP library sleeps for as long as a 429 says, maybe for days, and says nothing.
        client = api.ApiClient(api.Configuration(host=BASE_URL, api_key={"ApiKey": key}, retries=0))
        self.contacts, self.lists, self.structures = api.ContactsApi(client), api.ListsApi(client), api.StructuresApi(client)

    def list_structures(self) -> Answer[list[Structure]]:
        return answer(lambda all: list(map(structure, all)), self.structures.list_structures_with_http_info)

    def create_contact(self, structure: str, key: str, values: dict[str, object], on: str) -> Answer[Contact]:
        body = api.ContactCreate(
            key=key,
            contactStructureId=structure,
            fields=[api.ContactFieldInput(_id=id, value=value) for id, value in values.items()],
            lists=[api.ListAssignment(_id=on, action="add")],
        )
        return answer(contact, self.contacts.create_contact_with_http_info, body)

    def get_contact(self, id: str) -> Answer[Contact]:
        return answer(contact, self.contacts.get_contact_with_http_info, id)

    def unsubscribe(self, id: str) -> Answer[Contact]:
        change = api.StatusChange(primary=api.SettableStatus.INACTIVE, secondary=api.SettableReason.UNSUBSCRIBE)
        body = api.ContactStatusUpdate(status=change)
        return answer(contact, self.contacts.update_contact_status_with_http_info, id, body)

    def activate(self, id: str) -> Answer[Contact]:
        body = api.ContactStatusUpdate(status=api.StatusChange(primary=api.SettableStatus.ACTIVE))
        return answer(contact, self.contacts.update_contact_status_with_http_info, id, body)

    def replace_contact(self, read: Contact, field: str, value: object) -> Answer[Contact]:
        assert isinstance(read.read, api.Contact)
        body = api.ContactReplacement.from_dict(read.read.to_dict())
        assert body is not None and body.fields is not None
        next(one for one in body.fields if one.id == field).value = value
        return answer(contact, self.contacts.replace_contact_with_http_info, read.id, body)

    def delete_contact(self, id: str) -> Answer[Contact]:
        return answer(contact, self.contacts.delete_contact_with_http_info, id)

    def list_contacts(self) -> Answer[list[Contact]]:
        return answer(lambda all: list(map(contact, all)), self.contacts.list_contacts_with_http_info)

    def search_contacts(self, structure: str, key: str) -> Answer[Page[Row]]:
        body = api.ContactSearch(
            contactStructureId=structure,
            page=1,
            pageSize=10,
            source=[api.SearchColumn.KEY, api.SearchColumn.FIELDS, api.SearchColumn.CONTACTSTATUS],
            contactSpecification=specification(key),
        )

        def page(it: api.ContactSearchPage) -> Page[Row]:
            return Page(it.total_records, list(map(row, it.contacts)))

        return answer(page, self.contacts.search_contacts_with_http_info, body)

    def export_contacts(self, structure: str, key: str) -> Answer[str]:
        body = api.ContactExport(
            contactStructureId=structure,
            source=[api.SearchColumn.ID, api.SearchColumn.KEY],
            contactSpecification=specification(key),
        )
        return answer(str, self.contacts.export_contacts_with_http_info, body)

    def list_contact_events(self, id: str, types: list[str]) -> Answer[Page[str]]:
        def page(it: api.EventPage) -> Page[str]:
            return Page(it.total, [event.type or "" for event in it.records])

        return answer(page, self.contacts.list_contact_events_with_http_info, id, types=types)

    def list_all_lists(self, structure: str) -> Answer[list[List]]:
        return answer(lambda all: list(map(list_of_contacts, all)), self.lists.list_all_lists_with_http_info, structure)

    def list_lists(self, structure: str, page: int, size: int, sort: str) -> Answer[Page[List]]:
        def shown(it: api.ListPage) -> Page[List]:
            return Page(it.total, list(map(list_of_contacts, it.records)))

        return answer(shown, self.lists.list_lists_with_http_info, structure, page=page, size=size, sort=sort)

    def create_list(self, structure: str, name: str) -> Answer[List]:
        body = api.ListCreate(name=name)
        return answer(list_of_contacts, self.lists.create_list_with_http_info, structure, body)

    def get_list(self, structure: str, id: str) -> Answer[List]:
        return answer(list_of_contacts, self.lists.get_list_with_http_info, structure, id)

    def update_list(self, structure: str, id: str, name: str, version: int) -> Answer[List]:
        body = api.ListUpdate(name=name, __v=version)
        return answer(list_of_contacts, self.lists.update_list_with_http_info, structure, id, body)

    def delete_list(self, structure: str, id: str) -> Answer[None]:
        return answer(lambda _: None, self.lists.delete_list_with_http_info, structure, id)


play("python", Client)
