"""HTTP: connections stay open, and what was read of one request never leaks into the next."""

import http.client
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.control_client import Control


@pytest.fixture
def connection(endpoint: str, control: Control) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection(urlsplit(endpoint).netloc, timeout=5)
    yield connection
    connection.close()


def scope(service: str) -> dict[str, str]:
    return {
        "Authorization": f"AWS4-HMAC-SHA256 Credential=test/20250101/us-east-1/{service}/"
        "aws4_request, x"
    }


def ask(
    connection: http.client.HTTPConnection, method: str, path: str, **arguments: object
) -> tuple[int, bytes]:
    connection.request(method, path, **arguments)  # type: ignore[arg-type]
    answer = connection.getresponse()
    body = answer.read()
    assert not answer.will_close
    return answer.status, body


def test_one_connection_carries_answers_of_every_kind(
    connection: http.client.HTTPConnection,
) -> None:
    assert ask(connection, "GET", "/_lifeboat/health")[0] == 200
    socket_before = connection.sock
    assert ask(connection, "PUT", "/bucket-abc123", headers=scope("s3"))[0] == 200
    assert ask(connection, "HEAD", "/bucket-abc123", headers=scope("s3"))[0] == 200
    assert ask(connection, "HEAD", "/nobodys", headers=scope("s3")) == (404, b"")
    put = ask(connection, "PUT", "/bucket-abc123/key", body=b"x" * 100_000, headers=scope("s3"))
    assert put[0] == 200
    got = ask(connection, "GET", "/bucket-abc123/key", headers=scope("s3"))
    assert got == (200, b"x" * 100_000)
    assert ask(connection, "DELETE", "/bucket-abc123/key", headers=scope("s3")) == (204, b"")
    # A body that nobody wanted must not be taken for the next request.
    assert ask(connection, "GET", "/_lifeboat/nothing", body=b"GET / HTTP/1.1\r\n\r\n")[0] == 404
    assert ask(connection, "POST", "/", body=b"Action=Nonsense", headers=scope("rds"))[0] == 400
    assert ask(connection, "GET", "/_lifeboat/health")[0] == 200
    assert connection.sock is socket_before


def test_a_chunked_body_is_read_to_its_end(connection: http.client.HTTPConnection) -> None:
    ask(connection, "PUT", "/bucket-abc123", headers=scope("s3"))
    chunks = iter([b"one ", b"two"])
    put = ask(
        connection,
        "PUT",
        "/bucket-abc123/key",
        body=chunks,
        headers={**scope("s3"), "Transfer-Encoding": "chunked"},
        encode_chunked=True,
    )
    assert put[0] == 200
    assert ask(connection, "GET", "/bucket-abc123/key", headers=scope("s3")) == (200, b"one two")


def test_a_client_may_ask_to_close(endpoint: str, control: Control) -> None:
    parts = urlsplit(endpoint)
    assert parts.hostname is not None
    with socket.create_connection((parts.hostname, parts.port or 80), timeout=5) as raw:
        raw.sendall(b"GET /_lifeboat/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: raw.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 200")


def test_a_body_is_asked_for_where_the_client_waits(endpoint: str, control: Control) -> None:
    parts = urlsplit(endpoint)
    assert parts.hostname is not None
    with socket.create_connection((parts.hostname, parts.port or 80), timeout=5) as raw:
        raw.sendall(
            b"POST /_lifeboat/reset HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
            b"Expect: 100-continue\r\n\r\n"
        )
        assert raw.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        raw.sendall(b"{}")
        assert raw.recv(65536).startswith(b"HTTP/1.1 200")
