"""Takes out what is no part of an article and rejoins split words, with every removal recorded; pure, no input or output."""
