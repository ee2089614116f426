"""What extracting again changes, as the dashboard shows it."""

from flows.differences import changes
from flows.reextraction import Difference, ReextractPlan, ReextractReport, Verdict
from flows.reports.reextraction import reextraction_markdown
from storage.reextraction import ReextractQuery

DRY = ReextractPlan(query=ReextractQuery(), is_dry_run=True)


def difference(before, after, title="A title"):
    return Difference(7, "a.example", title, Verdict.CHANGED, (1_234, 900), changes(before, after))


def a_report(*differences, changed=1):
    sites = {"a.example": {Verdict.UNCHANGED: 3, Verdict.CHANGED: changed}}
    return ReextractReport(planned=4, sites=sites, differences=list(differences))


def test_each_difference_says_what_went_and_came_and_how_to_read_the_article(rendered):
    page = rendered(reextraction_markdown(a_report(difference("Old words here.\n\nBye", "Old words there.")), DRY))
    assert [one.text_content() for one in page.iter("h2", "h3")] == ["What would change", "A title"]
    lines = [one.text_content() for one in page.iter("li")]
    assert lines == ["edited Old words [-here.-] {+there.+}", "went Bye"]
    assert "feedmill articles show 7: changed, from 1,234 to 900 characters" in page.text_content()
    assert [cell.text for cell in page.iter("td")] == ["a.example", "3", "1", "0"]


def test_what_is_not_shown_is_counted():
    many = "\n\n".join(f"paragraph number {number} of another text" for number in range(14))
    told = reextraction_markdown(a_report(*[difference(many, "")] * 60, changed=70), DRY)
    assert told.count("### ") == 50
    assert told.count("- and 4 more") == 50
    assert told.endswith("and 20 more: `feedmill reextract --dry-run --diff`\n")


def test_where_nothing_changed_there_is_nothing_to_explain():
    told = reextraction_markdown(a_report(changed=0), DRY)
    assert "Worse is" not in told
    assert "and " not in told.partition("worse |")[2]


def test_no_title_and_no_text_breaks_the_report(title, rendered):
    page = rendered(reextraction_markdown(a_report(difference(title, "new", title)), DRY))
    assert len(list(page.iter("h1", "h2", "h3"))) == 2
    assert list(page.iter("a", "img")) == []
    assert len(list(page.iter("table"))) == 1
