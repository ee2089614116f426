"""The schema's history, oldest first. A revision is added here with its file; a test holds the two together."""

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010", "0011", "0012", "0013")
CURRENT = REVISIONS[-1]
