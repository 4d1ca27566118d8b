"""What the banner's button does about a fault of the tunnel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from callconsole.domain.checkup import DOWNLOAD_CURES
from callconsole.domain.problems import Problem
from callconsole.viewmodels.services import Remedy


@dataclass(frozen=True, slots=True)
class TunnelRemedies:
    """The three things that a person can ask of the tunnel.

    Attributes:
        download: fetches the ngrok program and opens the tunnel with it.
        stop_download: stops that.
        retry: looks again, or brings the tunnel up.
    """

    download: Callable[[], None]
    stop_download: Callable[[], None]
    retry: Callable[[], None]

    def __call__(self, problem: Problem) -> Remedy | None:
        """The remedy for a problem of any part; None where there is none here."""
        if problem.code == "ngrok.downloading":
            return Remedy("Cancel", self.stop_download)
        if problem.code in DOWNLOAD_CURES:
            return Remedy("Download", self.download)
        # An agent that died is being started again already.
        if problem.code.startswith(("ngrok.", "tunnel.")) and problem.code != "ngrok.lost":
            return Remedy("Try again", self.retry)
        return None
