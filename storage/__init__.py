"""What is kept: tables and one module per noun, on SQLite and Postgres. No Prefect, no environment, no parsing."""
