"""Stored articles and pages in the forms that other programs read: JSON Lines, CSV, Parquet, RSS, WARC."""
