"""The words of numbers, moments, measures and money in English, Spanish and Portuguese, folded. Data only."""

from collections.abc import Mapping

from apps.llm.language.words import word_set

ENGLISH, SPANISH, PORTUGUESE = "en", "es", "pt"


def _by_word(table: str) -> dict[str, str]:
    """`hour: hour hours` gives {"hour": "hour", "hours": "hour"}."""
    pairs = (line.split(":") for line in table.strip().splitlines())
    return {word: name.strip() for name, words in pairs for word in words.split()}


#: What a number word is worth.
NUMBERS: Mapping[str, int] = {
    word: int(value)
    for word, value in _by_word("""
0: zero cero
2: two dos dois duas
3: three tres
4: four cuatro quatro
5: five cinco
6: six seis
7: seven siete sete
8: eight ocho oito
9: nine nueve nove
10: ten diez dez
11: eleven once onze
12: twelve doce doze dozen docena duzia
13: thirteen trece treze
14: fourteen catorce quatorze catorze
15: fifteen quince quinze
16: sixteen dieciseis dezesseis dezasseis
17: seventeen diecisiete dezessete dezassete
18: eighteen dieciocho dezoito
19: nineteen diecinueve dezenove dezanove
20: twenty veinte vinte
21: veintiuno veintiun veintiuna
22: veintidos
23: veintitres
24: veinticuatro
25: veinticinco
26: veintiseis
27: veintisiete
28: veintiocho
29: veintinueve
30: thirty treinta trinta
40: forty cuarenta quarenta
50: fifty cincuenta cinquenta
60: sixty sesenta sessenta
70: seventy setenta
80: eighty ochenta oitenta
90: ninety noventa
100: hundred cien ciento cem cento
200: doscientos doscientas duzentos duzentas
300: trescientos trescientas trezentos trezentas
400: cuatrocientos cuatrocientas quatrocentos quatrocentas
500: quinientos quinientas quinhentos quinhentas
600: seiscientos seiscientas seiscentos seiscentas
700: setecientos setecientas setecentos setecentas
800: ochocientos ochocientas oitocentos oitocentas
900: novecientos novecientas novecentos novecentas
1000: thousand mil
1000000: million millon millones milhao milhoes
""").items()
}
#: Number words that are other words elsewhere, and the language in which they are.
NOT_IN: Mapping[str, str] = {"once": ENGLISH, "dos": PORTUGUESE}
#: Articles as often as numbers: they count before a measure or an amount of money.
ONES = word_set("one un una uno um uma")

#: By which a text is told to be in a language, where a word depends on it.
TELLING: Mapping[str, frozenset[str]] = {
    ENGLISH: word_set("the and you we is are of with for your have our it this that a in on not"),
    SPANISH: word_set("el los las una con y del por es hasta en al un la desde muy si usted su lo"),
    PORTUGUESE: word_set("nao voce uma um sao ao pela pelo com as nas das em mais tambem ou ate os no na do da"),
}

#: Monday is 0.
WEEKDAYS: Mapping[str, int] = {
    word: int(value)
    for word, value in _by_word("""
0: monday mondays lunes segunda segundas
1: tuesday tuesdays martes terca tercas
2: wednesday wednesdays miercoles quarta quartas
3: thursday thursdays jueves quinta quintas
4: friday fridays viernes sexta sextas
5: saturday saturdays sabado sabados
6: sunday sundays domingo domingos
""").items()
}
#: These are said of days beside other days or a date only; elsewhere they are other words.
SHORT_WEEKDAYS: Mapping[str, int] = {
    word: int(value)
    for word, value in _by_word("""
0: mon lun seg
1: tue tues mar ter
2: wed mie qua
3: thu thur thurs jue qui
4: fri vie sex
5: sat sab
6: sun dom
""").items()
}
#: In Portuguese a day without its `-feira` is an ordinal too.
ORDINAL_WEEKDAYS = word_set("segunda segundas quarta quartas quinta quintas sexta sextas")
DAY_GROUPS: Mapping[str, tuple[int, ...]] = {
    **dict.fromkeys(word_set("weekday weekdays laborables laborais"), (0, 1, 2, 3, 4)),
    **dict.fromkeys(word_set("weekend weekends"), (5, 6)),
    **dict.fromkeys(word_set("daily everyday diariamente"), tuple(range(7))),
}

MONTHS: Mapping[str, int] = {
    word: int(value)
    for word, value in _by_word("""
1: january enero janeiro
2: february febrero fevereiro
3: march marzo marco
4: april abril
5: may mayo maio
6: june junio junho
7: july julio julho
8: august agosto
9: september septiembre setiembre setembro
10: october octubre outubro
11: november noviembre novembro
12: december diciembre dezembro
""").items()
}
#: With a day's number beside them only.
SHORT_MONTHS: Mapping[str, int] = {
    word: int(value)
    for word, value in _by_word("""
1: jan ene
2: feb fev
3: mar
4: apr abr
5: mai
6: jun
7: jul
8: aug ago
9: sep sept set
10: oct out
11: nov
12: dec dic dez
""").items()
}
#: Months that are other words too: alone they count after one of BEFORE_MONTHS.
DOUBTFUL_MONTHS = frozenset({"may", "march"})
BEFORE_MONTHS = word_set("in until till from to since by of and early late mid before after during through")

