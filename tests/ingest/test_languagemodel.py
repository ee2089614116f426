"""The lean model: what py3langid says of a text with all of its own, to the last bit, in a fifth of the memory."""

import tracemalloc

import py3langid
import pytest

from ingest.languagemodel import LeanIdentifier, _identifier, detect_language, load_lean

# The first article of the Universal Declaration of Human Rights, and what is no sentence.
TEXTS = {
    "en": "All human beings are born free and equal in dignity and rights. They have reason and conscience.",
    "de": "Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft und Gewissen begabt.",
    "fr": "Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués de raison.",
    "es": "Todos los seres humanos nacen libres e iguales en dignidad y derechos y, dotados como están de razón.",
    "it": "Tutti gli esseri umani nascono liberi ed eguali in dignità e diritti. Essi sono dotati di ragione.",
    "nl": "Alle mensen worden vrij en gelijk in waardigheid en rechten geboren. Zij zijn begiftigd met verstand.",
    "pl": "Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw. Są oni obdarzeni rozumem.",
    "fi": "Kaikki ihmiset syntyvät vapaina ja tasavertaisina arvoltaan ja oikeuksiltaan. Heille on annettu järki.",
    "tr": "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar. Akıl ve vicdana sahiptirler.",
    "ru": "Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом и совестью.",
    "el": "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα.",
    "ar": "يولد جميع الناس أحراراً متساوين في الكرامة والحقوق، وقد وهبوا عقلاً وضميراً.",
    "he": "כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם. כולם חוננו בתבונה ובמצפון.",
    "hi": "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है।",
    "ja": "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。",
    "zh": "人人生而自由,在尊严和权利上一律平等。他们赋有理性和良心,并应以兄弟关系的精神相对待。",
    "ko": "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다.",
    "th": "มนุษย์ทั้งปวงเกิดมามีอิสระและเสมอภาคกันในศักดิ์ศรีและสิทธิ",
}
ODD = ["", " ", "\n", "7", "1234567890 " * 9, "\x00\x01\x02", "\ud800 and on", "!?", "A", "LOUD WORDS ONLY", "å" * 999]
MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def lean() -> LeanIdentifier:
    return load_lean()


@pytest.mark.parametrize("text", [*TEXTS.values(), *ODD, "\n".join(TEXTS.values()), *(t[:40] for t in TEXTS.values())])
def test_every_language_scores_what_it_scores_in_the_whole_model(lean, text):
    assert lean.rank(text) == py3langid.rank(text)
    assert lean.classify(text) == py3langid.classify(text)


@pytest.mark.parametrize("language", TEXTS)
def test_a_sentence_is_in_its_language(language):
    assert detect_language(TEXTS[language]) == language


def test_the_release_that_is_installed_is_read_leanly():
    assert isinstance(_identifier(), LeanIdentifier)


def test_the_model_takes_few_megabytes_and_while_it_is_read_one_table_more():
    tracemalloc.start()
    try:
        lean = load_lean()
        held, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert lean.classify(TEXTS["de"])[0] == "de"
    assert held < 16 * MEGABYTE
    assert peak < 72 * MEGABYTE
