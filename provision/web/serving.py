"""One uvicorn server for one address."""

from __future__ import annotations

from starlette.types import ASGIApp
from uvicorn import Config, Server

from provision.web.bounds import BoundedProtocol
from provision.web.certificate import Certificate

GOODBYE_SECONDS = 1


def make_server(app: ASGIApp, certificate: Certificate | None) -> Server:
    """A server for an application behind its gate, with no log of what is asked: keys are shown there.

    Args:
        app: with its gate.
        certificate: for HTTPS; None serves HTTP.
    """
    return Server(
        Config(
            app,
            loop="asyncio",
            http=BoundedProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # else whoever connects from this computer says for whom, and no count is theirs
            timeout_graceful_shutdown=GOODBYE_SECONDS,
            ssl_certfile=None if certificate is None else certificate.file,
            ssl_keyfile=None if certificate is None else certificate.key_file,
        )
    )
