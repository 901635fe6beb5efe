#!/usr/bin/env python3
"""Generates a client of openapi.yaml in each language, compiles it, and lets it play one and the same scenario.

Each client has a folder here; README.md says what is in it and lists the steps. Every scenario runs
against a sandbox of its own, and again against sandboxes that answer wrongly (broken.json), which it has to
notice. The table of the results goes into conformance/README.md, and how many there are into the project's.

Started by conformance/run, or by hand after `. conformance/environment`:

    clients.py                     all clients; fails if one does, or if a page's table is out of date
    clients.py --write             the same, and writes the table
    clients.py go php              these two only, and no table
    clients.py --fault '{"fault": "status", "status": 503, "operation": "getContact", "times": 1}' go
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Iterator

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "render")]
import plain  # noqa: E402
from sandbox import API_KEY, Sandbox  # noqa: E402
from tables import publish  # noqa: E402
from verdict import NoVerdict, conclude  # noqa: E402

BUILD = Path(os.environ["CONFORMANCE"])
SPEC = Path(os.environ["SPEC"])
PLAIN = BUILD / "generated" / "openapi-plain.yaml"

STEPS = (
    "reads the structure",
    "creates a contact",
    "gets it back",
    "unsubscribes it",
    "can't make it active again",
    "replaces it",
    "is told of a stale version",
    "finds it by key",
    "lists all contacts",
    "works with lists",
    "is told of a duplicate",
    "is told of a missing scope",
    "is told of a wrong key",
    "is told of an unknown id",
    "is told when to come back",
    "exports it",
    "reads its events of two types",
    "deletes it",
)


@dataclass(frozen=True)
class Fault:
    """A step that a client fails, by a fault of its generator's own that is known."""

    step: int
    what: str  # for the table
    says: str  # part of what the step then says


@dataclass(frozen=True)
class Client:
    """A folder here. `package` names the generator in the lock file that pins its version."""

    name: str
    language: str
    generator: str
    package: str
    faults: tuple[Fault, ...] = ()
    plain: bool = False  # made from the plain rendition
    proof: str = "compiled"  # or less, where the language's compiler or libraries aren't to be had; then nothing plays

    @property
    def plays(self) -> bool:
        return self.proof == "compiled"

    @property
    def folder(self) -> Path:
        return HERE / self.name

    @property
    def by_openapi_generator(self) -> bool:
        return (self.folder / "generator.yaml").exists()


OPENAPI_GENERATOR = "openapi-generator-cli"


def repeats_lists() -> Fault:
    return Fault(17, "a list in a query becomes a repeated parameter", "types must be one parameter")


