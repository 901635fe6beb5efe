"""The tables that a run makes, each between two comments of a page that name it."""

from pathlib import Path

from verdict import NoVerdict


def publish(page: Path, name: str, table: str, write: bool) -> bool:
    """Whether the page holds this table; with `write` it does afterwards."""
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    text = page.read_text()
    before, begun, rest = text.partition(begin)
    _, ended, after = rest.partition(end)
    if not (begun and ended):
        raise NoVerdict(f"{page.name} has no {begin} … {end}")
    wanted = f"{before}{begin}\n{table}\n{end}{after}"
    if write:
        page.write_text(wanted)
    return write or text == wanted
