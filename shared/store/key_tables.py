"""The signed table of the API keys that an environment accepts, which lies beside its pointer for the hot reader."""

from collections.abc import Sequence

from shared.store import keys
from shared.store.database import Database
from shared.store.items import Write
from shared.store.records import KEY_TABLE_DOMAIN, KEY_TABLE_FORMAT, KeyEntry, KeyTable, encode
from shared.store.signing import Signer, signed_attributes


def write(
    database: Database, signer: Signer, project: str, environment: str, entries: Sequence[KeyEntry], seq: int
) -> Write:
    """The write of table number `seq` (from 0), rejected where another one came first.

    The item's `seq` counts its writes, so it is the table's plus one.
    """
    table = KeyTable(KEY_TABLE_FORMAT, project, environment, seq, tuple(entries))
    attributes = signed_attributes(signer.sign(KEY_TABLE_DOMAIN, encode(table)), seq + 1)
    return Write(database.images, keys.key_table(project, environment), attributes, expected=seq)


def next_numbers(database: Database, project: str, environments: Sequence[str]) -> dict[str, int]:
    """The number that each environment's next table will have; environments without a table are left out."""
    wanted = {keys.key_table(project, environment): environment for environment in environments}
    return {wanted[key]: item.seq for key, item in database.find_many(database.images, list(wanted)).items()}
