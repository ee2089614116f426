"""Where a site's history is listed, and how each listing is walked: decisions alone, no request is sent here."""
