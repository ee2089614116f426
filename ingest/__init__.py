"""What happens to bytes: fetch, parse, extract, clean, decide. No Prefect, no database, no settings, no clock."""
