"""The local engine: MiniStack as a child process, answering as DynamoDB and KMS on a port of its own."""

import os
import socket
import subprocess
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv" / "engine" / "bin" / "python"
START_SECONDS = 30
STOP_SECONDS = 300  # saving 200,000 items takes 15 s, so a million ids over a minute; killed before, they are lost
REGION = "us-east-1"

# Never the developer's own: these replace whatever credentials the shell has, so that nothing here can reach AWS.
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
}


class EngineFailed(Exception):
    """The local engine is not installed, or did not start; the message is one sentence for the user."""


class Engine:
    """A running engine. `url` is its endpoint; `stop` ends it and waits until its state is saved."""

    def __init__(self, url: str, process: subprocess.Popen[bytes]) -> None:
        self.url = url
        self._process = process

    def stop(self) -> None:
        """Ends the engine and waits for it; harmless when it has ended already."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def kill(self) -> None:
        """Ends the engine at once, its state since the last clean stop lost: what a crash does."""
        self._process.kill()
        self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()


def start(folder: Path, *, persistent: bool = True) -> Engine:
    """Starts an engine whose state and log lie in `folder`, and waits until it answers. Raises EngineFailed."""
    if not PYTHON.exists():
        raise EngineFailed(f"the local engine is not installed in `{PYTHON.parents[1]}`; run `make run`")
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "engine.log"
    port = _free_port()
    with log.open("wb") as output:
        process = _spawn(folder, port, output, persistent=persistent)
    engine = Engine(f"http://127.0.0.1:{port}", process)
    try:
        _wait_until_healthy(process, port, log)
    except BaseException:  # Ctrl-C while it starts must not leave it behind either
        engine.stop()
        raise
    return engine


def _spawn(folder: Path, port: int, output: IO[bytes], *, persistent: bool) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [PYTHON, "-m", "shared.local.tether"],
        cwd=ROOT,
        env=_environment(folder, port, persistent=persistent),
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,  # Ctrl-C in the terminal reaches only the gateway, which then stops the engine
    )


def _environment(folder: Path, port: int, *, persistent: bool) -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "BIND_HOST": "127.0.0.1",  # it would bind every interface
        "GATEWAY_PORT": str(port),
        "PERSIST_STATE": "1" if persistent else "0",
        "STATE_DIR": str(folder / "state"),
        "TMPDIR": str(folder),
        "SERVICES": "dynamodb,kms",
        "LOG_LEVEL": "WARNING",
        "MINISTACK_REGION": REGION,
        "IOT_MTLS_ENABLED": "0",  # it would open a port of its own
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": f"unix://{folder / 'no-docker'}",  # it would tidy up containers
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_healthy(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None:
        if _is_healthy(port):
            return
        if time.monotonic() > deadline:
            raise EngineFailed(f"the local engine did not answer within {START_SECONDS} seconds; see `{log}`")
        time.sleep(0.05)
    raise EngineFailed(f"the local engine ended at once; see `{log}`")


def _is_healthy(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/_ministack/health")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
