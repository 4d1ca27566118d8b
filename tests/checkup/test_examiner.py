"""Every check, green and otherwise, against the practice services over real sockets."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from callconsole.app import App
from callconsole.checkup.examiner import Examiner
from callconsole.domain.checkup import Action, ActionKind, Finding, Status, in_the_way
from callconsole.domain.events import Service, ServiceChanged, ServiceState
from callconsole.domain.problems import Problem, ProblemError
from callconsole.engine.checkup import OutsideAnswer
from callconsole.practice.agent import AgentFaults
from callconsole.practice.agent.faults import Freeze, Moment, Strike
from callconsole.practice.agent.upgrade import HttpRefusal
from callconsole.practice.carrier import AccountFaults, RestFault
from callconsole.practice.carrier.number import NumberSettings
from callconsole.practice.world import PracticeWorld
from callconsole.settings import Settings
from callconsole.settings_layers import SettingSource
from support.phone_premises import PUBLIC, premises, settings_for

CALLEE = "+14155552671"


class Outside:
    """Stands for the tunnel's probe."""

    def __init__(self, ms: float = 80.0, problem: Problem | None = None) -> None:
        self.ms, self.problem = ms, problem
        self.asked: list[str] = []

    async def __call__(self, address: str) -> OutsideAnswer:
        self.asked.append(address)
        if self.problem is not None:
            raise ProblemError(self.problem)
        return OutsideAnswer(self.ms, self.ms + 10)


@pytest.fixture
async def world() -> AsyncIterator[PracticeWorld]:
    made = PracticeWorld()
    await made.start()
    yield made
    await made.stop()


async def findings(examiner: Examiner) -> dict[str, Finding]:
    found = await examiner.examine(lambda _finding: None, aloud=False)
    return {finding.check.id: finding for finding in found}


async def found_with(
    world: PracticeWorld, data: Path, *, country: str | None = None, **settings: object
) -> dict[str, Finding]:
    async with premises(settings_for(world, data, **settings)) as app:
        return await findings(Examiner(app, Outside(), country=lambda: country))


async def test_on_a_good_day_nothing_outside_is_amiss(world: PracticeWorld, tmp_path: Path) -> None:
    outside = Outside()
    told: list[Finding] = []
    async with premises(settings_for(world, tmp_path)) as app:
        examiner = Examiner(app, outside)
        listed = [check.id for check in examiner.checks()]
        found = await examiner.examine(told.append, aloud=False)
    assert [finding.check.id for finding in found] == listed
    assert len(set(listed)) == len(listed)
    by_id = {finding.check.id: finding for finding in found}
    for name in listed:
        if not name.startswith(("sound.", "computer.keychain", "twilio.callees")):
            assert by_id[name].status is Status.GREEN, by_id[name]
    assert by_id["twilio.callees"].status is Status.SKIPPED
    assert by_id["twilio.balance"].detail == "100.00 USD"
    assert by_id["twilio.number"].detail == "+1 628-555-0100 makes voice calls"
    assert by_id["gemini.session"].detail == "gemini-3.8-live, Gemini API"
    assert by_id["gemini.speech"].detail.startswith("first sound after ")
    assert by_id["address.public"].detail.startswith("desk.example.com, 80 ms there and back")
    assert outside.asked == [PUBLIC]
    assert in_the_way(found) == []
    # Each is told twice: when it begins and when it is over.
    assert [f.check.id for f in told[: len(listed)]] == listed
    assert all(f.status is Status.RUNNING for f in told[: len(listed)])
    assert sorted(f.check.id for f in told[len(listed) :]) == sorted(listed)


