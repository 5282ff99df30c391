"""Each reading says what it saw, where and how old it is; what could not be read is unknown."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from health_monitor import probes as module
from health_monitor.probes import HttpsEndpoint, Limits, Probes
from lifeboat_dr.heartbeats import Heartbeat
from lifeboat_dr.lag import LagPoint
from lifeboat_dr.marks import Marks
from lifeboat_dr.readings import Condition, Signal
from lifeboat_dr.table import Table
from lifeboat_dr.topology import ClusterHealth
from tests.fakes import START, FakeClock, FakeDatabase, FakeLag, aws_error


class Answer:
    def __init__(self, status: int | Exception) -> None:
        self.value = status

    def status(self) -> int:
        if isinstance(self.value, Exception):
            raise self.value
        return self.value


@pytest.fixture
def probes(table: Table, clock: FakeClock) -> Iterator[Probes]:
    with ThreadPoolExecutor(8) as executor:
        yield Probes(
            endpoint=Answer(200),
            primary_database=FakeDatabase(clock),
            primary_cluster="aurora-cluster-primary-demo",
            primary_region="us-east-1",
            lag=FakeLag([LagPoint(START - 90_000, 800.0)]),
            marks=Marks(table),
            clock=clock,
            executor=executor,
        )


def changed(probes: Probes, **fields: object) -> Probes:
    return Probes(**{**probes.__dict__, **fields})


def test_all_is_well(probes: Probes) -> None:
    probes.marks.set(Heartbeat(7, START - 900, "us-east-1"))
    readings = probes.take()
    assert [reading.signal for reading in readings] == list(Signal)
    assert {reading.condition for reading in readings} == {Condition.OK}
    assert all(reading.source for reading in readings)
    assert [reading.age(START) for reading in readings] == [0, 0, 30_000, 900]


@pytest.mark.parametrize(
    ("status", "condition"), [(200, "ok"), (302, "ok"), (404, "failing"), (503, "failing"), (OSError("refused"), "failing")]
)
def test_application(probes: Probes, status: int | Exception, condition: str) -> None:
    reading = changed(probes, endpoint=Answer(status)).application()
    assert reading.condition == condition
    assert reading.observed_at == START


def test_application_that_never_answers_is_failing_and_holds_up_nothing(probes: Probes) -> None:
    ends = threading.Event()

    class Hangs:
        def status(self) -> int:
            ends.wait(10)
            return 200

    try:
        readings = changed(probes, endpoint=Hangs(), limits=Limits(probe_deadline=200)).take()
    finally:
        ends.set()
    assert readings[0].condition is Condition.FAILING
    assert readings[1].condition is Condition.OK


def test_infrastructure_that_never_answers_is_unknown(probes: Probes) -> None:
    assert probes._late(Signal.WRITER).condition is Condition.UNKNOWN


@pytest.mark.parametrize(
    ("health", "condition"),
    [
        (ClusterHealth("available", 3, 3, 1), "ok"),
        (ClusterHealth("available", 3, 0, 1), "failing"),
        (ClusterHealth("available", 3, 3, 0), "failing"),
        (ClusterHealth("stopped", 3, 3, 1), "failing"),
    ],
)
def test_writer(probes: Probes, clock: FakeClock, health: ClusterHealth, condition: str) -> None:
    assert changed(probes, primary_database=FakeDatabase(clock, health=health)).writer().condition == condition


def test_control_plane_that_does_not_answer_is_unknown_not_dead(probes: Probes, clock: FakeClock) -> None:
    reading = changed(probes, primary_database=FakeDatabase(clock, error=aws_error("ServiceUnavailable"))).writer()
    assert reading.condition is Condition.UNKNOWN
    assert "ServiceUnavailable" in reading.detail


@pytest.mark.parametrize(
    ("lag", "condition"),
    [
        (FakeLag([LagPoint(START - 60_000, 300_000.0)]), "ok"),
        (FakeLag([LagPoint(START - 60_000, 300_001.0)]), "failing"),
        (FakeLag([LagPoint(START - 241_000, 100.0)]), "unknown"),
        (FakeLag([]), "unknown"),
        (FakeLag(error=aws_error()), "unknown"),
    ],
)
def test_replication_lag(probes: Probes, lag: FakeLag, condition: str) -> None:
    assert changed(probes, lag=lag).replication_lag().condition == condition


def test_heartbeat(probes: Probes) -> None:
    assert probes.heartbeat().condition is Condition.UNKNOWN
    probes.marks.set(Heartbeat(1, START - 15_001, "us-east-1"))
    assert probes.heartbeat().condition is Condition.FAILING
    # What the other region writes after a failover says nothing of this one.
    probes.marks.set(Heartbeat(2, START, "us-west-2"))
    assert probes.heartbeat().condition is Condition.FAILING
    probes.marks.set(Heartbeat(3, START - 15_000, "us-east-1"))
    assert probes.heartbeat().condition is Condition.OK


def test_heartbeat_that_cannot_be_read_is_unknown(probes: Probes, table: Table) -> None:
    table.client.delete_table(TableName=table.name)
    assert probes.heartbeat().condition is Condition.UNKNOWN


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        codes = {"/healthz": 200, "/moved": 302, "/broken": 500}
        self.send_response(codes[self.path])
        self.send_header("Location", "/broken")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


@pytest.mark.parametrize(("path", "status"), [("/healthz", 200), ("/moved", 302), ("/broken", 500)])
def test_endpoint_over_the_wire(monkeypatch: pytest.MonkeyPatch, path: str, status: int) -> None:
    """Redirects are not followed: one could lead to the other region. Plain HTTP here stands in for TLS, which is refused below."""
    server = HTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        monkeypatch.setattr(module, "_SCHEME", "http://")
        assert HttpsEndpoint(f"http://127.0.0.1:{server.server_port}{path}").status() == status
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_endpoint_without_tls_is_refused() -> None:
    with pytest.raises(ValueError, match="https://"):
        HttpsEndpoint("http://primary.example.net/healthz").status()