CLIENTS = (
    Client("python", "Python", "openapi-generator `python`", OPENAPI_GENERATOR),
    Client("openapi-python-client", "Python", "openapi-python-client", "openapi-python-client", (repeats_lists(),)),
    Client("datamodel-code-generator", "Python", "datamodel-code-generator, with httpx", "datamodel-code-generator"),
    Client("aiopenapi", "Python", "aiopenapi3", "aiopenapi3"),
    Client(
        "clientele-client",
        "Python",
        "Clientele, plain rendition",
        "clientele",
        (
            Fault(15, "an answer's headers are dropped", "KeyError: 'x-ratelimit-limit'"),
            Fault(16, "text is taken for an object", "instance of ExportContacts200Response"),
            repeats_lists(),
        ),
        plain=True,
    ),
    Client("typescript-fetch", "TypeScript", "openapi-generator `typescript-fetch`", OPENAPI_GENERATOR),
    Client("openapi-fetch", "TypeScript", "openapi-typescript, openapi-fetch", "openapi-typescript"),
    Client("hey-api", "TypeScript", "hey-api", "@hey-api/openapi-ts"),
    Client("orval", "TypeScript", "orval", "orval", (repeats_lists(),)),
    Client("oazapfts", "TypeScript", "oazapfts", "oazapfts"),
    Client("swagger-typescript-api", "TypeScript", "swagger-typescript-api", "swagger-typescript-api", (repeats_lists(),)),
    Client("openapi-zod-client", "TypeScript", "openapi-zod-client", "openapi-zod-client", (repeats_lists(),)),
    Client(
        "kubb",
        "TypeScript",
        "Kubb, client plugin",
        "@kubb/plugin-client",
        (Fault(16, "CSV is read as JSON", "is not valid JSON"),),
    ),
    Client(
        "openapi-client-axios",
        "TypeScript",
        "openapi-client-axios, typegen",
        "openapi-client-axios",
        (repeats_lists(),),
    ),
    Client(
        "openapi-typescript-codegen",
        "TypeScript",
        "openapi-typescript-codegen, plain rendition",
        "openapi-typescript-codegen",
        (Fault(15, "headers are dropped", "limit: expected 3600, came NaN"), repeats_lists()),
        plain=True,
    ),
    Client("rtk-query", "TypeScript", "RTK Query's generator", "@rtk-query/codegen-openapi"),
    Client("go", "Go", "openapi-generator `go`", OPENAPI_GENERATOR),
    Client(
        "java",
        "Java",
        "openapi-generator `java`, native",
        OPENAPI_GENERATOR,
        (Fault(16, "CSV is read as JSON", "JsonParseException"),),
    ),
    Client("php", "PHP", "openapi-generator `php`", OPENAPI_GENERATOR),
    Client("ruby", "Ruby", "openapi-generator `ruby`", OPENAPI_GENERATOR),
    Client(
        "rust",
        "Rust",
        "openapi-generator `rust`",
        OPENAPI_GENERATOR,
        (Fault(16, "`text/csv` is refused", "content type response that cannot be converted"),),
    ),
    Client("progenitor", "Rust", "progenitor, as it comes", "cargo-progenitor", (repeats_lists(),)),
    Client("csharp", "C#", "openapi-generator `csharp`", OPENAPI_GENERATOR, proof="parsed"),
    Client("kotlin", "Kotlin", "openapi-generator `kotlin`", OPENAPI_GENERATOR, proof="type-checked"),
    Client("swift", "Swift", "openapi-generator `swift6`", OPENAPI_GENERATOR, proof="parsed"),
)


@dataclass
class Result:
    compiled: bool = False
    passed: int = 0
    problems: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)


def generate(clients: list[Client]) -> None:
    """All of openapi-generator's clients in one JVM."""
    generated = BUILD / "generated"
    configurations = [c.folder / "generator.yaml" for c in clients if c.by_openapi_generator]
    if not configurations:
        return
    for client in clients:
        shutil.rmtree(generated / client.name, ignore_errors=True)
    # The configurations name the document by its name alone.
    shutil.copyfile(SPEC, generated / "openapi.yaml")
    # A short run: the JVM's optimizing compiler would cost more than it gives.
    command = ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", os.environ["OPENAPI_GENERATOR_JAR"]]
    command += ["batch", "--fail-fast", "--threads", "2"]
    command += ["--root-dir", str(generated), "--includes-base-dir", str(HERE), "--", *map(str, configurations)]
    run("generation", command, cwd=generated, env=dict(os.environ), timeout=300)


