from pytestqt.qtbot import QtBot

from callconsole.domain.events import Service, ServiceState
from callconsole.domain.problems import Problem
from callconsole.viewmodels.models import Models
from callconsole.viewmodels.tunnel_remedies import TunnelRemedies
from fakes.desk import FakeDesk, FakePrompts

LOST = Problem("tunnel.lost", "The tunnel is down", "ngrok ended.", "Check the network.")
MISSING = [
    Problem("setup.sid", "TWILIO_ACCOUNT_SID is missing", "", "Copy it."),
    Problem("setup.key", "GEMINI_API_KEY is missing", "", "Make one."),
]
NO_SOUND = Problem("sound.none", "No sound device", "None was found.", "Plug one in.")


def test_all_five_are_listed_and_off_until_heard_of(qtbot: QtBot) -> None:
    models = Models(FakeDesk(), FakePrompts())
    statuses = models.services.statuses()
    assert [status.name for status in statuses] == [
        "Server", "Tunnel", "Twilio", "Gemini", "Sound",
    ]  # fmt: skip
    assert {status.state for status in statuses} == {ServiceState.OFF}
    models.close()


def test_a_fault_shows_its_cure_and_asks_for_a_person(models: Models, desk: FakeDesk) -> None:
    desk.report(Service.TUNNEL, ServiceState.FAILED, "down", LOST)
    status = models.services.status(Service.TUNNEL)
    assert (status.value, status.tone) == ("down", "danger")
    assert LOST.cure in status.hint
    notice = models.services.notice()
    assert notice is not None
    assert (notice.title, notice.tone) == (LOST.title, "danger")
    models.services.close_notice()
    assert models.services.notice() is None
    desk.report(Service.TUNNEL, ServiceState.READY, "up")
    desk.report(Service.TUNNEL, ServiceState.FAILED, "down", LOST)
    assert models.services.notice() is not None


def test_a_doubtful_part_is_marked_and_explained_without_a_banner(
    models: Models, desk: FakeDesk
) -> None:
    desk.report(Service.TUNNEL, ServiceState.DEGRADED, "desk.example", LOST, round_trip_ms=1412)
    status = models.services.status(Service.TUNNEL)
    assert (status.value, status.tone, status.round_trip) == ("desk.example", "warning", "1.4 s")
    assert LOST.cause in status.hint
    assert models.services.notice() is None
    desk.report(Service.TUNNEL, ServiceState.READY, "desk.example", round_trip_ms=84)
    assert models.services.status(Service.TUNNEL).hint == "Tunnel: desk.example\nRound trip 84 ms"


def test_the_button_does_what_fits_the_problem(qtbot: QtBot) -> None:
    asked: list[str] = []
    remedies = TunnelRemedies(
        lambda: asked.append("download"),
        lambda: asked.append("stop"),
        lambda: asked.append("retry"),
    )
    desk = FakeDesk()
    models = Models(desk, FakePrompts(), remedy=remedies)
    for state, code, label in (
        (ServiceState.FAILED, "ngrok.program_missing", "Download"),
        (ServiceState.STARTING, "ngrok.downloading", "Cancel"),
        (ServiceState.FAILED, "ngrok.not_downloaded", "Download"),
        (ServiceState.FAILED, "ngrok.334", "Try again"),
        (ServiceState.FAILED, "tunnel.certificate", "Try again"),
        (ServiceState.FAILED, "ngrok.lost", ""),
    ):
        desk.report(Service.TUNNEL, state, "", Problem(code, "A title", "A cause.", ""))
        notice = models.services.notice()
        assert notice is not None
        assert notice.action == label
        models.services.act()
    assert asked == ["download", "stop", "download", "retry", "retry"]
    desk.report(Service.TUNNEL, ServiceState.READY, "up")
    models.services.act()
    assert len(asked) == 5
    models.close()


def test_a_hidden_download_stays_hidden_until_it_ends(models: Models, desk: FakeDesk) -> None:
    going = Problem("ngrok.downloading", "Downloading", "1 MB so far.", "")
    desk.report(Service.TUNNEL, ServiceState.STARTING, "downloading", going)
    models.services.close_notice()
    desk.report(Service.TUNNEL, ServiceState.STARTING, "downloading", going)
    assert models.services.notice() is None
    desk.report(Service.TUNNEL, ServiceState.FAILED, "", LOST)
    assert models.services.notice() is not None


def test_missing_set_up_is_named_after_faults(qtbot: QtBot) -> None:
    desk = FakeDesk()
    models = Models(desk, FakePrompts(), missing=MISSING)
    notice = models.services.notice()
    assert notice is not None
    assert notice.title == "Real calls are not set up yet. The practice line works."
    assert notice.line == "Missing: TWILIO_ACCOUNT_SID, GEMINI_API_KEY"
    assert notice.tone == "warning"
    desk.report(Service.AGENT, ServiceState.FAILED, "down", LOST)
    notice = models.services.notice()
    assert notice is not None
    assert notice.title == LOST.title
    models.close()


def test_listening_is_told_to_the_desk(models: Models, desk: FakeDesk) -> None:
    assert not models.listening.on
    models.listening.toggle()
    models.listening.set_volume(0.25)
    assert (desk.listening, desk.volume) == (True, 0.25)


def test_without_a_device_nothing_is_switched_on(models: Models, desk: FakeDesk) -> None:
    desk.sound_problem = NO_SOUND
    models.listening.set_on(True)
    assert not models.listening.on
    assert not desk.listening
