"""Certificates for the keys that a tablet makes for its networks: asked of it, signed or awaited at the bench."""

from __future__ import annotations

from datetime import datetime

from provision.agent.client import AgentClient
from provision.agent.key_request import NoKeyRequest
from provision.agent.networks import CHAIN, join_certificates
from provision.errors import StepFailed
from provision.runs.agent_kit import AgentKit
from provision.site.network import place_of
from provision.site.network_secrets import NetworkSecrets
from provision.site.secret import Secret
from provision.site.tablet_certificates import CertificateAwaited, CertificateUnfit
from provision.terms import Reason

STEP = "agent.request"


def obtain_chains(
    client: AgentClient, kit: AgentKit, asset: str, api: int, secrets: NetworkSecrets, now: datetime
) -> NetworkSecrets:
    """The secrets of the networks, and beside them the certificates of the keys that this tablet has now.

    The tablet is asked each time: a key that was lost with a reset is another one.

    Raises:
        StepFailed: the tablet's release makes no key (`network-unsupported`), it made none this time (`key-not-made`),
            nobody signed its certificate yet
            (`certificate-awaited`), the one in the folder is of no use (`certificate-unfit`), or the folder cannot be
            written (`bench-broken`).
        AnswerError, TransportError: as for every order.
    """
    chains = dict(secrets)
    for index, store in kit.open_certificates(api, secrets).items():
        answer = client.request_certificate(kit.site.ssids[index], asset)
        if isinstance(answer, NoKeyRequest):
            reason = Reason.NETWORK_UNSUPPORTED if answer.is_final else Reason.KEY_NOT_MADE
            raise StepFailed(STEP, reason, f"the tablet makes no key: {answer.error}")
        try:
            chain = store.obtain(asset, answer.request, now)
        except CertificateAwaited as awaited:
            raise StepFailed(STEP, Reason.CERTIFICATE_AWAITED, str(awaited)) from awaited
        except CertificateUnfit as unfit:
            raise StepFailed(STEP, Reason.CERTIFICATE_UNFIT, str(unfit)) from unfit
        except OSError as error:
            detail = f"{store.folder.name}: cannot be written: {error.strerror or error}"
            raise StepFailed(STEP, Reason.BENCH_BROKEN, detail) from error
        chains[place_of(index, CHAIN)] = Secret(join_certificates(chain))
    return chains