def run(name: str, command: list[str], *, cwd: Path, env: dict[str, str], timeout: float) -> str:
    """What the command prints. Its log stays in `logs`, and is part of the complaint when it fails."""
    log = BUILD / "logs" / f"{name}.log"
    with log.open("wb") as output:
        try:
            # A session of its own, so that what a script started ends with it.
            process = subprocess.Popen(
                command,
                cwd=cwd,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            status = process.wait(timeout)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            status = process.wait()
            output.write(f"\nstopped after {timeout} s\n".encode())
        except OSError as error:
            status = -1
            output.write(f"{error}\n".encode())
    text = log.read_text(errors="replace")
    if status != 0:
        raise Failed(f"{name} failed ({status})", text)
    return text


class Failed(Exception):
    def __init__(self, what: str, output: str) -> None:
        super().__init__(what)
        self.output = output


@contextmanager
def sandbox(breaks: dict[str, Any]) -> Iterator[dict[str, str]]:
    """A sandbox with the scenario's account, and the environment that leads to it."""
    with Sandbox("--seed", HERE / "account.json", "--rate-limit", 3600) as started:
        scopes = breaks.get("read_only_scopes", ["contacts:read"])
        key = started.control("POST", "/keys", {"scopes": scopes})["key"]
        for name, reading in breaks.get("rules", {}).items():
            started.control("PUT", f"/rules/{name}", {"reading": reading})
        for fault in breaks.get("faults", []):
            started.control("POST", "/faults", fault)
        yield {
            "BENCHMARK_EMAIL_BASE_URL": started.url,
            "BENCHMARK_EMAIL_API_KEY": API_KEY,
            "READ_ONLY_API_KEY": key,
        }


def broken_sandboxes() -> list[Any]:
    """Those of broken.json, among which each step has to fail somewhere."""
    broken = json.loads((HERE / "broken.json").read_text())
    fails = {step for breaks in broken for step in breaks["fails"]}
    if fails != set(range(1, len(STEPS) + 1)):
        raise NoVerdict(f"broken.json makes only the steps {sorted(fails)} fail, of {len(STEPS)}")
    return broken


def environment_of(client: Client) -> dict[str, str]:
    generated, work = BUILD / "generated" / client.name, BUILD / "work" / client.name
    generated.mkdir(parents=True, exist_ok=True)
    work.mkdir(parents=True, exist_ok=True)
    document = PLAIN if client.plain else SPEC
    return os.environ | {"GENERATED": str(generated), "WORK": str(work), "SPEC": str(document)}


def play(client: Client, log: str, breaks: dict[str, Any]) -> tuple[set[int], str]:
    """The steps that passed, and the TAP that says so."""
    with sandbox(breaks) as where:
        env = environment_of(client) | where
        try:
            tap, status = run(log, ["./scenario"], cwd=client.folder, env=env, timeout=120), 0
        except Failed as failure:
            tap, status = failure.output, 1
    steps = outcomes(tap)
    passed = {number for number, complaint in steps.items() if complaint is None}
    # A scenario that says one thing and exits with another is wrong about one of them.
    if (len(passed) == len(STEPS)) != (status == 0):
        raise Failed(f"{client.name}: the exit status doesn't fit the steps", tap)
    return passed, tap


def outcomes(tap: str) -> dict[int, str | None]:
    """What each step complained of, if it did. Each has to be reported once, in order and by its name; else none."""
    if not re.search(rf"^1\.\.{len(STEPS)}$", tap, re.MULTILINE):
        return {}
    results = re.findall(r"^(not ok|ok) (\d+) - (.*?)\s*$((?:\n#.*$)*)", tap, re.MULTILINE)
    expected = [(str(number), name) for number, name in enumerate(STEPS, 1)]
    if [(number, name) for _, number, name, _ in results] != expected:
        return {}
    return {int(number): None if verdict == "ok" else complaint for verdict, number, _, complaint in results}


def surprises(client: Client, tap: str) -> Iterator[str]:
    """Steps that failed and shouldn't have, and known faults that are faults no more."""
    known = {fault.step: fault for fault in client.faults}
    steps = outcomes(tap)
    for number, name in enumerate(STEPS, 1):
        complaint = steps.get(number, "it isn't reported")
        if number not in known:
            if complaint is not None:
                yield f"step {number}, {name}, failed"
        elif complaint is None:
            yield f"step {number}, {name}, passed: the generator has mended {known[number].what!r}; take it off the list"
        elif known[number].says not in complaint:
            yield f"step {number}, {name}, failed otherwise than by {known[number].what!r}"


def prove(client: Client, faults: list[Any], broken: list[Any]) -> Result:
    result = Result()
    start = time.monotonic()
    try:
        run(f"{client.name}-compile", ["./compile"], cwd=client.folder, env=environment_of(client), timeout=420)
        result.compiled = True
        result.seconds["compile"] = time.monotonic() - start
        if client.plays:
            start = time.monotonic()
            passed, tap = play(client, f"{client.name}-scenario", {"faults": faults})
            result.passed = len(passed)
            result.seconds["scenario"] = time.monotonic() - start
            if found := list(surprises(client, tap)):
                result.problems.append("\n".join([*found, tap]))
            start = time.monotonic()
            faulty = {fault.step for fault in client.faults}
            for number, breaks in enumerate(broken, 1):
                # Wrong in one thing needs right in all others, so a body may name the client.
                breaks = json.loads(json.dumps(breaks).replace("{client}", client.name))
                passed, tap = play(client, f"{client.name}-broken-{number}", breaks)
                unnoticed = passed & set(breaks["fails"])
                if unnoticed or not passed >= set(breaks.get("passes", [])) - faulty:
                    result.problems.append(f"{client.name} against {breaks['what']}: passed {sorted(passed)}\n{tap}")
            result.seconds["broken"] = time.monotonic() - start
    except Failed as failure:
        result.problems.append(f"{failure}\n{failure.output}")
    told = ", ".join(f"{what} {seconds:.1f} s" for what, seconds in result.seconds.items())
    steps = f"{result.passed} of {len(STEPS)} steps" if client.plays else client.proof
    print(f"{'FAILED' if result.problems else 'ok':6} {client.name:22} {steps} ({told})", flush=True)
    return result


def versions() -> dict[str, str]:
    """From the lock files, by package."""
    pinned = re.findall(r"^([\w.-]+)==(\S+)", (HERE.parent / "requirements.txt").read_text(), re.MULTILINE)
    locked = json.loads((HERE.parent / "package-lock.json").read_text())["packages"]
    npm = {path.removeprefix("node_modules/"): package.get("version") for path, package in locked.items()}
    cargo = re.findall(r"^(cargo-[\w-]+)@(\S+)", (HERE.parent / "cargo-tools.txt").read_text(), re.MULTILINE)
    return npm | dict(pinned) | dict(cargo)


def table(results: dict[Client, Result]) -> str:
    known = versions()
    rows = ["| Language | Generator | Version | Compiled | Steps | What it gets wrong |", "|---|---|---|---|---|---|"]
    for client, result in results.items():
        version = known[client.package]
        if client.name == "openapi-fetch":
            version += f", {known['openapi-fetch']}"
        compiled = "no" if not result.compiled else "yes" if client.plays else client.proof
        steps = f"{result.passed} of {len(STEPS)}" if client.plays else "none"
        faults = "; ".join(f"{fault.step}: {fault.what}" for fault in client.faults)
        cells = (client.language, client.generator, version, compiled, steps, faults)
        rows.append(f"| {' | '.join(cells)} |".replace("|  |", "| |"))
    return "\n".join(rows)


def told(results: dict[Client, Result]) -> str:
    """What the project's README says of the table."""
    playing = [client for client, result in results.items() if client.plays and result.passed]
    languages = len({client.language for client in playing})
    return (
        f"{len(playing)} generators in {languages} languages make clients of it that compile in their strict mode and play"
        f"\none scenario of {len(STEPS)} steps against the sandbox."
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="Clients in many languages, generated, compiled and run.")
    parser.add_argument("clients", nargs="*", metavar="client", help="only these")
    parser.add_argument("--write", action="store_true", help="write the table")
    parser.add_argument("--fault", action="append", default=[], type=json.loads, help="a fault of the sandbox, as JSON")
    parser.add_argument("--jobs", type=int, default=2, help="how many clients at a time (2)")
    arguments = parser.parse_args()
    chosen = [c for c in CLIENTS if not arguments.clients or c.name in arguments.clients]
    if unknown := set(arguments.clients) - {c.name for c in CLIENTS}:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")

    for folder in ("generated", "work", "logs"):
        (BUILD / folder).mkdir(parents=True, exist_ok=True)
    PLAIN.write_text(plain.rendition(SPEC.read_text()))
    start = time.monotonic()
    try:
        generate(chosen)
    except Failed as failure:
        print(failure, failure.output, sep="\n", file=sys.stderr)
        return 1
    print(f"generated in {time.monotonic() - start:.1f} s", flush=True)

    broken = [] if arguments.fault else broken_sandboxes()
    with ThreadPoolExecutor(arguments.jobs) as pool:
        # From the table's end, where the languages are that take longest to compile.
        proofs = {client: pool.submit(prove, client, arguments.fault, broken) for client in reversed(chosen)}
    results = {client: proofs[client].result() for client in chosen}
    for client, result in results.items():
        for problem in result.problems:
            print(f"\n==> {client.name}\n{problem}", file=sys.stderr)
    made = table(results)
    print(f"\n{made}\n")
    sound = not any(result.problems for result in results.values())
    whole = not arguments.clients and not arguments.fault
    if not (sound and whole):
        return 0 if sound else 1
    pages = {HERE.parent / "README.md": ("clients", made), ROOT / "README.md": ("conformance", told(results))}
    stale = [page for page, (name, text) in pages.items() if not publish(page, name, text, arguments.write)]
    for page in stale:
        print(f"{page.relative_to(ROOT)} says otherwise; `conformance/run --write` writes this", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    conclude(main)
