"""What a function finds on its disk: its own zip, unpacked, and the packages Lambda brings along.

Both lie in a folder of this process's own, which goes when the process ends. Functions of the same
code share one copy, so that what Python compiles is compiled once.
"""

import io
import shutil
import tempfile
import threading
import zipfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from lifeboat_emulator import isolation
from lifeboat_emulator.functions.function import Function

# What the runtime of Python on Lambda has. Anything else must be in the zip, as on AWS.
_RUNTIME_PACKAGES = ("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3")
# The script that a function's process runs.
RUNTIME = "lifeboat_runtime.py"

_lock = threading.Lock()
_unpacked: dict[str, Path] = {}


@cache
def _root() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="lifeboat-functions-")


def task_root(function: Function) -> Path:
    """The folder with the function's own code."""
    with _lock:
        known = _unpacked.get(function.code_digest)
        if known is None:
            known = Path(_root().name, f"task-{len(_unpacked)}")
            known.mkdir()
            with zipfile.ZipFile(io.BytesIO(function.code)) as archive:
                # Checked by zipfile: no member can leave the folder.
                archive.extractall(known)
            _unpacked[function.code_digest] = known
    return known


@cache
def runtime_directory() -> Path:
    """The folder with the packages of the runtime, as links to those of this interpreter."""
    folder = Path(_root().name, "runtime")
    folder.mkdir()
    for name in _RUNTIME_PACKAGES:
        spec = find_spec(name)
        if spec is None or spec.origin is None:
            raise ModuleNotFoundError(f"{name}, which Lambda's runtime has, is not installed")
        origin = Path(spec.origin)
        place = origin.parent if spec.submodule_search_locations else origin
        (folder / place.name).symlink_to(place)
    # Not links: the emulator goes on as it was started when its own files are edited. The second is
    # the one thing that Lambda does not have: it keeps functions on this machine.
    shutil.copyfile(Path(__file__).with_name("runtime.py"), folder / RUNTIME)
    shutil.copyfile(isolation.__file__, folder / "lifeboat_isolation.py")
    return folder


def remove() -> None:
    """Give the disk back; the next function unpacks anew."""
    with _lock:
        _unpacked.clear()
        runtime_directory.cache_clear()
        shutil.rmtree(_root().name, ignore_errors=True)
        _root.cache_clear()
