"""`python -m shared.local`: the whole product on this machine, until Ctrl-C."""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from shared.local import engine, foundation, sample
from shared.local.client import CallFailed, Client
from shared.local.gateway import CannotListen, Gateway
from shared.local.keys import Keys, find_keys, keep_keys, wait_until_known
from shared.local.lock import AlreadyRunning, locked
from shared.local.sample import SAMPLES
from shared.local.site import Site
from shared.local.welcome import welcome

FOLDER = engine.ROOT / ".local"


def main() -> int:
    """Runs the product; the exit status is 0 after Ctrl-C or SIGTERM, 1 where it could not start."""
    options = _options()
    # Ctrl-C too: a shell that starts a job in the background has it ignored
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        _run(options.port, options.sample, _folder(options).resolve())
    except KeyboardInterrupt:
        return 0
    except (engine.EngineFailed, CannotListen, AlreadyRunning, CallFailed) as error:
        print(f"muster: {error}", file=sys.stderr)
        return 1
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m shared.local", description=__doc__)
    port = os.environ.get("PORT", "8080")
    parser.add_argument("--port", type=_port, default=port, help="where to answer, 0 for any free one (8080, or $PORT)")
    name = os.environ.get("SAMPLE") or next(iter(SAMPLES))
    parser.add_argument("--sample", type=_sample, default=name, help="the sample project ($SAMPLE, or the orders)")
    parser.add_argument("--folder", type=Path, help="where the data of this sample project is kept (.local)")
    return parser.parse_args()


def _folder(options: argparse.Namespace) -> Path:
    """Each sample project has data of its own: one can be stopped and the other started."""
    own = FOLDER if options.sample == next(iter(SAMPLES)) else FOLDER / options.sample
    return options.folder or own


def _sample(text: str) -> str:
    if text not in SAMPLES:
        names = " and ".join(f"`{name}`" for name in SAMPLES)
        raise argparse.ArgumentTypeError(f"`{text}` is no sample project, there are {names}")
    return text


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < 65_536):
        raise argparse.ArgumentTypeError(f"`{text}` is no port")
    return int(text)


def _run(port: int, name: str, folder: Path) -> None:
    with locked(folder), Gateway(port) as gateway, _engine(folder) as url:
        _say("preparing tables and keys")
        foundation.lay(url)
        site = Site(gateway.url)
        with gateway.serving(site.answer):
            keys = find_keys(folder, gateway.url) or _load_sample(name, folder, gateway.url)
            site.publishable_key = keys.publishable
            print(welcome(gateway.url, name, folder, keys), flush=True)
            threading.Event().wait()


@contextmanager
def _engine(folder: Path) -> Iterator[str]:
    _say("starting the local engine")
    running = engine.start(folder)
    try:
        yield running.url
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not cost the data
        with suppress(OSError):  # where the terminal was closed
            _say("stopping; the data is kept")
        running.stop()


def _load_sample(name: str, folder: Path, url: str) -> Keys:
    _say("loading the sample project")
    secret = foundation.new_secret_key()
    client = Client(url, secret)
    try:
        sample.load(SAMPLES[name], client, _say)
        origins = [url, url.replace("127.0.0.1", "localhost")]
        publishable = sample.new_publishable_key(client, origins)
    finally:
        client.close()
    keys = Keys(publishable, secret)
    wait_until_known(keys, url)
    return keep_keys(folder, keys)


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _say(progress: str) -> None:
    print(f"muster: {progress}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
