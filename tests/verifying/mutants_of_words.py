"""Mutants written by hand: the text says another thing than the program computes."""

from tests.verifying import mutant_bases as of
from tests.verifying.mutants import Mutant, told

COLUMN: tuple[Mutant, ...] = (
    told("another column", of.MEAN, "the mean flipper", "the mean bill"),
    told("another column", of.SLOPE, "whose bill is above", "whose flipper is above"),
    told("another column", of.SLOPE, "predicts mass from flipper", "predicts mass from bill"),
    told("another column", of.MIDDLE, "whose mass is below", "whose flipper is below"),
    told("another column", of.MIDDLE, "range of bill", "range of flipper"),
    told("another column", of.COUNT, "whose bill is above", "whose flipper is above"),
    told("another column", of.TOTAL, "total mass", "total bill"),
    told("another column", of.HELD, "whose bill is below", "whose flipper is below"),
    told("another column", of.PARTIAL, "bill and flipper with mass", "bill and mass with flipper"),
    told("another column", of.EXCESS, "mean of bill", "mean of flipper"),
)
DIRECTION: tuple[Mutant, ...] = (
    told("other way round", of.ISLAND, "highest", "lowest"),
    told("other way round", of.SPECIES, "highest", "lowest"),
    told("other way round", of.COUNT, "above 42", "below 42"),
    told("other way round", of.MEDIAN, "below the 40%", "above the 40%"),
    told("other way round", of.HIGHEST, "highest mass", "lowest mass"),
    told("other way round", of.LATEST, "latest", "earliest"),
    told("other way round", of.RANKS, "closest to zero", "furthest from zero"),
    told("other way round", of.USUAL, "most records", "fewest records"),
    told("other way round", of.INSIDE, "highest", "lowest"),
    told("other way round", of.LOWEST, "lowest mean", "highest mean"),
)
NUMBER: tuple[Mutant, ...] = (
    told("another number", of.COUNT, "above 42", "above 44"),
    told("another number", of.MEDIAN, "40%", "60%"),
    told("another number", of.SHARE, "below 4.4", "below 4"),
    told("another number", of.TAIL, "75%", "90%"),
    told("another number", of.PAIRS, "0.7", "0.9"),
    told("another number", of.TWICE, "above 42", "above 45"),
)
LEVEL: tuple[Mutant, ...] = (
    told("another level", of.MEAN, '"Adelie"', '"Gentoo"'),
    told("another level", of.PEARSON, '"Gentoo"', '"Adelie"'),
    told("another level", of.SHARE, '"Dream"', '"Biscoe"'),
    told("another level", of.LINE, "is not 2", "is not 3"),
    told("another level", of.TOTAL, "1 or 3", "1 or 2"),
    told("another level", of.RATIO, 'of "Adelie"', 'of "Chinstrap"'),
    told("another level", of.GENTOOS, '"Gentoo"', '"Chinstrap"'),
    told("another level", of.LATEST, '"Adelie"', '"Chinstrap"'),
)
CONDITION: tuple[Mutant, ...] = (
    told("another condition", of.MEAN, 'Among the records in which species is "Adelie", what', "What"),
    told("another condition", of.MEAN, 'is "Adelie"', 'is known and is not "Adelie"'),
    told("another condition", of.SLOPE, "Among the records whose bill is above the mean, what", "What"),
    told("another condition", of.TOTAL, "in which year code is 1 or 3", "in which year code is 1"),
    told(
        "another condition",
        of.TWICE,
        'Consider the records in which island is "Dream". Among those of them whose',
        "Among the records whose",
    ),
    told("another condition", of.SHARE, 'is "Dream"', 'is known and is not "Dream"'),
)
FIGURE: tuple[Mutant, ...] = (
    told("another figure", of.MEAN, "the mean flipper", "the highest flipper"),
    told("another figure", of.MEDIAN, "the median bill", "the lowest bill"),
    told("another figure", of.TOTAL, "the total mass", "the mean mass"),
    told("another figure", of.PEARSON, "Pearson correlation", "Spearman rank correlation"),
    told("another figure", of.HIGHEST, "the highest mass", "the median mass"),
    told("another figure", of.SLOPE, "the slope", "the intercept"),
    told("another figure", of.MIDDLE, "interquartile range", "sample standard deviation"),
    told("another figure", of.TAIL, "mean of the values", "median of the values"),
    told("another figure", of.RELATIVE, "deviation of mass relative to its mean", "deviation of mass"),
    told("another figure", of.ISLAND, "mean bill", "number of records"),
)
ROLES: tuple[Mutant, ...] = (
    told("roles exchanged", of.SLOPE, "predicts mass from flipper", "predicts flipper from mass"),
    told("roles exchanged", of.LINE, "of bill on flipper", "of flipper on bill"),
    told("roles exchanged", of.RATIO, '"Adelie" is that of "Gentoo"', '"Gentoo" is that of "Adelie"'),
    told(
        "roles exchanged",
        of.PERCENTAGE,
        '"Gentoo" exceed that of "Adelie"',
        '"Adelie" exceed that of "Gentoo"',
    ),
    told("roles exchanged", of.LATEST, "bill by flipper", "flipper by bill"),
    told(
        "roles exchanged",
        of.KNOWN,
        "bill counted, what would the mean flipper",
        "flipper counted, what would the mean bill",
    ),
)
MUTANTS = (*COLUMN, *DIRECTION, *NUMBER, *LEVEL, *CONDITION, *FIGURE, *ROLES)
