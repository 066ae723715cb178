"""From the provider's answer in a browser's address to the claims of the person it vouches for."""

from __future__ import annotations

import base64
import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote_plus, urlencode

from provision.console.provider.faults import Fault, NotVouched
from provision.console.provider.fetch import Fetch
from provision.console.provider.id_token import Wanted, check_token, read_header
from provision.console.provider.metadata import Metadata, ProviderWords
from provision.console.provider.question import Question, write_address
from provision.register.identity_provider import ProviderSettings
from provision.site.secret import Secret

_LONGEST_CODE = 4096
_WORD = re.compile(r"[a-z_]{1,40}", re.ASCII)


@dataclass(frozen=True)
class Provider:
    """The hospital's identity provider, as this process asks it.

    Attributes:
        settings: of bench.yaml. secret: the console's at the provider.
        fetch: asks an address. clock: seconds that only go on. date: seconds since 1970.
        key: from which questions follow.
    """

    settings: ProviderSettings
    secret: Secret
    fetch: Fetch
    clock: Callable[[], float] = time.monotonic
    date: Callable[[], float] = time.time
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    words: ProviderWords = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", ProviderWords(self.settings.issuer, self.fetch, self.clock))

    def write_address(self, question: Question, back: str) -> str:
        """Return the address of the provider that a browser is led to.

        Args:
            back: address of this console that the provider leads back to.

        Raises:
            NotVouched: it does not answer.
        """
        return write_address(self.words.read().authorization, self.settings.client, back, question)

    def vouch(self, question: Question, answer: Mapping[str, str], back: str) -> Mapping[str, object]:
        """Return the claims of the person who comes back with an answer to this question.

        Raises:
            NotVouched: for whatever reason; the answer is good for nothing more.
        """
        words = self.words.read()
        named = answer.get("iss")
        if named != self.settings.issuer and (named is not None or words.names_issuer):
            raise NotVouched(Fault.TOKEN, "the answer is of another issuer")
        if "error" in answer:
            word = answer["error"]
            why = Fault.AWAY if word in {"server_error", "temporarily_unavailable"} else Fault.DENIED
            raise NotVouched(why, word if _WORD.fullmatch(word) else "an error")
        code = answer.get("code", "")
        if not 0 < len(code) <= _LONGEST_CODE:
            raise NotVouched(Fault.STALE)
        token = self._spend(words, question, code, back)
        wanted = Wanted(self.settings.issuer, self.settings.client, question.nonce, self.date())
        return check_token(token, self.words.list_keys(read_header(token)[1]), wanted)

    def _spend(self, words: Metadata, question: Question, code: str, back: str) -> str:
        """The id token for a code (RFC 6749, 4.1.3)."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "code_verifier": question.verifier,
        }
        headers = {"content-type": "application/x-www-form-urlencoded"}
        name, secret = self.settings.client, self.secret.reveal().decode(errors="replace")
        if words.is_basic:
            pair = f"{quote_plus(name)}:{quote_plus(secret)}"  # RFC 6749, 2.3.1
            headers["authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            form |= {"client_id": name, "client_secret": secret}
        status, found = self.fetch(words.token, headers, urlencode(form).encode())
        if status != 200:
            is_code = found.get("error") == "invalid_grant"
            raise NotVouched(Fault.CODE if is_code else Fault.AWAY, f"status {status} for the code")
        token = found.get("id_token")
        if not isinstance(token, str):
            raise NotVouched(Fault.TOKEN, "no id token")
        return token
