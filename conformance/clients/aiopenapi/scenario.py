"""The scenario with aiopenapi3, which reads the document when the program starts.

What the library gives: a method per operation, pydantic models made on the spot for what is answered, exceptions for
refusals with the decoded envelope and the headers. What it doesn't give: types for a checker; models that can be sent
back by their own names, so bodies are plain dictionaries here; retries.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx2
import yaml
from aiopenapi3 import OpenAPI  # type: ignore[import-untyped]
from aiopenapi3.errors import HTTPClientError  # type: ignore[import-untyped]
from frame import BASE_URL
from pydantic import BaseModel
from steps import Answer, Reason, play
from wire import Client, Json

DOCUMENT: Json = yaml.safe_load(Path(os.environ["SPEC"]).read_text())
# It fills in no server's variable, so the document names the account's.
DOCUMENT["servers"] = [{"url": BASE_URL}]


def session(*arguments: Any, **more: Any) -> httpx2.Client:
    return httpx2.Client(*arguments, **more)


def plain(value: Json) -> Json:
    """A model as JSON has it."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return [plain(one) for one in value] if isinstance(value, list) else value


def connect(key: str) -> Client:
    api = OpenAPI.loads(f"{BASE_URL}/openapi.json", json.dumps(DOCUMENT), session_factory=session)
    api.authenticate(ApiKey=key)

    def ask(operation: str, path: Mapping[str, str] = {}, query: Mapping[str, Json] = {}, body: Json = None) -> Answer[Json]:
        request = api.createRequest(operation)
        try:
            _, data, response = request.request(parameters={**path, **query} or None, data=body)
        except HTTPClientError as refusal:
            errors = [Reason(one["errorType"], one["message"], one.get("field")) for one in plain(refusal.data)["errors"]]
            # Those that the document declares, as numbers.
            headers = {name: str(value) for name, value in refusal.headers.items()}
            return Answer(refusal.status_code, headers, errors=errors)
        # What isn't JSON comes as bytes.
        shown = data.decode() if isinstance(data, bytes) else plain(data)
        return Answer(response.status_code, response.headers, shown)

    return Client(ask)


play("aiopenapi", connect)
