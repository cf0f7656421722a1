"""The unit that a header names: in brackets, at its end, or by what is measured."""

import re
from collections.abc import Iterable

from actors.profiling.names import words

_WRITTEN = {
    "nm um mm cm dm km inch inches ft feet foot yd yards mile miles": "",
    "mg kg lb lbs oz tonnes tons pounds ounces": "",
    "ml cl liters litres liter litre gallons mpg": "",
    "ms sec secs seconds mins minutes hrs hours": "",
    "mph kmh kph knots kn kts hz khz mhz ghz": "",
    "kw kwh mwh gwh watts volts amps joules kj kcal cal calories mj": "",
    "pa hpa kpa mpa bar mbar mb psi atm ppm ppb ppt ph db dba mmhg": "",
    "kb gb tb bytes bits px pixels": "",
    "usd eur gbp chf jpy cny inr aud cad sek nok dkk brl mxn krw": "upper",
    "dollars dollar euros euro pounds_sterling cents cent": "",
    "fahrenheit celsius kelvin degrees deg radians rad": "",
}
_SPELLED = {
    "hz": "Hz", "khz": "kHz", "mhz": "MHz", "ghz": "GHz", "kw": "kW", "kwh": "kWh", "mwh": "MWh",
    "gwh": "GWh", "pa": "Pa", "hpa": "hPa", "kpa": "kPa", "mpa": "MPa", "kb": "kB", "gb": "GB", "tb": "TB",
    "um": "µm", "db": "dB", "dba": "dBA", "kj": "kJ", "mj": "MJ", "ph": "pH", "mmhg": "mmHg", "celsius": "°C",
    "fahrenheit": "°F", "kelvin": "K", "pct": "%", "percent": "%", "percentage": "%", "secs": "s", "sec": "s",
    "mins": "minutes", "hrs": "hours", "deg": "degrees", "degc": "°C", "degf": "°F", "yrs": "years",
    "kmh": "km/h", "kph": "km/h", "kn": "knots", "kts": "knots", "inch": "inches", "dollar": "dollars",
    "euro": "euros", "cent": "cents",
}  # fmt: skip
KNOWN = frozenset(unit for group in _WRITTEN for unit in group.split())
_ELSEWHERE = words("degrees deg bar tb gb db pa kn sec secs rad bits cal cals")
"""Those among them that mean something else at the end of a header: academic degrees, Great Britain."""
_PERIODS = words("days weeks months years yrs")
_LETTERS = {
    "g": "mass weight", "t": "mass weight load",
    "m": "length height width depth distance elevation altitude",
    "l": "volume capacity", "s": "time duration elapsed latency", "h": "time duration elapsed",
    "d": "time duration elapsed", "c": "temp temperature", "f": "temp temperature", "k": "temp temperature",
    "in": "length height width depth rain rainfall precipitation", "w": "power", "v": "voltage",
    "a": "current", "mi": "distance length", "hr": "time duration",
    "sec": "time duration elapsed latency delay reaction lap",
}  # fmt: skip
"""Short units, and the words of which one must stand before them."""
_SIGNS = {"$": "$", "€": "€", "£": "£", "¥": "¥", "%": "%", "us$": "US$", "usd": "USD", "°": "degrees",
          "°c": "°C", "°f": "°F", "℃": "°C", "℉": "°F", "‰": "‰",
          "o/oo": "‰", "μm": "µm", "µm": "µm"}  # fmt: skip
_LARGE = words("thousand thousands million millions billion billions mn bn mio") | {"000s", "1000s"}
_ATOM = re.compile(r"(?:[a-zA-Zµμ°%$€£¥]+)(?:\^?-?[0-9]|[²³])?")
_BRACKETS = re.compile(r"\s*[(\[]\s*([^()\[\]]{1,24}?)\s*[)\]]\s*$")
_IN = re.compile(r"[\s_]+in[\s_]+([^\s_]+)$", re.IGNORECASE)
_ENDING = re.compile(r"[\s_.\-]+([A-Za-z%$€£°µ]{1,12})$|([$€£%])$")


def unit_of(header: str) -> tuple[str, str, str]:
    """The header without its unit, the unit, and the evidence; the header alone where it names none."""
    for find in (_bracketed, _worded, _ending):
        base, unit, why = find(header)
        if unit and any(map(str.isalpha, base)):
            return base, unit, why
    return header, "", ""


