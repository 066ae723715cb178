"""One uvicorn server for one address."""

from __future__ import annotations

from starlette.types import ASGIApp
from uvicorn import Config, Server

from provision.web.bounded_socket import BoundedSocket
from provision.web.bounds import BoundedProtocol
from provision.web.certificate import Certificate
from provision.web.guard import Guard, Keys

GOODBYE_SECONDS = 1


def make_server(
    app: ASGIApp, listener: BoundedSocket, hosts: frozenset[str], keys: Keys, certificate: Certificate | None
) -> Server:
    """A server for an application behind its guard, with no log of what is asked: keys are shown there.

    Args:
        listener: what it will be served on.
        hosts: `host:port` under which it is reached.
        keys: of who may read and speak.
        certificate: for HTTPS; None serves HTTP.
    """
    guarded = Guard(app, hosts, "http" if certificate is None else "https", keys, listener.raise_standing)
    return Server(
        Config(
            guarded,
            loop="asyncio",
            http=BoundedProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GOODBYE_SECONDS,
            ssl_certfile=None if certificate is None else certificate.file,
            ssl_keyfile=None if certificate is None else certificate.key_file,
        )
    )
