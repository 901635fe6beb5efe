"""The scenario with the client that openapi-python-client makes.

What the generator gives: a module per operation, attrs models, and the error decoded like any other answer:
`sync` returns `Contact | ErrorEnvelope | None`, `sync_detailed` also the status and the headers. Properties
the document doesn't know stay in `additional_properties`, and are sent back. What it doesn't give: retries,
exceptions for refusals, and checks of what is sent.
"""

from collections.abc import Callable
from typing import TypeVar

from benchmark_email_client import AuthenticatedClient, models
from benchmark_email_client.api.contacts import (
    create_contact,
    delete_contact,
    export_contacts,
    get_contact,
    list_contact_events,
    list_contacts,
    replace_contact,
    search_contacts,
    update_contact_status,
)
from benchmark_email_client.api.lists import create_list, delete_list, get_list, list_all_lists, list_lists, update_list
from benchmark_email_client.api.structures import list_structures
from benchmark_email_client.types import Response, Unset
from frame import BASE_URL
from steps import Answer, Contact, Field, List, Page, Reason, Row, Structure, play

T = TypeVar("T")
W = TypeVar("W")


def answer(shown: Callable[[T], W], given: Response[models.ErrorEnvelope | T]) -> Answer[W]:
    """A refusal is an answer too, told apart by its type; a success without a body is `None`."""
    status, headers = given.status_code.value, dict(given.headers)
    if isinstance(given.parsed, models.ErrorEnvelope):
        errors = [Reason(one.error_type, one.message, present(one.field)) for one in given.parsed.errors]
        return Answer(status, headers, errors=errors)
    return Answer(status, headers, None if given.parsed is None else shown(given.parsed))


def present(value: T | Unset) -> T | None:
    """A property that is missing is `Unset`."""
    return None if isinstance(value, Unset) else value


def structure(it: models.Structure) -> Structure:
    fields = [Field(one.field_id, one.label, one.data_type, present(one.predefined_field)) for one in it.fields]
    return Structure(it.field_id, it.label, fields, [tag.label for tag in present(it.tags) or []])


def values(fields: list[models.ContactField] | Unset) -> dict[str, object]:
    return {field.field_id: field.value for field in present(fields) or []}


def contact(it: models.Contact) -> Contact:
    status = present(it.status)
    primary, reason = (status.primary, present(status.secondary)) if status else (None, None)
    return Contact(it.field_id, it.key, values(it.fields), primary, reason, it.lists, present(it.field_v), it)


def row(it: models.FoundContact) -> Row:
    return Row(it.field_id, values(it.fields), present(it.contact_status))


def list_of_contacts(it: models.ContactList) -> List:
    return List(it.field_id, it.name, present(it.field_v))


def specification(key: str) -> models.ContactSpecification:
    by_key = models.SearchCriterion(column_to_filter="KEY", operator="EQ", values=[key])
    return models.ContactSpecification(filters=[models.SearchGroup(criterias=[by_key])])


