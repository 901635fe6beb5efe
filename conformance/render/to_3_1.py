"""A document of OpenAPI 3.0 said in OpenAPI 3.1: the same operations, the same bodies, the same names.

What 3.1 says in another way is rewritten, by what JSON Schema 2020-12 has for it; nothing is added or lost.
"""

import yaml

import text

#: Where schemas are, by the name of what holds them. Elsewhere these words are data or names.
ONE_SCHEMA = ("schema", "items", "additionalProperties", "not")
SEVERAL_SCHEMAS = ("allOf", "anyOf", "oneOf")


def rendition(document_text):
    """The 3.1 text for a 3.0 text."""
    document = yaml.safe_load(document_text)
    document["openapi"] = "3.1.0"
    for schema in document["components"]["schemas"].values():
        rewrite(schema)
    walk(document["paths"])
    walk({name: part for name, part in document["components"].items() if name not in ("schemas", "examples")})
    return text.dump(document)


def walk(node):
    """Finds the schemas of parameters, headers and bodies."""
    if isinstance(node, list):
        for inner in node:
            walk(inner)
    elif isinstance(node, dict):
        for name, inner in node.items():
            if name == "schema":
                rewrite(inner)
            elif name not in ("example", "examples"):
                walk(inner)


def rewrite(schema):
    """Rewrites a schema and those inside it.

    >>> rewritten = lambda schema: rewrite(schema) or schema
    >>> rewritten({"type": "string", "nullable": True, "enum": ["a"], "example": "a"})
    {'type': ['string', 'null'], 'enum': ['a', None], 'examples': ['a']}
    >>> rewritten({"type": "string", "nullable": True, "enum": ["a", None]})
    {'type': ['string', 'null'], 'enum': ['a', None]}
    >>> rewritten({"type": "string", "nullable": False})
    {'type': 'string'}
    >>> rewritten({"type": "integer", "minimum": 1, "exclusiveMinimum": True, "maximum": 9, "exclusiveMaximum": False})
    {'type': 'integer', 'maximum': 9, 'exclusiveMinimum': 1}
    >>> rewritten({"type": "string", "format": "byte"})
    {'type': 'string', 'contentEncoding': 'base64'}
    >>> rewritten({"type": "string", "format": "binary"})
    {'contentMediaType': 'application/octet-stream'}
    >>> rewritten({"type": "object", "properties": {"example": {"type": "array", "items": {"example": 1}}}})
    {'type': 'object', 'properties': {'example': {'type': 'array', 'items': {'examples': [1]}}}}
    >>> rewritten({"oneOf": [{"nullable": True, "type": "boolean"}], "not": {"example": 2}})
    {'oneOf': [{'type': ['boolean', 'null']}], 'not': {'examples': [2]}}
    """
    if not isinstance(schema, dict):
        return
    if schema.pop("nullable", False):
        schema["type"] = [schema["type"], "null"]
        if "enum" in schema and None not in schema["enum"]:
            schema["enum"] = [*schema["enum"], None]
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if schema.pop(exclusive, False):
            schema[exclusive] = schema.pop(bound)
    match schema.get("format"):
        case "byte":
            del schema["format"]
            schema["contentEncoding"] = "base64"
        case "binary":
            del schema["format"], schema["type"]
            schema["contentMediaType"] = "application/octet-stream"
    if "example" in schema:
        schema["examples"] = [schema.pop("example")]
    for inner in schema.get("properties", {}).values():
        rewrite(inner)
    for name in ONE_SCHEMA:
        rewrite(schema.get(name))
    for name in SEVERAL_SCHEMAS:
        for inner in schema.get(name, []):
            rewrite(inner)
