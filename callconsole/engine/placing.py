"""From a number to a call that the carrier has accepted, step by step."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from callconsole.domain import phone
from callconsole.domain.answering import GateMode
from callconsole.domain.call import Call
from callconsole.domain.dialling import Step
from callconsole.domain.problems import Problem, ProblemError
from callconsole.domain.prompt import Prompt, checked
from callconsole.engine import refusals, words
from callconsole.engine.dialling import DialSteps
from callconsole.engine.ports import (
    AgentBrief,
    AgentSession,
    AnswerVerdict,
    CallOrder,
    CarrierReport,
    Clock,
    Detection,
    PlacedCall,
    Prompts,
)
from callconsole.engine.stream_tokens import StreamTokens
from callconsole.engine.tool_specs import tool_specs
from callconsole.engine.world import STARTING, Habits, World

# Reports on calls that the carrier has not named to us yet; more than this is noise.
MAX_EARLY_REPORTS = 64
NAMING_S = 3.0
# The end of the code of an order's failure that may have placed a call all the same.
PERHAPS_PLACED = ".perhaps_placed"
# No call lives longer than its time limit.
DOUBT_LASTS = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a successful dialling yields."""

    world: World
    number: phone.PhoneNumber
    prompt: Prompt
    placed: PlacedCall
    agent: AgentSession


