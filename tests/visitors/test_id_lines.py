import pytest

from shared.visitors.id_lines import FORMATS, lines

TEXT, CSV, JSON = FORMATS


def read(data, media_type=TEXT, *, is_start=True):
    return [line.id or line.refused for line in lines(data, media_type, is_start=is_start)]


def test_each_line_is_an_id_as_it_stands():
    assert read(b"anna\n a b \r\n\n  \nid\n") == ["anna", " a b ", None, None, "id"]


def test_what_has_no_line_end_is_left_out_and_sizes_add_up():
    data = b"anna\r\n\nben\nca"
    assert [line.size for line in lines(data, TEXT, is_start=True)] == [6, 1, 4]


def test_ids_are_composed_and_of_bounded_length():
    assert read("e\u0301\n".encode()) == ["é"]
    assert read(b"x" * 256 + b"\n" + b"x" * 257 + b"\n") == ["x" * 256, "bad-length"]


def test_what_is_no_text_is_refused():
    assert read(b"a\x00b\n\xff\nanna\n") == ["bad-line", "bad-line", "anna"]


@pytest.mark.parametrize("media_type", FORMATS)
def test_a_byte_order_mark_begins_a_file_and_nothing_else(media_type):
    line = b'\xef\xbb\xbf"anna"\n' if media_type == JSON else b"\xef\xbb\xbfanna\n"
    assert read(line, media_type) == ["anna"]
    assert read(line, media_type, is_start=False) != ["anna"]


def test_csv_gives_its_first_column():
    assert read(b'anna,1\n"be,n",2\n"say ""hi""",3\n,4\n"open,5\n', CSV) == [
        "anna", "be,n", 'say "hi"', "bad-length", "bad-line",
    ]  # fmt: skip


@pytest.mark.parametrize("header", [b"id\n", b"user_id,name\n", b'"visitor_id"\n', b"anonymous_id;\n"])
def test_a_header_begins_a_csv_file_and_nothing_else(header):
    name = header.decode().strip().split(",")[0].strip('"')
    expected = None if ";" not in name else name
    assert read(header + b"anna\n", CSV) == [expected, "anna"]
    assert read(b"anna\n" + header, CSV) == ["anna", name]
    assert read(header, CSV, is_start=False) == [name]


def test_json_lines_give_a_string_an_integer_or_the_id_of_an_object():
    assert read(b'"anna"\n7\n{"id": "ben", "x": {}}\n{"id": 9}\n', JSON) == ["anna", "7", "ben", "9"]


@pytest.mark.parametrize(
    "line", [b"true", b"1.5", b"null", b'{"id": null}', b'{"id": true}', b"{}", b"[1]", b"[", b"anna"]
)
def test_json_lines_without_an_id_are_refused(line):
    assert read(line + b"\n", JSON) == ["bad-line"]


def test_an_empty_string_is_no_id():
    assert read(b'""\n', JSON) == ["bad-length"]
