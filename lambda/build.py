"""Builds the functions' zips: the same sources give the same bytes on every machine.

Names are sorted, times and modes are fixed, nothing is compressed (so no version of zlib can make a difference; Lambda takes 50 MB, these
are about 4), dependencies are pinned by hash. Terraform only ever sees the finished files.
"""

import argparse
import hashlib
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
FUNCTIONS = ("health_monitor", "failover_orchestrator", "heartbeat", "secret_rotation", "payments")
EPOCH = (1980, 1, 1, 0, 0, 0)
#: What pip writes about an installation, which differs from one to the next and serves nobody at run time.
_TRACES = {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"}


def vendor(into: Path) -> None:
    """Install the pinned dependencies into a folder; raises CalledProcessError when pip refuses."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile", "--require-hashes"]
    command += ["--only-binary", ":all:", "--target", str(into), "--requirement", str(HERE / "requirements-vendor.txt")]
    subprocess.run(command, check=True)  # noqa: S603


def files_of(root: Path) -> Iterator[tuple[str, Path]]:
    """Files below a folder that belong into a zip, with their names in it."""
    for path in root.rglob("*"):
        name = path.relative_to(root)
        if not path.is_file() or "__pycache__" in name.parts or "bin" in name.parts[:1]:
            continue
        if name.parts[0].endswith(".dist-info") and path.name in _TRACES:
            continue
        yield name.as_posix(), path


def contents(function: str, vendored: Path) -> dict[str, Path]:
    """Everything in a function's zip: its own package, the shared one, the dependencies."""
    own = {f"{function}/{name}": path for name, path in files_of(HERE / function) if name.endswith(".py")}
    shared = {name: path for name, path in files_of(HERE / "shared") if name.endswith(".py")}
    return {**dict(files_of(vendored)), **shared, **own}


def write_zip(target: Path, files: dict[str, Path]) -> str:
    """Write one zip and answer with its SHA-256."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, files[name].read_bytes())
    return hashlib.sha256(target.read_bytes()).hexdigest()


def build(out: Path, vendored: Path) -> dict[str, str]:
    """Write all zips into a folder and answer with their SHA-256 by function."""
    out.mkdir(parents=True, exist_ok=True)
    return {function: write_zip(out / f"{function}.zip", contents(function, vendored)) for function in FUNCTIONS}


def main() -> None:
    """Build into `--out` and print a line for each zip."""
    parser = argparse.ArgumentParser(description="Build the functions' zips, reproducibly.")
    parser.add_argument("--out", type=Path, required=True, help="folder the zips are written to")
    out: Path = parser.parse_args().out
    with tempfile.TemporaryDirectory() as folder:
        vendor(Path(folder))
        for function, digest in build(out, Path(folder)).items():
            sys.stdout.write(f"{digest}  {out / f'{function}.zip'}\n")


if __name__ == "__main__":
    main()
