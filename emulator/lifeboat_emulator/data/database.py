"""One cluster's SQL database while the cluster writes: statements and transactions in SQLite.

Two connections: one writes, for one transaction at a time, the other reads what is committed. A
transaction takes the writer's lock with its first change, and until then reads what is committed.
Each commit's pages go to `on_commit`. No lock of the emulator's is needed around any of this.
"""

import contextlib
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import apsw

from lifeboat_emulator.data import dialect as dialects
from lifeboat_emulator.data import errors, functions, kinds, running
from lifeboat_emulator.data.dialect import Statement
from lifeboat_emulator.data.running import Result
from lifeboat_emulator.data.values import BadParameterError, Bound
from lifeboat_emulator.data.volume import Change, Volume, read_log

# The Data API gives up a transaction that nobody used for so long.
IDLE_SECONDS = 180.0
LOCK_WAIT_SECONDS = 10.0
# Frames of the write-ahead log after which it is folded into the database's file.
_LOG_FRAMES = 2000


@dataclass(eq=False)
class _Transaction:
    used: float
    # PostgreSQL: after an error only its end goes through.
    aborted: bool = False
    # The last of a Data API transaction's own inserts, for LAST_INSERT_ID().
    last_insert_id: int = 0


class Database:
    """A running database. `close` ends it, open transactions are rolled back."""

    def __init__(
        self,
        dialect: str,
        name: str,
        path: Path,
        volume: Volume,
        on_commit: Callable[[Change], None],
    ) -> None:
        self.dialect = dialect
        self.name = name
        self._path = path
        self._on_commit = on_commit
        # One each: both connections run statements at the same time.
        self._writing_clock, self._reading_clock = functions.Clock(), functions.Clock()
        self._frames = 0
        self._closed = False
        self._owner: _Transaction | None = None
        self._transactions: dict[str, _Transaction] = {}
        self._writing = threading.Condition()
        self._reading = threading.Lock()
        volume.write_to(path)
        self._writer = self._connect(self._writing_clock)
        self._writer.pragma("journal_mode", "wal")
        self._reader = self._connect(self._reading_clock)
        self._writer.set_wal_hook(self._committed)
        if not volume.size:
            self._prepare()

    def execute(
        self,
        sql: str,
        parameter_sets: Sequence[Mapping[str, Bound]],
        transaction: str | None = None,
        texts: frozenset[str] = frozenset(),
    ) -> list[Result]:
        """Run `sql` with each set of parameters, all or nothing; `texts` names the plain texts."""
        statement = dialects.translate(self.dialect, self.name, sql)
        current = self._find(transaction) if transaction else None
        if current is not None and current.aborted:
            raise errors.aborted()
        try:
            self._check_types(statement, texts)
            if current is self._owner is not None or statement.writes:
                return self._write(statement, parameter_sets, current)
            return self._read(statement, parameter_sets)
        except errors.SqlError:
            if current is not None and self.dialect == errors.POSTGRES:
                current.aborted = True
            raise

    def begin(self) -> str:
        """A new transaction's id."""
        with self._writing:
            self._check_open()
            identifier = secrets.token_urlsafe(64)
            self._transactions[identifier] = _Transaction(time.monotonic())
            return identifier

    def commit(self, transaction: str) -> bool:
        """Make it last; False when PostgreSQL rolls it back because of an error in it."""
        current = self._find(transaction)
        with self._writing:
            self._check_open()
            self._transactions.pop(transaction, None)
            if self._owner is current:
                self._end("rollback" if current.aborted else "commit")
            return not current.aborted

    def rollback(self, transaction: str) -> None:
        """Undo it."""
        current = self._find(transaction)
        with self._writing:
            self._check_open()
            self._transactions.pop(transaction, None)
            if self._owner is current:
                self._end("rollback")

    def set_password(self, user: str, digest: str) -> None:
        """Let `user` in with the password of this digest. It is data, and replicated as such."""
        sql = (
            "insert into lifeboat_accounts values (?, ?) "
            "on conflict (name) do update set digest = excluded.digest"
        )
        with self._lock(None):
            self._writer.execute(sql, (user, digest))
            self._end("commit")

    def password_of(self, user: str) -> str | None:
        """The digest of the user's password; None for nobody."""
        with self._reading:
            self._check_open()
            found = self._reader.execute(
                "select digest from lifeboat_accounts where name = ?", (user,)
            ).fetchone()
        return None if found is None else str(found[0])

    def close(self) -> None:
        """End every transaction, then the connections; nothing of it runs afterwards."""
        with self._writing, self._reading:
            if self._closed:
                return
            self._closed = True
            if self._owner is not None:
                self._writer.execute("rollback")
                self._owner = None
            self._transactions.clear()
            self._writer.set_wal_hook(None)
            self._reader.close()
            self._writer.close()
            for suffix in ("", "-wal", "-shm"):
                Path(f"{self._path}{suffix}").unlink(missing_ok=True)
            self._writing.notify_all()

    def _connect(self, clock: functions.Clock) -> apsw.Connection:
        connection = apsw.Connection(str(self._path))
        connection.set_busy_timeout(5000)
        for name, value in (("synchronous", "off"), ("foreign_keys", "on")):
            connection.pragma(name, value)
        if self.dialect == errors.POSTGRES:
            connection.pragma("case_sensitive_like", True)
        functions.register(connection, clock, self._names())
        return connection

    def _names(self) -> dict[str, str | int]:
        mysql = self.dialect == errors.MYSQL
        return {
            "version": "8.0.39" if mysql else "PostgreSQL 16.6 on x86_64-pc-linux-gnu",
            "database": self.name,
            "schema": self.name if mysql else "public",
            "user": "lifeboat",
            "hostname": "lifeboat",
            "aurora_version": "3.10.0" if mysql else "16.6.2",
            "aurora_server_id": "lifeboat",
            "connection_id": 1,
            "pg_backend_pid": 1,
            "pg_is_in_recovery": 0,
        }

    def _prepare(self) -> None:
        with self._lock(None):
            for sql in _FIRST_TABLES:
                self._writer.execute(sql)
            self._end("commit")

    def _find(self, identifier: str) -> _Transaction:
        with self._writing:
            self._check_open()
            self._expire()
            found = self._transactions.get(identifier)
            if found is None:
                raise errors.UnknownTransactionError
            found.used = time.monotonic()
            return found

    def _expire(self) -> None:
        """Roll back what nobody used for long; while `_writing` is held."""
        limit = time.monotonic() - IDLE_SECONDS
        for identifier, each in list(self._transactions.items()):
            if each.used < limit:
                del self._transactions[identifier]
                if self._owner is each:
                    self._end("rollback")

    def _check_open(self) -> None:
        if self._closed:
            raise errors.ClosedError

    @contextlib.contextmanager
    def _lock(self, transaction: _Transaction | None) -> Iterator[None]:
        """Hold the writer's lock; a transaction's stays held until `_end`."""
        mine = transaction or _Transaction(time.monotonic())
        deadline = time.monotonic() + LOCK_WAIT_SECONDS
        with self._writing:
            while self._owner not in (None, mine):
                self._expire()
                if not self._writing.wait(min(1.0, deadline - time.monotonic())) and (
                    time.monotonic() >= deadline
                ):
                    raise errors.lock_timeout(self.dialect)
            self._check_open()
            if transaction is not None and transaction not in self._transactions.values():
                raise errors.UnknownTransactionError
            if self._owner is None:
                self._writer.execute("begin immediate")
                self._owner = mine
            try:
                yield
            except BaseException:
                if transaction is None and self._owner is mine:
                    self._end("rollback")
                raise

    def _end(self, how: str) -> None:
        """Commit or roll back what the owner did; while `_writing` is held."""
        self._owner = None
        try:
            self._writer.execute(how)
        except apsw.Error as error:
            if not self._writer.get_autocommit():
                self._writer.execute("rollback")
            raise self._translated(error) from error
        finally:
            self._writing.notify_all()
        self._fold_log()

    def _committed(self, _connection: apsw.Connection, _name: str, frames: int) -> int:
        """SQLite's word that `frames` frames of its log are committed."""
        change = read_log(Path(f"{self._path}-wal"), self._frames, frames)
        self._frames = frames
        self._on_commit(change)
        return apsw.SQLITE_OK

    def _fold_log(self) -> None:
        if self._frames < _LOG_FRAMES:
            return
        with self._reading, contextlib.suppress(apsw.BusyError):
            self._writer.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
            self._frames = 0

    def _read(
        self, statement: Statement, parameter_sets: Sequence[Mapping[str, Bound]]
    ) -> list[Result]:
        with self._reading:
            self._check_open()
            self._reading_clock.strike()
            return [self._run(self._reader, statement, each) for each in parameter_sets]

    def _write(
        self,
        statement: Statement,
        parameter_sets: Sequence[Mapping[str, Bound]],
        transaction: _Transaction | None,
    ) -> list[Result]:
        with self._lock(transaction):
            if statement.defines and transaction and self.dialect == errors.MYSQL:
                # MySQL commits before each change of the schema, and after it.
                self._end("commit")
                return self._write(statement, parameter_sets, None)
            self._writing_clock.strike()
            self._writing_clock.last_insert_id = transaction.last_insert_id if transaction else 0
            self._writer.execute("savepoint statement")
            try:
                results = [self._run(self._writer, statement, each) for each in parameter_sets]
            except BaseException:
                self._writer.execute("rollback to statement")
                raise
            finally:
                self._writer.execute("release statement")
            if transaction is None:
                self._end("commit")
            elif results and results[-1].generated:
                transaction.last_insert_id = results[-1].generated[0]
            return results

    def _run(
        self, connection: apsw.Connection, statement: Statement, parameters: Mapping[str, Bound]
    ) -> Result:
        try:
            return running.run(self.dialect, connection, statement, parameters)
        except KeyError as error:
            raise BadParameterError(f"Cannot find parameter: {error.args[0]}") from error
        except (apsw.Error, ValueError, OverflowError) as error:
            raise self._translated(error) from error

    def _check_types(self, statement: Statement, texts: frozenset[str]) -> None:
        """PostgreSQL takes a text for nothing but a text; MySQL converts."""
        if self.dialect != errors.POSTGRES:
            return
        for name, target in statement.typed.items():
            if name not in texts:
                continue
            with self._reading:
                self._check_open()
                kind = running.kinds_of(self._reader, [target.table]).get(target.column)
            if kind is None or kind.name == kinds.TEXT:
                continue
            word = kinds.postgres_name(kind)
            if target.assigned:
                text = f'column "{target.column}" is of type {word} but expression is of type text'
                raise errors.SqlError(text, state="42804")
            raise errors.SqlError(f"operator does not exist: {word} = text", state="42883")

    def _translated(self, error: Exception) -> errors.SqlError:
        if isinstance(error, errors.SqlError):
            return error
        return errors.translate(self.dialect, str(error), self._key_name)

    def _key_name(self, columns: str) -> str:
        """The engine's name of the key over `t.a, t.b`."""
        pairs = [each.strip().split(".", 1) for each in columns.split(",")]
        if any(len(pair) != 2 for pair in pairs):
            return columns
        table, names = pairs[0][0], [pair[1] for pair in pairs]
        for (index,) in self._writer.execute(
            "select name from pragma_index_list(?) where \"unique\" and origin = 'c'", (table,)
        ):
            covered = self._writer.execute("select name from pragma_index_info(?)", (index,))
            if [str(name) for (name,) in covered] == names:
                return str(index)
        return f"{table}.PRIMARY" if self.dialect == errors.MYSQL else f"{table}_pkey"


_FIRST_TABLES = (
    "create table lifeboat_accounts (name text not null primary key, digest text not null)",
    "create view information_schema_tables as select lb_name('schema') as table_schema, "
    "name as table_name, 'BASE TABLE' as table_type from sqlite_master where type = 'table' "
    "and name not like 'lifeboat!_accounts' escape '!' and name not like 'sqlite!_%' escape '!'",
    "create view information_schema_columns as select lb_name('schema') as table_schema, "
    "t.name as table_name, c.name as column_name, c.type as column_type, "
    "iif(c.\"notnull\", 'NO', 'YES') as is_nullable from sqlite_master as t "
    "join pragma_table_info(t.name) as c where t.type = 'table' "
    "and t.name not like 'lifeboat!_accounts' escape '!' "
    "and t.name not like 'sqlite!_%' escape '!'",
)
