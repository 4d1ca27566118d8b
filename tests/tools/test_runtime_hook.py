"""What the built program does first, tried without building it."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
from pathlib import Path

import pytest

from support.tool import ROOT

HOOK = ROOT / "packaging" / "runtime_hook.py"
PROGRAM = """
import json, os, runpy, sys
sys._MEIPASS = sys.argv[2]
runpy.run_path(sys.argv[1])
import ctypes.util
print(json.dumps({
    "portaudio": ctypes.util.find_library("portaudio"),
    "certificates": os.environ.get("SSL_CERT_FILE"),
    "libraries": os.environ.get("LD_LIBRARY_PATH"),
}))
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what it cures is Linux's")


def after(bundle: Path, **environment: str) -> dict[str, str | None]:
    inherited = {name: value for name, value in os.environ.items() if name != "SSL_CERT_FILE"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(HOOK), str(bundle)],
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, str | None] = json.loads(done.stdout)
    return found


def test_the_portaudio_that_came_along_is_found(tmp_path: Path) -> None:
    (tmp_path / "libportaudio.so.2").touch()
    assert after(tmp_path)["portaudio"] == str(tmp_path / "libportaudio.so.2")


def test_without_one_the_system_is_asked(tmp_path: Path) -> None:
    assert after(tmp_path)["portaudio"] in {None, "libportaudio.so.2"}


def test_where_the_system_has_no_certificates_those_that_came_along_count(tmp_path: Path) -> None:
    none, some = tmp_path / "none", tmp_path / "some"
    none.mkdir()
    some.mkdir()
    (some / "0a1b2c3d.0").touch()
    # OpenSSL's usual file, where there is one, counts before any folder.
    usual = Path(ssl.get_default_verify_paths().openssl_cafile).is_file()
    came_along = None if usual else str(tmp_path / "certifi" / "cacert.pem")
    assert after(tmp_path, SSL_CERT_DIR=str(none))["certificates"] == came_along
    assert after(tmp_path, SSL_CERT_DIR=str(some))["certificates"] is None
    own = after(tmp_path, SSL_CERT_DIR=str(none), SSL_CERT_FILE="/own.pem")
    assert own["certificates"] == "/own.pem"


def test_what_is_started_from_it_gets_the_systems_libraries(tmp_path: Path) -> None:
    inside = {"LD_LIBRARY_PATH": str(tmp_path)}
    assert after(tmp_path, **inside)["libraries"] is None
    before = after(tmp_path, **inside, LD_LIBRARY_PATH_ORIG="/opt/lib")
    assert before["libraries"] == "/opt/lib"
