"""Outcomes turned into what people read: table rows and markdown for artifacts, lines for the terminal. No Prefect."""
