"""The scenario with the client that Clientele makes from the plain rendition.

What the generator gives: a function per operation, which takes and answers pydantic models; a refusal is an exception
with the whole response. What it doesn't give: status and headers of an answer, types of refusals, properties that the
document doesn't know, retries.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from clientele.api.exceptions import APIException
from contacts import client, config, schemas
from frame import BASE_URL
from pydantic import BaseModel
from steps import Answer, Reason, play
from wire import Client, Json

#: What the body of an operation is made of.
BODIES: dict[str, type[BaseModel]] = {
    "createContact": schemas.ContactCreate,
    "updateContactStatus": schemas.ContactStatusUpdate,
    "replaceContact": schemas.ContactReplacement,
    "searchContacts": schemas.ContactSearch,
    "exportContacts": schemas.ContactExport,
    "createList": schemas.ListCreate,
    "updateList": schemas.ListUpdate,
}


def snake(name: str) -> str:
    return re.sub("[A-Z]", lambda letter: f"_{letter.group().lower()}", name)


def plain(value: Json) -> Json:
    """A model as JSON has it. A list is wrapped in one."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return [plain(one) for one in value] if isinstance(value, list) else value


def connect(key: str) -> Client:
    def ask(operation: str, path: Mapping[str, str] = {}, query: Mapping[str, Json] = {}, body: Json = None) -> Answer[Json]:
        # The functions share one client.
        client.client.configure(config=config.Config(base_url=BASE_URL, headers={"X-API-Key": key}))
        call: Callable[..., Any] = getattr(client, snake(operation))
        arguments = {snake(name): value for name, value in {**path, **query}.items()}
        if body is not None:
            arguments["data"] = BODIES[operation].model_validate(body)
        try:
            data = call(**arguments)
        except APIException as refusal:
            response = refusal.response
            envelope = schemas.ErrorEnvelope.model_validate_json(response.content)
            errors = [Reason(one.error_type, one.message, one.field) for one in envelope.errors]
            return Answer(response.status_code, response.headers, errors=errors)
        return Answer(204 if data is None else 200, {}, plain(data))

    return Client(ask)


play("clientele-client", connect)
