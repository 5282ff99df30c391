"""The command line: one ready line, loopback only, no ambient AWS settings, a clean exit."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

COMMAND = (sys.executable, "-m", "lifeboat_emulator")
READY = "lifeboat-emulator ready on "


def start(*arguments: str, environment: dict[str, str] | None = None) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*COMMAND, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **(environment or {})},
    )


def url_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith(READY), line
    return line.removeprefix(READY).strip()


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_one_ready_line_and_a_clean_exit(ending: signal.Signals) -> None:
    started = time.monotonic()
    process = start("--port", "0")
    url = url_of(process)
    assert time.monotonic() - started < 15
    with urllib.request.urlopen(f"{url}/_lifeboat/health") as answer:
        assert answer.status == 200
    # A service that moto does not have must not print either.
    scope = "AWS4-HMAC-SHA256 Credential=test/20250101/us-east-1/nobody/aws4_request, x"
    request = urllib.request.Request(f"{url}/", headers={"Authorization": scope})
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(request)
    process.send_signal(ending)
    rest, errors = process.communicate(timeout=10)
    assert process.returncode == 0
    assert rest == ""
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("--host", "0.0.0.0"), "loopback"),  # noqa: S104
        (("--host", "192.0.2.1"), "loopback"),
        (("--host", "example.net"), "not an IP address"),
        (("--port", "70000"), "port"),
        (("--port", "http"), "port"),
        (("--transition-seconds", "-1"), "seconds"),
        (("--time-factor", "0"), "1 to 1000"),
        (("--time-factor", "quick"), "not a number"),
    ],
)
def test_bad_arguments_are_refused_with_the_reason(arguments: tuple[str, str], hint: str) -> None:
    ended = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=30)
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert hint in ended.stderr


def test_a_taken_port_is_told_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = subprocess.run(
            [*COMMAND, "--port", str(port)], capture_output=True, text=True, timeout=30
        )
    assert ended.returncode == 1
    assert f"127.0.0.1:{port}" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_ambient_aws_settings_are_ignored() -> None:
    process = start(
        "--port",
        "0",
        environment={
            "AWS_PROFILE": "does-not-exist",
            "AWS_DEFAULT_REGION": "mars-north-1",
            "MOTO_ACCOUNT_ID": "999999999999",
        },
    )
    url = url_of(process)
    body = b"Action=GetCallerIdentity&Version=2011-06-15"
    scope = "AWS4-HMAC-SHA256 Credential=test/20250101/us-east-1/sts/aws4_request, x"
    request = urllib.request.Request(
        url,
        data=body,
        headers={
            "Authorization": scope,
            "Content-Type": "application/x-www-form-urlencoded",
        },
    )
    with urllib.request.urlopen(request) as answer:
        assert b"<Account>123456789012</Account>" in answer.read()
    process.terminate()
    process.communicate(timeout=10)
