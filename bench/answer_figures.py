"""Prints how well and how soon the ear tells who answered, on the labelled answers.

``python bench/answer_figures.py [--json]``; what each figure means stands in ``bench/README.md``.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import median
from time import thread_time
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import numpy as np

from callconsole.domain.answering import AnsweredBy
from callconsole.engine.answer_ear import AnswerEar
from support.answer_calls import (
    FRAME,
    Figures,
    Outcome,
    Words,
    answer,
    figures,
    outcome,
    outcomes,
)
from support.answer_scripts import Script, scripts

CLASSES: Sequence[AnsweredBy | None] = (
    AnsweredBy.PERSON,
    AnsweredBy.VOICEMAIL,
    AnsweredBy.SCREENING,
    AnsweredBy.MENU,
    AnsweredBy.FAX,
    AnsweredBy.UNKNOWN,
)
STRETCHES = (0.75, 1.0, 1.25, 1.5, 2.0)


def spread_ms(times_ms: Sequence[int]) -> dict[str, float | None]:
    """Median, 90th percentile and worst; None where there is nothing."""
    if not times_ms:
        return {"median": None, "p90": None, "worst": None}
    p50, p90 = np.percentile(times_ms, (50, 90))
    return {"median": float(p50), "p90": float(p90), "worst": float(max(times_ms))}


def summary(counted: Figures) -> dict[str, Any]:
    """Everything that is printed of one part in one mode."""
    confusion = {
        truth.value: {str(out or "none"): n for out, n in row.items()}
        for truth, row in counted.confusion.items()
    }
    return {
        "confusion": confusion,
        "verdict ms": {who.value: spread_ms(ms) for who, ms in counted.sure_ms.items()},
        "wait ms": spread_ms(counted.waits_ms),
        "spoken to": [one.answer.script.id for one in counted.spoken_to],
        "persons missed": [one.answer.script.id for one in counted.missed],
    }


def precision_recall(confusion: dict[str, dict[str, int]], who: str) -> tuple[float, float]:
    """Of one class, in percent."""
    right = confusion.get(who, {}).get(who, 0)
    said = sum(row.get(who, 0) for row in confusion.values())
    true = sum(confusion.get(who, {}).values())
    return 100 * right / max(1, said), 100 * right / max(1, true)


def stretched(voicemails: Iterable[Script]) -> dict[str, dict[str, str]]:
    """How many voicemails are spoken to where the pauses in their greetings are longer."""
    voicemails = list(voicemails)
    table: dict[str, dict[str, str]] = {}
    for stretch in STRETCHES:
        row = table.setdefault(f"{stretch:g}", {})
        for mode in Words:
            some = [outcome(answer(script, mode, stretch)) for script in voicemails]
            spoken_to = [one for one in some if one.ever_a_person]
            turned = sum(one.last is AnsweredBy.VOICEMAIL for one in spoken_to)
            row[mode.value] = f"{len(spoken_to)} of {len(some)}, {turned} turned"
    return table


def costs_us(some: Iterable[Script]) -> dict[str, float]:
    """Microseconds of processor time per 20 ms frame: mean, and the median call's."""
    per_call = []
    frames = spent = 0.0
    for script in some:
        pcm = answer(script, Words.NONE).pcm
        ear = AnswerEar()
        began = thread_time()
        for at in range(0, len(pcm) - FRAME + 1, FRAME):
            ear.hear(pcm[at : at + FRAME])
        taken = thread_time() - began
        per_call.append(taken / (len(pcm) // FRAME) * 1e6)
        frames += len(pcm) // FRAME
        spent += taken
    return {"mean": spent / frames * 1e6, "median": median(per_call), "worst": max(per_call)}


def weighing_us() -> float:
    """Microseconds of one `weighing`, in the middle of a call."""
    call = answer(next(iter(scripts())), Words.NONE)
    ear = AnswerEar()
    ear.hear(call.pcm[: 8000 * 2])
    began = thread_time()
    for _ in range(200):
        ear.weighing()
    return (thread_time() - began) / 200 * 1e6


def all_figures(heard: Sequence[Outcome]) -> dict[str, dict[str, Any]]:
    """By part and mode."""
    table = {}
    for held_out in (False, True):
        for mode in Words:
            some = [
                one
                for one in heard
                if one.answer.script.held_out is held_out and one.answer.mode is mode
            ]
            name = f"{'held out' if held_out else 'tuned on'}, {mode.value}"
            table[name] = summary(figures(some))
    return table


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f}"


def print_part(name: str, part: dict[str, Any]) -> None:
    """One confusion matrix with its times."""
    confusion = part["confusion"]
    outs = [str(c.value) for c in CLASSES if c is not None]
    if any("none" in row for row in confusion.values()):
        outs.append("none")
    head = "".join(f"{column:>11}" for column in outs)
    times = "".join(f"{column:>8}" for column in ("median", "p90", "worst"))
    print(f"\n{name}\n{'was, and came out':18}{head}   prec %  recall %{times}")
    for who in (str(c.value) for c in CLASSES if c is not None):
        row = confusion.get(who, {})
        precision, recall = precision_recall(confusion, who)
        spread = part["verdict ms"].get(who) or spread_ms([])
        print(
            f"{who:18}"
            + "".join(f"{row.get(c, 0) or '.':>11}" for c in outs)
            + f"{precision:9.0f}{recall:10.0f}"
            + "".join(f"{_shown(value):>8}" for value in spread.values())
        )
    waits = part["wait ms"]
    print(
        f"persons wait: median {_shown(waits['median'])} ms, p90 {_shown(waits['p90'])}, "
        f"worst {_shown(waits['worst'])}; persons missed: {len(part['persons missed'])}; "
        f"voicemails and faxes spoken to: {len(part['spoken to'])}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    as_json = parser.parse_args().json
    everything = list(scripts())
    parts = all_figures(outcomes(everything))
    longer = stretched(s for s in everything if s.answered_by is AnsweredBy.VOICEMAIL)
    costs, weighing = costs_us(everything), weighing_us()
    if as_json:
        machine = {"python": platform.python_version(), "numpy": np.__version__}
        shown = {"machine": machine, "figures": parts, "longer pauses": longer}
        print(json.dumps(shown | {"us per frame": costs, "us per weighing": weighing}, indent=2))
        return
    for name, part in parts.items():
        print_part(name, part)
    print("\nvoicemails spoken to, where the pauses inside their greetings are longer by a factor")
    for stretch, row in longer.items():
        cells = "; ".join(f"{mode}: {cell}" for mode, cell in row.items())
        print(f"  x {stretch:5}{cells}")
    print("\nus per 20 ms frame: " + ", ".join(f"{n} {v:.1f}" for n, v in costs.items()))
    print(f"us per weighing: {weighing:.0f}")


if __name__ == "__main__":
    main()
