r"""The order of numbers that stand as text, as patterns: sources that keep text and compare it as numbers need it.

A *numeral* is digits, with as many leading zeros as one likes. A *decimal* is an optional sign, digits and perhaps a
fraction, without an exponent: `7`, `+07.50`, `-.5`, `5.`. A pattern stands for the whole of what it matches and is put
into a greater one by whoever asks for it.
"""

DECIMAL = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)"

_UNSIGNED = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)"


def equal(numeral: str) -> str:
    """Numerals of the same number."""
    return f"0*{numeral.lstrip('0')}" if numeral.strip("0") else "0+"


def above(numeral: str) -> str:
    """Numerals of greater numbers."""
    digits = numeral.lstrip("0")
    longer = f"[1-9][0-9]{{{len(digits)},}}" if digits else "[1-9][0-9]*"
    return f"0*(?:{'|'.join((longer, *_beside(digits, upwards=True)))})"


def below(numeral: str) -> str | None:
    """Numerals of smaller numbers, None where there are none."""
    digits = numeral.lstrip("0")
    if not digits:
        return None
    shorter = f"0+|0*[1-9][0-9]{{0,{len(digits) - 2}}}" if len(digits) > 1 else "0+"
    same_length = "|".join(_beside(digits, upwards=False))
    return f"(?:{shorter}|0*(?:{same_length}))" if same_length else f"(?:{shorter})"


def _beside(digits: str, *, upwards: bool) -> list[str]:
    """Numerals of the same length that first differ at each place, in one direction, without leading zeros."""
    found = []
    for at, digit in enumerate(digits):
        low, high = (_next(digit, 1), "9") if upwards else ("0" if at else "1", _next(digit, -1))
        if low <= high:
            rest = len(digits) - at - 1
            found.append(f"{digits[:at]}{_class(low, high)}{f'[0-9]{{{rest}}}' if rest else ''}")
    return found


def _next(digit: str, by: int) -> str:
    return chr(ord(digit) + by)


def _class(low: str, high: str) -> str:
    return low if low == high else f"[{low}-{high}]"


class Threshold:
    """A number, written as a decimal, that decimals are compared with; -0 is 0."""

    def __init__(self, decimal: str) -> None:
        whole, _, fraction = decimal.lstrip("+-").partition(".")
        self._whole, self._fraction = whole.lstrip("0"), fraction.rstrip("0")
        is_zero = not self._whole and not self._fraction
        self._sign = 0 if is_zero else -1 if decimal.startswith("-") else 1

    def equal(self) -> str:
        """Decimals of the same number."""
        signs = {-1: "-", 0: "[+-]?", 1: "[+]?"}
        return f"(?:{signs[self._sign]}{self._same()})"

    def above(self) -> str:
        """Decimals of greater numbers."""
        if self._sign < 0:
            return f"(?:[+]?{_UNSIGNED}|-{self._nearer_zero()})"
        return f"(?:[+]?{self._farther()})"

    def below(self) -> str:
        """Decimals of smaller numbers."""
        if self._sign > 0:
            return f"(?:-{_UNSIGNED}|[+]?{self._nearer_zero()})"
        return f"(?:-{self._farther()})"

    def _same(self) -> str:
        """Unsigned decimals of the same size."""
        if not self._whole and not self._fraction:
            return r"(?:0+\.?0*|\.0+)"
        return f"0*{self._whole}" + (rf"\.{self._fraction}0*" if self._fraction else r"(?:\.0*)?")

    def _farther(self) -> str:
        """Unsigned decimals of greater size."""
        within = "|".join(_fractions_above(self._fraction))
        return rf"(?:{above(self._whole)}(?:\.[0-9]*)?|0*{self._whole}\.(?:{within}))"

    def _nearer_zero(self) -> str:
        """Unsigned decimals of smaller size than this number, which is not zero."""
        smaller = below(self._whole)
        found = [rf"{smaller}(?:\.[0-9]*)?|\.[0-9]+"] if smaller else []
        if self._fraction:
            within = "|".join(_fractions_below(self._fraction))
            found += [rf"0*{self._whole}\.(?:{within})", rf"{equal(self._whole)}\.?"]
        return f"(?:{'|'.join(found)})"


def _fractions_above(fraction: str) -> list[str]:
    """Digits behind the point of greater fractions."""
    found = [f"{fraction[:at]}{_class(_next(each, 1), '9')}[0-9]*" for at, each in enumerate(fraction) if each < "9"]
    return [*found, f"{fraction}0*[1-9][0-9]*"]


def _fractions_below(fraction: str) -> list[str]:
    """Digits behind the point, one at least, of smaller fractions; `fraction` ends in no zero."""
    found = [f"{fraction[:at]}{_class('0', _next(each, -1))}[0-9]*" for at, each in enumerate(fraction) if each > "0"]
    return [*found, *(fraction[:at] for at in range(1, len(fraction)))]
