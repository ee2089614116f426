"""Cells, links and commands: whatever a title or an address holds, it stays in its cell and shows as it is."""

import shlex

from flows.reports.tables import command, commands, counted, fact, folded, link, plain_command, shown, table


def cells_of(page):
    return [[cell.text_content() for cell in row.iter("td")] for row in page.iter("tr")][1:]


def test_a_title_stays_in_its_cell_and_shows_as_it_is(title, rendered):
    page = rendered(table(("title", "n"), [(shown(title, 70), 1), ("next", 2)]))
    assert [len(row) for row in cells_of(page)] == [2, 2]
    [told, number] = cells_of(page)[0]
    assert number == "1"
    assert len(told) <= 70
    assert list(page.iter("a", "img")) == []
    assert told[:6].strip() in " ".join(title.replace("\x1b[2J", "").split())[:12] or "\x00" in title


def test_a_folded_cell_has_so_many_lines_and_no_wider_ones(title, rendered):
    told = folded(title, 20)
    page = rendered(told)
    assert list(page.iter("a", "img", "h1", "h2", "li", "table")) == []
    lines = page.text_content().strip().split("\n")
    assert len(lines) <= 2
    assert max(map(len, lines)) <= 20


def test_no_line_of_a_folded_cell_begins_a_list_or_makes_a_heading(rendered):
    for text in ("1. one two three four", "one two three 1. four", "one two three ====", "one two three - four"):
        page = rendered(folded(text, 14))
        assert list(page.iter("h1", "ol", "ul")) == []
        assert page.text_content().split() == text.split()


def test_of_what_is_too_long_for_its_lines_it_is_said():
    assert folded("a.example/" + "folder/" * 9, 20) == "a.example/folder/fol  \nder/folder/folder/f…"


def test_one_thing_is_not_many():
    assert [counted(count, "poll") for count in (0, 1, 2_400)] == ["0 polls", "1 poll", "2,400 polls"]


def test_a_link_leads_to_the_web_or_nowhere(url, rendered):
    page = rendered(table(("link", "n"), [(link("page", url), "x")]))
    [(told, beside)] = cells_of(page)
    links = [one.get("href") for one in page.iter("a")]
    assert all(one.startswith("http://evil.example/") and "hushhush" not in one for one in links)
    assert bool(links) == url.startswith("http://evil.example")
    assert (beside, told) == ("x", "page" if links else "")


def test_commands_below_each_other_stay_in_their_block(url, rendered):
    page = rendered(commands([plain_command("feedmill", "feeds", "explain", url), "b", "b"]) + "\n\nafter")
    [block] = page.iter("code")
    first, second = block.text.splitlines()
    assert len(shlex.split(first)) == 4
    assert second == "b"
    assert [one.text for one in page.iter("p")] == ["after"]


def test_a_command_is_one_cell_and_one_word_to_a_shell(url, rendered):
    page = rendered(table(("n", "more"), [("1", command("feedmill", "feeds", "explain", url))]))
    [(_, told)] = cells_of(page)
    words = shlex.split(told)
    assert words[:3] == ["feedmill", "feeds", "explain"]
    assert len(words) == 4
    assert "hushhush" not in told
    assert [one.text for one in page.iter("code")] == [told]


def test_numbers_stand_to_the_right_and_have_their_commas():
    assert table(("what", "n"), [("a", 1234)]).splitlines()[1:] == ["|---|---:|", "| a | 1,234 |"]


def test_an_address_within_a_sentence_shows_without_our_escapes(rendered):
    page = rendered(fact("the first one: http://news.example/a-b_(c)*: it *failed*, see https://x.example/y-z.", 200))
    assert [code.text_content() for code in page.iter("code")] == [
        "http://news.example/a-b_(c)*",
        "https://x.example/y-z",
    ]
    assert page.text_content().strip().endswith(": it *failed*, see https://x.example/y-z.")
    assert "hushhush" not in fact("see http://user:hushhush@news.example/a", 100)


def test_no_fact_breaks_out_of_its_line(title, url, rendered):
    page = rendered(f"- {fact(f'{title} {url} {title}', 400)}")
    assert len(list(page.iter("li"))) == 1
    assert list(page.iter("a", "img", "table", "h1")) == []
