"""The versions of Flagsmith's engine whose meaning differs."""

from collections.abc import Mapping
from typing import NamedTuple


class Engine(NamedTuple):
    """What distinguishes one version from another.

    nests_by_type: the type of a rule (`ALL`, `ANY`, `NONE`) is that of its rules, too, not of its conditions alone.
    is_falsy_false: a trait that is an empty text, 0 or false satisfies no operator but `IS_SET`.
    falls_back_to_key: `PERCENTAGE_SPLIT` takes the identity's key where the trait that it names is missing.
    takes_lists: `IN` takes JSON lists beside texts with commas.
    reads_identity: texts that look like numbers are numbers in what identifies, too.
    """

    nests_by_type: bool
    is_falsy_false: bool = False
    falls_back_to_key: bool = False
    takes_lists: bool = True
    reads_identity: bool = True


ENGINES: Mapping[str, Engine] = {
    "11": Engine(nests_by_type=True),
    "10.0": Engine(nests_by_type=False),
    "5": Engine(
        nests_by_type=False, is_falsy_false=True, falls_back_to_key=True, takes_lists=False, reads_identity=False
    ),
}
"""By dialect: `11` is 10.1 to 11, `10.0` is 10.0, `5` is 5."""
