INSERT INTO site (id, host, is_hold_asked) VALUES (1, 'news.example', false);
INSERT INTO feed (id, url, site_id, tags, created_at, status, failures, post_count, post_days, full_answers, moved_count, hints)
VALUES (1, 'https://news.example/a.xml', 1, '[]', '2026-11-20 12:00:00.000000', 'active', 0, 1.0, 2.0, 0, 0, '{}');
INSERT INTO article (id, cursor, url, site, title, authors, published_source, first_seen_at, fetched_at, text, tags, word_count, status, extractor, removed, content_hash, provenance, revision, feed_id)
VALUES (1, 1, 'https://news.example/one', 'news.example', 'A title', '[]', 'feed', '2026-11-20 12:00:00.000000', '2026-11-20 12:01:00.000000', 'Some words.', '[]', 2, 'ok', 'feedmill-1', '[]', 'abc', '{}', 1, 1);
INSERT INTO page (id, site_id, url, page_key, state, feed_id, priority, attempts, created_at, fetched_at, robots_tags, article_id)
VALUES (1, 1, 'https://news.example/one', 11, 'done', 1, 0, 0, '2026-11-20 12:00:00.000000', '2026-11-20 12:01:00.000000', '[]', 1);
INSERT INTO page (id, site_id, url, page_key, state, feed_id, priority, attempts, created_at, robots_tags)
VALUES (2, 1, 'https://news.example/old', 12, 'pending', 1, 1, 0, '2026-11-20 12:00:00.000000', '[]');
INSERT INTO alias (key, article_id, first_seen_at) VALUES (11, 1, '2026-11-20 12:01:00.000000');
UPDATE counter SET value = 1 WHERE name = 'article'
