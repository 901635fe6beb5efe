"""The scenario with the models that datamodel-code-generator makes, and httpx.

What the generator gives: a pydantic model for every schema, which checks what it is made of; what the document doesn't
know is kept. What it doesn't give: anything that asks. So each request goes through its model here, and each answer
and refusal back through its own.
"""

import os
from collections.abc import Mapping
from pathlib import Path

import httpx
import models
import yaml
from frame import BASE_URL
from pydantic import BaseModel
from steps import Answer, Reason, play
from wire import Client, Json

PATHS: Json = yaml.safe_load(Path(os.environ["SPEC"]).read_text())["paths"]
OPERATIONS: dict[str, tuple[str, str, Json]] = {
    operation["operationId"]: (method, path, operation) for path, item in PATHS.items() for method, operation in item.items()
}


def model(media: Json) -> type[BaseModel]:
    """The model of a body."""
    name = media["application/json"]["schema"]["$ref"].rpartition("/")[2]
    found: type[BaseModel] = getattr(models, name)
    return found


def passed(media: Json, value: Json) -> Json:
    """A body after its model has read it and written it again."""
    return model(media).model_validate(value).model_dump(mode="json", by_alias=True, exclude_unset=True)


def connect(key: str) -> Client:
    http = httpx.Client(base_url=BASE_URL, headers={"X-API-Key": key})

    def ask(operation: str, path: Mapping[str, str] = {}, query: Mapping[str, Json] = {}, body: Json = None) -> Answer[Json]:
        method, route, declared = OPERATIONS[operation]
        sent = None if body is None else passed(declared["requestBody"]["content"], body)
        # Joined by commas, as the document says of the one list among the parameters.
        params = {name: ",".join(value) if isinstance(value, list) else value for name, value in query.items()}
        answer = http.request(method, route.format(**path), params=params, json=sent)
        status, headers = answer.status_code, answer.headers
        if status >= 400:
            envelope = models.ErrorEnvelope.model_validate_json(answer.content)
            errors = [Reason(one.errorType.root, one.message, one.field) for one in envelope.errors]
            return Answer(status, headers, errors=errors)
        media = declared["responses"][str(status)].get("content")
        if media is None:
            return Answer(status, headers)
        return Answer(status, headers, passed(media, answer.json()) if "application/json" in media else answer.text)

    return Client(ask)


play("datamodel-code-generator", connect)
