"""One process in which a function runs, kept warm between its invocations."""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Tell = Callable[[list[str]], None]

_CHUNK = 65_536
# Lines are told in lots: each lot takes the turn.
_TELL_EVERY = 1.0
# Lambda gives a function ten seconds for its imports; this machine may be busy with more than one.
_START_SECONDS = 60.0


@dataclass(frozen=True)
class Reply:
    """What came of one event: a result, the function's error, or neither because it was cut off."""

    result: str | None = None
    error: dict[str, Any] | None = None
    timed_out: bool = False
    exit_code: int | None = None


class Process:
    """A process that has imported the function's code, or is about to."""

    def __init__(self, script: Path, task_root: Path, environment: Mapping[str, str]) -> None:
        self.used_at = time.monotonic()
        self.started = False
        self._output = b""
        self._pending = b""
        requests, self._requests = os.pipe()
        self._replies, replies = os.pipe()
        self._log, log = os.pipe()
        os.set_blocking(self._log, False)
        try:
            # The interpreter of the emulator, without its packages and without its settings.
            self._child = subprocess.Popen(  # noqa: S603
                [sys.executable, "-I", "-S", "-u", str(script), str(replies)],
                stdin=requests,
                stdout=log,
                stderr=log,
                pass_fds=(replies,),
                cwd=task_root,
                env=dict(environment),
                start_new_session=True,
            )
        finally:
            for theirs in (requests, replies, log):
                os.close(theirs)

    def start(self, tell: Tell) -> Reply:
        """Wait until the code is imported. An error means that the process is of no use."""
        reply = self._await(time.monotonic() + _START_SECONDS, tell)
        self.started = reply.error is None and reply.exit_code is None and not reply.timed_out
        return reply

    def run(self, request: Mapping[str, Any], seconds: float, tell: Tell) -> Reply:
        """Hand over one event and wait for what comes of it; `tell` gets the log's lines."""
        deadline = time.monotonic() + seconds
        try:
            line = json.dumps({**request, "deadline": time.time() + seconds}) + "\n"
            with open(self._requests, "wb", closefd=False) as requests:
                requests.write(line.encode())
        except OSError:
            # It has ended since its last event.
            return Reply(exit_code=self._child.wait())
        reply = self._await(deadline, tell)
        self.used_at = time.monotonic()
        return reply

    def is_alive(self) -> bool:
        """Whether it can take another event."""
        return self.started and self._child.poll() is None

    def kill(self) -> None:
        """End it at once, with all it started. Safe from any thread, and more than once."""
        # The child's own group, and still its: nobody has waited for it, or this fails.
        if self._child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._child.pid, signal.SIGKILL)

    def close(self) -> None:
        """End it and give back what it held; for the one who used it last."""
        self.kill()
        self._child.wait()
        for ours in (self._requests, self._replies, self._log):
            os.close(ours)

    def _await(self, deadline: float, tell: Tell) -> Reply:
        poll = select.poll()
        poll.register(self._replies, select.POLLIN)
        poll.register(self._log, select.POLLIN)
        lines: list[str] = []
        told_at = time.monotonic()
        reply: Reply | None = None
        while reply is None:
            left = deadline - time.monotonic()
            if left <= 0:
                self.kill()
                reply = Reply(timed_out=True)
                break
            wait = min(left, _TELL_EVERY) if lines else left
            ready = [number for number, _ in poll.poll(wait * 1000)]
            if self._log in ready and not self._read_log(lines):
                poll.unregister(self._log)
            if self._replies in ready:
                reply = self._read_reply()
            if lines and time.monotonic() - told_at >= _TELL_EVERY:
                tell(lines)
                lines, told_at = [], time.monotonic()
        self._read_log(lines)
        if self._output and (reply.timed_out or reply.exit_code is not None):
            lines.append(self._output.decode("utf-8", "replace"))
            self._output = b""
        if lines:
            tell(lines)
        return reply

    def _read_reply(self) -> Reply | None:
        """The reply, None while it is not whole, or how the process ended."""
        chunk = os.read(self._replies, _CHUNK)
        if not chunk:
            return Reply(exit_code=self._child.wait())
        self._pending += chunk
        if not self._pending.endswith(b"\n"):
            return None
        content, self._pending = json.loads(self._pending), b""
        if "error" in content:
            return Reply(error=content["error"])
        return Reply(result=json.dumps(content.get("result")))

    def _read_log(self, lines: list[str]) -> bool:
        """Add what has been written in the meantime; false when nobody writes any more."""
        while True:
            try:
                chunk = os.read(self._log, _CHUNK)
            except BlockingIOError:
                return True
            if not chunk:
                return False
            *whole, self._output = (self._output + chunk).split(b"\n")
            lines += [line.decode("utf-8", "replace") for line in whole if line.strip()]
