"""Bytes to text in the order of rule 57."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.feeds.encoding import codec_of, decode_document

RUSSIAN = "<rss><title>Привет мир, это свежие новости дня</title></rss>"


def declared(encoding: str, text: str) -> bytes:
    return f'<?xml version="1.0" encoding="{encoding}"?><t>{text}</t>'.encode(encoding, "replace")


@pytest.mark.parametrize(
    "codec", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp037", "cp437", "mac_roman"]
)
def test_what_is_declared_is_read(codec: str) -> None:
    assert "<t>é</t>" in decode_document(declared(codec, "é")).text


def test_a_bom_comes_before_everything() -> None:
    body = b"\xef\xbb\xbf" + '<?xml version="1.0" encoding="koi8-r"?>é'.encode()

    assert decode_document(body, "text/xml; charset=windows-1251").text.endswith("é")


def test_http_comes_before_the_declaration() -> None:
    body = '<?xml version="1.0" encoding="koi8-r"?>Привет'.encode("cp1251")

    assert decode_document(body, 'text/xml; charset="windows-1251"').text.endswith("Привет")


def test_text_xml_without_a_charset_is_not_ascii() -> None:
    assert decode_document("<t>é</t>".encode(), "text/xml").text == "<t>é</t>"


@pytest.mark.parametrize("codec", ["cp1251", "koi8-r"])
def test_what_nothing_names_is_guessed(codec: str) -> None:
    assert decode_document(RUSSIAN.encode(codec)).text == RUSSIAN


def test_a_wrong_declaration_gives_way_and_is_told() -> None:
    decoded = decode_document('<?xml version="1.0" encoding="ascii"?>é'.encode())

    assert decoded.text.endswith("é")
    assert decoded.problem == "declared as ascii, but read as utf-8"


def test_utf8_that_is_called_latin_is_utf8() -> None:
    decoded = decode_document("<t>Ünïcödé</t>".encode(), "text/xml; charset=ISO-8859-1")

    assert (decoded.text, decoded.encoding) == ("<t>Ünïcödé</t>", "utf-8")
    assert decode_document("é€".encode("cp1252"), "text/xml; charset=ISO-8859-1").text == "é€"


def test_a_few_bad_bytes_make_utf8_no_other_encoding() -> None:
    body = "<t>Ünïcödé".encode() + b"\xff" + b"</t>"

    assert decode_document(body).text == "<t>Ünïcödé\ufffd</t>"


def test_one_good_character_beside_one_bad_byte_is_no_accident() -> None:
    body = "<t>Straße naï".encode()[:-1] + b"</t>"

    assert decode_document(body).text == "<t>Straße na\ufffd</t>"


@pytest.mark.parametrize(
    "label", ["zlib_codec", "punycode", "idna", "utf-7", "unicode_escape", "hex", "rot13", "nothing", "../x", ""]
)
def test_labels_that_are_no_text_codec_are_refused(label: str) -> None:
    assert codec_of(label) is None


@pytest.mark.parametrize(
    ("label", "codec"), [("latin1", "cp1252"), ("GB2312", "gb18030"), ("x-sjis", "cp932"), ("cp850", "cp850")]
)
def test_labels_mean_what_the_web_means(label: str, codec: str) -> None:
    assert codec_of(label) == codec


@given(st.binary(max_size=200), st.none() | st.text(max_size=30))
def test_decoding_never_raises(body: bytes, content_type: str | None) -> None:
    assert isinstance(decode_document(body, content_type).text, str)
