"""Cells, links and commands: whatever a title or an address holds, it stays in its cell and shows as it is."""

import shlex

from flows.reports.tables import command, commands, link, plain_command, shown, table


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
