import inspect

from hypothesis import given
from hypothesis import strategies as st

from shared.store import keys

BUILDERS = [
    function
    for _, function in inspect.getmembers(keys, inspect.isfunction)
    if function.__module__ == keys.__name__ and not function.__name__.startswith("_") and function is not keys.owner_of
]
TEXT = st.text(alphabet="a#%23EPV", max_size=4)


def test_every_key_begins_with_its_project():
    for builder in BUILDERS:
        arguments = [7 if p.annotation is int else "x" for p in inspect.signature(builder).parameters.values()]
        key = builder("shop", *arguments[1:])
        assert (key if isinstance(key, str) else key[0]).startswith("P#shop#"), builder.__name__


@given(TEXT, TEXT, TEXT, TEXT, TEXT, TEXT)
def test_two_profiles_never_share_a_key(project, environment, visitor, project2, environment2, visitor2):
    one = keys.known_profile(project, environment, visitor)
    two = keys.known_profile(project2, environment2, visitor2)
    assert (one == two) == ((project, environment, visitor) == (project2, environment2, visitor2))
    assert one != keys.anonymous_profile(project2, environment2, visitor2)


@given(TEXT, TEXT, TEXT)
def test_a_key_says_whose_it_is(project, environment, visitor):
    for builder in (keys.known_memberships, keys.anonymous_memberships):
        assert keys.owner_of(builder(project, environment, visitor)) == (project, environment)


@given(TEXT, TEXT, TEXT, TEXT)
def test_no_project_reaches_into_another(project, environment, project2, visitor):
    if project == project2:
        return
    theirs = {keys.pointer(project2, environment)[0], keys.audiences(project2), keys.releases(project2, environment)}
    assert keys.known_profile(project, environment, visitor)[0] not in theirs


def test_versions_and_releases_sort_by_number():
    assert keys.release("shop", "production", 9)[1] < keys.release("shop", "production", 10)[1]
    assert keys.audience_version("shop", "vip", 99)[1] < keys.audience_version("shop", "vip", 100)[1]
    assert keys.audit_entry("shop", 999, "a")[1] < keys.audit_entry("shop", 1_000, "a")[1]


def test_a_chunk_is_found_by_the_name_of_its_image():
    assert keys.chunk("shop", "sha256:ab", 3) == ("P#shop#I#ab#0003", "chunk")
