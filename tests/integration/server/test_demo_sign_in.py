"""`make run` starts the demo with sign-in providers beside it, and without them where they can't be."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import create_server

import pytest

from tests.journeys.processes import Process, free_port
from tests.journeys.waiting import wait_until
from tests.provider import ROOT, Provider, node
from tests.relying_party import Browser

WAIT_SECONDS = 30
SCRIPT = ROOT / "scripts" / "demo_sign_in.py"
SHOW_SETTINGS = "import json, os, time; print(json.dumps(dict(os.environ)), flush=True); time.sleep(600)"
"""Stands in for honcho."""


@pytest.fixture
def port() -> int:
    return free_port(neighbours=2)


@contextmanager
def demo(port: int, folder: Path, **settings: str) -> Iterator[Process]:
    """The demo of that port, from when its command has told what it was told."""
    env = {
        "PATH": f"{Path(node()).parent}{os.pathsep}{os.environ['PATH']}",
        "DEMO": "1",
        "PORT": str(port),
        "SITE_URL": f"http://127.0.0.1:{port}",
        "VAR_FOLDER": str(folder),
        **settings,
    }
    command = [sys.executable, str(SCRIPT), sys.executable, "-c", SHOW_SETTINGS]
    process = Process(command, env=env, cwd=ROOT, log=folder / "demo.log")
    try:
        wait_until(
            lambda: process.has_ended or '{"' in process.log_tail(),
            within_seconds=WAIT_SECONDS,
            what=lambda: f"the demo's command to start\n{process.log_tail()}",
        )
        assert not process.has_ended, process.log_tail()
        yield process
    finally:
        process.stop()


def told_to(process: Process) -> dict[str, str]:
    settings: dict[str, str] = json.loads(process.log.read_text().splitlines()[-1])
    return settings


def providers_at(port: int) -> list[Provider]:
    return [Provider(profile="idporten", port=port + 1), Provider(profile="entra", port=port + 2)]


def wait_for_the_end_of(providers: list[Provider]) -> None:
    wait_until(
        lambda: not any(provider.answers() for provider in providers),
        within_seconds=WAIT_SECONDS,
        what="the providers to end",
    )


def test_a_demo_is_told_of_two_providers_that_know_it(port: int, tmp_path: Path) -> None:
    with demo(port, tmp_path) as process:
        settings = told_to(process)
        assert settings["SIGN_IN_PROVIDERS"] == "idporten entra"
        for key in ("idporten", "entra"):
            issuer, client = settings[f"OIDC_{key.upper()}_ISSUER"], settings[f"OIDC_{key.upper()}_CLIENT_ID"]
            back = f"{settings['SITE_URL']}/logg-inn/via/{key}/svar"
            challenge = f"code_challenge={'x' * 43}&code_challenge_method=S256"
            asked = f"client_id={client}&redirect_uri={back}&response_type=code&scope=openid&{challenge}"
            assert "Velg hvem du vil være" in Browser().open(f"{issuer}/authorize?{asked}").text


def test_the_providers_end_with_the_demo(port: int, tmp_path: Path) -> None:
    with demo(port, tmp_path) as process:
        assert all(provider.answers() for provider in providers_at(port))
        process.kill()
        wait_for_the_end_of(providers_at(port))


def test_the_demo_keeps_its_key_to_itself_and_for_the_next_time(port: int, tmp_path: Path) -> None:
    keys = []
    for _start in range(2):
        with demo(port, tmp_path) as process:
            key = Path(told_to(process)["OIDC_IDPORTEN_PRIVATE_KEY"])
            assert key.stat().st_mode & 0o777 == 0o600
            keys.append(key.read_text())
        wait_for_the_end_of(providers_at(port))
    assert keys[0] == keys[1]
    assert "PRIVATE KEY" in keys[0]


def test_a_demo_whose_neighbour_port_is_taken_starts_without(port: int, tmp_path: Path) -> None:
    with create_server(("127.0.0.1", port + 2)), demo(port, tmp_path) as process:
        assert "SIGN_IN_PROVIDERS" not in told_to(process)
        assert f'"ID-porten (demo)" is left out: port {port + 2} is taken' in process.log_tail()


def test_a_demo_whose_node_fails_starts_without(port: int, tmp_path: Path) -> None:
    broken = tmp_path / "bin" / "node"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\necho no such library >&2\nexit 1\n")
    broken.chmod(0o755)
    with demo(port, tmp_path, PATH=f"{broken.parent}{os.pathsep}{os.environ['PATH']}") as process:
        assert "SIGN_IN_PROVIDERS" not in told_to(process)
        assert '"ID-porten (demo)" is left out: its program did not start: no such library' in process.log_tail()


@pytest.mark.parametrize(
    "settings",
    [{"DEMO": "0"}, {"SIGN_IN_PROVIDERS": ""}, {"SITE_URL": "http://demo.example.org"}],
    ids=["not a demo", "none wanted", "seen from elsewhere"],
)
def test_no_providers_are_started_for(port: int, tmp_path: Path, settings: dict[str, str]) -> None:
    with demo(port, tmp_path, **settings) as process:
        assert "OIDC_IDPORTEN_ISSUER" not in told_to(process)
        assert not any(provider.answers() for provider in providers_at(port))
