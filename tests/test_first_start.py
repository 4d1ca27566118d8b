"""A newcomer at the real window: the whole guide by keyboard, wrong first, to the first call."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from callconsole.adapters.keychain import SERVICE
from callconsole.desktop import Desktop
from callconsole.domain.events import Event, Service, ServiceChanged, ServiceState
from callconsole.practice.callees import CALLEES, hastened
from callconsole.practice.world import PracticeWorld
from callconsole.settings_layers import Layers
from callconsole.settings_store import SettingsStore
from callconsole.ui.guide_page import GuidePage
from callconsole.ui.pages import CALLS, GUIDE
from callconsole.viewmodels.guide import Guide, Step
from callconsole.viewmodels.guide_ready import Stage
from callconsole.viewmodels.guide_step import GuideStep, StepState
from support import standin_ngrok
from support.keychains import MemoryKeychain, keychain
from support.tls_edge import TlsEdge, tls_edge

pytestmark = [pytest.mark.usefixtures("pulse"), pytest.mark.limit(120)]
NUMBERS = {callee.name: callee.number for callee in CALLEES}
PUBLIC = "https://desk.example.com"
PERSON = NUMBERS["A person"]
NONE = Qt.KeyboardModifier.NoModifier


class Newcomer:
    """Somebody who has only a keyboard."""

    def __init__(self, desktop: Desktop) -> None:
        self.desktop = desktop
        self.window = desktop.window
        assert desktop.models.guide is not None
        self.guide: Guide = desktop.models.guide
        page = desktop.window.pages.guide
        assert page is not None
        self.page: GuidePage = page

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait for what the guide or the engine tells."""
        happened = asyncio.Event()
        stop = self.desktop.app.console.subscribe(lambda _: happened.set())
        self.guide.changed.connect(happened.set)
        try:
            while not true():
                happened.clear()
                await happened.wait()
        finally:
            stop()
            self.guide.changed.disconnect(happened.set)

    async def settled(self, step: GuideStep) -> None:
        await self.until(lambda: not step.checking)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(self.window.focusWidget() or self.window, key, modifier)

    def enter(self) -> None:
        self.press(Qt.Key.Key_Return)

    def retype(self, text: str) -> None:
        self.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(self.window.focusWidget(), text)

    def tab_to(self, name: str) -> None:
        """Tab until what has this name has the focus."""
        for _ in range(30):
            focused = self.window.focusWidget()
            if focused is not None and focused.accessibleName() == name:
                return
            self.press(Qt.Key.Key_Tab)
        raise AssertionError(f"Tab does not lead to {name}")

    def told(self, step: Step) -> str:
        """What the step's result says, or "" where it says nothing."""
        result = self.page.bodies[step].result
        return result.accessibleName() if result.isVisible() else ""


class Premises:
    """Twilio, Google and ngrok of a test, and the settings that lead there."""

    def __init__(self, world: PracticeWorld, edge: TlsEdge, program: Path, folder: Path) -> None:
        self.world = world
        self.edge = edge
        self.program = program
        both = folder / "both.pem"
        both.write_bytes(edge.ca_file.read_bytes() + world.agent.ca_file.read_bytes())
        self.folder = folder / "data"
        layers = Layers(
            environment={
                "data_dir": str(self.folder),
                "server_port": "0",
                "twilio_api_base_url": world.carrier.base_url,
                "google_gemini_base_url": world.agent.base_url,
                "ssl_cert_file": str(both),
                "ngrok_path": str(program),
            }
        )
        self.store = SettingsStore(layers, self.folder)

    def lead_in(self, desktop: Desktop) -> None:
        """What is at the far end of the tunnel is our server."""
        server = desktop.app.doors.server
        assert server is not None
        self.edge.target = server.public_port

    def give_a_name(self, desktop: Desktop) -> None:
        """Phone companies take no address on loopback: let calls use a name for the same port."""
        line, server = desktop.app.line, desktop.app.doors.server
        assert line is not None
        assert server is not None
        self.world.carrier.edge.map(PUBLIC, f"http://127.0.0.1:{server.public_port}")
        line.address.url = PUBLIC


