"""From a fetched page, and what its feed says of it, to an article: candidates, choice, cleaning, metadata. No I/O."""
