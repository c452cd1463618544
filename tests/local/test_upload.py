"""The upload command against a product that is not always there, and does not always take all it is sent."""

import re
import sys

import pytest

from shared.local import upload
from shared.local.client import CallFailed


class Fake:
    """The API's calls on lists; `faults` are statuses that the next parts are answered with."""

    def __init__(self):
        self.lists = {}
        self.stream = b""
        self.sent = []
        self.faults = []
        self.most = 10**9  # bytes of a part that are taken
        self.finished = None

    def __call__(self, url, key):
        assert (url, key) == ("http://127.0.0.1:8080", "sk_x")
        return self

    def close(self):
        pass

    def call(self, method, path, body=None, headers=None):
        name = path.partition("?")[0]
        if re.fullmatch("/v1/lists/[^/]+", name):
            if method == "PUT":
                self.lists[name] = body
            if name not in self.lists:
                raise CallFailed(path, 404, "none")
            return {"upload": self._upload() if self.sent else None}
        if name.endswith("/parts"):
            return self._part(int(re.search(r"offset=(\d+)", path)[1]), body, headers)
        if name.endswith("/finish"):
            self.finished = body
        return self._upload()

    def _part(self, offset, body, headers):
        self.sent.append((offset, len(body), headers["Content-Type"]))
        if self.faults:
            status = self.faults.pop(0)
            if status == 0:  # taken, but the answer was lost
                self.stream = self.stream[:offset] + body
            raise CallFailed("PUT", status, "fault")
        taken = body[: body[: self.most].rfind(b"\n") + 1]
        self.stream = self.stream[:offset] + taken
        return self._upload()

    def _upload(self):
        numbers = {"added": self.stream.count(b"\n"), "repeated": 0, "refused": 1, "lines": self.stream.count(b"\n")}
        refused = [{"line": 2, "code": "bad-line", "detail": "no id"}]
        return {"upload": "u1", "state": "open", "received": len(self.stream), "refused_lines": refused} | numbers


@pytest.fixture
def fake(monkeypatch):
    fake = Fake()
    monkeypatch.setattr(upload, "Client", fake)
    monkeypatch.setattr(upload.time, "sleep", lambda _: None)
    monkeypatch.setenv("MUSTER_KEY", "sk_x")
    return fake


def run(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["upload", *map(str, arguments)])
    return upload.main()


@pytest.fixture
def file(tmp_path):
    file = tmp_path / "ids.txt"
    file.write_bytes(b"".join(b"customer-%05d\n" % number for number in range(40_000)) + b"last")
    return file


def test_a_file_is_sent_whole_in_parts_of_whole_lines(fake, file, monkeypatch, capsys):
    assert run(monkeypatch, "beta", file) == 0
    assert fake.stream == file.read_bytes() + b"\n"
    assert fake.finished == {"bytes": len(fake.stream)}
    assert len(fake.sent) == 3
    assert all(size <= upload.PART_BYTES for _, size, _ in fake.sent)
    told = capsys.readouterr()
    assert "line 2: no id" in told.out
    assert "40,001 ids added, 0 repeated, 1 lines refused" in told.out
    assert "100.0 %" in told.err


def test_it_goes_on_where_the_product_says(fake, file, monkeypatch):
    fake.most = 100_000
    fake.faults = [0, 503, 409]
    assert run(monkeypatch, "beta", file) == 0
    assert fake.stream == file.read_bytes() + b"\n"


def test_an_open_upload_is_gone_on_with_only_where_that_is_asked(fake, file, monkeypatch):
    fake.lists["/v1/lists/beta"] = {}
    fake.stream = file.read_bytes()[: 15 * 1000]
    fake.sent = [None]
    assert run(monkeypatch, "beta", file, "--resume") == 0
    assert fake.sent[1][0] == 15 * 1000
    assert fake.stream == file.read_bytes() + b"\n"


@pytest.mark.parametrize("status", [401, 404, 422])
def test_what_will_not_pass_ends_it(fake, file, monkeypatch, capsys, status):
    fake.faults = [status]
    assert run(monkeypatch, "beta", file) == 1
    assert f"answered {status}" in capsys.readouterr().err
    assert fake.finished is None


def test_patience_ends(fake, file, monkeypatch, capsys):
    monkeypatch.setattr(upload, "PATIENCE_SECONDS", -1)
    fake.faults = [503]
    assert run(monkeypatch, "beta", file) == 1
    assert "answered 503" in capsys.readouterr().err


@pytest.mark.parametrize(("suffix", "media_type"), [(".csv", "text/csv"), (".ndjson", "application/x-ndjson")])
def test_the_name_of_the_file_says_its_format(fake, tmp_path, monkeypatch, suffix, media_type):
    file = tmp_path / f"ids{suffix}"
    file.write_text("anna\n")
    assert run(monkeypatch, "beta", file) == 0
    assert [sent[2] for sent in fake.sent] == [media_type]


def test_an_empty_file_is_nothing_to_send(fake, tmp_path, monkeypatch):
    file = tmp_path / "none.txt"
    file.touch()
    assert run(monkeypatch, "beta", file) == 0
    assert (fake.sent, fake.finished) == ([], {"bytes": 0})


def test_a_key_is_needed(fake, file, monkeypatch):
    monkeypatch.delenv("MUSTER_KEY")
    with pytest.raises(SystemExit):
        run(monkeypatch, "beta", file)


def test_a_file_that_is_not_there_is_said(fake, tmp_path, monkeypatch, capsys):
    assert run(monkeypatch, "beta", tmp_path / "none.txt") == 1
    assert "none.txt" in capsys.readouterr().err
