"""Flask's signed session cookie, one for the customers' pages and another for the desk's.

Its serializers and keys are made once instead of twice a request.
"""

from collections.abc import Callable
from typing import Any

from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import TimestampSigner, URLSafeTimedSerializer


class _Signer(TimestampSigner):
    """Remembers the key that it derives from each secret: the secrets of a process do not change."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._derived: dict[Any, bytes] = {}

    def derive_key(self, secret_key: Any = None) -> bytes:
        if secret_key not in self._derived:
            self._derived[secret_key] = super().derive_key(secret_key)
        return self._derived[secret_key]


class _Serializer(URLSafeTimedSerializer):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._made: dict[Any, Any] = {}

    def make_signer(self, salt: Any = None) -> Any:
        if salt not in self._made:
            self._made[salt] = super().make_signer(salt)
        return self._made[salt]


class CookieSessions(SecureCookieSessionInterface):
    """Flask's own sessions, in two areas that share nothing: each has a cookie and a signature of its own.

    A request reads and writes the cookie of its own area alone, and one area's cookie under the other's
    name is no cookie at all. `apart` says which paths belong to the second area.
    """

    def __init__(self, apart: Callable[[str], bool]) -> None:
        self._apart = apart
        self._serializers: dict[bool, URLSafeTimedSerializer] = {}

    def get_cookie_name(self, app: Flask) -> str:
        name = super().get_cookie_name(app)
        return f"{name}-desk" if self._apart(request.path) else name

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        apart = self._apart(request.path)
        if apart not in self._serializers:
            flasks = super().get_signing_serializer(app)
            assert flasks is not None, "the ring of keys always has a session key"
            self._serializers[apart] = _Serializer(
                flasks.secret_keys,
                salt=f"{self.salt}-desk" if apart else flasks.salt,
                serializer=self.serializer,
                signer=_Signer,
                signer_kwargs=flasks.signer_kwargs,
            )
        return self._serializers[apart]
