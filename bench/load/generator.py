"""The load: one process that is Twilio, the callees' phones and Gemini for one measurement.

Reads its task as one JSON line, says where it listens, reads where the system under test listens,
and prints the figures as one JSON line. Its logs are sifted only after the calls are over.
"""

from __future__ import annotations

import asyncio
import gc
import json
import random
import ssl
import sys
import time
from contextlib import suppress
from dataclasses import dataclass

import psutil  # type: ignore[import-untyped]
from load import figures
from load.exchange import Account, Exchange, OrderedCall, connect
from load.gemini import GREETING_MS, Agent
from load.loops import run
from load.phone import FIRST_WORD_LIMIT_S, Phone

SETTLE_S = 2.0
_HANG_UP_S = 8.0
_PAUSE_S = 0.3


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be measured.

    Attributes:
        orders: calls are placed by the system's own HTTP interface; else sockets are just opened.
        calls: how many at a time.
        seconds: length of the endless turn that is measured.
        burst_s: length of the turns in bursts.
        chunk_ms: length of an audio message in the endless turn.
        dial_every_s: least time between two calls.
        core: of the system under test, or None.
        cert_file, key_file: of the emulated Gemini.
        account_sid, auth_token: of the emulated Twilio.
    """

    orders: bool
    calls: int
    seconds: float
    burst_s: float
    chunk_ms: int
    dial_every_s: float
    core: int | None
    cert_file: str
    key_file: str
    account_sid: str
    auth_token: str


@dataclass(frozen=True, slots=True)
class Reading:
    """Clocks at one moment."""

    at: float
    cpu_s: float
    own_cpu_s: float
    core_busy_s: float
    stolen_s: float


@dataclass(slots=True)
class Call:
    """Both ends of one call."""

    number: int
    agent: Agent
    phone: Phone | None = None


class Measurement:
    """One system under so many calls."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._calls: list[Call] = []
        self._arrived: asyncio.Queue[Agent] = asyncio.Queue()
        self._phones: asyncio.Queue[None] = asyncio.Queue()
        self._talking: list[asyncio.Task[None]] = []
        self._system: psutil.Process
        self._exchange = Exchange(Account(task.account_sid, task.auth_token), self._connected)

    async def run(self) -> dict[str, object]:
        """Everything, in order; the figures."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._task.cert_file, self._task.key_file)
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Agent(self._arrived), "127.0.0.1", 0, ssl=context)
        rest_port = await self._exchange.start()
        _say({"gemini": server.sockets[0].getsockname()[1], "rest": rest_port})
        line = await asyncio.to_thread(sys.stdin.readline)
        place = json.loads(line)
        self._exchange.server_port = place["port"]
        self._system = psutil.Process(place["pid"])
        idle = self._system.memory_info().rss
        await self._dial_all()
        found = await self._measure()
        await self._hang_up_all()
        server.close()
        await self._exchange.stop()
        gc.enable()
        self._exchange.problems.extend(
            f"call {call.number}: the agent was spoken to again, {text - began:+.1f} s from the "
            f"begin of the {phase}"
            for call, agent, _ in self._ends()
            for text in agent.log.texts[1:]
            for phase, began in (self._phase_at(text),)
        )
        return {**found, "idle MiB": idle / 2**20, "problems": self._exchange.problems}

    # Calls --------------------------------------------------------------------------------------

    async def _dial_all(self) -> None:
        while not self._arrived.empty():  # a look at the service before any call
            self._arrived.get_nowait()
        gc.collect()
        gc.disable()
        for number in range(self._task.calls):
            next_at = time.monotonic() + self._task.dial_every_s
            async with asyncio.timeout(20):
                await self._dial(number)
            await asyncio.sleep(max(0.0, next_at - time.monotonic()))
        async with asyncio.timeout(20):
            for _ in range(self._task.calls):
                await self._phones.get()

    async def _dial(self, number: int) -> None:
        """One after the other, so that a new session at Gemini belongs to the newest call."""
        if self._task.orders:
            await self._exchange.place(number)
            self._calls.append(Call(number, await self._arrived.get()))
            return
        phone = Phone(number, "127.0.0.1", "/media-stream", {}, "AC0", f"CA{number:032x}", {})
        await connect(phone, self._exchange.server_port)
        self._calls.append(Call(number, await self._arrived.get(), phone))
        self._begin(self._calls[-1], phone)

    def _connected(self, ordered: OrderedCall, phone: Phone) -> None:
        call = self._calls[ordered.number]
        call.phone = phone
        self._begin(call, phone)

    def _begin(self, call: Call, phone: Phone) -> None:
        self._talking.append(asyncio.create_task(self._talk(call, phone)))
        self._phones.put_nowait(None)

    async def _talk(self, call: Call, phone: Phone) -> None:
        """The agent greets when it is asked to; then it talks without end, as the caller does."""
        with suppress(TimeoutError):
            async with asyncio.timeout(phone.log.began + FIRST_WORD_LIMIT_S - time.monotonic()):
                await call.agent.greeted.wait()
        await asyncio.sleep(GREETING_MS / 1000 + _PAUSE_S)
        call.agent.talk(call.number, self._task.chunk_ms)

    def _phase_at(self, at: float) -> tuple[str, float]:
        if at < self._bursts_at:
            return "measured endless turn", self._window.began
        return "bursts", self._bursts_at

    def _ends(self) -> list[tuple[Call, Agent, Phone]]:
        return [(call, call.agent, call.phone) for call in self._calls if call.phone is not None]

    # Phases -------------------------------------------------------------------------------------

    async def _measure(self) -> dict[str, object]:
        task = self._task
        await asyncio.gather(*self._talking)
        await asyncio.sleep(SETTLE_S)
        for _, agent, phone in self._ends():
            agent.log.late_s.clear()
            phone.log.late_s.clear()
        first = self._reading()
        await asyncio.sleep(task.seconds)
        second = self._reading()
        self._late_ms = self._lateness()
        await asyncio.sleep(0.5)
        for _, agent, _ in self._ends():
            agent.pause()
        await asyncio.sleep(1.0)
        third = self._reading()
        self._bursts_at = third.at
        dice = random.Random(1)
        await asyncio.gather(
            *(
                agent.converse(task.burst_s, random.Random(dice.random()))
                for _, agent, _ in self._ends()
            )
        )
        fourth = self._reading()
        memory = self._system.memory_info().rss / 2**20
        lost_calls = sum(agent.gone or phone.gone.is_set() for _, agent, phone in self._ends())
        self._window = figures.Window(first.at, second.at)
        return {
            "CPU s per call-minute": self._per_call_minute(first, second),
            "CPU s per call-minute, bursts": self._per_call_minute(third, fourth),
            "CPU share of the core": (second.cpu_s - first.cpu_s) / (second.at - first.at),
            "memory MiB": memory,
            "lost calls": lost_calls,
            "load CPU share": (second.own_cpu_s - first.own_cpu_s) / (second.at - first.at),
            **self._noise(first, second),
        }

    def _noise(self, first: Reading, second: Reading) -> dict[str, object]:
        took_s = second.at - first.at
        busy_s = second.core_busy_s - first.core_busy_s
        foreign_s = max(0.0, busy_s - (second.cpu_s - first.cpu_s))
        return {
            "others on the core": foreign_s / took_s if self._task.core is not None else None,
            "stolen by the host": (second.stolen_s - first.stolen_s) / took_s,
        }

    async def _hang_up_all(self) -> None:
        if self._task.orders:
            calls = list(self._exchange.calls.values())
            await asyncio.gather(*(self._exchange.hang_up(call) for call in calls))
        else:
            for _, _, phone in self._ends():
                phone.hang_up()
        try:
            async with asyncio.timeout(_HANG_UP_S):
                for _, _, phone in self._ends():
                    await phone.gone.wait()
        except TimeoutError:
            self._exchange.problems.append("a media socket was not closed in time")

    # Clocks -------------------------------------------------------------------------------------

    def _reading(self) -> Reading:
        system, own = self._system.cpu_times(), psutil.Process().cpu_times()
        busy_s = stolen_s = 0.0
        if self._task.core is not None:
            core = psutil.cpu_times(percpu=True)[self._task.core]
            stolen_s = getattr(core, "steal", 0.0)
            busy_s = core.user + core.system + core.nice + getattr(core, "softirq", 0.0)
        return Reading(
            time.monotonic(), system.user + system.system, own.user + own.system, busy_s, stolen_s
        )

    def _per_call_minute(self, first: Reading, second: Reading) -> float:
        minutes = (second.at - first.at) / 60 * self._task.calls
        return (second.cpu_s - first.cpu_s) / minutes

    # Afterwards ---------------------------------------------------------------------------------

    def sift(self) -> dict[str, object]:
        """The figures that need the logs."""
        up: list[figures.Passage] = []
        down: list[figures.Passage] = []
        up_hint = down_hint = None
        for call, agent, phone in self._ends():
            up.append(figures.upward(agent.log, phone.log, call.number, self._window, up_hint))
            down.append(
                figures.downward(phone.log, agent.log, agent.first_code, self._window, down_hint)
            )
            up_hint, down_hint = up[-1].filter_samples, down[-1].filter_samples
        return {
            "caller to agent": _direction(up),
            "agent to caller": _direction(down),
            **self._turns(),
            "first word ms": figures.spread(self._first_words()),
            "load late ms": figures.spread(self._late_ms),
        }

    def _turns(self) -> dict[str, object]:
        waits: list[float] = []
        missing = played = gaps = leaks = 0
        for _, agent, phone in self._ends():
            found, unanswered = figures.barge_in_ms(agent.log, phone.log)
            waits += found
            missing += unanswered
            counts = figures.gaps_and_leaks(agent.log, phone.log)
            played, gaps, leaks = played + counts[0], gaps + counts[1], leaks + counts[2]
        return {
            "barge-in ms": figures.spread(waits),
            "barge-ins": len(waits),
            "barge-ins unanswered": missing,
            "burst frames": played,
            "burst gaps": gaps,
            "frames after clear": leaks,
        }

    def _first_words(self) -> list[float]:
        return [
            (phone.log.media[0][0] - phone.log.began) * 1000
            for _, _, phone in self._ends()
            if phone.log.media and phone.log.media[0][0] < phone.log.began + FIRST_WORD_LIMIT_S
        ]

    def _lateness(self) -> list[float]:
        return [
            late * 1000
            for _, agent, phone in self._ends()
            for late in (*phone.log.late_s, *agent.log.late_s)
        ]


def _direction(passages: list[figures.Passage]) -> dict[str, object]:
    sent, lost, late = figures.lost_and_late(passages)
    delays = [delay for passage in passages for delay in passage.delays_ms]
    filters = {passage.filter_samples for passage in passages} - {None}
    return {
        "delay ms": figures.spread(delays),
        "sent": sent,
        "lost": lost,
        "late": late,
        "filter samples": sorted(f for f in filters if f is not None),
    }


def _say(content: dict[str, object]) -> None:
    print(json.dumps(content), flush=True)


async def main() -> None:
    """Do one task."""
    measurement = Measurement(Task(**json.loads(sys.stdin.readline())))
    found = await measurement.run()
    _say({**found, **measurement.sift()})


if __name__ == "__main__":
    run(main())
