"""Flask's signed session cookie, with its serializer and keys made once instead of twice a request."""

from typing import Any

from flask import Flask
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
    """Flask's own sessions: the same cookie, the same keys and fallbacks."""

    def __init__(self) -> None:
        self._serializer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        if self._serializer is None:
            flasks = super().get_signing_serializer(app)
            assert flasks is not None, "the ring of keys always has a session key"
            self._serializer = _Serializer(
                flasks.secret_keys,
                salt=flasks.salt,
                serializer=self.serializer,
                signer=_Signer,
                signer_kwargs=flasks.signer_kwargs,
            )
        return self._serializer
