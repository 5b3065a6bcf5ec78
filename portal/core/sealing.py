"""Secrets that must be read again, such as the key of an authenticator app: kept encrypted under the installation's
root keys, which live outside the database. What an older root key sealed is still opened.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from portal.core.keys import derived


class Unopened(ValueError):
    """The text was not sealed by this installation for this purpose, or its key is gone."""


def seal(purpose: str, secret: str) -> str:
    return _box(purpose).encrypt(secret.encode()).decode()


def open_sealed(purpose: str, sealed: str) -> str:
    try:
        return _box(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unopened("sealed under another key") from error


def _box(purpose: str) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived(f"seal:{purpose}")])
