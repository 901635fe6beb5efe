"""Code samples for the reference: each operation asked by curl and by a client in four languages, with the examples
of the document. Python's, TypeScript's and Go's are put together here, for the clients of docs/languages; Rust's are
the functions of examples/reference.rs. ../samples/run holds each to what it sends.

    samples.py    write those that the sandbox's page shows; `run` holds them to be these
"""

import json
import re
import shlex
import sys
import textwrap
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
RUST = PROJECT / "examples" / "reference.rs"
#: Those of the sandbox's page, which makes curl's itself.
SHIPPED = PROJECT / "sandbox" / "src" / "page" / "samples.json"
#: How the reference calls them, in its order.
LANGUAGES = {"curl": "curl", "rust": "Rust", "python": "Python", "typescript": "TypeScript", "go": "Go"}


def of(operation):
    """The samples of an operation (see ../examples/document.py), by language."""
    body = next(iter(operation.requests.values()), None)
    path = [parameter for parameter in operation.parameters if parameter["in"] == "path"]
    query = [parameter for parameter in operation.parameters if parameter["in"] == "query"]
    makers = {"curl": curl, "python": python, "typescript": typescript, "go": go}
    made = {language: maker(operation, body, path, query) for language, maker in makers.items()}
    return made | {"rust": rust(operation)}


def shipped(document):
    """What SHIPPED has to hold."""
    made = {name: of(operation) for name, operation in document.operations.items()}
    kept = {name: {language: some[language] for language in ("rust", "python")} for name, some in made.items()}
    return json.dumps(kept, indent=1, ensure_ascii=False) + "\n"


def curl(operation, body, path, query):
    words = [f"curl --request {operation.method} \"$BENCHMARK_EMAIL_BASE_URL\"{shlex.quote(operation.target({}))}"]
    words.append('--header "X-API-Key: $BENCHMARK_EMAIL_API_KEY"')
    if body is not None:
        words.append("--header 'Content-Type: application/json'")
        words.append(f"--data {shlex.quote(json.dumps(body, indent=2))}")
    return " \\\n  ".join(words)


def python(operation, body, path, query):
    arguments = [repr(parameter["example"]) for parameter in path]
    made = ""
    if body is not None:
        model = model_of(operation)
        made = f"body = {model}.from_dict({literal(body)})\n"
        arguments.append("body")
    arguments += [f"{snake(parameter['name'])}={parameter['example']!r}" for parameter in query]
    api = api_of(operation)
    return f"{made}answer = {api}(client).{snake(operation.id)}({', '.join(arguments)})"


def typescript(operation, body, path, query):
    params = {kind: {one["name"]: one["example"] for one in some} for kind, some in (("path", path), ("query", query)) if some}
    options = []
    if params:
        options.append(f"params: {script(params)}")
    if body is not None:
        options.append(f"body: {script(body)}")
    if any(isinstance(parameter["example"], list) for parameter in query):
        options.append("querySerializer: { array: { style: 'form', explode: false } }")
    if operation.content_type == "text/csv":
        options.append("parseAs: 'text'")
    inner = "".join(f"  {textwrap.indent(option, '  ').lstrip()},\n" for option in options)
    more = f", {{\n{inner}}}" if options else ""
    return f"const {{ data, error }} = await client.{operation.method}('{operation.path}'{more});"


def go(operation, body, path, query):
    made, call = "", ", ".join(["ctx", *(json.dumps(parameter["example"]) for parameter in path)])
    chain = ""
    if body is not None:
        model = model_of(operation)
        made = (
            f"var body contacts.{model}\n"
            f"if err := json.Unmarshal([]byte(`{json.dumps(body, indent=2)}`), &body); err != nil {{\n\treturn err\n}}\n"
        )
        chain = f".{model}(body)"
    for parameter in query:
        value = parameter["example"]
        text = f"[]string{{{', '.join(map(json.dumps, value))}}}" if isinstance(value, list) else json.dumps(value)
        chain += f".{parameter['name'][0].upper()}{parameter['name'][1:]}({text})"
    method = operation.id[0].upper() + operation.id[1:]
    nothing = operation.success == "204"
    answers = "_, err" if nothing else "answer, _, err"
    return f"{made}{answers} := client.{api_of(operation).replace('Api', 'API')}.{method}({call}){chain}.Execute()"


def rust(operation):
    """The body of the function that is named after the operation, without what it is given and what it gives."""
    found = re.search(rf"^async fn {snake(operation.id)}\(.*?\) -> Outcome {{\n(.*?)^}}$", RUST.read_text(), re.M | re.S)
    if not found:
        raise LookupError(f"examples/reference.rs has no {snake(operation.id)}")
    text = re.sub(r"^    let Account \{.*?\} = it;\n", "", found.group(1), flags=re.MULTILINE | re.DOTALL)
    return textwrap.dedent(text).removesuffix("Ok(())\n").rstrip()


def model_of(operation):
    return operation.request_schema["$ref"].rpartition("/")[2]


def api_of(operation):
    return {"contact": "ContactsApi"}.get(operation.path.split("/")[2], "ListsApi" if "lists" in operation.path else "StructuresApi")


def snake(name):
    return re.sub(r"[A-Z]", lambda letter: f"_{letter.group().lower()}", name)


def literal(value):
    """As Python writes it, over several lines."""
    text = json.dumps(value, indent=4)
    return re.sub(r"\b(true|false|null)\b(?=,?$)", lambda word: {"true": "True", "false": "False", "null": "None"}[word.group()], text, flags=re.M)


def script(value):
    """As TypeScript writes it."""
    text = json.dumps(value, indent=2)
    text = re.sub(r'^(\s*)"([A-Za-z_]\w*)": ', r"\1\2: ", text, flags=re.MULTILINE)
    return text.replace('"', "'")


if __name__ == "__main__":
    sys.path.insert(0, str(PROJECT / "conformance" / "examples"))
    from document import Document

    SHIPPED.write_text(shipped(Document((PROJECT / "openapi.yaml").read_text())))
