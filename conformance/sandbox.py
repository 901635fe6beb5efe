"""A sandbox for a check: a program of its own on a free port, gone when the check leaves it."""

import http.client
import json
import os
import subprocess
from typing import NamedTuple
from urllib.parse import urlsplit

from verdict import NoVerdict

API_KEY = "bme_us_conformance"
ADVICE = "BME names the sandbox program; `cargo build -p benchmark-email-cli` makes target/debug/bme."


class Answer(NamedTuple):
    status: int
    headers: dict
    body: bytes

    def value(self):
        """The body as the content type says: JSON as values, text as text, nothing as None."""
        kind = self.headers.get("content-type", "").split(";")[0]
        if not self.body:
            return None
        return json.loads(self.body) if kind == "application/json" else self.body.decode()


class Sandbox:
    """With BREAK in the environment, every one is broken in the same way: `["PUT", "/rules/…", {…}]`."""

    def __init__(self, *options):
        command = [os.environ["BME"], "sandbox", "--quiet", "--api-key", API_KEY, *map(str, options)]
        try:
            self.program = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        except OSError as error:
            raise NoVerdict(f"{error}\n{ADVICE}") from None
        try:
            line = self.program.stdout.readline()
            if "=" not in line:
                raise NoVerdict(f"the sandbox didn't start: {' '.join(command)}\n{ADVICE}")
            self.url = line.strip().partition("=")[2]
            if "BREAK" in os.environ:
                self.control(*json.loads(os.environ["BREAK"]))
        except BaseException:
            # Nobody else knows the program yet, and it would keep our output open for ever.
            self.stop()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self.program.kill()
        self.program.wait()
        self.program.stdout.close()

    def ask(self, method, path, body=None, key=API_KEY, key_header="X-API-Key"):
        """One request to the API."""
        headers = {key_header: key}
        if body is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(body)
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=10)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        named = {name.lower(): value for name, value in answer.getheaders()}
        result = Answer(answer.status, named, answer.read())
        connection.close()
        return result

    def control(self, method, path, body=None):
        """One request to the sandbox itself."""
        answer = self.ask(method, f"/_sandbox{path}", body)
        if answer.status >= 300:
            raise NoVerdict(f"the sandbox refuses {method} /_sandbox{path}: {answer.body.decode()}")
        return answer.value()

    def read_only_key(self):
        keys = self.control("GET", "/keys")
        return next(key["key"] for key in keys if key["scopes"] == ["contacts:read"])
