"""HTTP on one connection: werkzeug's handler, made to keep connections open.

Werkzeug closes after every answer, and out of some thousand answers one is lost that way. The SDKs
then send the request again, and a repeated creation is refused: the resource exists already.
Connections can stay open here because the application reads every request to its end.
"""

import logging
from typing import Any

from moto.moto_server.werkzeug_app import MotoRequestHandler

_access = logging.getLogger("lifeboat_emulator.access")
_WITHOUT_BODY = (204, 304)

#: What an application sets in the environment of a request that gets no answer at all.
HANG_UP = "lifeboat.hang_up"


class Handler(MotoRequestHandler):
    """One connection. It ends when the client ends it, or asks for it."""

    protocol_version = "HTTP/1.1"
    # Head and body leave in one packet, at once: waiting to fill packets costs 40 ms an answer.
    wbufsize = -1
    disable_nagle_algorithm = True

    def handle_expect_100(self) -> bool:
        """Tell a waiting client to go on; the answer is buffered, and it waits for this."""
        go_on = super().handle_expect_100()
        self.wfile.flush()
        return go_on

    def run_wsgi(self) -> None:
        """Answer the request whose head was just read."""
        status, headers = "", []

        def start_response(
            given_status: str, given_headers: list[tuple[str, str]], _exc_info: Any = None
        ) -> Any:
            nonlocal status, headers
            status, headers = given_status, given_headers

        self.environ = self.make_environ()
        chunks = self.server.app(self.environ, start_response)
        try:
            body = b"".join(chunks)
        finally:
            if hasattr(chunks, "close"):
                chunks.close()
        if self.environ.get(HANG_UP):
            self.close_connection = True
            return
        self._answer(status, headers, body)

    def _answer(self, status: str, headers: list[tuple[str, str]], body: bytes) -> None:
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        told = set()
        for name, value in headers:
            if name.lower() != "connection":
                self.send_header(name, value)
                told.add(name.lower())
        if "content-length" not in told and int(code) not in _WITHOUT_BODY:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD" and int(code) not in _WITHOUT_BODY:
            self.wfile.write(body)
        self.wfile.flush()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Leave the line to the application, which knows what was asked for."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Report trouble on the connection."""
        _access.log(logging.ERROR if type == "error" else logging.INFO, message, *args)
