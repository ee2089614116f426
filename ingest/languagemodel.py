"""The language of a text as py3langid tells it, whose model is held here in 13 MB instead of 74.

Most entries of its two tables are what one expects: after a letter one is where its pair of letters leads, and a
language does not know a wording. Only the others are kept. What is said of a text is the same to the last bit.
"""

import lzma
import shutil
import tempfile
from array import array
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import py3langid
from numpy.typing import NDArray
from py3langid import langid

_RELEASE = "0.4."  # whose file is known here; of another one py3langid's own reader is asked
_LETTERS = 256
_FEW = 48  # languages of 142: a row of its own for more of them is faster to read, and larger by a megabyte in all
_BLOCK = 1_024  # rows that are looked at together: what that takes is small beside the table

Table = NDArray[Any]


def detect_language(text: str) -> str:
    """The ISO 639 code of the language that a text is most likely in."""
    return str(_identifier().classify(text)[0])


@cache
def _identifier() -> Any:
    return load_lean() if py3langid.__version__.startswith(_RELEASE) else py3langid


def load_lean() -> "LeanIdentifier":
    """Unpack the model that py3langid brings: .5 s of CPU. One table is in memory at a time."""
    with tempfile.TemporaryFile() as unpacked:
        with lzma.open(Path(langid.MODEL_DIR) / langid.MODEL_FILE) as packed:
            shutil.copyfileobj(packed, unpacked, 1 << 20)
        unpacked.seek(0)
        with np.load(unpacked, allow_pickle=False) as model:
            likelihoods = _pack_likelihoods(model["ptc"])
            walk = _pack_walk(model["nextmove"].reshape(-1, _LETTERS), model["nextmove_row"], model["out_feat"])
            return LeanIdentifier(likelihoods, model["pc"], model["classes"].tolist(), walk)


class LeanIdentifier(langid.LanguageIdentifier):  # type: ignore[misc] # it has no types
    """py3langid's reckoning over the tables of this module."""

    __slots__ = ("_walk",)

    def __init__(self, likelihoods: "Likelihoods", priors: Table, languages: list[str], walk: "Walk") -> None:
        super().__init__(likelihoods, priors, languages, (), (), tk_row=())
        self._walk = walk

    def _raw_score(self, text: bytes) -> Any:
        visits = self._walk.count_visits(text)
        return self._sparse_score(visits, self.nb_ptc) if visits else super()._raw_score(b"")


@dataclass(frozen=True, slots=True)
class Exceptions:
    """The entries of a table that are not what is expected of them: those of row n from ``starts[n]`` on."""

    starts: Table
    columns: Table
    values: Table


@dataclass(frozen=True, slots=True)
class Likelihoods:
    """How likely each wording is in each language: bits of float16.

    A wording that many languages know has a row in ``full``, at its place. Row 0 is the others': there no language
    knows anything, but for ``known``.
    """

    full: Table
    places: Table
    known: Exceptions

    def __getitem__(self, features: Table) -> Table:
        """The rows of these wordings."""
        found = self.full[self.places[features]]
        starts = self.known.starts[features]
        counts = self.known.starts[features + 1] - starts
        at = np.arange(counts.sum()) + np.repeat(starts - np.cumsum(counts) + counts, counts)
        found[np.repeat(np.arange(len(features)), counts), self.known.columns[at]] = self.known.values[at]
        return found.view(np.float16)


@dataclass(frozen=True, slots=True)
class Walk:
    """The automaton that finds wordings in a text's bytes, in Python's own arrays, for it is asked byte by byte.

    Of each state the row that it shares with others, and the wording that ends there or -1. Of each row the letter
    behind which it stands: with the next letter that is a ``pairs`` of letters, which says the next state where the row
    itself does not.
    """

    rows: "array[int]"
    features: "array[int]"
    behind: bytes
    pairs: "array[int]"
    starts: "array[int]"
    letters: bytes
    states: "array[int]"

    def count_visits(self, text: bytes) -> Counter[int]:
        """How often each wording occurs, in the order in which they are met."""
        rows, features, starts, states, find = self.rows, self.features, self.starts, self.states, self.letters.find
        met, state = [], 0
        for letter in text:
            row = rows[state]
            at = find(letter, starts[row], starts[row + 1])
            state = states[at] if at >= 0 else self.pairs[self.behind[row] << 8 | letter]
            if (feature := features[state]) >= 0:
                met.append(feature)
        return Counter(met)


def _pack_likelihoods(table: Table) -> Likelihoods:
    bits = table.view(np.uint16)
    floor = bits.max(axis=0)  # of numbers below zero, the bits of the least are the greatest
    counts = np.concatenate([np.count_nonzero(bits[block] != floor, axis=1) for block in _blocks(bits)])
    well_known = np.flatnonzero(counts > _FEW)
    places = np.zeros(len(bits), np.int32)
    places[well_known] = np.arange(1, len(well_known) + 1)
    full = np.concatenate((floor[None], bits[well_known]))
    return Likelihoods(full, places, _except(bits, lambda block: full[places[block]]))


def _pack_walk(table: Table, rows: Table, features: Table) -> Walk:
    pairs = table[rows[table[rows[0]]]]
    arrived = np.zeros(len(rows), np.uint8)
    for block in _blocks(table):
        arrived[table[block]] = np.arange(_LETTERS, dtype=np.uint8)
    behind = np.zeros(len(table), np.uint8)
    behind[rows] = arrived
    own = _except(table, lambda block: pairs[behind[block]])
    return Walk(
        rows=_array("H", rows),
        features=_array("i", features),
        behind=behind.tobytes(),
        pairs=_array("I", pairs),
        starts=_array("I", own.starts),
        letters=own.columns.tobytes(),
        states=_array("I", own.values),
    )


def _except(table: Table, expected: Callable[[slice], Table]) -> Exceptions:
    counts, columns, values = [], [], []
    for block in _blocks(table):
        differs = table[block] != expected(block)
        counts.append(np.count_nonzero(differs, axis=1))
        at = np.flatnonzero(differs)
        columns.append((at % table.shape[1]).astype(np.uint8))
        values.append(table[block].ravel()[at])
    starts = np.concatenate(([0], np.cumsum(np.concatenate(counts)))).astype(np.int32)
    return Exceptions(starts, np.concatenate(columns), np.concatenate(values))


def _blocks(table: Table) -> Iterator[slice]:
    return (slice(start, start + _BLOCK) for start in range(0, len(table), _BLOCK))


def _array(typecode: str, values: Table) -> "array[int]":
    packed: array[int] = array(typecode)
    packed.frombytes(values.astype(np.dtype(typecode)).tobytes())
    return packed
