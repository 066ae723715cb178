"""The web proxy of one network, for hospitals that let nothing out but through one."""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address
from typing import Annotated

from pydantic import AfterValidator, Field

from provision.config.faults import FileModel, refuse

MOST_DIRECT = 50
_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*")


_NUMBERS = re.compile(r"(?:.*\.)?[0-9]+")
"""What ends in a number is an address to every resolver, and never a name (WHATWG URL, 3.5)."""


def _host(text: str) -> str:
    """Android keeps names in small letters; what it does with a wildcard differs by app."""
    host = text.lower()
    if not _HOST.fullmatch(host) or (_NUMBERS.fullmatch(host) and not _is_address(host)):
        raise refuse("a host name or an IPv4 address", hint="without scheme, port, path or wildcard")
    return host


def _is_address(text: str) -> bool:
    try:
        IPv4Address(text)
    except AddressValueError:
        return False
    return True


def _direct(hosts: tuple[str, ...]) -> tuple[str, ...]:
    if len(hosts) > MOST_DIRECT:
        raise refuse(f"at most {MOST_DIRECT} hosts", str(len(hosts)))
    if len(set(hosts)) < len(hosts):
        raise refuse("each host once")
    return hosts


Host = Annotated[str, AfterValidator(_host)]


class WebProxy(FileModel):
    """Where apps of this network are to send their web traffic (26+); an app may go its own way."""

    host: Host = Field(description="name or address of the proxy")
    port: int = Field(ge=1, le=65535, description="its port")
    direct: Annotated[tuple[Host, ...], AfterValidator(_direct)] = Field(
        default=(), description="hosts reached without it, such as the call server"
    )

    def to_policy(self) -> dict[str, object]:
        """The member `proxy` of a network (contract 7)."""
        direct = {"direct": list(self.direct)} if self.direct else {}
        return {"host": self.host, "port": self.port} | direct
