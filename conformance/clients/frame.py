"""What the scenarios in Python share: where the sandbox is, what its account holds, and the frame that runs
the steps and says in TAP which of them held. It knows no generated client.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
import urllib.request
from collections.abc import Callable

BASE_URL = os.environ["BENCHMARK_EMAIL_BASE_URL"]
API_KEY = os.environ["BENCHMARK_EMAIL_API_KEY"]
READ_ONLY_API_KEY = os.environ["READ_ONLY_API_KEY"]

UNKNOWN_ID = "ffffffffffffffffffffffff"
TYPES = {
    "First Name": "text",
    "Company": "text",
    "Seats": "number",
    "Subscribed to blog": "boolean",
    "Customer Since": "date",
    "Birthday": "recurrent_date",
}
VALUES: dict[str, object] = {
    "First Name": "Ada",
    "Company": "Analytical Engines",
    "Seats": 12,
    "Subscribed to blog": True,
    "Customer Since": "2026-01-31",
    "Birthday": "12-10",
}

Step = Callable[[], None]


class Needs(Exception):
    """A step can't start, because an earlier one gave nothing."""

    def __init__(self, step: int) -> None:
        super().__init__(f"needs step {step}")


class HandedOn:
    """What the steps hand on, as attributes. One that isn't there yet names the step that gives it."""

    given_by: dict[str, int] = {}

    def __getattr__(self, name: str) -> None:
        raise Needs(self.given_by[name])


class Scenario:
    """Steps in the order in which they are defined."""

    def __init__(self) -> None:
        self._steps: list[tuple[str, Step]] = []

    def step(self, name: str) -> Callable[[Step], Step]:
        def add(step: Step) -> Step:
            self._steps.append((name, step))
            return step

        return add

    def play(self) -> None:
        """Runs all, and exits with 1 if one didn't hold."""
        print(f"1..{len(self._steps)}")
        failed = 0
        for number, (name, step) in enumerate(self._steps, 1):
            try:
                step()
                print(f"ok {number} - {name}")
            except Exception as problem:  # whatever goes wrong in a step is that step's result
                failed += 1
                told = str(problem) if isinstance(problem, (AssertionError, Needs)) else traceback.format_exc()
                print(f"not ok {number} - {name}")
                print("".join(f"# {line}\n" for line in told.splitlines()), end="")
        sys.exit(1 if failed else 0)


def equal(what: str, came: object, expected: object) -> None:
    """Equal in value and in type: 1 is not true, and 12 is not 12.0."""
    if type(came) is not type(expected) or came != expected:
        raise AssertionError(f"{what}: expected {expected!r}, came {came!r}")


def equal_values(what: str, came: dict[str, object], expected: dict[str, object]) -> None:
    """The values of a contact's fields, by label."""
    equal(f"{what}: labels", sorted(came), sorted(expected))
    for label, value in expected.items():
        equal(f"{what}: {label}", came[label], value)


def holds(what: str, true: bool) -> None:
    if not true:
        raise AssertionError(f"{what}: doesn't hold")


def set_hourly_left(requests: int) -> None:
    """Tells the sandbox how many requests are left in the hour."""
    request = urllib.request.Request(
        f"{BASE_URL}/_sandbox/account",
        json.dumps({"hourlyLeft": requests}).encode(),
        {"Content-Type": "application/json"},
        method="PUT",
    )
    with urllib.request.urlopen(request, timeout=10):
        pass
