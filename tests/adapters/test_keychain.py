"""The keychain through the real keyring: kept, missing, silent, refusing."""

from __future__ import annotations

import threading

import pytest
from keyring.backends import fail

from callconsole.adapters.keychain import SERVICE, Keychain
from callconsole.domain.problems import ProblemError
from support.keychains import LockedKeychain, MemoryKeychain, SilentKeychain, keychain


async def test_a_secret_is_kept_read_and_forgotten() -> None:
    with keychain(MemoryKeychain()) as backend:
        ours = Keychain()
        await ours.look()
        await ours.write("api_token", "s3cret")
        assert backend.get_password(SERVICE, "api_token") == "s3cret"
        assert await ours.read(["api_token", "ngrok_authtoken"]) == {"api_token": "s3cret"}
        assert ours.read_now(["api_token"]) == {"api_token": "s3cret"}
        await ours.delete("api_token")
        await ours.delete("api_token")
        assert await ours.read(["api_token"]) == {}


async def test_a_computer_without_a_keychain_says_so() -> None:
    with keychain(fail.Keyring()):
        for attempt in (Keychain().look(), Keychain().read(["a"]), Keychain().write("a", "b")):
            with pytest.raises(ProblemError) as caught:
                await attempt
            assert caught.value.problem.code == "keychain.missing"


async def test_one_that_never_answers_is_given_up() -> None:
    silent = SilentKeychain()
    with keychain(silent):
        try:
            with pytest.raises(ProblemError) as caught:
                await Keychain(limit_s=0.05).read(["a"])
            assert caught.value.problem.code == "keychain.silent"
            with pytest.raises(ProblemError) as caught:
                Keychain(limit_s=0.05).read_now(["a"])
            assert caught.value.problem.code == "keychain.silent"
        finally:
            silent.released.set()
            for thread in threading.enumerate():
                if thread.name == "keychain":
                    thread.join(5)


async def test_a_refusal_does_not_repeat_the_secret() -> None:
    with keychain(LockedKeychain()):
        with pytest.raises(ProblemError) as caught:
            await Keychain().write("api_token", "s3cret")
        assert caught.value.problem.code == "keychain.refused"
        assert "s3cret" not in str(caught.value)
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__
