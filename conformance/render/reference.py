"""The document as the reference shows it: with scope, safety and provenance in what an operation and a schema say of
themselves, and code samples. Only for the page; nothing is generated from it.
"""

import copy
import sys
from pathlib import Path

import samples

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "examples"))
from document import METHODS  # noqa: E402

SAFETY = {
    "safe": "reads only",
    "idempotent": "sending it again leaves the same state",
    "unsafe": "sending it again may do the work twice",
}


def annotated(document):
    """The annotated root of a document (see ../examples/document.py)."""
    root = copy.deepcopy(document.root)
    for item in root["paths"].values():
        for method in METHODS:
            if operation := item.get(method):
                rows = [
                    ("Scope", f"`{operation['x-api-key-scope']}`"),
                    ("Safety", f"*{operation['x-safety']}*: {SAFETY[operation['x-safety']]}"),
                    ("Provenance", operation["x-fact"]),
                ]
                table = "\n".join(f"| **{name}** | {text.replace('|', '&#124;')} |" for name, text in rows)
                operation["description"] = f"{operation['description'].rstrip()}\n\n| | |\n|---|---|\n{table}\n"
                made = samples.of(document.operations[operation["operationId"]])
                operation["x-codeSamples"] = [
                    {"lang": language, "label": label, "source": made[language]}
                    for language, label in samples.LANGUAGES.items()
                ]
    for parts in ("parameters", "responses", "schemas"):
        for part in root["components"][parts].values():
            part["description"] = f"{part['description'].rstrip()}\n\n*Provenance: {part['x-fact']}*\n"
    return root
