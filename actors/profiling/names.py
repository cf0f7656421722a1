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
    " zip zipcode postcode plz cik fips geoid tract gaul"
)
CODE = words("code codes cd type class category cat group grp status cluster fp")
LEVEL = words("level lvl stage grade rating score rank tier degree severity")
"""Named so, whole numbers from 0 or 1 on are in an order; numbers without gaps are no codes for all that."""
NUMBERING = words("number no nr num obs rank row record sample seq sequence unnamed ind")
COUNT = words(
    "count counts number num n cases deaths visits absences failures children siblings members people"
    " persons population pop frequency freq occurrences births votes citations employed unemployed jobs men"
    " women boys girls males females adults students patients households employees passengers injuries"
    " fatalities goals attempts calls orders sales clicks views downloads likes followers comments reviews"
    " sibsp parch tests kills wins losses games bedrooms bathrooms rooms floors doors cylinders gears faelle"
    " falle anzahl bevolkerung bevoelkerung einwohner nombre nb"
)
_COUNTED = re.compile(r"(deaths|cases|visits|births|votes|count|persons|children)$")
"""The ends of words run together, such as `alldeaths`."""
YEAR = words("year years yr jahr ano annee anno")
YEAR_OF = words("founded established built born built renovated opened closed released incorporated")
DATE_PART = words("quarter qtr month mon week day weekday dow hour monat tag")
INSTANT = words("time timestamp ts epoch date datetime datum created updated modified at")
MONEY = words(
    "price cost costs income salary wage wages revenue budget fee fare amount payment dollars usd eur gbp"
)
AGE = words("age alter edad")


def counts_something(name: str) -> bool:
    """Whether a header says that its numbers count something."""
    named = words(name)
    sized = {"sample", "size"} <= named or {"labor", "force"} <= named or {"labour", "force"} <= named
    return bool(named & COUNT) or sized or any(map(_COUNTED.search, named))


def numbers_something(name: str) -> bool:
    """Whether a header says that its numbers number the rows: `No.` does, `No. of visits` does not."""
    named = words(name)
    return bool(named & NUMBERING) and not named & {"of", "for"}
