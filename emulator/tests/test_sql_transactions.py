"""Transactions beside each other, and the pages they leave behind."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from lifeboat_emulator.data import database as databases
from lifeboat_emulator.data import errors
from lifeboat_emulator.data.database import Database
from lifeboat_emulator.data.volume import Volume
from tests.sql import Sql, database


@pytest.fixture(params=[errors.MYSQL, errors.POSTGRES])
def sql(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Sql]:
    with database(request.param, tmp_path) as sql:
        sql.run("create table t (id int primary key, balance int)")
        sql.run("insert into t values (1, 0)")
        yield sql


def test_no_update_is_lost(sql: Sql) -> None:
    def deposit() -> None:
        for _ in range(20):
            transaction = sql.database.begin()
            ((balance,),) = sql.rows("select balance from t where id = 1 for update", transaction)
            sql.run("update t set balance = :b where id = 1", transaction, b=balance + 1)
            sql.database.commit(transaction)

    threads = [threading.Thread(target=deposit) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sql.rows("select balance from t") == [[80]]


def test_waiting_for_a_lock_ends(sql: Sql, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(databases, "LOCK_WAIT_SECONDS", 0.05)
    holder = sql.database.begin()
    sql.run("update t set balance = 1", holder)
    code = {errors.MYSQL: "Error code: 1205", errors.POSTGRES: "SQLState: 55P03"}
    assert code[sql.database.dialect] in sql.error("update t set balance = 2")
    sql.database.commit(holder)
    sql.run("update t set balance = balance + 2")
    assert sql.rows("select balance from t") == [[3]]


def test_a_forgotten_transaction_is_undone(sql: Sql, monkeypatch: pytest.MonkeyPatch) -> None:
    forgotten = sql.database.begin()
    sql.run("update t set balance = 1", forgotten)
    monkeypatch.setattr(databases, "IDLE_SECONDS", 0.0)
    sql.run("update t set balance = balance + 5")
    assert sql.rows("select balance from t") == [[5]]
    with pytest.raises(errors.UnknownTransactionError):
        sql.run("select 1", forgotten)


def test_closing_undoes_what_is_open_and_lets_waiters_go(sql: Sql) -> None:
    holder = sql.database.begin()
    sql.run("update t set balance = 1", holder)
    told: list[type[BaseException]] = []

    def wait() -> None:
        try:
            sql.run("update t set balance = 2")
        except errors.ClosedError as error:
            told.append(type(error))

    waiter = threading.Thread(target=wait)
    waiter.start()
    sql.database.close()
    waiter.join(timeout=5)
    assert told == [errors.ClosedError]
    with pytest.raises(errors.ClosedError):
        sql.run("select 1")


def test_the_pages_are_the_database_at_every_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "_LOG_FRAMES", 20)
    volume = Volume()
    source = Sql(Database(errors.MYSQL, "ledger", tmp_path / "a.db", volume, volume.apply))
    source.run("create table t (id int primary key, word varchar(4000))")
    for step in range(12):
        for number in range(5):
            source.run("insert into t values (:id, hex(zeroblob(1900)))", id=step * 5 + number)
        undone = source.database.begin()
        source.run("delete from t", undone)
        source.database.rollback(undone)
        if step % 3 == 2:
            source.run("delete from t where id % 2 = 0")
        path = tmp_path / f"copy-{step}.db"
        copy = Sql(Database(errors.MYSQL, "ledger", path, volume.copy(), lambda _change: None))
        everything = "select id, length(word) from t order by id"
        assert copy.rows(everything) == source.rows(everything)
        assert copy.database._writer.pragma("integrity_check") == "ok"
        copy.database.close()
    source.database.close()
    assert list(tmp_path.glob("*.db*")) == []
