"""The sample newsroom: a small fictional web on loopback, for the first run, the tests and the benchmarks."""
