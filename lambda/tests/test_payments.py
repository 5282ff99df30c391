"""Payments: booked once however often they are sent, whole or not at all, and logged in the end."""

import json

import pytest

from tests.payments_world import BODY, EVENT, World, gone

DEBTOR, CREDITOR = str(BODY["debtor"]), str(BODY["creditor"])


def test_a_payment_is_booked_with_both_its_entries_and_its_log() -> None:
    world = World()
    status, booked = world.book()
    assert (status, booked["status"], booked["amount"]) == (201, "booked", "12.34")
    assert world.entries() == [(DEBTOR, -1234), (CREDITOR, 1234)]
    (key,) = world.objects.held
    assert key.endswith(f"/{booked['payment_id']}.json")
    assert world.send("GET", "/payments/{payment_id}", pathParameters={"payment_id": booked["payment_id"]}) == (200, booked)


def test_api_gateways_event_is_understood() -> None:
    answer = World().api.answer(EVENT)
    assert answer["statusCode"] == 201
    assert answer["headers"]["Content-Type"] == "application/json"


def test_sent_again_it_is_answered_and_not_booked_again() -> None:
    world = World()
    first = world.book()
    assert world.book() == (200, first[1])
    assert len(world.entries()) == 2


def test_a_key_books_one_payment_only() -> None:
    world = World()
    world.book()
    status, problem = world.book(amount="12.35")
    assert (status, problem["type"]) == (409, "urn:lifeboat:payments:key-reused")
    assert world.entries() == [(DEBTOR, -1234), (CREDITOR, 1234)]


def test_its_id_follows_from_its_key_so_that_a_lost_one_comes_back_as_itself() -> None:
    before, after_failover = World(), World()
    assert before.book()[1]["payment_id"] == after_failover.book()[1]["payment_id"]
    assert before.book("order-4711-b")[1]["payment_id"] != before.book("order-4711-a")[1]["payment_id"]


@pytest.mark.parametrize("at", ["begin", "insert into payment", "insert into ledger_entry", "commit"])
def test_what_breaks_half_way_books_nothing_and_can_be_sent_again(at: str) -> None:
    world = World()
    world.book("order-0000-a")
    world.data.before = lambda call: gone() if call.startswith(at) else None
    status, problem = world.book()
    assert (status, problem["type"]) == (503, "urn:lifeboat:payments:unavailable")
    world.data.before = lambda _: None
    assert len(world.entries()) == 2
    assert world.book()[0] == 201
    assert len(world.data.rows("select 1 from payment")) == 2


def test_a_commit_whose_answer_is_lost_is_found_by_its_key() -> None:
    world = World()
    world.book("order-0000-a")
    world.data.after = gone
    assert world.book()[0] == 503
    world.data.after = lambda _: None
    assert world.book()[0] == 200
    assert len(world.data.rows("select 1 from payment")) == 2


def test_a_log_that_could_not_be_written_is_written_by_a_later_payment() -> None:
    world = World()
    world.objects.broken = True
    status, late = world.book()
    assert (status, world.objects.held) == (201, {}), "the payment does not wait for its log"
    world.objects.broken = False
    world.clock.sleep(11_000)
    world.book("order-4711-b")
    assert any(late["payment_id"] in key for key in world.objects.held)
    assert world.data.rows("select count(*) from payment where logged = 0") == [(0,)]


def test_looking_for_unwritten_logs_never_fails_a_payment() -> None:
    world = World()
    world.data.before = lambda call: gone() if "logged = 0 and" in call else None
    assert world.book()[0] == 201


WRONG: list[tuple[dict[str, object], str, str]] = [
    ({"amount": None}, "amount", "missing"),
    ({"amount": 12.34}, "amount", "text"),
    ({"amount": "12.345"}, "amount", "2 decimals"),
    ({"amount": "12,34"}, "amount", "plain number"),
    ({"amount": "-1"}, "amount", "plain number"),
    ({"amount": "1e5"}, "amount", "plain number"),
    ({"amount": "0"}, "amount", "more than 0"),
    ({"amount": "100000001"}, "amount", "at most"),
    ({"amount": "1.5", "currency": "JPY"}, "amount", "0 decimals"),
    ({"currency": "EURO"}, "currency", "one of"),
    ({"debtor": "DE89370400440532013001"}, "debtor", "check digits"),
    ({"creditor": "nowhere"}, "creditor", "check digits"),
    ({"creditor": DEBTOR}, "creditor", "another account"),
    ({"reference": "x" * 141}, "reference", "140"),
    ({"reference": "a\nb"}, "reference", "printable"),
    ({"colour": "red"}, "colour", "leave it out"),
]


@pytest.mark.parametrize(("changes", "name", "words"), WRONG)
def test_what_is_wrong_names_its_field_and_books_nothing(changes: dict[str, object], name: str, words: str) -> None:
    world = World()
    status, problem = world.book("order-4711-a", **changes)
    assert status == 422
    (error,) = problem["errors"]
    assert error["field"] == name
    assert words in error["message"]
    assert world.data.rows("select name from sqlite_master") == []


def test_everything_wrong_is_told_at_once() -> None:
    status, problem = World().book(amount="x", debtor="y", currency="EUR")
    assert (status, [error["field"] for error in problem["errors"]]) == (422, ["amount", "debtor"])


@pytest.mark.parametrize("key", [None, "short", "x" * 65, "with space"])
def test_a_payment_needs_a_key(key: str | None) -> None:
    status, problem = World().book(key)
    assert (status, problem["errors"][0]["field"]) == (422, "Idempotency-Key")


@pytest.mark.parametrize("event", [{"body": "{"}, {"body": None}, {"body": "!", "isBase64Encoded": True}, {"body": "[]"}])
def test_a_body_that_is_no_payment_is_told_so(event: dict[str, object]) -> None:
    status, problem = World().send("POST", "/payments", headers={"Idempotency-Key": "order-4711-a"}, **event)
    assert (status, problem["errors"][0]["field"]) == (422, "body")


def test_amounts_are_exact_in_every_currency() -> None:
    world = World()
    for key, amount, currency, minor in [
        ("k-yen-0001", "1200", "JPY", 1200),
        ("k-dinar-01", "1.234", "KWD", 1234),
        ("k-euro-001", "0.1", "EUR", 10),
    ]:
        assert world.book(key, amount=amount, currency=currency)[0] == 201
        assert (minor,) in world.data.rows("select amount_minor from payment")
    assert world.book("k-euro-001", amount="0.1", currency="EUR")[1]["amount"] == "0.10"


def test_unknown_payments_and_routes_are_not_found() -> None:
    world = World()
    world.book()
    assert world.send("GET", "/payments/{payment_id}", pathParameters={"payment_id": "none"})[0] == 404
    assert world.send("DELETE", "/payments")[0] == 404


def test_a_fault_of_ours_shows_nothing_of_itself() -> None:
    world = World()

    def fault(_: str) -> None:
        raise RuntimeError("a secret")

    world.data.before = fault
    status, problem = world.book()
    assert status == 500
    assert "a secret" not in json.dumps(problem)
    assert "a secret" in world.logged.getvalue()


def test_logs_hold_neither_accounts_nor_amounts() -> None:
    world = World()
    world.book()
    lines = [json.loads(line) for line in world.logged.getvalue().splitlines()]
    assert any("payment_id" in line for line in lines)
    # Digits of chance: the time, and what tells this world's logger from the next one's.
    logged = json.dumps([{name: value for name, value in line.items() if name not in ("timestamp", "service")} for line in lines])
    assert not any(secret in logged for secret in (DEBTOR, CREDITOR, "12.34", "1234"))