@pytest.mark.parametrize(
    ("fault", "name", "status", "code"),
    [
        ({"trial": True, "verified": (CALLEE,)}, "twilio.account", Status.AMBER, "twilio.trial"),
        ({"status": "suspended"}, "twilio.account", Status.RED, "twilio.account_closed"),
        ({"balance": "4.99"}, "twilio.balance", Status.AMBER, "twilio.low_balance"),
        ({"balance": "0.00"}, "twilio.balance", Status.RED, "twilio.no_balance"),
        ({"balance": "-3"}, "twilio.balance", Status.RED, "twilio.no_balance"),
        ({"balance": "NaN"}, "twilio.balance", Status.RED, "twilio.unreadable"),
        ({"balance": "much"}, "twilio.balance", Status.RED, "twilio.unreadable"),
        ({"number_gone": True}, "twilio.number", Status.RED, "twilio.number_not_owned"),
        ({"no_voice": True}, "twilio.number", Status.RED, "twilio.number_without_voice"),
        (
            {"closed_countries": frozenset({"US"})},
            "twilio.country",
            Status.RED,
            "twilio.country_closed",
        ),
        ({"trial": True}, "twilio.callees", Status.RED, "twilio.nobody_verified"),
        ({"clock_behind_s": 30}, "twilio.clock", Status.AMBER, "clock.wrong"),
        ({"clock_behind_s": -30}, "twilio.clock", Status.AMBER, "clock.wrong"),
        ({"clock_behind_s": 3600}, "twilio.clock", Status.RED, "clock.wrong"),
    ],
)
async def test_what_is_amiss_with_the_account_is_found(
    world: PracticeWorld,
    tmp_path: Path,
    fault: dict[str, object],
    name: str,
    status: Status,
    code: str,
) -> None:
    world.carrier.faults.account = AccountFaults(**fault)
    found = (await found_with(world, tmp_path))[name]
    assert found.status is status
    assert found.problem is not None
    assert found.problem.code == code
    assert found.problem.cure


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (RestFault(status=429, code=20429), "twilio.20429"),
        (RestFault(status=503), "twilio.unavailable"),
        (RestFault(status=200), "twilio.unreadable"),
        (RestFault(drop=True), "twilio.connection_lost"),
    ],
)
async def test_a_twilio_in_trouble_is_red_everywhere(
    world: PracticeWorld, tmp_path: Path, fault: RestFault, code: str
) -> None:
    world.carrier.faults.fetch = fault
    found = await found_with(world, tmp_path)
    for name in ("account", "balance", "number", "country", "callees"):
        problem = found[f"twilio.{name}"].problem
        assert problem is not None, name
        assert problem.code == code


async def test_a_twilio_that_never_answers_is_given_up(
    world: PracticeWorld, tmp_path: Path
) -> None:
    world.carrier.faults.fetch = RestFault(hang=True)
    async with premises(settings_for(world, tmp_path)) as app:
        assert app.line is not None
        app.line.carrier._api._timeout_s = 0.3
        found = await findings(Examiner(app, Outside()))
    for name in ("account", "balance", "number", "country", "callees", "clock"):
        problem = found[f"twilio.{name}"].problem
        assert problem is not None
        assert problem.code == "twilio.timeout"
    assert found["gemini.speech"].status is Status.GREEN


async def test_wrong_credentials_are_red_and_the_clock_is_known_all_the_same(
    world: PracticeWorld, tmp_path: Path
) -> None:
    found = await found_with(world, tmp_path, twilio_auth_token="wrong")
    assert found["twilio.account"].problem is not None
    assert found["twilio.account"].problem.code == "twilio.20003"
    assert found["twilio.account"].action is not None
    assert found["twilio.account"].action.target.startswith("https://console.twilio.com")
    assert found["twilio.clock"].status is Status.GREEN


async def test_a_trial_is_measured_against_the_test_number(
    world: PracticeWorld, tmp_path: Path
) -> None:
    world.carrier.faults.account = AccountFaults(trial=True, verified=("+14155550101",))
    found = (await found_with(world, tmp_path, test_phone_number=CALLEE))["twilio.callees"]
    assert found.status is Status.AMBER
    assert found.problem is not None
    assert found.problem.code == "twilio.test_number_not_verified"
    world.carrier.faults.account = AccountFaults(trial=True, verified=(CALLEE,))
    found = (await found_with(world, tmp_path, test_phone_number=CALLEE))["twilio.callees"]
    assert (found.status, found.detail) == (Status.GREEN, "1 number is verified")


async def test_the_country_is_the_one_asked_for_else_the_test_numbers(
    world: PracticeWorld, tmp_path: Path
) -> None:
    world.carrier.faults.account = AccountFaults(closed_countries=frozenset({"CH"}))
    asked = await found_with(world, tmp_path, country="CH")
    assert asked["twilio.country"].status is Status.RED
    swiss = await found_with(world, tmp_path, test_phone_number="+41446681800")
    assert swiss["twilio.country"].status is Status.RED
    assert (await found_with(world, tmp_path))["twilio.country"].status is Status.GREEN
    nowhere = (await found_with(world, tmp_path, country="ZZ"))["twilio.country"]
    assert nowhere.problem is not None
    assert nowhere.problem.code == "twilio.unknown_country"


