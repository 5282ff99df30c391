"""MySQL's language: what the functions and a payment application say to Aurora MySQL."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lifeboat_emulator.data import errors
from tests.sql import Sql, database

ACCOUNTS = """
create table if not exists accounts (
  id bigint unsigned not null auto_increment comment 'counted',
  owner varchar(8) character set utf8mb4 collate utf8mb4_0900_ai_ci not null,
  balance decimal(12,2) not null default 0.00,
  kind enum('debit', 'credit') not null default 'debit',
  changed_at timestamp(3) not null default current_timestamp(3) on update current_timestamp(3),
  details json,
  primary key (id),
  unique key uk_owner (owner),
  key idx_changed (changed_at)
) engine=innodb default charset=utf8mb4
"""


@pytest.fixture
def sql(tmp_path: Path) -> Iterator[Sql]:
    with database(errors.MYSQL, tmp_path) as sql:
        sql.run(ACCOUNTS)
        yield sql


def add(sql: Sql, owner: str, balance: object = 0) -> int:
    insert = "insert into accounts (owner, balance) values (:owner, :balance)"
    return sql.run(insert, owner=owner, balance=balance).generated[0]


def test_ids_are_counted_and_never_used_again(sql: Sql) -> None:
    assert [add(sql, "a"), add(sql, "b")] == [1, 2]
    sql.run("delete from accounts where id = 2")
    assert add(sql, "c") == 3


@pytest.mark.parametrize(
    ("statement", "given", "error"),
    [
        (
            "insert into accounts (owner) values ('A')",
            {},
            "Duplicate entry for key 'accounts.uk_owner'; Error code: 1062; SQLState: 23000",
        ),
        (
            "insert into accounts (id, owner) values (1, 'x')",
            {},
            "Duplicate entry for key 'accounts.PRIMARY'; Error code: 1062; SQLState: 23000",
        ),
        (
            "insert into accounts (owner) values (:o)",
            {"o": None},
            "Column 'owner' cannot be null; Error code: 1048; SQLState: 23000",
        ),
        (
            "insert into accounts (owner) values ('far too long')",
            {},
            "Data too long for column 'owner' at row 1; Error code: 1406; SQLState: 22001",
        ),
        (
            "insert into accounts (owner, balance) values ('x', :b)",
            {"b": "much"},
            "Incorrect value for column 'balance' at row 1; Error code: 1366; SQLState: HY000",
        ),
        (
            "insert into accounts (owner, kind) values ('x', 'gift')",
            {},
            "Incorrect value for column 'kind' at row 1; Error code: 1366; SQLState: HY000",
        ),
        (
            "select * from nowhere",
            {},
            "Table 'nowhere' doesn't exist; Error code: 1146; SQLState: 42S02",
        ),
        (
            "select colour from accounts",
            {},
            "Unknown column 'colour' in 'field list'; Error code: 1054; SQLState: 42S22",
        ),
        (
            "create table accounts (id int primary key)",
            {},
            "Table 'accounts' already exists; Error code: 1050; SQLState: 42S01",
        ),
        ("select * from other.t", {}, "Unknown database 'other'; Error code: 1049"),
        ("grant all on *.* to x", {}, "The emulator's database does not support"),
        ("select from where", {}, "Error code: 1064; SQLState: 42000"),
        ("select load_file('/etc/passwd')", {}, "FUNCTION LOAD_FILE does not exist"),
    ],
)
def test_errors_are_mysqls(sql: Sql, statement: str, given: dict[str, Any], error: str) -> None:
    add(sql, "a")
    assert error in sql.error(statement, **given)


def test_on_duplicate_key_update_counts_two(sql: Sql) -> None:
    statement = (
        "insert into accounts (owner, balance) values (:o, :b) "
        "on duplicate key update balance = balance + values(balance)"
    )
    assert sql.run(statement, o="a", b=1.25).updated == 1
    assert sql.run(statement, o="A", b=1.25).updated == 2
    renamed = (
        "insert into accounts (owner, balance) values (:o, :b) as fresh "
        "on duplicate key update balance = accounts.balance + fresh.balance, kind = 'credit'"
    )
    assert sql.run(renamed, o="a", b="0.5").updated == 2
    assert sql.rows("select owner, balance, kind from accounts") == [
        [("string", "a"), ("string", "3.00"), ("string", "credit")]
    ]


def test_other_ways_of_inserting(sql: Sql) -> None:
    add(sql, "a", 5)
    assert sql.run("insert ignore into accounts (owner) values ('a')").updated == 0
    sql.run("replace into accounts (owner, balance) values ('a', 7)")
    sql.run("insert into accounts (owner, balance) select 'b', balance * 2 from accounts")
    assert sql.rows("select owner, balance from accounts order by owner") == [
        [("string", "a"), ("string", "7.00")],
        [("string", "b"), ("string", "14.00")],
    ]


def test_money_stays_decimal_through_arithmetic(sql: Sql) -> None:
    for owner, balance in (("a", "0.10"), ("b", 0.2), ("c", "12.345")):
        add(sql, owner, balance)
    assert sql.rows(
        "select sum(balance), avg(balance), max(balance), min(balance * 2), count(*), "
        "coalesce(sum(balance), 0) from accounts"
    )[0] == [
        ("string", "12.65"),
        ("string", "4.216667"),
        ("string", "12.35"),
        ("string", "0.20"),
        3,
        ("string", "12.65"),
    ]
    assert sql.rows("select balance from accounts where balance = 12.35") == [[("string", "12.35")]]
    assert sql.rows("select 7 / 2, 7 div 2, 7 mod 2, sum(id) from accounts")[0] == [
        ("string", "3.5000"),
        3,
        1,
        ("string", "6"),
    ]


def test_time(sql: Sql) -> None:
    sql.run("insert into accounts (owner, changed_at) values ('a', '2026-01-31 10:00:00.5')")
    assert sql.rows(
        "select changed_at, date_add(changed_at, interval 1 month), "
        "changed_at - interval :n second, timestampdiff(minute, changed_at, :later), "
        "date(changed_at), year(changed_at), unix_timestamp(changed_at) from accounts",
        n=90,
        later="2026-01-31 11:30:00",
    ) == [
        [
            ("string", "2026-01-31 10:00:00.500"),
            ("string", "2026-02-28 10:00:00.500000"),
            ("string", "2026-01-31 09:58:30.500000"),
            89,
            ("string", "2026-01-31"),
            2026,
            ("double", 1769853600.5),
        ]
    ]
    recent = "select count(*) from accounts where changed_at > now() - interval 5 minute"
    assert sql.rows(recent) == [[0]]
    sql.run("update accounts set balance = 1")
    assert sql.rows(recent) == [[1]]
    assert sql.rows("select now(6) = now(6), utc_timestamp() <= current_timestamp()") == [[1, 1]]


def test_the_schema_can_be_changed_and_looked_at(sql: Sql) -> None:
    sql.run("alter table accounts add column note varchar(10) default 'x'")
    sql.run("alter table accounts add index idx_note (note), drop column details")
    sql.run("create unique index uk_note on accounts (note, owner)")
    sql.run("drop index uk_note on accounts")
    sql.run("drop table if exists nothing")
    add(sql, "a")
    assert sql.rows("select note from ledger.accounts") == [[("string", "x")]]
    assert sql.rows("show tables") == [[("string", "accounts")]]
    assert sql.rows(
        "select table_name from information_schema.tables where table_schema = database()"
    ) == [[("string", "accounts")]]
    assert sql.rows(
        "select count(*) from information_schema.columns where table_name = 'accounts'"
    ) == [[6]]
    sql.run("truncate table accounts")
    assert sql.rows("select count(*) from accounts") == [[0]]


def test_a_change_of_the_schema_commits(sql: Sql) -> None:
    transaction = sql.database.begin()
    sql.run("insert into accounts (owner) values ('a')", transaction)
    sql.run("create table more (id int primary key)", transaction)
    sql.database.rollback(transaction)
    assert sql.rows("select count(*) from accounts") == [[1]]
    assert sql.rows("show tables") == [[("string", "accounts")], [("string", "more")]]


def test_the_last_counted_id_belongs_to_its_transaction(sql: Sql) -> None:
    transaction = sql.database.begin()
    sql.run("insert into accounts (owner) values ('a')", transaction)
    assert sql.rows("select last_insert_id()", transaction) == [[1]]
    assert sql.rows("select last_insert_id()") == [[0]]


def test_settings_and_questions_about_the_server(sql: Sql) -> None:
    sql.run("set time_zone = '+00:00'")
    assert sql.rows("select database(), version(), @@version")[0][0] == ("string", "ledger")
    assert len(sql.rows("select uuid()")[0][0][1]) == 36
    assert sql.rows("select sha2('a', 256), md5('a'), left('abc', 2), lpad('7', 3, '0')") == [
        [
            ("string", "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"),
            ("string", "0cc175b9c0f1b6a831c399e269772661"),
            ("string", "ab"),
            ("string", "007"),
        ]
    ]
    assert sql.rows("select concat('a', 'b'), if(1 < 2, 'y', 'n'), ifnull(null, 3)") == [
        [("string", "ab"), ("string", "y"), 3]
    ]


def test_json(sql: Sql) -> None:
    sql.run("insert into accounts (owner, details) values ('a', :d)", d='{"limit": 5}')
    assert sql.rows("select details->>'$.limit' from accounts") == [[5]]
    assert "'details'" in sql.error("insert into accounts (owner, details) values ('b', '{')")
