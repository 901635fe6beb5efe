"""An answer against its example. Set aside is one thing only: an id that the service gives to what a request
makes. It may be another 24 hexadecimal digits, but the same one wherever the example repeats it."""

import re

ID = re.compile(r"[0-9a-f]{24}")


def ids_in(value):
    """Every id that occurs in a value."""
    return set(ID.findall(str(value)))


def differences(example, answer, known_ids, at="$", renamed=None):
    """Where the answer isn't the example. `known_ids` were there before, so they must come back unchanged."""
    renamed = {} if renamed is None else renamed
    if isinstance(example, dict) and isinstance(answer, dict):
        for name in sorted(example.keys() | answer.keys()):
            if name not in answer:
                yield f"{at}.{name}: the answer lacks it"
            elif name not in example:
                yield f"{at}.{name}: the example lacks it; the answer has {answer[name]!r}"
            else:
                yield from differences(example[name], answer[name], known_ids, f"{at}.{name}", renamed)
    elif isinstance(example, list) and isinstance(answer, list) and len(example) == len(answer):
        for place, (one, other) in enumerate(zip(example, answer)):
            yield from differences(one, other, known_ids, f"{at}[{place}]", renamed)
    elif is_new_id(example, known_ids) and is_new_id(answer, known_ids):
        if renamed.setdefault(example, answer) != answer:
            yield f"{at}: {answer!r}, though {example} was {renamed[example]} before"
    elif type(example) is not type(answer) or example != answer:
        yield f"{at}: the example has {example!r}, the answer {answer!r}"


def is_new_id(value, known_ids):
    return isinstance(value, str) and ID.fullmatch(value) is not None and value not in known_ids
