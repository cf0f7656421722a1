"""What a column's name suggests about it."""

import re
import unicodedata

_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W\d_]+")


def words(name: str) -> frozenset[str]:
    """The words of a header in lower case, accents dropped: `RespondentID` and `respondent id` are alike."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char))
    return frozenset(part.lower() for part in _PARTS.findall(plain))


IDENTIFIER = words(
    "id ids identifier uuid guid key pk index idx rowid serial ssn isbn issn doi url link email phone tel iso"
    " zip zipcode postcode plz cik fips geoid"
)
CODE = words("code codes cd type class category cat group grp status level lvl stage cluster fp")
NUMBERING = words("number no nr num obs rank row record sample seq sequence unnamed")
COUNT = words(
    "count counts number num n cases deaths visits absences failures children siblings members people"
    " persons population frequency freq occurrences"
)
YEAR = words("year years yr jahr ano annee anno")
DATE_PART = words("quarter qtr month mon week day weekday dow hour monat tag")
INSTANT = words("time timestamp ts epoch date datetime datum")
