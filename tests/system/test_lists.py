"""A file of ids into a list of the running product, by the command that the documents name."""

import subprocess
import sys

from tests.product import ROOT

AT = "?environment=production"


def test_a_file_is_uploaded_by_the_command_and_its_ids_are_in_the_list(product, tmp_path):
    file = tmp_path / "ids.txt"
    file.write_text("".join(f"reader-{number}\n" for number in range(1_000)) + "00111")
    command = [sys.executable, "-m", "shared.local.upload", "readers", str(file), "--mode", "replace"]
    done = subprocess.run(
        [*command, "--url", product.url, "--key", product.keys["secret"]],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == "1,001 ids added, 0 repeated, 0 lines refused\n"
    assert product.call("GET", f"/v1/lists/readers{AT}")[1]["count"] == 1_001

    def holds(visitor):
        question = {"rule": {"list": "readers"}, "visitor": {"id": visitor}}
        return product.call("POST", f"/v1/explain{AT}", question)[1]["holds"]

    assert [holds(visitor) for visitor in ("reader-0", "reader-999", "00111", "00314")] == [True, True, True, False]
    assert product.call("DELETE", f"/v1/lists/readers{AT}")[0] == 204
