"""Numbered rows a second, marks that follow them, and numbers that are never used twice."""

import pytest

from heartbeat.writer import Beater
from lifeboat_dr.heartbeats import Heartbeat
from lifeboat_dr.logs import logger
from lifeboat_dr.marks import Marks
from lifeboat_dr.table import Table
from tests import fakes


@pytest.fixture
def beater(table: Table, clock: fakes.FakeClock) -> Beater:
    return Beater(
        region="us-east-1",
        regions=("us-east-1", "us-west-2"),
        heartbeats=fakes.FakeHeartbeats(),
        marks=Marks(table),
        database=fakes.FakeDatabase(clock),
        metrics=fakes.RecordingMetrics(),
        clock=clock,
        logger=logger("test"),
    )


def rows(beater: Beater) -> dict[int, Heartbeat]:
    assert isinstance(beater.heartbeats, fakes.FakeHeartbeats)
    return beater.heartbeats.rows


def test_a_row_a_second(beater: Beater) -> None:
    assert beater.beat(fakes.START + 60_000) == {"region": "us-east-1", "written": 60, "failed": 0, "looks": 0}
    assert list(rows(beater)) == list(range(1, 61))
    assert [beat.written_at for beat in rows(beater).values()] == [fakes.START + second * 1000 for second in range(60)]
    assert beater.marks.newest("us-east-1") == rows(beater)[60]


def test_numbers_go_on_in_the_next_invocation_and_old_rows_go(beater: Beater) -> None:
    rows(beater)[9_000] = Heartbeat(9_000, 1, "us-east-1")
    rows(beater)[5_000] = Heartbeat(5_000, 1, "us-east-1")
    beater.beat(fakes.START + 2_000)
    assert list(rows(beater)) == [9_000, 9_001, 9_002]


def test_numbers_that_a_failover_lost_are_not_used_again(beater: Beater) -> None:
    """The promoted cluster ends at 96; 100 was committed and lost."""
    rows(beater)[96] = Heartbeat(96, 1, "us-east-1")
    beater.marks.set(Heartbeat(100, 1, "us-east-1"))
    beater.region = "us-west-2"
    beater.database = fakes.FakeDatabase(fakes.FakeClock(), writer=fakes.WEST, followers=(fakes.EAST,))
    beater.beat(fakes.START + 1_000)
    assert list(rows(beater)) == [96, 101]
    assert beater.marks.newest("us-east-1") == Heartbeat(100, 1, "us-east-1")


def test_failed_write_is_not_marked_and_its_number_is_not_used_again(beater: Beater) -> None:
    beater.beat(fakes.START + 2_000)
    heartbeats = beater.heartbeats
    assert isinstance(heartbeats, fakes.FakeHeartbeats)
    heartbeats.error = fakes.aws_error("DatabaseErrorException")
    assert beater.beat(fakes.START + 4_000)["failed"] == 2
    assert beater.marks.newest("us-east-1") == rows(beater)[2]


def test_mark_that_cannot_be_set_does_not_stop_the_beat(beater: Beater, table: Table) -> None:
    beater.beat(fakes.START + 1_000)
    table.client.delete_table(TableName=table.name)
    beater._next = 2
    assert beater._beat() is True
    assert 2 in rows(beater)


def test_follower_looks_and_does_not_write(beater: Beater) -> None:
    beater.region = "us-west-2"
    rows(beater)[4] = Heartbeat(4, fakes.START - 3_000, "us-east-1")
    assert beater.beat(fakes.START + 10_000) == {"region": "us-west-2", "written": 0, "failed": 0, "looks": 2}
    assert isinstance(beater.metrics, fakes.RecordingMetrics)
    assert [metric.value for _, metric in beater.metrics.put_] == [3.0, 8.0]
    assert list(rows(beater)) == [4]


def test_follower_that_cannot_be_read_publishes_nothing(beater: Beater) -> None:
    """The Data API refuses a secondary; missing data is unknown, a zero would be a lie."""
    beater.region = "us-west-2"
    beater.heartbeats = fakes.FakeHeartbeats(error=fakes.aws_error("DatabaseUnavailableException"))
    beater.beat(fakes.START + 10_000)
    assert isinstance(beater.metrics, fakes.RecordingMetrics)
    assert beater.metrics.put_ == []


def test_region_that_cannot_tell_who_writes_does_not_write(beater: Beater) -> None:
    beater.database = fakes.FakeDatabase(fakes.FakeClock(), error=fakes.aws_error())
    assert beater.beat(fakes.START + 5_000)["written"] == 0


def test_writer_that_was_demoted_stops(beater: Beater, clock: fakes.FakeClock) -> None:
    beater.beat(fakes.START + 2_000)
    beater.heartbeats = fakes.FakeHeartbeats(error=fakes.aws_error("DatabaseErrorException"))
    beater.database = fakes.FakeDatabase(clock, writer=fakes.WEST, followers=(fakes.EAST,))
    assert beater.beat(fakes.START + 12_000) == {"region": "us-east-1", "written": 0, "failed": 0, "looks": 2}
