"""PostgreSQL's language: what a payment application says to Aurora PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lifeboat_emulator.data import errors
from tests.sql import Sql, database

PAYMENTS = """
create table if not exists payments (
  id uuid primary key default gen_random_uuid(),
  idempotency_key varchar(64) not null,
  amount numeric(12,2) not null check (amount > 0),
  currency char(3) not null,
  status text not null default 'pending',
  created_at timestamptz not null default now(),
  details jsonb not null default '{}'::jsonb,
  refunded boolean not null default false,
  constraint payments_key unique (idempotency_key)
)
"""
ENTRIES = """
create table entries (
  id bigserial primary key,
  payment_id uuid not null references payments (id) on delete cascade,
  delta numeric(14,4)
)
"""
INSERT = (
    "insert into payments (idempotency_key, amount, currency) "
    "values (:key, :amount::numeric, :currency)"
)


@pytest.fixture
def sql(tmp_path: Path) -> Iterator[Sql]:
    with database(errors.POSTGRES, tmp_path) as sql:
        for statement in ("create extension if not exists pgcrypto", PAYMENTS, ENTRIES):
            sql.run(statement)
        sql.run("create index on payments (created_at desc)")
        yield sql


def pay(sql: Sql, key: str, amount: str = "10.00") -> str:
    (row,) = sql.rows(f"{INSERT} returning id", key=key, amount=amount, currency="EUR")
    return str(row[0][1])


def test_a_payment_is_booked_once(sql: Sql) -> None:
    once = f"{INSERT} on conflict (idempotency_key) do nothing returning id"
    arguments = {"key": "k", "amount": "12.5", "currency": "EUR"}
    assert len(sql.rows(once, **arguments)) == 1
    assert sql.rows(once, **arguments) == []
    again = (
        f"{INSERT} on conflict (idempotency_key) do update "
        "set amount = payments.amount + excluded.amount returning amount, refunded"
    )
    assert sql.rows(again, **arguments) == [[("string", "25.00"), ("boolean", False)]]


@pytest.mark.parametrize(
    ("statement", "given", "error"),
    [
        (
            INSERT,
            {"key": "k", "amount": "1", "currency": "EUR"},
            'ERROR: duplicate key value violates unique constraint "payments_key"; SQLState: 23505',
        ),
        (
            INSERT,
            {"key": "n", "amount": "-1", "currency": "EUR"},
            'ERROR: new row violates check constraint "payments_amount_check"; SQLState: 23514',
        ),
        (
            INSERT,
            {"key": "n", "amount": "1", "currency": "EURO"},
            "ERROR: value too long for the type of column currency; SQLState: 22001",
        ),
        (
            "insert into payments (idempotency_key, amount, currency) values (:k, :a, 'EUR')",
            {"k": "n", "a": "1"},
            'ERROR: column "amount" is of type numeric but expression is of type text; '
            "SQLState: 42804",
        ),
        (
            "select 1 from payments where id = :id",
            {"id": "x"},
            "ERROR: operator does not exist: uuid = text; SQLState: 42883",
        ),
        (
            "insert into entries (payment_id) values (gen_random_uuid())",
            {},
            "ERROR: insert or update violates foreign key constraint; SQLState: 23503",
        ),
        ("select 1 from nowhere", {}, 'ERROR: relation "nowhere" does not exist; SQLState: 42P01'),
        ("select shuffle('a')", {}, "function SHUFFLE does not exist; SQLState: 42883"),
        ("lock table payments", {}, "SQLState: 0A000"),
        ("select 1 from other.payments", {}, 'schema "other" does not exist'),
    ],
)
def test_errors_are_postgresqls(
    sql: Sql, statement: str, given: dict[str, Any], error: str
) -> None:
    pay(sql, "k")
    assert error in sql.error(statement, **given)


def test_computed_columns_have_their_kinds(sql: Sql) -> None:
    pay(sql, "a", "10.10")
    pay(sql, "b", "0.20")
    assert sql.rows(
        "select count(*), sum(amount), max(amount), bool_or(refunded), "
        "exists(select 1 from entries), count(*) > 1, round(avg(amount), 2), "
        "count(*) filter (where amount > 1) from public.payments"
    ) == [
        [
            2,
            ("string", "10.30"),
            ("string", "10.10"),
            ("boolean", False),
            ("boolean", False),
            ("boolean", True),
            ("string", "5.15"),
            1,
        ]
    ]
    assert sql.rows("select 10 / 4, 10 / 4.0, true, null::text, 2.5::numeric(5,2)") == [
        [2, ("string", "2.50000"), ("boolean", True), None, ("string", "2.50")]
    ]
    result = sql.run("select count(*), max(amount) as top, id::text, 1 + 1 from payments")
    assert [each.label for each in result.columns] == ["count", "top", "id", "?column?"]


def test_time(sql: Sql) -> None:
    pay(sql, "a")
    sql.run("update payments set created_at = :at::timestamptz", at="2026-01-31T10:00:00.5+01:00")
    assert sql.rows(
        "select created_at, created_at + interval '1 day 2 hours', date_trunc('hour', created_at), "
        "extract(epoch from created_at - created_at), created_at::date, "
        "created_at at time zone 'utc' < now(), created_at > now() - :n * interval '1 second' "
        "from payments",
        n=60,
    ) == [
        [
            ("string", "2026-01-31 09:00:00.500000"),
            ("string", "2026-02-01 11:00:00.500000"),
            ("string", "2026-01-31 09:00:00"),
            ("double", 0.0),
            ("string", "2026-01-31"),
            ("boolean", True),
            ("boolean", False),
        ]
    ]


def test_rows_come_back_from_changes(sql: Sql) -> None:
    payment = pay(sql, "a")
    booked = sql.rows(
        "insert into entries (payment_id, delta) values (:id::uuid, 1.5), (:id::uuid, -1.5) "
        "returning id, delta",
        id=payment,
    )
    assert booked == [[1, ("string", "1.5000")], [2, ("string", "-1.5000")]]
    assert sql.rows(
        "update payments set status = 'done' where id = :id::uuid returning status", id=payment
    ) == [[("string", "done")]]
    assert len(sql.rows("delete from payments returning *")) == 1
    assert sql.rows("select count(*) from entries") == [[0]]


def test_like_tells_case_and_ilike_does_not(sql: Sql) -> None:
    assert sql.rows("select 'Abc' like 'a%', 'Abc' ilike 'a%'") == [
        [("boolean", False), ("boolean", True)]
    ]
    pay(sql, "a")
    pay(sql, "A")


def test_an_error_ends_the_transaction(sql: Sql) -> None:
    pay(sql, "a")
    transaction = sql.database.begin()
    sql.run("update payments set status = 'x'", transaction)
    sql.error("select nonsense from payments", transaction)
    assert "25P02" in sql.error("select 1", transaction)
    assert not sql.database.commit(transaction)
    assert sql.rows("select status from payments") == [[("string", "pending")]]


def test_a_schema_change_can_be_undone(sql: Sql) -> None:
    transaction = sql.database.begin()
    sql.run("create table more (id int primary key)", transaction)
    sql.database.rollback(transaction)
    assert "42P01" in sql.error("select * from more")


def test_json(sql: Sql) -> None:
    pay(sql, "a")
    sql.run("update payments set details = :d::jsonb", d='{"card": {"last": "42"}}')
    assert sql.rows("select details->'card'->>'last', details->>'none' from payments") == [
        [("string", "42"), None]
    ]
