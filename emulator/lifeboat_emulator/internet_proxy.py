"""The way to the emulated internet for processes: an HTTPS proxy on loopback (CONNECT).

It ends TLS itself, with a certificate of the emulator's own authority for the host asked for, and
answers as that host. A host that does not exist or refuses connections is a refused tunnel: for the
client a connection that failed.
"""

import socketserver
import ssl
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import urlsplit

from lifeboat_emulator import internet_ca, ticker
from lifeboat_emulator.hosts import Host, Request

_PATIENCE = 10.0
_PLAIN_PORT = "80"

Lookup = Callable[[str], Host | None]


class _Proxy(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    # Its threads may be in the midst of a long answer when the emulator ends.
    block_on_close = False

    def __init__(self, lookup: Lookup) -> None:
        super().__init__(("127.0.0.1", 0), _Tunnel)
        self.lookup = lookup

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is its own business; the handler answers all else."""


class _Tunnel(BaseHTTPRequestHandler):
    """One connection: CONNECT first, then what the host is asked through the tunnel."""

    protocol_version = "HTTP/1.1"
    timeout = _PATIENCE
    server: _Proxy
    # Which host the tunnel leads to, by its own name: a connection stays where it was opened to,
    # whatever the name that was asked for means by now.
    _end: str | None = None

    def do_CONNECT(self) -> None:
        """Open the tunnel when the host takes connections."""
        name, _, port = self.path.rpartition(":")
        found = self.server.lookup(name)
        if found is None:
            self._refuse(HTTPStatus.BAD_GATEWAY, "the name does not resolve")
            return
        if not found.answers:
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, "connection refused")
            return
        self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        self.wfile.flush()
        # Whatever the client said of this connection before it was a tunnel.
        self.close_connection = False
        self._end = found.name
        if port != _PLAIN_PORT:
            self._speak_tls(name)

    def do_GET(self) -> None:
        """Answer as the host at the tunnel's end."""
        if self._end is None:
            self._refuse(HTTPStatus.NOT_IMPLEMENTED, "this proxy takes CONNECT only")
            return
        request = self._request(self._end)
        # Looked up again: the region may have gone down with the tunnel open.
        found = self.server.lookup(self._end)
        answer = None if found is None else found.ask(request)
        if answer is None:
            self.close_connection = True
            return
        time.sleep(answer.delay)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)
        self.wfile.flush()

    def _request(self, end: str) -> Request:
        parts = urlsplit(self.path)
        return Request(
            host=(self.headers.get("Host") or end).rsplit(":", 1)[0].lower(),
            method=self.command,
            path=parts.path or "/",
            query=parts.query,
            headers=tuple(self.headers.items()),
            body=self.rfile.read(int(self.headers.get("Content-Length") or 0)),
            source_ip=self.client_address[0],
        )

    # The names the standard library calls for a method.
    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_GET  # noqa: N815

    def _speak_tls(self, name: str) -> None:
        try:
            tls = internet_ca.authority().context(name).wrap_socket(self.request, server_side=True)
        except (OSError, ssl.SSLError):
            # The client did not like the certificate, or left.
            self.close_connection = True
            return
        self.request = self.connection = tls
        self.rfile = tls.makefile("rb")
        self.wfile = tls.makefile("wb")

    def finish(self) -> None:
        """Close what the tunnel was opened on; the server knows only the socket below it."""
        super().finish()
        self.connection.close()

    def _refuse(self, status: HTTPStatus, reason: str) -> None:
        self.close_connection = True
        self.send_response(status, reason)
        self.send_header("Content-Length", "0")
        self.send_header("Connection", "close")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: probes come every few seconds."""


class _State:
    def __init__(self) -> None:
        self.ready = threading.Event()
        self.url = ""


_state = _State()


def install(lookup: Lookup) -> None:
    """Run the proxy while the emulator runs; `lookup` tells what is behind a name."""
    ticker.background("internet proxy", lambda stop: _serve(lookup, stop))


def url() -> str:
    """Its address; raises RuntimeError where no emulator runs."""
    if not _state.ready.wait(_PATIENCE):
        raise RuntimeError("the proxy to the emulated internet does not run")
    return _state.url


def _serve(lookup: Lookup, stop: threading.Event) -> None:
    with _Proxy(lookup) as proxy:
        _state.url = f"http://127.0.0.1:{proxy.server_address[1]}"
        _state.ready.set()
        serving = threading.Thread(target=proxy.serve_forever, name="internet", daemon=True)
        serving.start()
        stop.wait()
        _state.ready.clear()
        proxy.shutdown()