UNITS: Mapping[str, str] = _by_word("""
minute: minute minutes min mins minuto minutos
second: seconds segundos sec secs seg
hour: hour hours hr hrs h hora horas hs
day: day days dia dias
week: week weeks semana semanas
month: month months mes meses
year: year years ano anos
night: night nights noche noches noite noites
km: km kms kilometre kilometres kilometer kilometers kilometro kilometros quilometro quilometros
m: m metre metres meter meters metro metros
cm: cm centimetre centimetres centimeter centimeters centimetro centimetros
mm: mm millimetre millimetres milimetro milimetros
mile: mile miles milla millas milha milhas
m2: m2 sqm
kg: kg kgs kilo kilos kilogram kilograms kilogramo kilogramos quilo quilos
g: g gram grams gramo gramos grama gramas
l: l litre litres liter liters litro litros
ml: ml
person: person persons people guest guests persona personas pessoa pessoas pax
""")
#: What one of them is called. `a day` supports `one day`, `two days` does not.
SINGULAR = word_set(
    "minute minuto hour hora day dia week semana month mes year ano night noche noite hourly daily weekly monthly"
)
#: Measures of which a bare number may be said: `18 or older` is 18 years, `groups of six` are six people.
LOOSE_UNITS = frozenset({"year", "person"})
#: Between a number and its measure: `three working days`.
BETWEEN = word_set("working business full whole more extra calendar consecutive natural bank")

#: Word or sign -> code. "$" and the bare words are families.
CURRENCIES: Mapping[str, str] = _by_word("""
GBP: gbp £ pound pounds quid sterling libra libras livres pfund sterline
EUR: eur € euro euros
USD: usd us$
BRL: brl r$ real reais
MXN: mxn mx$
ARS: ars
COP: cop
CLP: clp
PEN: pen
UYU: uyu
CAD: cad c$
AUD: aud a$
CHF: chf
JPY: jpy ¥ yen
INR: inr ₹
PLN: pln
SEK: sek
NOK: nok
DKK: dkk
dollar: dollar dollars dolar dolares dolars
peso: peso pesos
$: $
""")
#: What else a price in a currency may be called.
FAMILIES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("USD", "CAD", "AUD"), ("dollar", "some$")),
    **dict.fromkeys(("MXN", "ARS", "COP", "CLP", "UYU"), ("peso", "some$")),
    "dollar": ("some$",),
    "peso": ("some$",),
    "$": ("some$", "dollar", "peso"),
}
#: A hundredth of: pence are of pounds, cents of any.
CENTS: Mapping[str, str] = {"p": "GBP", "pence": "GBP", "penny": "GBP", "¢": "cent"} | dict.fromkeys(
    word_set("cent cents centimo centimos centavo centavos"), "cent"
)
PRICE_WORDS = word_set(
    "price prices cost costs costing fee fees rate rates charge tariff precio precios cuesta cuestan coste costo "
    "tarifa tarifas vale preco precos custa custam valor valores taxa total deposit deposito"
)
FREE = word_set("free gratis gratuito gratuita gratuitos gratuitas complimentary")
#: What says the same, in evidence.
AS_GOOD_AS_FREE = word_set("included includes including incluido incluida incluidos incluye incluem inclui")
PERCENT = word_set("% percent pct")
ORDINALS = word_set("st nd rd th er")
TIMES_TEN: Mapping[str, int] = {
    "k": 1000,
    "mil": 1000,
    "thousand": 1000,
    "million": 10**6,
    "millones": 10**6,
    "milhoes": 10**6,
}
#: After which an hour may follow: `at 9`, `a las nueve`, `das 9 as 18`.
BEFORE_HOURS = word_set(
    "at from until till to between and before after by since around las la as das ate hasta desde a entre e y de"
)
#: What may follow a number without being counted by it: `from nine to five`, `39 for a day`.
NO_NOUNS = word_set(
    "to and until till on in at or every each sharp daily today tomorrow per for with if when plus only that "
    "which is are was your you we it so but the this from as by of a y e o u ate hasta de da das na no nas nos en "
    "em al del do dos por para con com se si cada cuando quando es son sao que mas pero el los la las os un una "
    "um uma su seu sua tu hoy hoje manana amanha"
)
#: Days of a month that are said as ordinals: `the first of July`, `primero de julio`.
ORDINAL_DAYS: Mapping[str, int] = {
    word: int(value)
    for word, value in _by_word("""
1: first primero primeiro
2: second
3: third
4: fourth
5: fifth
6: sixth
7: seventh
8: eighth
9: ninth
10: tenth
""").items()
}
TODAY: Mapping[str, int] = {"today": 0, "hoy": 0, "hoje": 0, "tomorrow": 1, "manana": 1, "amanha": 1}
