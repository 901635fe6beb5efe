"""The document for generators and programs that stumble over what it says beside the interface: no sources of its
claims, no mention that objects may hold more, and no names for mere strings. The operations, the bodies and what
they may hold are the same.
"""

import copy
import re

import yaml

import text

SCHEMAS = "#/components/schemas/"


def rendition(document_text):
    """The plain text for the document's."""
    document = yaml.safe_load(document_text)
    schemas = document["components"]["schemas"]
    strings = {name: schema for name, schema in schemas.items() if is_mere_string(schema)}
    for name in strings:
        del schemas[name]
    for tag in document["tags"]:
        # The paragraph about what is left out here.
        tag["description"] = re.sub(r"\*\*Facts\.\*\*.*?\n\n", "", tag["description"], flags=re.DOTALL)
    examples = document["components"].pop("examples")
    document = plain(document, {SCHEMAS + name: plain(schema, {}) for name, schema in strings.items()})
    document["components"]["examples"] = examples
    return text.dump(document)


def is_mere_string(schema):
    """A set of values is more than a string: generators make a type of it.

    >>> is_mere_string({"type": "string", "pattern": "^a"}), is_mere_string({"type": "string", "enum": ["a"]})
    (True, False)
    """
    return schema.get("type") == "string" and "enum" not in schema


def plain(node, strings):
    """A part of the document, with the strings where references to them were.

    >>> plain({"x-fact": "assumed: it", "additionalProperties": {}, "x-safety": "safe", "items": {}}, {})
    {'x-safety': 'safe', 'items': {}}
    >>> plain({"additionalProperties": {"x-fact": "assumed: it", "type": "string"}}, {})
    {'additionalProperties': {'type': 'string'}}
    >>> plain([{"$ref": "#/components/schemas/Id"}, {"$ref": "#/Other"}], {"#/components/schemas/Id": {"type": "string"}})
    [{'type': 'string'}, {'$ref': '#/Other'}]
    >>> plain({"example": {"x-fact": 1}, "properties": {"example": {"x-fact": 1}}}, {})
    {'example': {'x-fact': 1}, 'properties': {'example': {}}}
    """
    if isinstance(node, list):
        return [plain(inner, strings) for inner in node]
    if not isinstance(node, dict):
        return node
    if node.get("$ref") in strings:
        return copy.deepcopy(strings[node["$ref"]])
    kept = {}
    for name, inner in node.items():
        if name == "x-fact" or (name == "additionalProperties" and inner == {}):
            continue
        if name == "properties":
            kept[name] = {property: plain(schema, strings) for property, schema in inner.items()}
        else:
            # An example is data, in which these words mean something else.
            kept[name] = inner if name == "example" else plain(inner, strings)
    return kept
