"""Puts all mutants of a file into one build, each behind a switch, so that trying one costs a test run and no build.

`on(7)`, which `HEAD` adds to the crate, is true where the environment variable `MUTANT` is 7. What is a statement
or an expression of the mutants stands between `/*<7*/` and `/*>7*/`, which tells whose an error of the compiler is.
Lines stay where they are.
"""

import re
from collections import defaultdict

import tree_sitter_rust
from tree_sitter import Language, Node, Parser

HEAD = """
/// Whether this mutant is switched on.
pub(crate) fn mutant_is_on(number: u32) -> bool {
    static ON: std::sync::OnceLock<u32> = std::sync::OnceLock::new();
    let read = || std::env::var("MUTANT").ok().and_then(|on| on.parse().ok()).unwrap_or(0);
    *ON.get_or_init(read) == number
}
"""
ORDERINGS = {"<", ">", "<=", ">="}
PARSER = Parser(Language(tree_sitter_rust.language()))


def on(number: int) -> str:
    return f"crate::mutant_is_on({number})"


def mark(numbers: list[int], text: str) -> str:
    names = ",".join(map(str, numbers))
    return f"/*<{names}*/{text}/*>{names}*/"


class File:
    """A source file and its mutants, as cargo-mutants lists them, by number."""

    def __init__(self, source: str, mutants: dict[int, dict]) -> None:
        self.source = source.encode()
        self.mutants = mutants
        self.switched: set[int] = set()
        starts = [0]
        for line in source.splitlines(keepends=True):
            starts.append(starts[-1] + len(line.encode()))
        # By genre and place: a place can have several mutants.
        self.at: dict[tuple[str, int], list[int]] = defaultdict(list)
        lines = source.splitlines()
        for number, mutant in mutants.items():
            start, end = mutant["span"]["start"], mutant["span"]["end"]
            column = len(lines[start["line"] - 1][: start["column"] - 1].encode())
            place = starts[start["line"] - 1] + column
            mutant["start"], mutant["end"] = place, starts[end["line"] - 1] + end["column"] - 1
            self.at[mutant["genre"], place].append(number)

    def rewritten(self) -> str:
        return self.render(PARSER.parse(self.source).root_node)

    def text(self, node: Node) -> str:
        return self.source[node.start_byte : node.end_byte].decode()

    def take(self, genre: str, place: int) -> list[int]:
        numbers = self.at.get((genre, place), [])
        self.switched.update(numbers)
        return numbers

    def choose(self, numbers: list[int], mutated, otherwise: str) -> str:
        """`if` one is on, what it makes; else the code as it was."""
        cases = [f"if {on(n)} {{ {mark([n], mutated(self.mutants[n]['replacement']))} }}" for n in numbers]
        return " else ".join([*cases, f"{{ {otherwise} }}"])

    def render(self, node: Node) -> str:
        by_type = getattr(self, f"render_{node.type}", None)
        switched = by_type(node) if by_type else None
        return self.parts(node) if switched is None else switched

    def parts(self, node: Node, before: dict[int, str] | None = None) -> str:
        """A node with its parts rendered, and texts put before some of them."""
        out, at = [], node.start_byte
        for child in node.children:
            out.append(self.source[at : child.start_byte].decode())
            out.append((before or {}).get(child.start_byte, ""))
            out.append(self.render(child))
            at = child.end_byte
        out.append(self.source[at : node.end_byte].decode())
        return "".join(out)

    def render_function_item(self, node: Node) -> str | None:
        body = node.child_by_field_name("body")
        if body is None:
            return None
        inside = range(body.start_byte, body.end_byte)
        nested = [child for child in self.functions(body)]
        numbers = [
            n
            for n, mutant in self.mutants.items()
            if mutant["genre"] == "FnValue"
            and mutant["start"] in inside
            and not any(mutant["start"] in range(f.start_byte, f.end_byte) for f in nested)
        ]
        self.switched.update(numbers)
        switches = "".join(
            mark([n], f"if {on(n)} {{ return {self.mutants[n]['replacement']}; }}") for n in numbers
        )
        if not switches:
            return None
        head = self.source[node.start_byte : body.start_byte].decode()
        return head + "{" + switches + self.parts(body)[1:]

    def functions(self, node: Node):
        for child in node.children:
            if child.type == "function_item":
                yield child
            yield from self.functions(child)

    def render_match_arm(self, node: Node) -> str | None:
        pattern = node.child_by_field_name("pattern")
        guard = pattern.child_by_field_name("condition")
        deleted = self.take("MatchArm", node.start_byte)
        guarded = self.take("MatchArmGuard", guard.start_byte) if guard else []
        numbers = deleted + guarded
        if not numbers:
            return None
        condition = f"({self.render(guard)})" if guard else "true"
        for n in guarded:
            holds = self.mutants[n]["replacement"] == "true"
            condition = f"({on(n)} || {condition})" if holds else f"(!{on(n)} && {condition})"
        for n in deleted:
            condition = f"!{on(n)} && {condition}"
        until = next((c for c in pattern.children if c.type == "if"), pattern)
        end = until.start_byte if until is not pattern else pattern.end_byte
        head = self.source[node.start_byte : end].decode()
        rest = [child for child in node.children if child.start_byte >= pattern.end_byte]
        tail, at = [], pattern.end_byte
        for child in rest:
            tail += [self.source[at : child.start_byte].decode(), self.render(child)]
            at = child.end_byte
        return f"{head} if {mark(numbers, condition)}" + "".join(tail)

    def render_unary_expression(self, node: Node) -> str | None:
        numbers = self.take("UnaryOperator", node.start_byte)
        if not numbers:
            return None
        operator, operand = node.children[0].type, self.render(node.children[-1])
        chosen = self.choose(numbers, lambda _: "v", f"{operator}v")
        return mark(numbers, f"({{ let v = {operand}; {chosen} }})")

    def render_binary_expression(self, node: Node) -> str | None:
        operator = node.child_by_field_name("operator")
        numbers = self.take("BinaryOperator", operator.start_byte)
        if not numbers:
            return None
        left = self.render(node.child_by_field_name("left"))
        right = self.render(node.child_by_field_name("right"))
        was, to = operator.type, [self.mutants[n]["replacement"] for n in numbers]
        if was in ("&&", "||") and all(other in ("&&", "||") for other in to):
            either = " != ".join(["l", *map(on, numbers)])
            if was == "&&":
                text = f"({{ let l: bool = {left}; if {either} {{ {right} }} else {{ l }} }})"
            else:
                text = f"({{ let l: bool = {left}; if {either} {{ l }} else {{ {right} }} }})"
        elif was in ("&&", "||"):
            chosen = self.choose(numbers, lambda other: f"l {other} ({right})", f"l {was} ({right})")
            text = f"({{ let l: bool = {left}; {chosen} }})"
        else:
            borrow = "&" if was in ORDERINGS | {"==", "!="} else ""
            chosen = self.choose(numbers, lambda other: f"l {other} r", f"l {was} r")
            text = f"(match ({borrow}({left}), {borrow}({right})) {{ (l, r) => {chosen} }})"
        return mark(numbers, text)

    def render_compound_assignment_expr(self, node: Node) -> str | None:
        operator = node.child_by_field_name("operator")
        numbers = self.take("BinaryOperator", operator.start_byte)
        if not numbers:
            return None
        left = self.render(node.child_by_field_name("left"))
        right = self.render(node.child_by_field_name("right"))
        chosen = self.choose(numbers, lambda other: f"{left} {other} {right}", f"{left} {operator.type} {right}")
        return mark(numbers, f"{{ {chosen} }}")

    def render_field_initializer(self, node: Node) -> str | None:
        numbers = self.take("StructField", node.start_byte)
        if not numbers:
            return None
        fields, whole = node.parent, node.parent.parent
        base = next(child for child in fields.children if child.type == "base_field_initializer")
        name, value = self.text(node.children[0]), self.render(node.children[-1])
        base = self.text(base).removeprefix("..")
        of_base = f"{{ let base: {self.text(whole.children[0])} = {base}; base.{name} }}"
        chosen = self.choose(numbers, lambda _: of_base, value)
        return f"{name}: " + mark(numbers, chosen)


