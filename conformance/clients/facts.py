#!/usr/bin/env python3
"""Finds out what each client does by itself, by playing the scenario on sandboxes with one fault each.

What it finds goes into docs/generated-clients.md. Run it after a new version of a generator, when the clients are
compiled:

    . conformance/environment && conformance/clients/facts.py
"""

from __future__ import annotations

import json
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from clients import CLIENTS, HERE, Client, Failed, conclude, environment_of, outcomes, run, sandbox
from tables import publish

# Grace as she is in account.json, with a property that the document doesn't know in each place.
UNKNOWN = {"unknown": "to the document"}
FIELDS = [{"_id": f"64a1b2c3d4e5f6a7b8c9d10{n}", "value": "Grace"} | UNKNOWN for n in range(2)]
GRACE = {
    "_id": "66f1a6e4698f1bca60424901",
    "key": "grace.hopper@example.com",
    "contactStructureId": "64a1b2c3d4e5f6a7b8c9d0e1",
    "fields": FIELDS,
    "status": {"primary": "Active"} | UNKNOWN,
    "lists": [{"_id": "64a1b2c3d4e5f6a7b8c9d200"} | UNKNOWN],
    "tags": [],
    "__v": 0,
} | UNKNOWN


def play(client: Client, fault: dict[str, Any]) -> tuple[set[int], list[dict[str, Any]]]:
    """The steps that passed, and what the sandbox was asked."""
    with sandbox({"faults": [fault]}) as where:
        env = environment_of(client) | where
        try:
            tap = run(f"{client.name}-facts", ["./scenario"], cwd=client.folder, env=env, timeout=30)
        except Failed as failure:
            tap = failure.output
        with urllib.request.urlopen(f"{where['BENCHMARK_EMAIL_BASE_URL']}/_sandbox/requests", timeout=10) as log:
            return outcomes(tap), json.load(log)


def resends(client: Client, operation: str, fault: dict[str, Any]) -> str:
    """Whether a request that the fault struck, once, is sent again by the client."""
    _, log = play(client, fault | {"operation": operation, "nth": 1})
    struck = next(entry for entry in log if entry["fault"] is not None)
    # The scenario itself may ask the same in a later step; what a client sends again comes at once.
    following = next((entry for entry in log if entry["number"] == struck["number"] + 1), {})
    again = all(struck[same] == following.get(same) for same in ("method", "path", "body"))
    return "sent again" if again else "fails"


def sends_back(client: Client) -> str:
    """Where in a replacement the properties are that were read and that the document doesn't know."""
    _, log = play(client, {"fault": "status", "status": 200, "body": GRACE, "operation": "getContact"})
    body = next(entry["body"] for entry in log if entry["operation"] == "replaceContact")
    places = {
        "contact": body,
        "field": (body.get("fields") or [{}])[0],
        "status": body.get("status") or {},
        "list": (body.get("lists") or [{}])[0],
    }
    kept = [place for place, value in places.items() if value.get("unknown") == UNKNOWN["unknown"]]
    return "all" if len(kept) == len(places) else ", ".join(kept) or "none"


def row(client: Client) -> str:
    busy = {"fault": "status", "status": 503, "headers": {"Retry-After": "0"}}
    cells = [
        client.generator,
        resends(client, "getContact", busy),
        resends(client, "getContact", {"fault": "close-before-answer"}),
        resends(client, "createList", {"fault": "drop-after-commit"}),
        sends_back(client),
    ]
    return f"| {' | '.join(cells)} |"


def main() -> int:
    with ThreadPoolExecutor(2) as pool:
        rows = list(pool.map(row, [client for client in CLIENTS if client.plays]))
    head = ["Generator", "GET: 503", "GET: connection closed", "POST: answer lost", "Unknown properties sent back"]
    table = "\n".join([f"| {' | '.join(head)} |", "|---" * len(head) + "|", *rows])
    page = HERE.parent.parent / "docs" / "generated-clients.md"
    publish(page, "facts", table, write=True)
    print(table)
    return 0


if __name__ == "__main__":
    conclude(main)
