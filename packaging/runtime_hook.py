"""Runs first in the built program: lets it find what it brought along, and it alone.

PortAudio lies in the bundle, but ctypes looks for it on the system only. OpenSSL knows the place of
the certificates on the computer where it was built; where they are not there, certifi's are used.
Programs that are started from here, a browser or the tunnel's agent, need the system's libraries.
"""

import ctypes.util
import os
import ssl
import sys
from pathlib import Path

_BUNDLE = Path(sys._MEIPASS)  # type: ignore[attr-defined]
_search_system = ctypes.util.find_library


def _find_library(name: str) -> "str | None":
    """The bundle's own PortAudio, or else what the system has."""
    found = sorted(_BUNDLE.glob("libportaudio*")) if name == "portaudio" else []
    return str(found[0]) if found else _search_system(name)


ctypes.util.find_library = _find_library

_trusted = ssl.get_default_verify_paths()
if (
    sys.platform.startswith("linux")
    and "SSL_CERT_FILE" not in os.environ
    and _trusted.cafile is None
    and not (_trusted.capath and any(Path(_trusted.capath).iterdir()))
):
    os.environ["SSL_CERT_FILE"] = str(_BUNDLE / "certifi" / "cacert.pem")

# The loader has read it when this program started; it is for nobody else.
_before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
os.environ.pop("LD_LIBRARY_PATH", None)
if _before:
    os.environ["LD_LIBRARY_PATH"] = _before