def culprits(error: dict, texts: dict[str, str], mutants: dict[int, dict]) -> list[int]:
    """Whose fault an error of the compiler is: by the innermost marks around it; else the mutants of its function
    that a switch can't take, whole iterators and arms without which a `match` isn't whole."""
    spans = sorted(error["spans"], key=lambda span: not span["is_primary"])
    for span in spans:
        if span["file_name"] in texts and (found := marked(texts[span["file_name"]], span["byte_start"])):
            if not is_outside(error):
                return found
    return [
        n
        for n, mutant in mutants.items()
        if "outcome" not in mutant
        and mutant["file"] == spans[0]["file_name"]
        and mutant["function"]
        and spans[0]["line_start"]
        in range(mutant["function"]["span"]["start"]["line"], mutant["function"]["span"]["end"]["line"] + 1)
        and (mutant["genre"] == "MatchArm" or mutant["replacement"].startswith("::std::iter"))
    ]


def is_outside(error: dict) -> bool:
    """An error in code that stands as it was, whatever mutants are near."""
    return "non-exhaustive" in error["message"]


def is_our_fault(error: dict, mutant: dict) -> bool:
    """Whether the switch doesn't compile, and the mutant by itself might."""
    return "non-const" in error["message"] or is_outside(error) or mutant["replacement"].startswith("::std::iter")


def marked(rewritten: str, offset: int) -> list[int]:
    """The mutants of the innermost marks around a place in the rewritten file (in bytes)."""
    before = rewritten.encode()[:offset].decode(errors="ignore")
    around: list[str] = []
    for sign, names in re.findall(r"/\*([<>])([\d,]+)\*/", before):
        if sign == "<":
            around.append(names)
        else:
            around.pop()
    return [int(n) for n in around[-1].split(",")] if around else []
