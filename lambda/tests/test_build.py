"""Two builds give the same bytes, and what is in them imports on its own."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import build


@pytest.fixture(scope="module")
def vendored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("vendored")
    build.vendor(folder)
    return folder


def test_two_builds_are_identical(tmp_path: Path, vendored: Path) -> None:
    first = build.build(tmp_path / "one", vendored)
    (vendored / "bin").mkdir(exist_ok=True)
    (vendored / "bin" / "stray").write_text("made by an installation")
    second_vendored = tmp_path / "vendored"
    build.vendor(second_vendored)
    second = build.build(tmp_path / "two", second_vendored)
    assert first == second
    for function in build.FUNCTIONS:
        assert (tmp_path / "one" / f"{function}.zip").read_bytes() == (tmp_path / "two" / f"{function}.zip").read_bytes()


def test_zip_holds_what_the_function_needs_and_nothing_of_this_machine(tmp_path: Path, vendored: Path) -> None:
    build.build(tmp_path, vendored)
    for function in build.FUNCTIONS:
        with zipfile.ZipFile(tmp_path / f"{function}.zip") as archive:
            names = archive.namelist()
            assert names == sorted(names)
            assert {entry.date_time for entry in archive.infolist()} == {build.EPOCH}
        assert f"{function}/handler.py" in names
        assert "lifeboat_dr/slot.py" in names
        assert "aws_lambda_powertools/__init__.py" in names
        own = set(build.FUNCTIONS) - {function}
        assert not [name for name in names if name.split("/")[0] in own | {"tests", "boto3", "bin"} or "__pycache__" in name]


@pytest.mark.parametrize("function", build.FUNCTIONS)
def test_zip_imports_from_itself(tmp_path: Path, vendored: Path, function: str) -> None:
    build.build(tmp_path, vendored)
    code = f"import {function}.handler as h, lifeboat_dr; assert '.zip' in h.__file__ and '.zip' in lifeboat_dr.__file__; h.handle"
    subprocess.run([sys.executable, "-c", code], check=True, cwd="/", env={"PYTHONPATH": str(tmp_path / f"{function}.zip")})


def test_command_line(tmp_path: Path, vendored: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(build, "vendor", lambda into: None)
    monkeypatch.setattr(sys, "argv", ["build.py", "--out", str(tmp_path / "out")])
    build.main()
    assert len(capsys.readouterr().out.splitlines()) == len(build.FUNCTIONS)
