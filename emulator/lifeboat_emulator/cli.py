"""The command line: arguments, log set-up, signals.

Moto is imported only after `isolation.isolate` has cleared the environment, because it reads its
settings (and botocore reads credentials) when imported.
"""

import argparse
import ipaddress
import logging
import signal
import threading
from collections.abc import Sequence
from types import FrameType

from lifeboat_emulator import isolation


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; the exit code is 0 after either, 2 for bad arguments."""
    options = _parse(argv)
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    # A stop that arrives while the imports below still run must not be lost.
    stop = threading.Event()

    def request_stop(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, request_stop)
    signal.signal(signal.SIGINT, request_stop)
    isolation.isolate()

    from lifeboat_emulator import dns_server, server, timing

    timing.configure(transition_seconds=options.transition_seconds, factor=options.time_factor)
    try:
        running = server.start(options.host, options.port, access_log=options.access_log)
    except OSError as error:
        logging.getLogger(__name__).error(
            "listening on %s:%s: %s", options.host, options.port, error.strerror
        )
        return 1
    if options.dns_port is not None:
        try:
            dns_server.listen(options.dns_port)
        except OSError as error:
            logging.getLogger(__name__).error(
                "listening for DNS on port %s: %s", options.dns_port, error.strerror
            )
            return 1
    with running:
        print(f"lifeboat-emulator ready on {running.url}", flush=True)
        stop.wait()
    return 0


def _parse(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m lifeboat_emulator",
        description="AWS on loopback, for development, tests and drills. It checks no credentials.",
    )
    parser.add_argument(
        "--host",
        type=_loopback,
        default="127.0.0.1",
        help="loopback address to listen on (default: 127.0.0.1)",
    )
    parser.add_argument(
        "--port", type=_port, default=5566, help="port, 0 picks a free one (default: 5566)"
    )
    parser.add_argument(
        "--transition-seconds",
        type=_seconds,
        default=1.0,
        metavar="SECONDS",
        help="how long a managed failover of a global database takes (default: 1)",
    )
    parser.add_argument(
        "--time-factor",
        type=_factor,
        default=1.0,
        metavar="FACTOR",
        help="how many times quicker schedules, alarms, checks and transitions go (default: 1)",
    )
    parser.add_argument(
        "--dns-port",
        type=_port,
        metavar="PORT",
        help="answer DNS over UDP on this port of loopback, 0 picks one (default: no DNS)",
    )
    parser.add_argument("--access-log", action="store_true", help="log every request")
    return parser.parse_args(argv)


def _loopback(value: str) -> str:
    if value == "localhost":
        return "127.0.0.1"
    try:
        address = ipaddress.ip_address(value)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{value!r} is not an IP address") from error
    if not address.is_loopback:
        raise argparse.ArgumentTypeError(
            f"{value} is not a loopback address: the emulator checks no credentials and stays "
            "on this machine; use 127.0.0.1"
        )
    return value


def _port(value: str) -> int:
    try:
        port = int(value)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{value!r} is not a port number") from error
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"{port} is not a port: use 0 to 65535")
    return port


def _factor(value: str) -> float:
    try:
        factor = float(value)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{value!r} is not a number") from error
    if not 1 <= factor <= 1000:
        raise argparse.ArgumentTypeError(f"{value} is out of range: use 1 to 1000")
    return factor


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{value!r} is not a number of seconds") from error
    if not 0 <= seconds <= 3600:
        raise argparse.ArgumentTypeError(f"{value} is out of range: use 0 to 3600 seconds")
    return seconds
