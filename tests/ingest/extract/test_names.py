import pytest

from ingest.extract.names import is_desk, is_login, is_person, people_in


@pytest.mark.parametrize(
    ("byline", "people"),
    [
        ("By Nora Finch", ("Nora Finch",)),
        ("Written by: Nora Finch and Cy Marsh", ("Nora Finch", "Cy Marsh")),
        ("Von Nora Finch und Karl Weiß", ("Nora Finch", "Karl Weiß")),
        ("Von Miller", ("Von Miller",)),
        ("Juan Pérez y María López Díaz", ("Juan Pérez", "María López Díaz")),
        ("Ortega y Gasset", ("Ortega y Gasset",)),
        ("Автор: Иван Петров", ("Иван Петров",)),
        ("作者：顾清和", ("顾清和",)),
        ("Nora Finch, MD, FACP and Cy Marsh, Ph.D.", ("Nora Finch, MD, FACP", "Cy Marsh, Ph.D")),
        ("Nora Finch, Director, Pier Trust", ("Nora Finch",)),
        ("Nora Finch/Pier.com", ("Nora Finch",)),
        ("NORA O'FINCH Pier Press", ("Nora O'Finch",)),
        ("NORA FINCH", ("Nora Finch",)),
        ("Nora Finch for Pier Letters", ("Nora Finch",)),
        ("Nora Finch on March 4, 2026", ("Nora Finch",)),
        ("J.R.R. Tolkien", ("J.R.R. Tolkien",)),
        ("Jean-Luc Aufranc (CNXSoft)", ("Jean-Luc Aufranc (CNXSoft)",)),
        ("Centre for Research and Planning", ("Centre for Research and Planning",)),
        ("Nora Finch, nora finch", ("Nora Finch",)),
    ],
)
def test_a_byline_names_its_people(byline: str, people: tuple[str, ...]) -> None:
    assert people_in([byline]) == people


@pytest.mark.parametrize(
    "name",
    [
        *("admin", "Administrator", "wp-admin", "Staff", "Guest Author", "Staff Writer", "noreply@blogger.com"),
        *("{{ author }}", "page.head.extra.author", "https://harbour.example/nora", "design: Cy Marsh", "N/A", "12"),
    ],
)
def test_a_placeholder_is_nobody(name: str) -> None:
    assert people_in([name]) == ()


def test_the_site_is_nobody_unless_its_name_is_a_persons() -> None:
    assert people_in(["Lampworks"], frozenset({"lampworks"})) == ()
    assert people_in(["Nora Finch"], frozenset({"norafinch"})) == ("Nora Finch",)


@pytest.mark.parametrize("text", ["Nora Finch", "Raimo van der Klein", "O'Neil Marsh", "Иван Петров", "Nora C. Finch"])
def test_a_person_has_two_to_five_capitalised_words(text: str) -> None:
    assert is_person(text)


@pytest.mark.parametrize(
    "text",
    ["Nora", "Product Manager", "News Desk", "Read More", "Data Analysis", "the lamp", "Follow Nora", "Milanesi said"],
)
def test_what_pages_print_in_a_persons_place_is_none(text: str) -> None:
    assert not is_person(text)


def test_a_desk_without_a_name_is_told_from_one_with() -> None:
    assert is_desk("Editorial Team")
    assert is_desk("Our Editors")
    assert not is_desk("The Pier Team")


def test_accounts_are_told_from_names() -> None:
    assert [name for name in ("nora.finch", "nora-finch2", "nora7", "Nora", "jsteinhardt") if is_login(name)] == [
        "nora.finch",
        "nora-finch2",
        "nora7",
    ]
