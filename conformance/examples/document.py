"""The document as the cases need it: operations with their named examples, and schemas to judge bodies by."""

from urllib.parse import quote

import yaml
from openapi_schema_validator import OAS30ReadValidator, OAS30WriteValidator, oas30_format_checker

METHODS = ("get", "put", "post", "patch", "delete")


class Document:
    def __init__(self, text):
        self.root = yaml.safe_load(text)
        self.operations = {
            operation["operationId"]: Operation(self, method, path, item)
            for path, item in self.root["paths"].items()
            for method in METHODS
            if (operation := item.get(method))
        }
        self.refusals = self.root["components"]["responses"]
        [requirement] = self.root["security"]
        self.key_header = self.root["components"]["securitySchemes"][next(iter(requirement))]["name"]

    def follow(self, node):
        """What a reference refers to; anything else as it is."""
        while isinstance(node, dict) and "$ref" in node:
            target = self.root
            for name in node["$ref"].removeprefix("#/").split("/"):
                target = target[name]
            node = target
        return node

    def examples(self, media):
        return {name: self.follow(example)["value"] for name, example in media.get("examples", {}).items()}

    def faults(self, schema, value, validator=OAS30ReadValidator):
        """What the schema has against the value."""
        # The schema is judged inside the document, so that its references lead somewhere.
        whole = {"allOf": [schema], "components": self.root["components"]}
        judge = validator(whole, format_checker=oas30_format_checker)
        return [f"{error.json_path}: {error.message}" for error in judge.iter_errors(value)]

    def request_faults(self, schema, value):
        return self.faults(schema, value, OAS30WriteValidator)


class Operation:
    def __init__(self, document, method, path, item):
        self.document, self.method, self.path = document, method.upper(), path
        own = item[method]
        self.id, self.scope = own["operationId"], own.get("x-api-key-scope")
        self.parameters = [document.follow(p) for p in item.get("parameters", []) + own.get("parameters", [])]
        self.responses = own["responses"]
        body = document.follow(own.get("requestBody", {})).get("content", {}).get("application/json", {})
        self.request_schema, self.requests = body.get("schema"), document.examples(body)
        self.success = next(status for status in self.responses if status.startswith("2"))
        answer = document.follow(self.responses[self.success])
        self.headers = answer.get("headers", {})
        self.content_type, media = next(iter(answer.get("content", {}).items()), (None, {}))
        self.answer_schema, self.answers = media.get("schema"), document.examples(media)

    def target(self, path_values):
        """The path and query that the parameters' examples make, some of the path's taken from elsewhere."""
        path, query = self.path, []
        for parameter in self.parameters:
            name, value = parameter["name"], parameter["example"]
            if parameter["in"] == "path":
                path = path.replace(f"{{{name}}}", quote(path_values.get(name, value)))
            elif isinstance(value, list):
                query.append(f"{name}={quote(','.join(value), safe=',')}")
            else:
                query.append(f"{name}={quote(str(value))}")
        return path + ("?" + "&".join(query) if query else "")