@pytest.fixture
async def outside(qtbot: QtBot, tmp_path: Path) -> AsyncIterator[Premises]:
    world = PracticeWorld(callees=hastened())
    await world.start()
    async with tls_edge(tmp_path / "edge") as edge:
        program = standin_ngrok.write(tmp_path / "ngrok")
        yield Premises(world, edge, program, tmp_path)
    await world.stop()


@contextlib.asynccontextmanager
async def arrived(premises: Premises) -> AsyncIterator[Newcomer]:
    desktop = Desktop(premises.store.settings, None, premises.store)

    def watch(event: Event) -> None:
        up = isinstance(event, ServiceChanged) and event.state is ServiceState.READY
        if up and isinstance(event, ServiceChanged) and event.service is Service.SERVER:
            premises.lead_in(desktop)

    desktop.app.console.subscribe(watch)
    newcomer = Newcomer(desktop)
    running = asyncio.create_task(desktop.run())
    ready = desktop.app.console.services
    await newcomer.until(
        lambda: Service.AGENT in ready() and ready()[Service.AGENT].state is ServiceState.READY
    )
    desktop.window.activateWindow()
    try:
        yield newcomer
    finally:
        for call in desktop.app.console.live_calls():
            await desktop.app.console.hang_up(call.sid)
        desktop.window.close()
        assert await running == 0
        desktop.window.deleteLater()
        desktop.models.deleteLater()


async def to_twilio(me: Newcomer, premises: Premises) -> None:
    """Wrong form, wrong token, a number without voice; then right."""
    world, guide = premises.world, me.guide
    me.enter()
    assert guide.step is Step.TWILIO
    me.retype("SK" + "0" * 32)
    me.enter()
    # The caret goes on to the empty field, and what was left is complained about.
    assert "API key" in me.page.bodies[Step.TWILIO].fields["twilio_account_sid"].foot.text()
    me.retype("not the token")
    me.enter()
    assert not guide.twilio.checking
    me.retype(world.account_sid)
    me.enter()
    await me.settled(guide.twilio)
    assert guide.twilio.problem is not None
    assert guide.twilio.problem.code == "twilio.20003"
    assert me.page.bodies[Step.TWILIO].result.page.isVisible()
    assert premises.store.settings.twilio_account_sid is None
    me.tab_to("Auth token")
    world.carrier.faults.account.no_voice = True
    me.retype(world.auth_token)
    me.enter()
    await me.settled(guide.twilio)
    assert "No number of the account can make calls" in me.told(Step.TWILIO)
    world.carrier.faults.account.no_voice = False
    me.tab_to("Check")
    me.enter()
    await me.settled(guide.twilio)
    assert guide.twilio.state is StepState.DONE
    assert premises.store.settings.twilio_phone_number == world.number


async def to_google(me: Newcomer, premises: Premises) -> None:
    """A key that is refused, then the right one."""
    guide = me.guide
    await me.until(lambda: me.page.main.hasFocus())
    me.enter()
    assert guide.step is Step.GOOGLE
    me.retype("AIza-not-a-key")
    me.enter()
    await me.settled(guide.google)
    assert guide.google.problem is not None
    assert guide.google.problem.code == "agent.key_refused"
    me.retype(premises.world.api_key)
    me.enter()
    await me.settled(guide.google)
    assert "first sound after" in me.told(Step.GOOGLE)