async def test_incoming_calls_that_go_elsewhere_are_amber_where_they_are_wanted(
    world: PracticeWorld, tmp_path: Path
) -> None:
    world.carrier.own.voice_url = "https://demo.twilio.com/welcome"
    async with premises(settings_for(world, tmp_path)) as app:
        assert (await findings(Examiner(app)))["twilio.number"].status is Status.GREEN
        examiner = Examiner(app, incoming_path=lambda: "/incoming")
        found = (await findings(examiner))["twilio.number"]
        assert found.status is Status.AMBER
        assert found.problem is not None
        assert "demo.twilio.com" in found.problem.cause
        assert f"{PUBLIC}/incoming" in found.problem.cure
        assert found.action == Action(
            ActionKind.NUMBER, "Let this number ring here", f"{PUBLIC}/incoming"
        )
        world.carrier.own.voice_url = f"{PUBLIC}/incoming"
        assert (await findings(examiner))["twilio.number"].status is Status.GREEN


async def test_a_number_rings_here_once_that_was_asked_for(
    world: PracticeWorld, tmp_path: Path
) -> None:
    async with premises(settings_for(world, tmp_path, CALLCONSOLE_INCOMING="ask")) as app:
        examiner = Examiner(app, incoming_path=app.incoming_path)
        assert (await findings(examiner))["twilio.number"].status is Status.AMBER
        assert world.carrier.own == NumberSettings()
        await app.ring_here()
        assert world.carrier.own == NumberSettings(
            voice_url=f"{PUBLIC}/twiml/incoming", status_callback=f"{PUBLIC}/call-status"
        )
        found = (await findings(examiner))["twilio.number"]
        assert found.status is Status.GREEN
        assert found.detail.endswith("rings here")


async def test_a_number_that_an_application_has_is_not_taken_from_it(
    world: PracticeWorld, tmp_path: Path
) -> None:
    world.carrier.faults.account = AccountFaults(application=True)
    async with premises(settings_for(world, tmp_path, CALLCONSOLE_INCOMING="ask")) as app:
        found = (await findings(Examiner(app, incoming_path=app.incoming_path)))["twilio.number"]
        assert found.status is Status.AMBER
        assert found.action is not None
        assert found.action.kind is ActionKind.PAGE
        with pytest.raises(ProblemError) as caught:
            await app.ring_here()
        assert caught.value.problem.code == "twilio.number_in_use"
        world.carrier.faults.account = AccountFaults(number_gone=True)
        with pytest.raises(ProblemError) as caught:
            await app.ring_here()
        assert caught.value.problem.code == "twilio.number_not_owned"
    assert world.carrier.own == NumberSettings()


async def test_without_a_line_no_number_rings_here(tmp_path: Path) -> None:
    app = App(Settings(_env_file=None, CALLCONSOLE_DATA_DIR=tmp_path))
    with pytest.raises(ProblemError) as caught:
        await app.ring_here()
    assert caught.value.problem.code == "console.starting"


