"""Whether every name in the text means one column, or whichever column it means the answer is the same."""

from actors.language.court.case import Case
from actors.language.paths import Paths, column_paths
from actors.language.soundness import Refusal


def names_several(case: Case) -> Refusal | None:
    """A text of which some name fits several columns, with answers that differ."""
    found = paths_of(case)
    if found.resolution == "one":
        return None
    return Refusal("ambiguous", f"a name fits several columns, with {found.clusters} answers")


def paths_of(case: Case) -> Paths:
    """Each choice of columns that the names of the text leave, run."""
    return column_paths(case.program.record, case.subject.words.name, case.subject)
