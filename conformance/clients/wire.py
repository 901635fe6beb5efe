"""For clients in Python that hand over JSON as it is: what the steps need, over one method that asks an operation."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

from steps import Answer, Contact, Field, List, Page, Row, Structure

T = TypeVar("T")
Json = Any


class Ask(Protocol):
    def __call__(
        self, operation: str, path: Mapping[str, str] = {}, query: Mapping[str, Json] = {}, body: Json = None
    ) -> Answer[Json]: ...


def values(fields: Json) -> dict[str, object]:
    return {field["_id"]: field.get("value") for field in fields or []}


def contact(it: Json) -> Contact:
    status = it.get("status") or {}
    primary, reason = status.get("primary"), status.get("secondary")
    return Contact(it["_id"], it["key"], values(it.get("fields")), primary, reason, it.get("lists"), it.get("__v"), it)


def structure(it: Json) -> Structure:
    fields = [Field(one["_id"], one["label"], one["dataType"], one.get("predefinedField")) for one in it["fields"]]
    return Structure(it["_id"], it["label"], fields, [tag["label"] for tag in it.get("tags", [])])


def one_list(it: Json) -> List:
    return List(it["_id"], it["name"], it.get("__v"))


def with_key(structure: str, key: str, source: list[str]) -> dict[str, Json]:
    by_key = {"columnToFilter": "KEY", "operator": "EQ", "values": [key]}
    specification = {"filters": [{"criterias": [by_key]}]}
    return {"contactStructureId": structure, "source": source, "contactSpecification": specification}


class Client:
    def __init__(self, ask: Ask) -> None:
        self.ask = ask

    def shown(self, show: Callable[[Json], T], answer: Answer[Json]) -> Answer[T]:
        data = None if answer.data is None else show(answer.data)
        return Answer(answer.status, answer.headers, data, answer.errors)

    def list_structures(self) -> Answer[list[Structure]]:
        return self.shown(lambda all: list(map(structure, all)), self.ask("listStructures"))

    def create_contact(self, structure: str, key: str, values: dict[str, object], on: str) -> Answer[Contact]:
        fields = [{"_id": id, "value": value} for id, value in values.items()]
        lists = [{"_id": on, "action": "add"}]
        body = {"key": key, "contactStructureId": structure, "fields": fields, "lists": lists}
        return self.shown(contact, self.ask("createContact", body=body))

    def get_contact(self, id: str) -> Answer[Contact]:
        return self.shown(contact, self.ask("getContact", {"contactId": id}))

    def unsubscribe(self, id: str) -> Answer[Contact]:
        return self.change(id, {"primary": "Inactive", "secondary": "Unsubscribe"})

    def activate(self, id: str) -> Answer[Contact]:
        return self.change(id, {"primary": "Active"})

    def change(self, id: str, status: Json) -> Answer[Contact]:
        return self.shown(contact, self.ask("updateContactStatus", {"contactId": id}, body={"status": status}))

    def replace_contact(self, read: Contact, field: str, value: object) -> Answer[Contact]:
        body: Json = copy.deepcopy(read.read)
        next(one for one in body["fields"] if one["_id"] == field)["value"] = value
        return self.shown(contact, self.ask("replaceContact", {"contactId": read.id}, body=body))

    def delete_contact(self, id: str) -> Answer[Contact]:
        return self.shown(contact, self.ask("deleteContact", {"contactId": id}))

    def list_contacts(self) -> Answer[list[Contact]]:
        return self.shown(lambda all: list(map(contact, all)), self.ask("listContacts"))

    def search_contacts(self, structure: str, key: str) -> Answer[Page[Row]]:
        def row(it: Json) -> Row:
            return Row(it["_id"], values(it.get("fields")), it.get("contactStatus"))

        body = with_key(structure, key, ["key", "fields", "contactStatus"]) | {"page": 1, "pageSize": 10}
        answer = self.ask("searchContacts", body=body)
        return self.shown(lambda page: Page(page["totalRecords"], list(map(row, page["contacts"]))), answer)

    def export_contacts(self, structure: str, key: str) -> Answer[str]:
        return self.shown(str, self.ask("exportContacts", body=with_key(structure, key, ["_id", "key"])))

    def list_contact_events(self, id: str, types: list[str]) -> Answer[Page[str]]:
        answer = self.ask("listContactEvents", {"contactId": id}, {"types": types})
        return self.shown(lambda page: Page(page["total"], [event["type"] for event in page["records"]]), answer)

    def list_all_lists(self, structure: str) -> Answer[list[List]]:
        answer = self.ask("listAllLists", {"contactStructureId": structure})
        return self.shown(lambda all: list(map(one_list, all)), answer)

    def list_lists(self, structure: str, page: int, size: int, sort: str) -> Answer[Page[List]]:
        answer = self.ask("listLists", {"contactStructureId": structure}, {"page": page, "size": size, "sort": sort})
        return self.shown(lambda page: Page(page["total"], list(map(one_list, page["records"]))), answer)

    def create_list(self, structure: str, name: str) -> Answer[List]:
        return self.shown(one_list, self.ask("createList", {"contactStructureId": structure}, body={"name": name}))

    def get_list(self, structure: str, id: str) -> Answer[List]:
        return self.shown(one_list, self.ask("getList", {"contactStructureId": structure, "listId": id}))

    def update_list(self, structure: str, id: str, name: str, version: int) -> Answer[List]:
        path = {"contactStructureId": structure, "listId": id}
        return self.shown(one_list, self.ask("updateList", path, body={"name": name, "__v": version}))

    def delete_list(self, structure: str, id: str) -> Answer[None]:
        return self.shown(lambda _: None, self.ask("deleteList", {"contactStructureId": structure, "listId": id}))
