"""A database of its own for tests of SQL, without a server around it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from lifeboat_emulator.data import errors, values
from lifeboat_emulator.data.database import Database
from lifeboat_emulator.data.running import Result
from lifeboat_emulator.data.volume import Volume


class Sql:
    def __init__(self, database: Database) -> None:
        self.database = database

    def run(self, sql: str, transaction: str | None = None, **given: Any) -> Result:
        texts = frozenset(name for name, value in given.items() if isinstance(value, str))
        (result,) = self.database.execute(sql, [given], transaction, texts)
        return result

    def rows(self, sql: str, transaction: str | None = None, **given: Any) -> list[list[Any]]:
        """The rows as the Data API tells them, a tuple of kind and value where it is no long."""
        result = self.run(sql, transaction, **given)
        return [
            [
                _told(values.field(column.kind, value, values.Options()))
                for column, value in zip(result.columns, row, strict=True)
            ]
            for row in result.rows
        ]

    def error(self, sql: str, transaction: str | None = None, **given: Any) -> str:
        with pytest.raises(errors.SqlError) as caught:
            self.run(sql, transaction, **given)
        return caught.value.told()


def _told(field: values.Field) -> Any:
    ((kind, value),) = field.items()
    if kind == "longValue":
        return value
    return None if kind == "isNull" else (kind.removesuffix("Value"), value)


@contextmanager
def database(dialect: str, folder: Path) -> Iterator[Sql]:
    volume = Volume()
    running = Database(dialect, "ledger", folder / "test.db", volume, volume.apply)
    yield Sql(running)
    running.close()
