"""The listening socket and its thread. Which request means what is `application`'s business."""

import logging
import socket
import threading
from types import TracebackType

from werkzeug.serving import BaseWSGIServer, make_server

from lifeboat_emulator import control_endpoints, extensions, internet, leftovers, ticker
from lifeboat_emulator.application import Application
from lifeboat_emulator.functions import code, running
from lifeboat_emulator.http_handler import Handler

_access = logging.getLogger("lifeboat_emulator.access")


class RunningServer:
    """A server that listens already. Leaving the context stops it and waits for its thread."""

    def __init__(self, server: BaseWSGIServer, host: str) -> None:
        self._server = server
        self._thread = threading.Thread(target=server.serve_forever, name="emulator", daemon=True)
        self.host = host
        self.port = server.port

    @property
    def url(self) -> str:
        """Base address, without a trailing slash."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    def __enter__(self) -> "RunningServer":
        running.configure(self._surroundings)
        code.runtime_directory()
        self._thread.start()
        ticker.start()
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        ticker.stop()
        running.end(lambda _: True)
        code.remove()
        self._server.shutdown()
        self._thread.join(timeout=5)
        self._server.server_close()

    def _surroundings(self) -> dict[str, str]:
        """Where functions find AWS, and the rest of the world."""
        return {"AWS_ENDPOINT_URL": self.url, **internet.environment()}


def start(host: str, port: int, *, access_log: bool = False) -> RunningServer:
    """Install the extensions and bind `host`:`port` (0 picks one).

    Raises OSError when the address is taken.
    """
    _access.setLevel(logging.DEBUG if access_log else logging.WARNING)
    leftovers.install()
    extensions.install()
    control_endpoints.install()
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Bound here, because werkzeug ends the process when the address is taken.
    with socket.create_server((host, port), family=family, backlog=128) as listening:
        server = make_server(
            host,
            port,
            Application(),
            threaded=True,
            request_handler=Handler,
            fd=listening.fileno(),
        )
    return RunningServer(server, host)