@pytest.mark.parametrize(
    ("source", "base_url", "kind"),
    [
        (SettingSource.DEFAULT, None, ActionKind.PORT),
        (SettingSource.FILE, None, ActionKind.PORT),
        (SettingSource.ENVIRONMENT, None, ActionKind.SETTINGS),
        (SettingSource.ENV_FILE, None, ActionKind.SETTINGS),
        (SettingSource.DEFAULT, PUBLIC, ActionKind.SETTINGS),
        (None, None, ActionKind.SETTINGS),
    ],
)
async def test_another_port_is_offered_where_it_can_be_set_here(
    tmp_path: Path, source: SettingSource | None, base_url: str | None, kind: ActionKind
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        settings = Settings(
            _env_file=None,
            CALLCONSOLE_DATA_DIR=tmp_path,
            server_port=taken,
            server_base_url=base_url,
        )
        told = None if source is None else (lambda _name: source)
        found = (await findings(Examiner(App(settings), source=told)))["computer.port"]
    assert found.status is Status.RED
    assert found.action is not None
    assert found.action.kind is kind
    if kind is ActionKind.SETTINGS:
        assert found.action.target == "server_port"
    else:
        assert taken < int(found.action.target) <= taken + 50


async def test_a_refused_key_and_a_missing_model_are_red(
    world: PracticeWorld, tmp_path: Path
) -> None:
    for change, code in (
        ({"gemini_api_key": "wrong"}, "agent.key_refused"),
        ({"gemini_model": "gemini-0-live"}, "agent.model_not_found"),
    ):
        found = await found_with(world, tmp_path, **change)
        for name in ("gemini.session", "gemini.speech"):
            problem = found[name].problem
            assert problem is not None
            assert problem.code == code


@pytest.mark.parametrize(
    ("faults", "code"),
    [
        (AgentFaults(silent_turns=1), "agent.mute"),
        (AgentFaults(refuse_upgrade=HttpRefusal(503, "")), "agent.unavailable"),
    ],
)
async def test_a_model_that_does_not_speak_is_red(
    world: PracticeWorld, tmp_path: Path, faults: AgentFaults, code: str
) -> None:
    world.agent.faults = faults
    found = (await found_with(world, tmp_path))["gemini.speech"]
    assert found.status is Status.RED
    assert found.problem is not None
    assert found.problem.code == code


async def test_a_model_that_freezes_is_given_up(
    world: PracticeWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callconsole.checkup.examiner._AGENT_S", 1.0)
    world.agent.faults = AgentFaults(strikes=(Strike(Freeze(), Moment.READY),))
    found = (await found_with(world, tmp_path))["gemini.speech"]
    assert found.problem is not None
    assert found.problem.code == "check.time_out"


async def test_a_slow_model_is_amber(
    world: PracticeWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callconsole.checkup.agent.SLOW_MS", -1)
    found = (await found_with(world, tmp_path))["gemini.speech"]
    assert found.status is Status.AMBER
    assert found.problem is not None
    assert found.problem.code == "agent.slow"


async def test_the_way_from_outside_is_red_amber_or_not_tried(
    world: PracticeWorld, tmp_path: Path
) -> None:
    lost = Problem("tunnel.not_us", "Another server answers", "It is not us.", "Mend it.")

    async def status(app: App, outside: Outside | None) -> Status:
        return (await findings(Examiner(app, outside)))["address.public"].status

    async with premises(settings_for(world, tmp_path)) as app:
        assert await status(app, Outside(problem=lost)) is Status.RED
        assert await status(app, Outside(ms=1500)) is Status.AMBER
        assert await status(app, None) is Status.SKIPPED


async def test_where_another_console_has_the_port_its_address_is_left_to_it(
    world: PracticeWorld, tmp_path: Path
) -> None:
    async with premises(settings_for(world, tmp_path / "one")) as running:
        settings = settings_for(world, tmp_path / "two", server_port=running.port)
        outside = Outside()
        async with premises(settings) as app:
            assert app.port == 0
            found = await findings(Examiner(app, outside))
    assert found["computer.port"].detail.endswith("is held by a console that is running")
    assert found["address.public"].status is Status.SKIPPED
    assert outside.asked == []


async def test_a_tunnel_that_is_down_is_red(world: PracticeWorld, tmp_path: Path) -> None:
    down = Problem("tunnel.down", "The tunnel is down", "It broke.", "Wait.")
    async with premises(settings_for(world, tmp_path)) as app:
        assert app.line is not None
        app.line.address.url = None
        app.settings = app.settings.model_copy(update={"server_base_url": None})
        app.console.report_service(
            ServiceChanged(
                service=Service.TUNNEL, state=ServiceState.FAILED, detail="", problem=down
            )
        )
        found = (await findings(Examiner(app, Outside())))["address.public"]
    assert (found.status, found.problem) == (Status.RED, down)


async def test_the_practice_line_is_checked_with_its_own_services(tmp_path: Path) -> None:
    app = App(Settings(_env_file=None, CALLCONSOLE_DATA_DIR=tmp_path, server_port=0))
    try:
        await app.open_line("practice")
        found = await findings(Examiner(app, Outside()))
    finally:
        await app.stop()
    assert found["address.public"].status is Status.SKIPPED
    assert found["gemini.speech"].status is Status.GREEN
    assert found["twilio.balance"].status is Status.GREEN
    assert found["settings.twilio_auth_token"].status is Status.RED
    # What real calls lack does not forbid practice.
    assert not any(item.code.startswith("settings.") for item in in_the_way(found.values()))
