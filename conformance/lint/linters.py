"""Four linters, each as strict as it goes, and the rules of this project, over any number of documents at once."""

import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import openapi_spec_validator
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from verdict import NoVerdict  # noqa: E402

RULES = Path(__file__).with_name("rules.yaml")
PROMISES = Path(__file__).with_name("promises.yaml")


class Finding(NamedTuple):
    linter: str
    rule: str
    place: str
    message: str

    def __str__(self):
        return f"{self.linter} {self.rule}: {self.place}: {self.message}"


def lint(documents, linters=None):
    """The findings of the linters (all, when not named) on each document, by its path."""
    documents = [Path(document).resolve() for document in documents]
    found = {document: [] for document in documents}
    with ThreadPoolExecutor(2) as threads:
        runs = [threads.submit(LINTERS[name], documents) for name in linters or LINTERS]
        for run in runs:
            for document, finding in run.result():
                found[document].append(finding)
    return found


def output(command, folder=None, with_errors=False):
    """What a linter prints. Any other exit than 0, clean, and 1, findings, is a failure of the linter itself."""
    quiet = os.environ | {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=quiet)
    if done.returncode not in (0, 1):
        raise NoVerdict(f"{command[0]} failed ({done.returncode}):\n{done.stdout}{done.stderr}")
    return done.stdout + (done.stderr if with_errors else "")


def spectral(documents):
    """`spectral:oas`. A warning counts like an error."""
    return by_spectral("spectral", RULES, documents)


def promises(documents):
    """The rules of this project, in a set of their own, as ../mutations tries them: which paths Spectral finds
    can depend on what else is in a set."""
    return by_spectral("promises", PROMISES, documents)


def by_spectral(linter, rules, documents):
    command = ["spectral", "lint", "--ruleset", rules, "--fail-severity=warn", "--quiet", "--format=json", *documents]
    for result in json.loads(output(command)):
        place = "/".join(map(str, result["path"]))
        yield Path(result["source"]).resolve(), Finding(linter, result["code"], place, result["message"])


def redocly(documents):
    command = ["redocly", "lint", "--extends=recommended-strict", "--format=json", "--max-problems=10000", *documents]
    # It obeys a configuration and a list of exceptions in its folder, so its folder is an empty one.
    with tempfile.TemporaryDirectory() as folder:
        text = output(command, folder)
    decoder, at, answers = json.JSONDecoder(), 0, 0
    # One JSON document for each file, one after the other.
    while (at := text.find("{", at)) >= 0:
        answer, at = decoder.raw_decode(text, at)
        answers += 1
        for problem in answer["problems"]:
            place = problem["location"][0]
            document = Path(os.path.normpath(Path(folder).resolve() / place["source"]["ref"]))
            yield document, Finding("redocly", problem["ruleId"], place["pointer"], problem["message"])
    if answers != len(documents):
        raise NoVerdict(f"redocly answered for {answers} of {len(documents)} documents")


def spec_validator(documents):
    for document in documents:
        try:
            openapi_spec_validator.validate(yaml.safe_load(document.read_text()))
        except Exception as error:  # whatever it raises, it doesn't accept the document
            message = str(error).splitlines()[0][:200]
            yield document, Finding("openapi-spec-validator", type(error).__name__, "", message)


def generator(documents):
    for document in documents:
        text = output(["openapi-generator-cli", "validate", "--recommend", "-i", document], with_errors=True)
        if "No validation issues detected." not in text:
            yield document, Finding("openapi-generator", "validate", "", " ".join(text.split()))


LINTERS = {
    "spectral": spectral,
    "promises": promises,
    "redocly": redocly,
    "openapi-spec-validator": spec_validator,
    "openapi-generator": generator,
}
