"""The HTML reference: one file that a browser shows without asking anybody for anything."""

import os
import re
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path

#: The browser itself refuses what isn't in the file.
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data:; font-src data:; worker-src blob:"
)
#: The logo that the bundle would fetch for its footer, and what stands there instead.
LOGO = re.compile(r"https://cdn\.redoc\.ly/[\w./-]+\.svg")
NAME = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='48' height='16'%3E"
    "%3Ctext y='12' font-family='sans-serif' font-size='12'%3ERedoc%3C/text%3E%3C/svg%3E"
)


def build(document, page):
    """Renders the document, as text, to one file."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "openapi.yaml"
        file.write_text(document)
        command = ["redocly", "build-docs", file, "--inlineBundle", f"--output={page}"]
        subprocess.run(command, check=True, capture_output=True, env=os.environ | {"REDOCLY_TELEMETRY": "off"})
    html = Path(page).read_text()
    head = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    html = LOGO.sub(NAME, html).replace("<head>", f"<head>{head}", 1)
    Path(page).write_text(html)


def faults(page, operations):
    """What a browser without a network has against the page. `operations` are their summaries, by tag and id."""
    if POLICY not in Path(page).read_text():
        yield "the page has no policy"
    # An operation of each tag, beside which the menu shows the tag's other ones.
    first = {tag: operation for tag, operation in reversed(operations)}
    with ThreadPoolExecutor() as threads:
        shown = threads.map(lambda tag: view(page, f"{tag}/{first[tag].lower()}"), first)
        views = dict(zip(first, shown))
    for tag, (body, console) in views.items():
        for word in ("Scope", "Safety", "Provenance", "curl"):
            if word not in body:
                yield f"the page of {first[tag]} doesn't show {word!r}"
        for line in console:
            if re.search(r"Content Security Policy|Uncaught|Failed to load", line):
                yield f"{tag}: {line}"
    for (tag, operation), summary in operations.items():
        shown, _ = views[tag]
        if f'href="#/{tag}/{operation.lower()}"' not in shown or summary not in shown:
            yield f"the page doesn't show {operation}"


def view(page, place):
    """What the browser makes of a place of the page, and what it says on its console."""
    command = [
        os.environ.get("CHROMIUM", "chromium"), "--headless", "--no-sandbox", "--disable-gpu",
        "--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr",
        "--virtual-time-budget=10000", "--dump-dom", f"{Path(page).resolve().as_uri()}#/{place}",
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as profile:
        done = subprocess.run([*command, f"--user-data-dir={profile}"], capture_output=True, text=True, timeout=120)
    # The document itself is in a script: what counts is what is shown.
    shown = re.sub(r"<script.*?</script>", "", done.stdout, flags=re.DOTALL)
    return unescape(shown), [line for line in done.stderr.splitlines() if "CONSOLE" in line]
