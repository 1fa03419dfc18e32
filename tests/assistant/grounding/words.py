"""Numbers up to 9999 in words, written down for the tests alone."""

from collections.abc import Callable, Mapping

_ONES = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis "
    "diecisiete dieciocho diecinueve "
    "veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete "
    "veintiocho veintinueve",
    "pt": "zero um dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezesseis dezessete "
    "dezoito dezenove",
}
_TENS = {
    "en": "twenty thirty forty fifty sixty seventy eighty ninety",
    "es": "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "pt": "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa",
}
_HUNDREDS = {
    "es": "ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos",
    "pt": "cento duzentos trezentos quatrocentos quinhentos seiscentos setecentos oitocentos novecentos",
}
_JOINT = {"en": "-", "es": " y ", "pt": " e "}


def _small(number: int, language: str) -> str:
    ones = _ONES[language].split()
    if number < len(ones):
        return ones[number]
    tens, one = divmod(number, 10)
    ten = _TENS[language].split()[tens - 2]
    return f"{ten}{_JOINT[language]}{ones[one]}" if one else ten


def _english(number: int) -> str:
    thousands, rest = divmod(number, 1000)
    hundreds, small = divmod(rest, 100)
    parts = [f"{_small(thousands, 'en')} thousand"] if thousands else []
    parts += [f"{_small(hundreds, 'en')} hundred"] if hundreds else []
    parts += [f"and {_small(small, 'en')}" if hundreds else _small(small, "en")] if small else []
    return " ".join(parts)


def _romance(number: int, language: str) -> str:
    thousands, rest = divmod(number, 1000)
    hundreds, small = divmod(rest, 100)
    joint = " e " if language == "pt" else " "
    parts = [f"{_small(thousands, language)} mil" if thousands > 1 else "mil"] if thousands else []
    if rest == 100:
        parts.append("cien" if language == "es" else "cem")
    else:
        parts += [_HUNDREDS[language].split()[hundreds - 1]] if hundreds else []
        parts += [_small(small, language)] if small else []
    return joint.join(parts)


SAID: Mapping[str, Callable[[int], str]] = {
    "en": _english,
    "es": lambda number: _romance(number, "es"),
    "pt": lambda number: _romance(number, "pt"),
}
