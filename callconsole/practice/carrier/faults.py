"""Faults that tests and rehearsals switch on in the phone company."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(slots=True)
class RestFault:
    """What goes wrong with one kind of REST request.

    Attributes:
        delay_s: seconds before anything is answered.
        hang: never answer.
        status: HTTP status to answer with; None answers as usual (after the delay).
        code: Twilio's error code for an error in JSON; None answers `body` as it stands.
        body: text of an answer that is not Twilio's, as a proxy or a crash would send.
        drop: break the connection off in place of an answer, as a dead network does.
        acts: do what was asked before failing, as when only the answer is lost; with `delay_s`
            alone the right answer comes, too late.
        times: how many requests fail; None for all.
    """

    delay_s: float = 0.0
    hang: bool = False
    status: int | None = None
    code: int | None = None
    body: str = "<html><body>Service Unavailable</body></html>"
    drop: bool = False
    acts: bool = False
    times: int | None = None

    def strike(self) -> bool:
        """True where this request is to fail; counts it."""
        if self.times is None:
            return True
        self.times -= 1
        return self.times >= 0


@dataclass(slots=True)
class CallbackFaults:
    """What goes wrong with status callbacks, by event: initiated, ringing, answered, completed.

    Attributes:
        lost: never sent.
        duplicated: sent twice.
        delayed_s: sent that many seconds late.
        overtaken: sent after the callback that follows them.
        reordered: each pair of callbacks arrives in the wrong order.
    """

    lost: frozenset[str] = frozenset()
    duplicated: frozenset[str] = frozenset()
    delayed_s: Mapping[str, float] = field(default_factory=dict)
    overtaken: frozenset[str] = frozenset()
    reordered: bool = False


@dataclass(slots=True)
class AmdFault:
    """What goes wrong with answering machine detection.

    Attributes:
        never: no verdict is sent; a document that waits for it is never fetched.
        late_s: the verdict comes that many seconds late.
        verdict: what is said in place of the truth, such as ``machine_start``.
        duplicated: a verdict in the background is posted twice.
    """

    never: bool = False
    late_s: float = 0.0
    verdict: str | None = None
    duplicated: bool = False


@dataclass(slots=True)
class StreamFaults:
    """What goes wrong with a media stream, in ms of call audio since its start.

    Attributes:
        delay_in_ms: every message to the phone company arrives so much later.
        delay_out_ms: every message from it is sent so much later.
        drop_after_ms: the connection breaks without a word; the call goes on with the next verb.
        gap_after_ms: from here on, `gap_ms` of the callee's audio are not sent.
        gap_ms: length of that gap.
        malformed_after_ms: `malformed_text` is sent once.
        malformed_text: a message that is not as the protocol says.
        hang_after_ms: nothing is sent or read from here on; the socket stays open.
    """

    delay_in_ms: float = 0.0
    delay_out_ms: float = 0.0
    drop_after_ms: int | None = None
    gap_after_ms: int | None = None
    gap_ms: int = 0
    malformed_after_ms: int | None = None
    malformed_text: str = '{"event":"media","media":'
    hang_after_ms: int | None = None


@dataclass(slots=True)
class AccountFaults:
    """What is amiss with the account itself; all is well to begin with.

    Attributes:
        trial: only `verified` may be called.
        verified: callees that a trial may call, E.164.
        status: ``active``, ``suspended`` or ``closed``.
        balance: what is left, USD; at nothing or less orders are refused.
        number_gone: the number is no longer the account's.
        no_voice: the number cannot make calls.
        application: a TwiML application has the number's calls, in place of its address.
        closed_countries: ISO codes of countries that may not be called.
        clock_behind_s: how far the clock in the answers' dates lags behind ours.
    """

    trial: bool = False
    verified: tuple[str, ...] = ()
    status: str = "active"
    balance: str = "100.00"
    number_gone: bool = False
    no_voice: bool = False
    application: bool = False
    closed_countries: frozenset[str] = frozenset()
    clock_behind_s: float = 0.0


@dataclass(slots=True)
class CarrierFaults:
    """Every fault of the phone company; all off to begin with, changed at any time.

    Attributes:
        rest: every request to the API, ahead of the others: the whole of it is down.
        create: placing a call.
        update: changing or ending a call.
        redirect: giving a live call another document; ending it works.
        fetch: reading a call or the account.
        account: what is amiss with the account.
        callbacks: status callbacks.
        amd: answering machine detection.
        stream: media streams that start from now on.
        twiml_fetch_fails: TwiML addresses cannot be reached.
    """

    rest: RestFault | None = None
    create: RestFault | None = None
    update: RestFault | None = None
    redirect: RestFault | None = None
    fetch: RestFault | None = None
    account: AccountFaults = field(default_factory=AccountFaults)
    callbacks: CallbackFaults = field(default_factory=CallbackFaults)
    amd: AmdFault = field(default_factory=AmdFault)
    stream: StreamFaults = field(default_factory=StreamFaults)
    twiml_fetch_fails: bool = False
