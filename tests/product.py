"""The running product for tests: `python -m shared.local` on a free port, with a folder of its own."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from shared.local import engine

ROOT = Path(__file__).parents[1]
AS_OF = {"time": "1998-07-01T00:00:00Z"}
MISSING = None if engine.PYTHON.exists() else "the local engine is not installed: run `make test`"
CHROMIUM = shutil.which("chromium")


class Product:
    """A started product: where it answers, its keys, and what it printed."""

    def __init__(self, process, folder):
        self.process = process
        self.folder = folder
        self.printed = _read_until(process, "Ctrl-C stops it")
        self.url = re.search(r"muster answers on (\S+)", self.printed)[1]
        self.keys = json.loads((folder / "keys.json").read_text())

    def call(self, method, path, body=None, key=None, headers=None):
        """(status, decoded answer, headers) of a call, with the secret key unless another is given."""
        request = urllib.request.Request(
            self.url + path,
            None if body is None else json.dumps(body).encode(),
            {
                "Authorization": f"Bearer {key or self.keys['secret']}",
                "Content-Type": "application/json",
                **(headers or {}),
            },
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return response.status, json.loads(response.read() or b"null"), response.headers
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read() or b"null"), error.headers

    def stop(self):
        """Ends it as a service manager would; the exit status."""
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=40)
        return self.process.returncode


def spawn(folder, port=0, sample="cdnow"):
    """The process of a product that may not come up."""
    options = ["--port", str(port), "--folder", str(folder), "--sample", sample]
    return subprocess.Popen(
        [sys.executable, "-m", "shared.local", *options],
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@contextmanager
def running(folder, sample="cdnow"):
    """A product, until the end of the block."""
    process = spawn(folder, sample=sample)
    try:
        product = Product(process, folder)
        yield product
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=40)


def _read_until(process, words):
    printed = ""
    for line in process.stdout:
        printed += line
        if words in line:
            return printed
    process.communicate()
    raise AssertionError(f"the product did not come up:\n{printed}")
