"""When things run, how many at once, and what the dashboard and the command line show. No parsing, no cleaning, no SQL."""