def unit_of_place(words: frozenset[str], low: float, high: float) -> tuple[str, str]:
    """Degrees for columns of latitudes and longitudes, with the evidence; nothing for others."""
    for named, most in ((_LATITUDE, 90), (_LONGITUDE, 180)):
        if words & named and -most <= low and high <= most:
            return "degrees", f"unit degrees: {min(words & named)} within {most} of 0"
    return "", ""


_LATITUDE = frozenset(("lat", "latitude"))
_LONGITUDE = frozenset(("lon", "lng", "long", "longitude"))


def spelled(written: str, *, bracketed: bool = False, before: Iterable[str] = ()) -> str:
    """The usual spelling of what may be a unit; empty when it is none.

    Args:
        written: what stands there.
        bracketed: whether nothing else can be meant, so that one letter is enough.
        before: the words of the header that stand before it.
    """
    low = written.lower()
    if low in _SIGNS:
        return _SIGNS[low]
    if (low in KNOWN and (bracketed or low not in _ELSEWHERE)) or (
        low in _PERIODS and (bracketed or any(before))
    ):
        return _usual(low)
    if low in ("pct", "percent", "percentage"):
        return "%"
    if low in _LETTERS:
        fits = bracketed or set(_LETTERS[low].split()) & {word.lower() for word in before}
        return _one_letter(written) if fits else ""
    return _composed(written) if bracketed else ""


def _bracketed(header: str) -> tuple[str, str, str]:
    found = _BRACKETS.search(header)
    if found is None:
        return header, "", ""
    unit = spelled(found[1].removeprefix("in "), bracketed=True)
    return header[: found.start()], unit, f"unit {unit}: in brackets in its header"


def _worded(header: str) -> tuple[str, str, str]:
    found = _IN.search(header)
    if found is None:
        return header, "", ""
    unit = spelled(found[1], bracketed=True)
    return header[: found.start()], unit, f"unit {unit}: its header ends in 'in {found[1]}'"


def _ending(header: str) -> tuple[str, str, str]:
    found = _ENDING.search(header)
    if found is None:
        return header, "", ""
    written, base = found[1] or found[2], header[: found.start()]
    unit = spelled(written, before=re.findall(r"[A-Z]?[a-z]+|[A-Z]+", base))
    return base, unit, f"unit {unit}: its header ends in {written!r}"


def _composed(written: str) -> str:
    """Units joined by a stroke or a point, such as m/s or kg/m^2, and amounts such as USD millions."""
    if any(word in _LARGE for word in written.lower().split()):
        rest = [word for word in written.split() if word.lower() not in (*_LARGE, "of", "in")]
        return written if all(spelled(word, bracketed=True) for word in rest) else ""
    parts = [part for part in re.split(r"\s*(?:/|·|\*| per | )\s*", written) if part]
    joined = len(parts) > 1 and all(map(_is_atom, parts))
    return written if joined or _is_power(written) else ""


def _is_power(written: str) -> bool:
    return written[-1:] in "23²³" and _is_atom(written)


def _is_atom(part: str) -> bool:
    """Whether it is one unit, perhaps to a power: m, m2, person."""
    if _ATOM.fullmatch(part) is None:
        return False
    low = re.sub(r"\^?-?[0-9]$|[²³]$", "", part).lower()
    return low in KNOWN or low in _LETTERS or low in _SIGNS or low in _PERIODS or low in _PER


_PER = words("person persons capita inhabitant inhabitants household year day hour hr second minute sq")


def _usual(low: str) -> str:
    if low in _SPELLED:
        return _SPELLED[low]
    return low.upper() if any(case and low in group.split() for group, case in _WRITTEN.items()) else low


def _one_letter(written: str) -> str:
    """A short unit as it is usually written: degrees for temperatures, else in small letters."""
    low = written.lower()
    if low in ("c", "f"):
        return f"°{low.upper()}"
    return {
        "in": "inches",
        "min": "minutes",
        "hr": "hours",
        "sec": "s",
        "k": "K",
        "w": "W",
        "v": "V",
        "a": "A",
        "mi": "miles",
    }.get(low, low)
