"""The name servers' face on the network: DNS over UDP on loopback, for `dig` and for clients.

It answers from `dns`, follows CNAMEs like a resolver, and gives the addresses of hosts of the
emulated internet, which nothing routes: a client reaches them by name through the proxy.
"""

import logging
import re
import socketserver
import threading
from typing import Any

from dnslib import QTYPE, RCODE, RR, DNSError, DNSRecord

from lifeboat_emulator import dns, internet, ticker, turn

_log = logging.getLogger("lifeboat_emulator.dns")

_HOST_TTL = 60
_NAME = re.compile(r"[a-z0-9_.-]*[a-z][a-z0-9_.-]*", re.IGNORECASE)


class _Server(socketserver.ThreadingUDPServer):
    daemon_threads = True
    block_on_close = False


class _Question(socketserver.BaseRequestHandler):
    """One datagram."""

    def handle(self) -> None:
        """Answer it; what is no question is dropped."""
        data, socket = self.request
        try:
            question = DNSRecord.parse(data)
        except DNSError:
            return
        try:
            reply = _answer(question)
        except Exception:
            # Records hold whatever they were given; a client must not wait for its timeout.
            _log.exception("fault: the DNS question %s", question.q)
            reply = question.reply()
            reply.header.rcode = RCODE.SERVFAIL
        socket.sendto(reply.pack(), self.client_address)


class _State:
    port: int | None = None


_state = _State()


def listen(port: int) -> None:
    """Have the server listen on this port of loopback while the emulator runs; 0 picks one."""
    server = _Server(("127.0.0.1", port), _Question)
    _state.port = server.server_address[1]
    _log.info("answering DNS on 127.0.0.1:%s", _state.port)

    def serve(stop: threading.Event) -> None:
        with server:
            thread = threading.Thread(target=server.serve_forever, name="dns", daemon=True)
            thread.start()
            stop.wait()
            server.shutdown()

    ticker.background("dns", serve)


def port() -> int | None:
    """The port it listens on; None where it does not."""
    return _state.port


def _answer(question: DNSRecord) -> DNSRecord:
    reply: DNSRecord = question.reply()
    reply.header.ra = 1
    name, kind = str(question.q.qname), QTYPE[question.q.qtype]
    records = _records(name, kind)
    for record in records:
        reply.add_answer(record)
    if not records:
        with turn.taken():
            known = dns.exists(name)
        reply.header.rcode = RCODE.NOERROR if known else RCODE.NXDOMAIN
    return reply


def _records(name: str, kind: str) -> list[Any]:
    with turn.taken():
        answers = list(dns.chain(name, kind))
    records: list[Any] = []
    for each in answers:
        for value in each.values:
            written = _written(each.type, value)
            if written is not None:
                records += RR.fromZone(f"{each.name} {each.ttl} IN {each.type} {written}")
    last = answers[-1].values[0] if answers and answers[-1].type == "CNAME" else name
    if kind == "A" and (not answers or answers[-1].type == "CNAME"):
        host = internet.host(last)
        if host is not None:
            records += RR.fromZone(f"{last.rstrip('.')}. {_HOST_TTL} IN A {host.address}")
    return records


def _written(kind: str, value: str) -> str | None:
    """A value as a zone file has it. None for an alias to something that has no address here."""
    if kind in ("CNAME", "NS", "PTR"):
        return value.rstrip(".") + "."
    if kind == "A" and _NAME.fullmatch(value):
        # An alias to an endpoint of AWS stands for that endpoint's addresses.
        host = internet.host(value)
        return None if host is None else host.address
    return value