class Client:
    def __init__(self, key: str) -> None:
        # It knows bearer tokens only, so the header has to be named.
        self.client = AuthenticatedClient(base_url=BASE_URL, token=key, prefix="", auth_header_name="X-API-Key")

    def list_structures(self) -> Answer[list[Structure]]:
        given = list_structures.sync_detailed(client=self.client)
        return answer(lambda all: list(map(structure, all)), given)

    def create_contact(self, structure: str, key: str, values: dict[str, object], on: str) -> Answer[Contact]:
        body = models.ContactCreate(
            key=key,
            contact_structure_id=structure,
            fields=[models.ContactFieldInput(field_id=id, value=value) for id, value in values.items()],
            lists=[models.ListAssignment(field_id=on, action="add")],
        )
        return answer(contact, create_contact.sync_detailed(client=self.client, body=body))

    def get_contact(self, id: str) -> Answer[Contact]:
        return answer(contact, get_contact.sync_detailed(id, client=self.client))

    def unsubscribe(self, id: str) -> Answer[Contact]:
        secondary = models.SettableReason.UNSUBSCRIBE
        return self.change(id, models.StatusChange(primary=models.SettableStatus.INACTIVE, secondary=secondary))

    def activate(self, id: str) -> Answer[Contact]:
        return self.change(id, models.StatusChange(primary=models.SettableStatus.ACTIVE))

    def change(self, id: str, status: models.StatusChange) -> Answer[Contact]:
        body = models.ContactStatusUpdate(status=status)
        return answer(contact, update_contact_status.sync_detailed(id, client=self.client, body=body))

    def replace_contact(self, read: Contact, field: str, value: object) -> Answer[Contact]:
        assert isinstance(read.read, models.Contact)
        body = models.ContactReplacement.from_dict(read.read.to_dict())
        next(one for one in present(body.fields) or [] if one.field_id == field).value = value
        return answer(contact, replace_contact.sync_detailed(read.id, client=self.client, body=body))

    def delete_contact(self, id: str) -> Answer[Contact]:
        return answer(contact, delete_contact.sync_detailed(id, client=self.client))

    def list_contacts(self) -> Answer[list[Contact]]:
        return answer(lambda all: list(map(contact, all)), list_contacts.sync_detailed(client=self.client))

    def search_contacts(self, structure: str, key: str) -> Answer[Page[Row]]:
        body = models.ContactSearch(
            contact_structure_id=structure,
            page=1,
            page_size=10,
            source=[models.SearchColumn.KEY, models.SearchColumn.FIELDS, models.SearchColumn.CONTACTSTATUS],
            contact_specification=specification(key),
        )

        def page(it: models.ContactSearchPage) -> Page[Row]:
            return Page(it.total_records, list(map(row, it.contacts)))

        return answer(page, search_contacts.sync_detailed(client=self.client, body=body))

    def export_contacts(self, structure: str, key: str) -> Answer[str]:
        body = models.ContactExport(
            contact_structure_id=structure,
            source=[models.SearchColumn.VALUE_0, models.SearchColumn.KEY],
            contact_specification=specification(key),
        )
        return answer(str, export_contacts.sync_detailed(client=self.client, body=body))

    def list_contact_events(self, id: str, types: list[str]) -> Answer[Page[str]]:
        def page(it: models.EventPage) -> Page[str]:
            return Page(it.total, [present(event.type_) or "" for event in it.records])

        return answer(page, list_contact_events.sync_detailed(id, client=self.client, types=types))

    def list_all_lists(self, structure: str) -> Answer[list[List]]:
        given = list_all_lists.sync_detailed(structure, client=self.client)
        return answer(lambda all: list(map(list_of_contacts, all)), given)

    def list_lists(self, structure: str, page: int, size: int, sort: str) -> Answer[Page[List]]:
        def shown(it: models.ListPage) -> Page[List]:
            return Page(it.total, list(map(list_of_contacts, it.records)))

        return answer(shown, list_lists.sync_detailed(structure, client=self.client, page=page, size=size, sort=sort))

    def create_list(self, structure: str, name: str) -> Answer[List]:
        body = models.ListCreate(name=name)
        return answer(list_of_contacts, create_list.sync_detailed(structure, client=self.client, body=body))

    def get_list(self, structure: str, id: str) -> Answer[List]:
        return answer(list_of_contacts, get_list.sync_detailed(structure, id, client=self.client))

    def update_list(self, structure: str, id: str, name: str, version: int) -> Answer[List]:
        body = models.ListUpdate(name=name, field_v=version)
        return answer(list_of_contacts, update_list.sync_detailed(structure, id, client=self.client, body=body))

    def delete_list(self, structure: str, id: str) -> Answer[None]:
        return answer(lambda _: None, delete_list.sync_detailed(structure, id, client=self.client))


play("openapi-python-client", Client)