class Placing:
    """Takes the steps in order and knows which calls are still waiting for their name.

    The agent is opened before the carrier is asked, so that nobody's phone rings for an AI that
    cannot speak. Callbacks and streams may outrun the carrier's answer to the order; they wait
    here for the call's name.

    Attributes:
        habits: how calls are made; another one counts from the next order on.
    """

    def __init__(
        self, prompts: Prompts, habits: Habits, tokens: StreamTokens, clock: Clock
    ) -> None:
        self._prompts = prompts
        self.habits = habits
        self._tokens = tokens
        self._clock = clock
        self._in_flight = 0
        self._numbers: list[str] = []
        self._doubts: dict[str, datetime] = {}
        self._named = asyncio.Event()
        self._early: list[CarrierReport | AnswerVerdict] = []

    @property
    def in_flight(self) -> bool:
        """True while the carrier has an order whose call it has not named yet."""
        return self._in_flight > 0

    async def place(
        self,
        world: World | None,
        obstacles: Sequence[Problem],
        live: Sequence[Call],
        to: str,
        prompt: str | None,
        steps: DialSteps,
    ) -> Accepted:
        """Take every step. Raises `DialError`; then nobody's phone rang.

        Args:
            world: where the call runs.
            obstacles: why no call can start now.
            live: calls that are going on.
            to: the number as typed.
            prompt: name of the prompt, or None for the default one.
            steps: is told of each step.
        """
        number = self._number(to, live, steps)
        self._numbers.append(number.e164)
        try:
            return await self._dial(world, obstacles, number, prompt, steps)
        finally:
            self._numbers.remove(number.e164)

    async def _dial(
        self,
        world: World | None,
        obstacles: Sequence[Problem],
        number: phone.PhoneNumber,
        prompt: str | None,
        steps: DialSteps,
    ) -> Accepted:
        brief = self._brief(prompt or self.habits.default_prompt, steps)
        ready = _reachable(world, obstacles, steps)
        try:
            agent = await ready.agent.open(brief)
        except ProblemError as error:
            raise steps.failed(Step.AGENT, error) from error
        steps.ok(Step.AGENT, "session open")
        try:
            placed = await self._order(ready, number.e164)
        except ProblemError as error:
            await agent.close()
            raise steps.failed(Step.CARRIER, error) from error
        except BaseException:
            await agent.close()
            raise
        steps.ok(Step.CARRIER, placed.status.value)
        return Accepted(ready, number, brief.prompt, placed, agent)

    def keep(self, report: CarrierReport | AnswerVerdict) -> None:
        """Keep a report on an unknown call while one of ours is being named."""
        if self.in_flight and len(self._early) < MAX_EARLY_REPORTS:
            self._early.append(report)

    def named(self, call_sid: str) -> list[CarrierReport | AnswerVerdict]:
        """A call is known now: wake who waits for it, and hand over its early reports."""
        self._named.set()
        self._named = asyncio.Event()
        mine = [report for report in self._early if report.call_sid == call_sid]
        if self.in_flight:
            self._early = [report for report in self._early if report.call_sid != call_sid]
        else:
            self._early.clear()
        return mine

    async def wait_for_name(self) -> None:
        """Return when the next call has been named, or after three seconds."""
        try:
            async with asyncio.timeout(NAMING_S):
                await self._named.wait()
        except TimeoutError:
            return

    def lines_free(self, live: Sequence[Call]) -> int:
        """How many more calls can be placed beside these and those on their way."""
        return max(0, self.habits.max_calls - len(self._numbers) - len(live))

    def _number(self, to: str, live: Sequence[Call], steps: DialSteps) -> phone.PhoneNumber:
        try:
            number = phone.parse(to, self.habits.region)
            if number.e164 in (*self._numbers, *(call.other for call in live)):
                raise ProblemError(refusals.already(number))
            if not self.lines_free(live):
                raise ProblemError(refusals.too_many(self.habits.max_calls))
        except ProblemError as error:
            raise steps.failed(Step.NUMBER, error) from error
        steps.ok(Step.NUMBER, number.region)
        return number

    def _brief(self, name: str, steps: DialSteps) -> AgentBrief:
        try:
            prompt = checked(self._prompts.read(name))
            facts = words.time_of_call(self._clock.now().astimezone())
            brief = AgentBrief(prompt, tool_specs(prompt.abilities), facts)
        except ProblemError as error:
            raise steps.failed(Step.PROMPT, error) from error
        steps.ok(Step.PROMPT, brief.prompt.title)
        return brief

    async def _order(self, world: World, to: str) -> PlacedCall:
        await self._settle_doubt(world, to)
        ordered_at = self._clock.now()
        token = self._tokens.mint()
        order = CallOrder(
            to=to,
            stream_token=token,
            detection=_detection(self.habits),
            thresholds=self.habits.thresholds,
            ring_timeout_s=self.habits.ring_timeout_s,
            time_limit_s=self.habits.time_limit_s,
        )
        self._in_flight += 1
        try:
            placed = await world.carrier.place_call(order)
        except BaseException as error:
            self._tokens.drop(token)
            if isinstance(error, ProblemError) and error.problem.code.endswith(PERHAPS_PLACED):
                self._doubts[to] = ordered_at
            raise
        finally:
            self._in_flight -= 1
        self._tokens.bind(token, placed.sid)
        return placed

    async def _settle_doubt(self, world: World, to: str) -> None:
        """An earlier order to this number has an unknown fate: learn it before dialling again.

        Raises `ProblemError` where it cannot be learnt, and where a call was found: its stream's
        secret is void, so that it is ended.
        """
        since = self._doubts.get(to)
        if since is None:
            return
        if self._clock.now() - since < DOUBT_LASTS:
            try:
                found = await world.carrier.find_call(to, since)
                if found is not None and not found.status.terminal:
                    await world.carrier.end_call(found.sid)
            except ProblemError as error:
                raise ProblemError(refusals.in_doubt(error.problem)) from error
            if found is not None and not found.status.terminal:
                del self._doubts[to]
                raise ProblemError(refusals.FOUND_AND_ENDED)
        del self._doubts[to]


def _detection(habits: Habits) -> Detection:
    if not habits.detect_machine:
        return Detection.OFF
    return Detection.BLOCKING if habits.gate is GateMode.STRICT else Detection.BACKGROUND


def _reachable(world: World | None, obstacles: Sequence[Problem], steps: DialSteps) -> World:
    if obstacles:
        raise steps.failed(Step.TUNNEL, ProblemError(obstacles[0]))
    if world is None or world.public_address is None:
        raise steps.failed(Step.TUNNEL, ProblemError(STARTING))
    steps.ok(Step.TUNNEL, world.public_address.removeprefix("https://"))
    return world
