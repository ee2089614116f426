"""What a site's pages teach: which lines recur on them, and which of those are furniture. No clock, no storage."""
