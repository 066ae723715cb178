"""Over real sockets: a provider that others wrote lets somebody in, and one that answers oddly is no answer."""

from __future__ import annotations

import json
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import create_server

import httpx
import pytest

from provision.console.provider.exchange import Provider
from provision.console.provider.faults import Fault, NotVouched
from provision.console.provider.fetch import MOST_BYTES, make_fetch
from provision.register.identity_provider import ProviderSettings
from provision.site.secret import Secret
from provision.web.certificate import keep_certificate
from tests.console.console_bed import House, read_words
from tests.console.provider_bed import SETTINGS

DEADLINE = 60.0
"""Seconds for a program to answer on a busy computer."""


class OddServer(BaseHTTPRequestHandler):
    """Answers as its path says."""

    def do_GET(self) -> None:
        """Answer."""
        body = {"/long": b"x" * (MOST_BYTES + 1), "/list": b"[1]", "/deep": b"[" * 100_000}.get(self.path, b'{"a": 1}')
        self.send_response(302 if self.path == "/elsewhere" else 200)
        self.send_header("location", "/object")
        self.send_header("content-length", str(len(body) + (9 if self.path == "/cut" else 0)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


class QuietServer(ThreadingHTTPServer):
    """One whose clients may go away in the middle of a handshake."""

    def handle_error(self, *_asked: object) -> None:
        """Say nothing."""


@contextmanager
def serve_oddly(context: ssl.SSLContext | None) -> Iterator[str]:
    """A server that answers oddly; yields its address."""
    with QuietServer(("127.0.0.1", 0), OddServer) as server:
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"{'http' if context is None else 'https'}://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def odd() -> Iterator[str]:
    """The address of a server that answers oddly."""
    with serve_oddly(None) as url:
        yield url


def test_no_redirect_is_followed_and_nothing_but_an_object_is_read(odd: str) -> None:
    fetch = make_fetch(None)
    assert fetch(f"{odd}/object", {}, None) == (200, {"a": 1})
    assert fetch(f"{odd}/elsewhere", {}, None)[0] == 302
    assert fetch(f"{odd}/list", {}, None) == (200, {})
    for path in ("/long", "/deep", "/cut"):
        with pytest.raises(NotVouched) as told:
            fetch(f"{odd}{path}", {}, None)
        assert told.value.why is Fault.AWAY, path


def test_a_certificate_counts_by_whom_bench_yaml_names_and_under_its_own_name(tmp_path: Path) -> None:
    kept = keep_certificate(tmp_path, ["127.0.0.1"])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(kept.file, kept.key_file)
    with serve_oddly(context) as url:
        assert make_fetch(kept.file)(f"{url}/object", {}, None) == (200, {"a": 1})
        for fetch, asked in ((make_fetch(None), url), (make_fetch(kept.file), url.replace("127.0.0.1", "localhost"))):
            with pytest.raises(NotVouched, match="SSLCertVerificationError"):
                fetch(f"{asked}/object", {}, None)


def test_nobody_at_an_address_and_an_unsafe_one_are_no_answer() -> None:
    with closing(create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    for url in (
        f"http://127.0.0.1:{port}/",
        f"https://127.0.0.1:{port}/",
        "http://login.example/",
        "file:///etc/passwd",
    ):
        with pytest.raises(NotVouched):
            make_fetch(None)(url, {}, None)


@contextmanager
def run_mock(folder: Path) -> Iterator[str]:
    """`oidc-provider-mock` with two persons; yields its issuer."""
    with closing(create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    persons = [
        {"sub": "m1", "groups": ["telephone"], "preferred_username": "marie"},
        {"sub": "p1", "groups": ["cooks"]},
    ]
    told = [word for each in persons for word in ("--user-claims", json.dumps(each))]
    words = (sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce", "true")
    url, ends = f"http://127.0.0.1:{port}", time.monotonic() + DEADLINE
    with (
        (folder / "mock.log").open("w") as log,
        subprocess.Popen((*words, *told), stdout=log, stderr=subprocess.STDOUT) as program,
    ):
        try:
            while not is_up(url):
                assert program.poll() is None, (folder / "mock.log").read_text()
                assert time.monotonic() < ends, "the provider does not come up"
            yield url
        finally:
            program.terminate()


def is_up(url: str) -> bool:
    try:
        return httpx.get(f"{url}/.well-known/openid-configuration", timeout=1.0).status_code == 200
    except httpx.HTTPError:
        return False


@pytest.mark.later
def test_a_provider_that_others_wrote_lets_in_whose_group_has_a_role(house: House, tmp_path: Path) -> None:
    with run_mock(tmp_path) as issuer:
        settings = ProviderSettings.model_validate({**SETTINGS, "issuer": issuer}, strict=False)
        provider = Provider(settings, Secret(b"any"), make_fetch(None))
        served = House(replace(house.console, provider=provider), house.clock)
        shown = {}
        for subject in ("m1", "p1"):
            browser = served.open()
            where = browser.get("/sign-in/provider").headers["location"]
            agreed = httpx.post(where, data={"sub": subject}, timeout=DEADLINE)
            assert agreed.status_code == 302, agreed.text
            answer = browser.get(agreed.headers["location"])
            shown[subject] = (answer.status_code, "marie@ · hotline" in read_words(browser.get("/")))
            again = browser.get(agreed.headers["location"])
            assert "Not signed in" in read_words(again)
    assert shown == {"m1": (200, True), "p1": (403, False)}
