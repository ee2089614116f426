"""What commands print of addresses with passwords: nothing of those."""

POSTGRES = "postgresql://mill:s3cret@127.0.0.1:1/feedmill"


async def test_a_feed_with_a_password_in_its_address_is_refused_with_what_to_do(feedmill, tmp_path):
    ended = await feedmill("feeds", "add", "https://ana:s3cret@127.0.0.1:9/feed", "--no-discover")
    opml = tmp_path / "feeds.opml"
    opml.write_text('<opml><body><outline type="rss" xmlUrl="https://ana:s3cret@news.example/f"/></body></opml>')
    imported = await feedmill("feeds", "import", str(opml), "--json")
    for words in (ended, imported):
        assert words.code == 1
        assert "FEEDMILL_CREDENTIALS_FILE" in words.err
        assert "s3cret" not in words.out + words.err
    assert (await feedmill("feeds", "list", "--json")).json == []


async def test_the_doctor_and_the_database_commands_show_no_password(feedmill):
    for words in (("doctor",), ("doctor", "--json"), ("db", "stats"), ("db", "check"), ("db", "upgrade")):
        ended = await feedmill(*words, FEEDMILL_DATABASE_URL=POSTGRES)
        assert ended.code == 1
        assert "s3cret" not in ended.out + ended.err


async def test_a_file_of_credentials_that_others_can_read_stops_the_round(feedmill, tmp_path):
    file = tmp_path / "credentials.toml"
    file.write_text('[[credential]]\nhost = "news.example"\ntoken = "s3cret"\n')
    file.chmod(0o644)
    ended = await feedmill("ingest", FEEDMILL_CREDENTIALS_FILE=str(file))
    assert (ended.code, "chmod 600" in ended.err, "s3cret" in ended.out + ended.err) == (1, True, False)
    doctor = await feedmill("doctor", "--json", FEEDMILL_CREDENTIALS_FILE=str(file))
    [finding] = [one for one in doctor.json if one["what"] == "credentials"]
    assert (finding["is_wrong"], "chmod 600" in finding["advice"]) == (True, True)
    file.chmod(0o600)
    assert (await feedmill("ingest", FEEDMILL_CREDENTIALS_FILE=str(file))).code == 0
