"""Feed documents: bytes in, entries with an identity out. No sockets, no database, no clock."""
