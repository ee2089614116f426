"""A story's origin: what its copies say of it, and nothing where they say nothing."""

import pytest

from ingest.decide.origin import choose_origin, name_source


@pytest.mark.parametrize(
    ("opening", "source"),
    [
        ("BERLIN (dpa) - Der Hafen bleibt zu.", "dpa"),
        ("LONDON, Nov 5 (Reuters) - The harbour stays closed.", "Reuters"),
        ("(AP) — The harbour stays closed.", "AP"),
        ("Berlin/Paris (dpa/AFP) – Der Hafen bleibt zu.", "dpa"),
        ("ROMA (ANSA) - Il porto resta chiuso.", "ANSA"),
        ("МОСКВА (ТАСС) - Порт закрыт.", "TASS"),
        ("（共同）港は閉じたままだ。", "Kyodo"),
        ("PORT ELLERY (Meridian Wire) - The harbour stays closed.", "Meridian Wire"),
        ("ТИХОГОРСК (Тихогорский вестник) - Порт закрыт.", "Тихогорский вестник"),
        ("TAŞKIYI, 5 Kasım (Kıyı Ajansı) – Liman kapalı.", "Kıyı Ajansı"),
        ("Angela Merkel (CDU) - die Kanzlerin - kam.", None),
        ("The Harbour (Annual Report) - a summary.", None),
        ("The harbour stays closed (Reuters said so on Monday), and nobody knows why.", None),
        ("The mayor (AP Smith) spoke.", None),
        ("A gap (ap) in the fence.", None),
        ("Nobody says where this comes from.", None),
        (None, None),
    ],
)
def test_an_agencys_dateline_is_read_at_the_very_start(opening, source):
    assert name_source(opening) == source


@pytest.mark.parametrize(
    ("credit", "source"),
    [
        ("This article was originally published by The Harbour Post.", "The Harbour Post"),
        ("This story first appeared in Tidewater Weekly, on Monday.", "Tidewater Weekly"),
        ("Dieser Text erschien zuerst bei Hafenblatt.", "Hafenblatt"),
        ("Article publié initialement par Le Quai.", "Le Quai"),
        ("Publicado originalmente en El Muelle.", "El Muelle"),
    ],
)
def test_a_credit_is_read_at_either_end(credit, source):
    body = "Words that say nothing of it. " * 40
    assert name_source(f"{credit}\n\n{body}") == source
    assert name_source(f"{body}\n\n{credit}") == source
    assert name_source(f"{body}\n\n{credit}\n\n{body}") is None


def article(origin_url=None, text="Nobody says where this comes from."):
    return {"origin_url": origin_url, "text": text}


def test_the_address_that_most_copies_name_is_the_origin():
    one, other = "https://one.example/a", "https://other.example/b"
    assert choose_origin([article(one), article(other), article(other), article()]) == other
    assert choose_origin([article(one), article(other)]) == one


def test_without_an_address_it_is_the_source_they_credit():
    copies = [article(), article(text="BERLIN (dpa) - Der Hafen."), article(text="(AFP) - Der Hafen."), article()]
    assert choose_origin(copies) == "dpa"
    assert choose_origin([article(), article()]) is None
