"""The `feedmill` command: words in, words or JSON out. No work of its own, and no import that --help would pay for."""
