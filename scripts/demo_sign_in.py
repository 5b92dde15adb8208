"""Start a command with "ID-porten (demo)" and "Kommunens katalog (demo)" beside it, when it is a demo.

The command is told of them by its environment, and they end with it. Where they can't be started, the command is
started without them.
"""

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from socket import create_connection, create_server
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from honcho.environ import parse
from joserfc.jwk import RSAKey

PROGRAM = Path(__file__).parent / "sign_in_provider" / "server.mjs"
START_SECONDS = 10
KEY_BITS = 2048
CLIENT_ID = "svarer-demo"
HOST = "127.0.0.1"
# What the directory calls them, and what that gives here.
ROLES = {
    "Svarer.Saksbehandler": "case_worker",
    "Svarer.Kommunikasjon": "communications",
    "Svarer.Administrator": "administrator",
}

Env = dict[str, str]


class LeftOut(Exception):
    """Why there are no sign-in providers this time, in a sentence."""


def environment() -> Env:
    """What honcho will give to the processes that it starts: the environment, and .env over it."""
    written = Path(".env")
    return {**os.environ, **(parse(written.read_text()) if written.exists() else {})}


def is_on_this_machine(site_url: str) -> bool:
    host = urlsplit(site_url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def client_key(var_folder: Path) -> Path:
    """The demo's own key, made once."""
    path = var_folder / "demo-sign-in-key.pem"
    var_folder.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        key = generate_private_key(public_exponent=65537, key_size=KEY_BITS)
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pem)
    return path.absolute()


def public_keys(path: Path) -> dict[str, object]:
    key = RSAKey.import_key(path.read_bytes())
    key.ensure_kid()
    return {"keys": [key.as_dict(private=False)]}


def settings(ports: Mapping[str, int], key: Path, secret: str) -> Env:
    """What tells the service of the two providers."""
    return {
        "SIGN_IN_PROVIDERS": "idporten entra",
        "OIDC_IDPORTEN_ISSUER": f"http://{HOST}:{ports['idporten']}",
        "OIDC_IDPORTEN_CLIENT_ID": CLIENT_ID,
        "OIDC_IDPORTEN_CLIENT_AUTH": "private_key_jwt",
        "OIDC_IDPORTEN_PRIVATE_KEY": str(key),
        "OIDC_IDPORTEN_LABEL": "ID-porten (demo)",
        "OIDC_IDPORTEN_KNOWN_BY": "number",
        "OIDC_IDPORTEN_ACR": "substantial=idporten-loa-substantial high=idporten-loa-high",
        "OIDC_ENTRA_ISSUER": f"http://{HOST}:{ports['entra']}",
        "OIDC_ENTRA_CLIENT_ID": CLIENT_ID,
        "OIDC_ENTRA_CLIENT_AUTH": "client_secret_basic",
        "OIDC_ENTRA_CLIENT_SECRET": secret,
        "OIDC_ENTRA_LABEL": "Kommunens katalog (demo)",
        "OIDC_ENTRA_FOR": "staff",
        "OIDC_ENTRA_KNOWN_BY": "directory",
        "OIDC_ENTRA_SCOPE": "openid profile email",
        "OIDC_ENTRA_ROLES": " ".join(f"{word}={role}" for word, role in ROLES.items()),
    }


def clients(site_url: str, key: Path, secret: str) -> str:
    """What tells the two providers of the service."""
    service = {"client_id": CLIENT_ID, "site_url": site_url}
    return json.dumps(
        {"idporten": [{**service, "jwks": public_keys(key)}], "entra": [{**service, "client_secret": secret}]}
    )


def check_free(port: int) -> None:
    try:
        create_server((HOST, port)).close()
    except (OSError, OverflowError) as error:
        raise LeftOut(f"port {port} is taken (PORT=… gives the demo others)") from error


def start(ports: Mapping[str, int], known: str, log: Path) -> None:
    """Start the providers, and wait until they answer. They end when this process, or what it becomes, does."""
    node = shutil.which("node")
    if node is None:
        raise LeftOut("node is missing")
    command = [node, str(PROGRAM), "--until-stdin-ends"]
    command += [part for name, port in ports.items() for part in ("--profile", f"{name}={port}")]
    env = {"PATH": os.environ["PATH"], "SIGN_IN_PROVIDER_CLIENTS": known}
    with log.open("w") as output:
        process = subprocess.Popen(
            command, env=env, stdin=subprocess.PIPE, stdout=output, stderr=output, start_new_session=True
        )
    wait_for(process, ports, log)
    if process.stdin:
        # It has to stay open in the program that this one becomes, which never hears of it.
        os.set_inheritable(process.stdin.fileno(), True)


def wait_for(process: subprocess.Popen[bytes], ports: Mapping[str, int], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not all(answers(port) for port in ports.values()):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise LeftOut(f"its program did not start: {log.read_text().strip()[-400:] or 'it said nothing'}")
        time.sleep(0.05)


def answers(port: int) -> bool:
    try:
        create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True


def start_beside(env: Env) -> Env:
    """Start the providers for the demo of this environment; returns the settings that tell the service of them."""
    site_url, folder = env["SITE_URL"], Path(env.get("VAR_FOLDER") or "var")
    if not is_on_this_machine(site_url):
        raise LeftOut(f"it can only be reached from this machine, and SITE_URL is {site_url}")
    first = int(env["PORT"]) + 1
    ports = {"idporten": first, "entra": first + 1}
    for port in ports.values():
        check_free(port)
    key, secret = client_key(folder), secrets.token_urlsafe(32)
    start(ports, clients(site_url, key, secret), folder / "demo-sign-in.log")
    return settings(ports, key, secret)


def main(command: list[str]) -> None:
    env = environment()
    # Who has named providers of their own, or said that there are none, is not given others.
    if env.get("DEMO") == "1" and "SIGN_IN_PROVIDERS" not in env:
        try:
            os.environ.update(start_beside(env))
        except LeftOut as reason:
            print(f'==> "ID-porten (demo)" is left out: {reason}', flush=True)
    os.execvp(command[0], command)  # noqa: S606  the command of the Makefile


if __name__ == "__main__":
    main(sys.argv[1:])