async def to_tunnel(me: Newcomer, premises: Premises) -> None:
    """A domain of somebody else's, then one's own."""
    guide = me.guide
    standin_ngrok.behave(premises.program, create_error="320")
    me.enter()
    assert guide.step is Step.TUNNEL
    me.retype("the-ngrok-token")
    me.tab_to("ngrok domain")
    await me.settled(guide.tunnel)
    me.retype(premises.edge.address.removeprefix("https://"))
    me.enter()
    await me.settled(guide.tunnel)
    assert "belongs to another account" in me.told(Step.TUNNEL)
    assert premises.store.settings.ngrok_authtoken is None
    standin_ngrok.behave(premises.program)
    me.enter()
    await me.settled(guide.tunnel)
    assert "leads here" in me.told(Step.TUNNEL)


async def to_sound(me: Newcomer) -> None:
    """A tone, which nobody but a person can vouch for here."""
    guide = me.guide
    me.enter()
    assert guide.step is Step.SOUND
    me.enter()
    await me.settled(guide.sound)
    if guide.sound.asks:
        me.tab_to("I heard it")
        me.enter()
    assert guide.sound.state is StepState.DONE
    me.tab_to("Continue")
    me.enter()


async def test_from_nothing_to_the_first_real_call(outside: Premises) -> None:
    with keychain(MemoryKeychain()) as chain:
        async with arrived(outside) as me:
            guide = me.guide
            assert me.window.page == GUIDE
            await to_twilio(me, outside)
            await to_google(me, outside)
            await to_tunnel(me, outside)
            await to_sound(me)
            assert guide.step is Step.READY
            assert guide.ready.stage is Stage.PRACTISING
            me.enter()
            await me.until(lambda: guide.ready.stage in (Stage.READY, Stage.BLOCKED))
            assert guide.ready.obstacle is None
            outside.give_a_name(me.desktop)
            await me.until(
                lambda: me.page.bodies[Step.READY].fields["test_phone_number"].edit.hasFocus()
            )
            me.retype(PERSON)
            me.enter()
            assert me.page.main.hasFocus()
            me.enter()
            await me.until(lambda: bool(outside.world.carrier.calls))
            await me.until(lambda: me.window.page == CALLS)
            (call,) = me.desktop.app.console.live_calls()
            assert (call.other, me.desktop.app.console.line) == (PERSON, "phone")
            await me.until(lambda: me.desktop.models.live.answered)
        kept = (outside.folder / "settings.toml").read_text("utf-8")
        assert chain.get_password(SERVICE, "twilio_auth_token") == outside.world.auth_token
    assert outside.world.account_sid in kept
    for secret in (outside.world.auth_token, outside.world.api_key, "the-ngrok-token"):
        assert secret not in kept


async def test_it_is_left_with_esc_and_goes_on_where_it_was(outside: Premises) -> None:
    async with arrived(outside) as me:
        me.enter()
        me.retype("AC12")
        me.press(Qt.Key.Key_Escape)
        assert me.window.page == CALLS
        me.window.calls.idle.set_up.click()
        edit = me.page.bodies[Step.TWILIO].fields["twilio_account_sid"].edit
        assert (me.window.page, edit.text()) == (GUIDE, "AC12")
        me.press(Qt.Key.Key_Escape)
    kept = (outside.folder / "window.ini").read_text("utf-8")
    assert "step=twilio" in kept
    assert "dismissed=true" in kept


async def test_the_next_start_does_not_open_it_and_knows_the_step(outside: Premises) -> None:
    outside.folder.mkdir()
    (outside.folder / "window.ini").write_text("[guide]\nstep=tunnel\ndismissed=true\n", "utf-8")
    async with arrived(outside) as me:
        assert me.window.page == CALLS
        me.guide.open()
        assert (me.window.page, me.guide.step) == (GUIDE, Step.TUNNEL)


async def test_practising_closes_it_with_somebody_to_call(outside: Premises) -> None:
    async with arrived(outside) as me:
        me.tab_to("Practise now")
        me.enter()
        assert me.window.page == CALLS
        assert me.window.calls.dial.number.text() == "+1 415-555-0101"
        assert me.window.calls.dial.number.hasFocus()
