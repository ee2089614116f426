"""`feedmill searches` and `automations`: what is saved is listed without secrets, and what cannot be is refused."""

HOOK = "http://127.0.0.1:9999/hook/token"
NEAR = {"FEEDMILL_ALLOW_NETWORKS": "127.0.0.0/8"}


async def test_a_search_is_saved_listed_without_its_secret_and_removed(feedmill):
    saved = await feedmill("searches", "add", "rivers", "river", "--webhook", HOOK, **NEAR)
    assert (saved.code, saved.out) == (0, "saved: rivers, new articles go to http://127.0.0.1:9999/…\n")
    [row] = (await feedmill("searches", "list", "--json")).json
    assert (row["name"], row["query"], row["webhook"], row["delivered"]) == (
        "rivers",
        "river",
        "http://127.0.0.1:9999/…",
        0,
    )
    assert "token" not in (await feedmill("searches", "list")).out
    twice = await feedmill("searches", "add", "rivers", "lake", **NEAR)
    assert (twice.code, "there is a search rivers already" in twice.err) == (1, True)
    assert (await feedmill("searches", "remove", "rivers")).code == 0
    assert (await feedmill("searches", "remove", "rivers")).code == 1
    assert (await feedmill("searches", "list", "--json")).json == []


async def test_what_can_be_no_search_is_refused(feedmill):
    forbidden = await feedmill("searches", "add", "a", "river", "--webhook", HOOK)
    assert (forbidden.code, "http://127.0.0.1:9999/… is never called" in forbidden.err) == (1, True)
    assert "token" not in forbidden.err
    password = await feedmill("searches", "add", "a", "river", "--webhook", "https://me:pw@hooks.example/", **NEAR)
    assert (password.code, "pw" in password.err) == (1, False)
    assert (await feedmill("searches", "add", "a", "...")).code == 2
    assert (await feedmill("searches", "add", "../a", "river")).code == 2


async def test_without_a_server_the_automations_say_so(feedmill):
    ended = await feedmill("automations", "apply", "--api", "http://127.0.0.1:9/api")
    assert (ended.code, "no Prefect server answers at http://127.0.0.1:9/api" in ended.err) == (1, True)
