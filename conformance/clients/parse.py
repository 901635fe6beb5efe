"""Checks a generated client whose language has no compiler at hand: every file parses, every object of the
document has its type, every operation its method, and no type declares two properties of one name (which is
what a spelling that a generator can't cope with usually comes to). It proves less than a compiler.

    parse.py csharp|swift
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import tree_sitter_c_sharp
import tree_sitter_swift
import yaml
from tree_sitter import Language, Node, Parser


@dataclass(frozen=True)
class Kind:
    suffix: str
    grammar: object
    types: set[str]  # the grammar's nodes that declare a type
    method_of: Callable[[str], str]  # the method's name, by operationId
    # What the grammar can't read although it is right, and another spelling of the same.
    respell: tuple[tuple[bytes, bytes], ...]


KINDS = {
    "csharp": Kind(
        ".cs",
        tree_sitter_c_sharp.language(),
        {"class_declaration", "interface_declaration", "enum_declaration"},
        lambda operation: f"{operation[0].upper()}{operation[1:]}Async",
        # A keyword before members only; a variable of this name is taken for one.
        ((b" required = ", b" @required = "),),
    ),
    "swift": Kind(
        ".swift",
        tree_sitter_swift.language(),
        {"class_declaration", "protocol_declaration"},
        lambda operation: operation,
        # The unit value and its type are taken for parameter lists.
        ((b"() as! ", b"Void() as! "), (b"nilLiteral: ())", b"nilLiteral: Void)")),
    ),
}


def main() -> int:
    kind = KINDS[sys.argv[1]]
    parser = Parser(Language(kind.grammar))
    problems: list[str] = []
    types: set[str] = set()
    methods: set[str] = set()
    files = sorted(Path(os.environ["GENERATED"]).rglob(f"*{kind.suffix}"))
    for file in files:
        source = file.read_bytes()
        for spelling, another in kind.respell:
            source = source.replace(spelling, another)
        tree = parser.parse(source).root_node
        problems += [f"{file}:{node.start_point[0] + 1}: can't be parsed" for node in broken(tree)]
        for node in descendants(tree):
            if node.type in kind.types and (name := name_of(node)):
                types.add(name)
                problems += [f"{file}: {name} has two properties {twice}" for twice in doubled(node)]
            elif node.type in ("method_declaration", "function_declaration") and (name := name_of(node)):
                methods.add(name)
    document = yaml.safe_load(Path(os.environ["SPEC"]).read_text())
    objects = [name for name, schema in document["components"]["schemas"].items() if schema.get("type") == "object"]
    operations = [
        operation["operationId"]
        for item in document["paths"].values()
        for method, operation in item.items()
        if method in ("get", "post", "put", "patch", "delete")
    ]
    problems += [f"no type for {name}" for name in objects if name not in types]
    problems += [f"no method for {name}" for name in operations if kind.method_of(name) not in methods]
    print(f"{len(files)} files, {len(objects)} objects, {len(operations)} operations", *problems, sep="\n")
    return 1 if problems or not (files and objects and operations) else 0


def descendants(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from descendants(child)


def broken(node: Node) -> Iterator[Node]:
    if node.is_error or node.is_missing:
        yield node
    elif node.has_error:
        for child in node.children:
            yield from broken(child)


def name_of(node: Node) -> str | None:
    name = node.child_by_field_name("name")
    return name.text.decode() if name and name.text else None


def doubled(declaration: Node) -> list[str]:
    """Names that more than one property of this very type has, not of a type inside it."""
    body = declaration.child_by_field_name("body")
    members = [] if body is None else [child for child in body.children if child.type == "property_declaration"]
    names = Counter(name for member in members if (name := name_of(member)))
    return [name for name, count in names.items() if count > 1]


if __name__ == "__main__":
    sys.exit(main())
