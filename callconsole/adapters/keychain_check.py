"""Which keychain of the operating system would keep our secrets."""

from __future__ import annotations


def keychain() -> str | None:
    """The keychain's name, or None where there is none to use. Blocks, for a second at most.

    Nothing is read or written, because a locked keychain asks a person for a password.
    """
    try:
        import keyring
        from keyring.backends import fail, null
        from keyring.backends.chainer import ChainerBackend
    except ImportError:
        return None
    found = keyring.get_keyring()
    if isinstance(found, ChainerBackend):
        usable = [one.name for one in found.backends if not isinstance(one, null.Keyring)]
        return str(usable[0]) if usable else None
    return None if isinstance(found, fail.Keyring | null.Keyring) else str(found.name)
