"""What `holdfast up` shows while it starts: ticks on a terminal, plain lines elsewhere.

Everything but the ready line goes to standard error, so that standard output has exactly that line.
"""

from __future__ import annotations

import sys
import time


class StartupOutput:
    """One phase at a time. On a terminal a phase is one line that changes from work to done."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._phase = ""
        self._since = 0.0

    def begin(self, phase: str) -> None:
        """A phase starts; the one before it, if any, is done."""
        self.done()
        self._phase, self._since = phase, time.monotonic()
        if self._terminal:
            self._write(f"\r\x1b[2K  \x1b[2m·\x1b[0m {phase}")

    def done(self) -> None:
        """The phase is over."""
        if not self._phase:
            return
        took = time.monotonic() - self._since
        if self._terminal:
            self._write(f"\r\x1b[2K  \x1b[32m✓\x1b[0m {self._phase} \x1b[2m{took:.1f} s\x1b[0m\n")
        else:
            self._write(f"{self._phase}: done in {took:.1f} s\n")
        self._phase = ""

    def say(self, text: str) -> None:
        """Something the operator should know; the phase goes on."""
        if self._terminal:
            self._write(f"\r\x1b[2K    {text}\n")
            if self._phase:
                self._write(f"  \x1b[2m·\x1b[0m {self._phase}")
        else:
            self._write(f"{text}\n")

    def fail(self) -> None:
        """The phase did not succeed; the error line follows."""
        if self._terminal and self._phase:
            self._write(f"\r\x1b[2K  \x1b[31m✗\x1b[0m {self._phase}\n")
        self._phase = ""

    def sign_in(self, how: str) -> None:
        """The first sign-in, which is shown once and kept nowhere."""
        if self._terminal:
            self._write("\n  \x1b[1mFirst sign-in\x1b[0m (shown once; change the password after it)\n")
            self._write(f"  \x1b[36m{how}\x1b[0m\n\n")
        else:
            self._write(f"first sign-in (shown once; change the password after it): {how}\n")

    def ready(self, url: str) -> None:
        """The one line on standard output."""
        self.done()
        sys.stdout.write(f"ready {url}\n")
        sys.stdout.flush()

    def _write(self, text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()
