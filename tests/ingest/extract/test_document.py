"""Bytes of a page to text (rule 57)."""

import pytest

from ingest.extract.document import decode


def page(text: bytes, charset: str = "") -> bytes:
    return b"<html><head>%s</head><body><p>%s</p></body></html>" % (charset.encode(), text)


@pytest.mark.parametrize("charset", ["", '<meta charset="utf-8">'])
@pytest.mark.parametrize("text", ["Überschrift für Köln", "Привет мир, как дела", "日本国は東アジア", "naïve é"])
@pytest.mark.parametrize("damage", [b"\xff", b"\xe9", b"\xc3", b"\xe2\x82"])
def test_a_few_bad_bytes_make_a_utf8_page_no_other_encoding(charset: str, text: str, damage: bytes) -> None:
    body = page(text.encode() + b" " + damage + b" more", charset)

    assert f"{text} \ufffd more" in decode(body)


@pytest.mark.parametrize("codec", ["cp1251", "koi8-r", "cp1253", "gb18030", "cp932", "cp874"])
def test_a_page_in_another_encoding_without_a_charset_is_not_read_as_utf8(codec: str) -> None:
    words = {
        "cp1251": "Россия или Российская Федерация государство в Восточной Европе",
        "koi8-r": "Россия или Российская Федерация государство в Восточной Европе",
        "cp1253": "Η Ελλάδα είναι χώρα της νοτιοανατολικής Ευρώπης",
        "gb18030": "中华人民共和国位于亚洲东部太平洋西岸是工人阶级领导的新闻网站今天报道",
        "cp932": "日本国は東アジアに位置する民主制国家です。首都は東京都で、今日のニュースをお伝えします。",
        "cp874": "ประเทศไทยมีชื่ออย่างเป็นทางการว่าราชอาณาจักรไทย",
    }[codec]

    assert words in decode(page(words.encode(codec)))
