"""Rules with a schedule fire in the emulated world's time; cron expressions say when."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from lifeboat_emulator.extensions.events_cron import Cron, rate_seconds
from tests.clock import compressed
from tests.conftest import Client
from tests.control_client import Control
from tests.test_events_targets import messages, queue
from tests.zips import eventually


@pytest.fixture
def hurry() -> Iterator[None]:
    with compressed(300):
        yield


def schedule(client: Client, expression: str, region: str = "us-east-1") -> str:
    events = client("events", region)
    arn = str(events.put_rule(Name="rule-tick", ScheduleExpression=expression)["RuleArn"])
    events.put_targets(Rule="rule-tick", Targets=[{"Id": "1", "Arn": queue(client, "q", region)}])
    return arn


@pytest.mark.usefixtures("hurry")
def test_a_rate_fires_again_and_again_until_the_rule_goes(client: Client) -> None:
    arn = schedule(client, "rate(1 minute)")
    seen = [json.loads(eventually(lambda: messages(client, "q"))[0]["Body"]) for _ in range(2)]
    assert seen[0]["detail-type"] == "Scheduled Event"
    assert seen[0]["source"] == "aws.events"
    assert seen[0]["resources"] == [arn]
    assert seen[0]["id"] != seen[1]["id"]
    events = client("events")
    events.remove_targets(Rule="rule-tick", Ids=["1"])
    events.delete_rule(Name="rule-tick")
    messages(client, "q")
    time.sleep(0.5)
    assert messages(client, "q") == []


@pytest.mark.usefixtures("hurry")
def test_a_disabled_rule_rests_and_a_dead_region_too(client: Client, control: Control) -> None:
    schedule(client, "rate(1 minute)", "us-west-2")
    eventually(lambda: messages(client, "q", "us-west-2"))
    client("events", "us-west-2").disable_rule(Name="rule-tick")
    messages(client, "q", "us-west-2")
    time.sleep(0.5)
    assert messages(client, "q", "us-west-2") == []
    client("events", "us-west-2").enable_rule(Name="rule-tick")
    control.put("/regions/us-west-2", {"state": "down"})
    time.sleep(0.5)
    control.put("/regions/us-west-2", {"state": "up"})
    assert len(messages(client, "q", "us-west-2")) <= 1
    eventually(lambda: messages(client, "q", "us-west-2"))


@pytest.mark.usefixtures("hurry")
def test_a_cron_fires_at_its_minutes(client: Client) -> None:
    schedule(client, "cron(* * * * ? *)")
    for _ in range(2):
        eventually(lambda: messages(client, "q"))


def test_rates_are_in_seconds() -> None:
    assert rate_seconds("rate(1 minute)") == 60
    assert rate_seconds("rate(5 hours)") == 18_000
    assert rate_seconds("cron(* * * * ? *)") is None


@pytest.mark.parametrize(
    ("expression", "after", "due"),
    [
        ("cron(0 12 * * ? *)", "2025-03-09T12:00", "2025-03-10T12:00"),
        ("cron(0/15 * * * ? *)", "2025-03-09T12:01", "2025-03-09T12:15"),
        ("cron(30 8 ? * MON-FRI *)", "2025-03-07T08:30", "2025-03-10T08:30"),
        ("cron(0 0 L * ? *)", "2024-02-01T00:00", "2024-02-29T00:00"),
        ("cron(0 0 29 2 ? *)", "2025-01-01T00:00", "2028-02-29T00:00"),
        ("cron(5,7 10 1 JAN,JUL ? *)", "2025-01-01T10:05", "2025-01-01T10:07"),
    ],
)
def test_a_cron_expression_names_the_next_time(expression: str, after: str, due: str) -> None:
    moment = datetime.fromisoformat(after).replace(tzinfo=UTC)
    assert Cron.parse(expression).next_after(moment) == datetime.fromisoformat(due).replace(
        tzinfo=UTC
    )


@pytest.mark.parametrize(
    "expression", ["cron(* * * *)", "cron(61 * * * ? *)", "cron(0 0 1W * ? *)", "cron(0 0 1 * 2 *)"]
)
def test_what_is_no_cron_expression_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match=r"cron|invalid|use"):
        Cron.parse(expression)


def test_a_time_that_never_comes_again_is_none() -> None:
    past = Cron.parse("cron(0 0 1 1 ? 2020)")
    assert past.next_after(datetime(2025, 1, 1, tzinfo=UTC)) is None
