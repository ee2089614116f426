"""Takes out what is no part of an article and rejoins split words, each removal recorded; no input, no output."""
