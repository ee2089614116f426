"""What public web archives kept of the fake sites, and servers that answer for them as the archives do."""
