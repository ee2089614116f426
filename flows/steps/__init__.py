"""One unit of work each: gather, decide, apply. Without Prefect, so that flows, commands and tests share them."""
