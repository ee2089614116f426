"""What feedmill as a whole sends, keeps and refrains from, rule by rule."""

from ingest.model import FailureKind, FetchRequest

FEED = "https://news.example/feed"
PAGE = "https://news.example/a"
ROBOTS = "https://news.example/robots.txt"


async def test_rules_18_and_45_every_poll_sends_the_same_words(office, web, make):
    web.serve(FEED, make.rss("a"), '"1"')
    await office.subscribe(FEED)
    await office.round()
    office.forward(days=2)
    await office.round()
    first, second = [request for request in web.asked if request.url == FEED]
    assert first.accept == second.accept
    assert first.accept.startswith("application/atom+xml,application/rss+xml,application/feed+json")
    assert (first.validators.etag, second.validators.etag) == (None, '"1"')


async def test_rule_28_a_poll_by_hand_is_conditional_and_not_made_twice_in_five_minutes(office, web, make):
    web.serve(FEED, make.rss("a"), '"1"')
    await office.subscribe(FEED)
    await office.round(poll_all=True)
    office.forward(minutes=4)
    cool = await office.round(poll_all=True)
    office.forward(minutes=2)
    again = await office.round(poll_all=True)
    assert (cool.feeds_polled, again.feeds_polled, again.feeds_not_modified) == (0, 1, 1)


async def test_rule_28_a_poll_by_hand_never_passes_over_retry_after(office, web):
    web.fail(FEED, FailureKind.UNAVAILABLE, 503, retry_after="7200")
    await office.subscribe(FEED)
    await office.round()
    office.forward(minutes=119)
    held = await office.round(poll_all=True)
    office.forward(minutes=2)
    assert (held.feeds_polled, (await office.round(poll_all=True)).feeds_polled) == (0, 1)


async def test_rule_47_nothing_is_asked_for_but_feeds_pages_and_robots_txt(office, web, make):
    web.say(FEED, make.rss("a"))
    web.say(PAGE, make.page("a", '<link rel="icon" href="/favicon.ico"><img src="/pixel.gif">'))
    await office.subscribe(FEED)
    await office.round()
    assert [request.url for request in web.asked] == [FEED, ROBOTS, PAGE]


async def test_rule_49_a_feed_that_was_subscribed_to_is_polled_whatever_robots_txt_says(office, web, make):
    web.say(ROBOTS, "User-agent: *\nDisallow: /")
    web.say(FEED, make.rss("a"))
    web.say(PAGE, make.page("a"))
    await office.subscribe(FEED)
    assert (await office.round()).feeds_polled == 1
    assert web.times(PAGE) == 0
    [(status,)] = await office.rows("SELECT status FROM article")
    assert status in ("blocked", "partial")


async def test_rule_49_robots_txt_is_read_once_a_day(office, web, make):
    web.say(ROBOTS, "User-agent: *\nAllow: /")
    web.say(PAGE, make.page("a"))
    await office.subscribe(FEED)
    for name in "abc":
        web.say(FEED, make.rss(name))
        await office.round()
        office.forward(hours=11)
    assert web.times(ROBOTS) == 1
    office.forward(hours=4)
    web.say(FEED, make.rss("d"))
    await office.round()
    assert web.times(ROBOTS) == 2


async def test_rule_49_a_copy_stands_in_for_thirty_days_where_robots_txt_fails(office, web, make):
    web.say(ROBOTS, "User-agent: *\nDisallow: /b")
    await office.subscribe(FEED)
    for name, days in (("a", 20), ("b", 5), ("c", 9), ("d", 0)):
        web.say(f"https://news.example/{name}", make.page(name))
        web.say(FEED, make.rss(name))
        await office.round()
        web.fail(ROBOTS, FailureKind.SERVER_ERROR, 500)
        office.forward(days=days)
    assert [web.times(f"https://news.example/{name}") for name in "abcd"] == [1, 0, 1, 0]
    rows = await office.rows("SELECT url, state FROM page WHERE state = 'pending'")
    assert [row.url for row in rows] == ["https://news.example/d"]


async def test_rule_50_what_a_page_says_about_being_kept_is_recorded_with_it(office, web, make):
    web.say(FEED, make.rss("a"))
    web.say(PAGE, make.page("a", '<meta name="robots" content="noai">'), x_robots_tag="noarchive")
    await office.subscribe(FEED)
    await office.round()
    assert await office.rows("SELECT robots_tags FROM page") == [('["noarchive", "noai"]',)]


async def test_a_short_link_and_the_article_itself_are_one_article(office, web, make):
    short, article = "https://t.example/x1", make.page("a")

    def moved(request: FetchRequest):
        return make.fetched(PAGE, article)

    web.answers[short] = moved
    web.say(PAGE, article)
    web.say("https://one.example/feed", make.rss("a").replace(PAGE, short))
    web.say("https://two.example/feed", make.rss("a"))
    await office.subscribe("https://one.example/feed")
    await office.round()
    await office.subscribe("https://two.example/feed")
    await office.round()
    assert len(await office.rows("SELECT id FROM article")) == 1
    assert len(await office.rows("SELECT feed_id FROM article_feed")) == 2
    assert web.times(PAGE) == 0


async def test_a_budget_sets_the_rhythm_of_every_feed(office, web, make):
    from flows.maintain import affordable_constant
    from storage import budget

    web.say(FEED, make.rss("a@19", "b@18", "c@17"))
    await office.subscribe(FEED)
    office.settings = office.settings.model_copy(update={"requests_per_day": 1})
    async with office.mill() as mill:
        await mill.writer.apply(lambda session: budget.put_constant(session, 40.0))
    await office.round()
    state = (await office.state(FEED)).state
    assert state.interval_seconds == 86_400
    assert affordable_constant(office.settings, [state]) > 3  # of the rule without a budget
