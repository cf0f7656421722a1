"""How sure a rate is, and a difference of two."""

from dataclasses import dataclass

from scipy import stats

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Rate:
    """So many of so many, with what the true share may be."""

    right: int
    """How many."""
    of: int
    """Of how many."""

    @property
    def share(self) -> float | None:
        """The share; None of none."""
        return self.right / self.of if self.of else None

    def interval(self, confidence: float = CONFIDENCE) -> tuple[float, float]:
        """Between what the true share lies; all of it where there is none.

        E. B. Wilson's interval, "Probable inference", JASA 22 (1927): its coverage is nominal on average over
        the true share, where the exact one of Clopper and Pearson covers more and is wider.

        Args:
            confidence: how often such an interval is to hold the truth.
        """
        if not self.of:
            return 0.0, 1.0
        found = stats.binomtest(self.right, self.of).proportion_ci(confidence, method="wilson")
        return float(found.low), float(found.high)


def mcnemar(only_first: int, only_second: int) -> float:
    """The two-sided p-value of McNemar's exact test: could both be right as often?

    Q. McNemar, Psychometrika 12 (1947), with binomial probabilities in the place of his approximation: among
    questions that only one of two got right, either is as likely to be the one.

    Args:
        only_first: questions that only the first got right.
        only_second: those that only the second did.
    """
    discordant = only_first + only_second
    return float(stats.binomtest(only_first, discordant).pvalue) if discordant else 1.0
