"""The guide's step about the way in: Twilio has to reach this computer."""

from __future__ import annotations

from PySide6.QtCore import QObject

from callconsole.domain.problems import Problem, ProblemError
from callconsole.viewmodels.desk import PHONE, Desk
from callconsole.viewmodels.guide_step import GuideStep, GuideTools

TOKEN, DOMAIN, ADDRESS = "ngrok_authtoken", "ngrok_domain", "server_base_url"
BY_NGROK, BY_ADDRESS = "ngrok", "address"
_NEEDS_PROGRAM = ("ngrok.program_missing", "ngrok.not_downloaded", "ngrok.no_space")
_IN_CALL = Problem(
    "guide.in_call",
    "The line cannot be changed now",
    "A call is in progress, and the way to the outside belongs to it.",
    "Check again once the call is over.",
)


class TunnelStep(GuideStep):
    """ngrok opens a tunnel, or an address of one's own leads here.

    Attributes:
        way: `BY_NGROK` or `BY_ADDRESS`.
        progress: how far the download of the ngrok program is, while there is one; else "".
    """

    title = "Tunnel"
    line = "Twilio sends each call's sound to this computer, so it has to be reached from outside."
    names = (TOKEN, DOMAIN, ADDRESS)

    def __init__(self, tools: GuideTools, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(tools, parent)
        self._desk = desk
        own = tools.settings.server_base_url is not None
        self.way = BY_ADDRESS if own else BY_NGROK
        self.progress = ""

    @property
    def ngrok_refused(self) -> str:
        """Why ngrok cannot be used, or ""."""
        return self.row(ADDRESS).locked

    @property
    def port(self) -> int:
        """Where an address of one's own has to lead."""
        return self._tools.settings.server_port

    @property
    def can_download(self) -> bool:
        """True where the ngrok program is missing and a person may ask for it."""
        problem = self.problem
        return not self.checking and problem is not None and problem.code in _NEEDS_PROGRAM

    def choose(self, way: str) -> None:
        """Use ngrok or an address of one's own."""
        if way == self.way or (way == BY_NGROK and self.ngrok_refused):
            self.changed.emit()
            return
        self.way = way
        self._forget()
        self.enter()

    @property
    def lacks(self) -> str:
        """The token, or the address, is needed."""
        return self._missing_words(TOKEN if self.way == BY_NGROK else ADDRESS)

    @property
    def button(self) -> tuple[str, bool]:
        """A missing program is fetched first."""
        return ("Download ngrok", True) if self.can_download else super().button

    def press(self) -> bool:
        """The main button."""
        if self.can_download:
            self.download()
            return False
        return super().press()

    def download(self) -> None:
        """Fetch the ngrok program, then check."""
        self.problem = None
        self._begin(self._download)

    def stop_download(self) -> None:
        """Fetch no more; nothing is kept of it."""
        if self.progress:
            self.progress = ""
            self._forget()

    def _used(self) -> tuple[str, ...]:
        return (TOKEN, DOMAIN) if self.way == BY_NGROK else (ADDRESS,)

    def _values(self) -> dict[str, str]:
        values = super()._values()
        # An address of one's own would win over ngrok.
        if self.way == BY_NGROK and self._tools.settings.server_base_url is not None:
            values[ADDRESS] = ""
        return values

    async def _look(self) -> None:
        values = self._values()
        settings = self._with(values)
        if self._desk.line == PHONE:
            # The open line has the tunnel, so it has to take the values before they are tried.
            await self._keep(values)
            await self._open_line_anew()
        self.found = await self._in_time(self._tools.probes.address(settings))
        await self._keep(values)

    async def _open_line_anew(self) -> None:
        program = self._tools.access.program
        if not set(program.waiting().line) & set(self.names):
            return
        if self._desk.live_calls():
            raise ProblemError(_IN_CALL)
        await program.reconnect()

    async def _download(self) -> None:
        self._tell("0 MB")
        try:
            await self._tools.probes.download(self._with(self._values()), self._tell)
        finally:
            self.progress = ""
        await self._look()

    def _tell(self, how_far: str) -> None:
        self.progress = how_far
        self.changed.emit()
