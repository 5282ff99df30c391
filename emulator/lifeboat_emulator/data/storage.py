"""A cluster's storage: its pages, the database that runs on them, the streams to its followers."""

import atexit
import itertools
import shutil
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from lifeboat_emulator.data.database import Database
from lifeboat_emulator.data.replication import Stream, commits
from lifeboat_emulator.data.volume import Change, Volume

_numbers = itertools.count(1)
_folder_lock = threading.Lock()
_folder: Path | None = None


class Storage:
    """One cluster's. It writes while `database` is there; `clock` says the time to its streams."""

    def __init__(self, dialect: str, name: str, clock: Callable[[], float]) -> None:
        self.dialect = dialect
        self.name = name
        self.database: Database | None = None
        self.streams: dict[Storage, Stream] = {}
        self._clock = clock
        self._volume = Volume()

    def start(self) -> Database:
        """Run the database on what the pages hold; one that runs goes on."""
        if self.database is None:
            path = _scratch() / f"{next(_numbers)}.db"
            self.database = Database(self.dialect, self.name, path, self._volume, self._on_commit)
        return self.database

    def stop(self) -> None:
        """End the database, open transactions with it. The pages stay."""
        database, self.database = self.database, None
        if database is not None:
            database.close()

    def begin_copy(self, writer: "Storage", lag: float) -> Stream:
        """Become `writer`'s follower: take over all it has, then receive what it commits."""
        self.stop()
        with commits:
            self._volume = writer._volume.copy()
            stream = Stream(self._volume, lag)
            writer.streams[self] = stream
            return stream

    def _on_commit(self, change: Change) -> None:
        with commits:
            self._volume.apply(change)
            now = self._clock()
            for stream in self.streams.values():
                stream.settle(now)
                stream.send(change, now)


def discard_files() -> None:
    """Delete the folder that the databases' files were in, after all were stopped."""
    global _folder
    with _folder_lock:
        if _folder is not None:
            shutil.rmtree(_folder, ignore_errors=True)
            _folder = None


def _scratch() -> Path:
    """A temporary folder of this process, made when first needed."""
    global _folder
    with _folder_lock:
        if _folder is None:
            _folder = Path(tempfile.mkdtemp(prefix="lifeboat-emulator-"))
            atexit.register(discard_files)
        return _folder
