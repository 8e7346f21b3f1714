"""Members who publish all at once, remember what the server acknowledged, and try the rest again."""

from __future__ import annotations

import http.client
import itertools
import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlencode

from tests.support.up_process import PATIENCE_SECONDS, UpProcess

_texts = itertools.count()
PAGE = 40


class Publishers:
    """`count` threads that publish with one token each; `acknowledged` is what was answered with 200."""

    def __init__(self, port: int, tokens: list[str], words: str = "") -> None:
        self._port, self._tokens, self._words = port, tokens, words
        self._changed = threading.Condition()
        self._stopping = False
        self.acknowledged: set[str] = set()
        self.unanswered: list[tuple[str, str]] = []
        self._threads = [threading.Thread(target=self._publish, args=(token,)) for token in tokens]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def wait_for(self, count: int) -> None:
        """Until so many have been acknowledged."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.acknowledged) >= count, PATIENCE_SECONDS), count

    def stop(self) -> None:
        """Let every thread end after what it is doing."""
        self._stopping = True
        for thread in self._threads:
            thread.join(PATIENCE_SECONDS)
            assert not thread.is_alive()

    def retry(self) -> None:
        """Send what was not answered again, under the same keys, until it is."""
        for token, text in self.unanswered:
            until(partial(publish, self._port, token, text), text)
            self.acknowledged.add(text)
        self.unanswered.clear()

    def _publish(self, token: str) -> None:
        while not self._stopping:
            text = f"post {next(_texts)} {self._words}".strip()
            if publish(self._port, token, text):
                with self._changed:
                    self.acknowledged.add(text)
                    self._changed.notify_all()
            else:
                self.unanswered.append((token, text))
                # A dead server answers nobody: one unanswered post for each is enough.
                return


def until(attempt: Callable[[], Any], what: str) -> Any:
    """The first answer that is true."""
    deadline = time.monotonic() + 2 * PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if answer := attempt():
            return answer
    raise AssertionError(f"never: {what}")


def publish(port: int, token: str, text: str) -> bool:
    """Whether the server says that it has it. The text is its own Idempotency-Key."""
    answer = ask(port, token, "POST", "/api/v1/statuses", {"status": text}, {"Idempotency-Key": text})
    return answer is not None


def ask(
    port: int,
    token: str,
    method: str,
    path: str,
    form: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> Any:
    """The decoded answer, None for anything but a whole 200."""
    sent = {"Authorization": f"Bearer {token}", "Content-Type": "application/x-www-form-urlencoded"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        connection.request(method, path, urlencode(form or {}) or None, {**sent, **(headers or {})})
        answer = connection.getresponse()
        body = answer.read()
        return json.loads(body) if answer.status == 200 else None
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def everything(port: int, token: str, path: str) -> list[dict[str, Any]]:
    """All pages of a list."""
    rows: list[dict[str, Any]] = []
    while True:
        cursor = f"&max_id={rows[-1]['id']}" if rows else ""
        page = ask(port, token, "GET", f"{path}{'&' if '?' in path else '?'}limit={PAGE}{cursor}")
        assert page is not None
        if not page:
            return rows
        rows += page


def published(server: UpProcess, tokens: list[str]) -> Counter[str]:
    """How often each text is there."""
    found: Counter[str] = Counter()
    for token in tokens:
        me = ask(server.port, token, "GET", "/api/v1/accounts/verify_credentials")
        for row in everything(server.port, token, f"/api/v1/accounts/{me['id']}/statuses"):
            source = row["content"].removeprefix("<p>").removesuffix("</p>")
            # The words before a mention, which is a link.
            found[" ".join(source.split("<")[0].split()[:2])] += 1
    return found


def heads(texts: set[str]) -> set[str]:
    """The same part of texts that were sent."""
    return {" ".join(text.split()[:2]) for text in texts}
