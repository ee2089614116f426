"""When things run, how many at once, what the dashboard and the command line show. No parsing, cleaning or SQL."""
