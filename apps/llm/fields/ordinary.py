"""Words that follow `I am` or answer a question without being a name or a place.

Data and its lookup; folded words of English, Spanish, Portuguese and some of their neighbours.
"""

from functools import lru_cache

from apps.llm.language.concepts import concept_of
from apps.llm.language.stopwords import FILLERS, STOPWORDS, WEEKDAYS
from apps.llm.language.words import LANGUAGES, fold, word_set

#: Never a name, however it is written.
NEVER = word_set(
    """
    a an the my your his her our their this that these those it its not no yes yeah yep nope nah ok okay
    sure fine great good bad well very so just also still only really quite too more most all any some
    every here there now then later soon today tomorrow yesterday tonight morning afternoon evening
    night in on at from to of for with without by near about after before because if when where what who
    why how which is are was am be been have has had do does did can could would should and or but i im
    ive me we us you he she they them him looking searching interested calling writing texting trying
    wondering asking thinking planning going coming running waiting hoping having getting living staying
    working visiting moving travelling traveling based located happy sad sorry glad afraid unsure
    certain new old young ready available busy free late early tired sick ill pregnant allergic vegan
    vegetarian diabetic disabled retired married single divorced alone lost stuck confused worried
    concerned curious excited serious urgent important possible impossible correct right wrong true
    false perfect awesome amazing ridiculous unacceptable annoying weird nice cool wonderful terrible
    broken down up out off back over done finished fan member customer client patient student teacher
    doctor nurse lawyer engineer developer manager owner director accountant designer tourist beginner
    local parent mother father mom mum dad wife husband son daughter guy girl man woman person human bot
    robot someone somebody anyone nobody everybody everyone email mail phone number name address city
    location order booking appointment price cost question help info information delivery hours details
    test testing hello hi hey thanks thank please bye goodbye welcome dear sir madam home work school
    office house flat casa camino caminho trabajo trabalho oficina escritorio hospital aeropuerto
    aeroporto calle centro room touch tears agony shock doubt bits traffic queue line meeting class
    contact recovery control puerta obras paro reunion clase cola espera contacto rua reuniao aula
    ferias vacaciones bed hurry trouble love pain need charge town car bus train british english
    american irish scottish welsh spanish portuguese brazilian mexican argentinian colombian german
    french italian dutch belgian swiss austrian polish russian ukrainian chinese japanese korean indian
    pakistani turkish greek swedish norwegian danish finnish canadian australian european african asian
    arab jewish muslim christian catholic foreign foreigner native january february march june july
    august september october november december enero febrero marzo mayo junio julio agosto septiembre
    octubre noviembre diciembre janeiro fevereiro abril maio junho julho setembro outubro novembro
    dezembro el la los las lo un una unos unas mi tu su nuestro nuestra este esta esto ese esa eso muy
    mas menos tambien solo ya aun ahora luego aqui aca ahi alli si bien mal como que quien cuando donde
    porque pero con sin para por del al nuevo nueva interesado interesada buscando llamando escribiendo
    alergico alergica vegano vegana vegetariano vegetariana celiaco celiaca cliente paciente estudiante
    profesor profesora medico medica abogado abogada ingeniero ingeniera dueno duena encargado encargada
    responsable mayor menor soltero soltera casado casada jubilado jubilada embarazada enfermo enferma
    perdido perdida listo lista seguro segura feliz contento contenta espanol espanola mexicano mexicana
    argentino argentina colombiano colombiana peruano peruana chileno chilena venezolano venezolana
    ingles inglesa aleman alemana frances francesa italiano italiana portugues portuguesa brasileno
    brasilena extranjero extranjera ruso rusa chino china autonomo autonoma vecino vecina madre padre
    hombre mujer persona gracias hola buenas buenos adios vale claro perfecto correo telefono nombre
    direccion ciudad urgente importante o os as um uma uns umas meu minha seu sua nosso nossa isto isso
    aquilo muito mais tambem agora logo ali sim nao bem quem quando onde com sem novo nova interessado
    interessada procurando advogado advogada engenheiro engenheira dono dona responsavel solteiro
    solteira aposentado aposentada gravida doente pronto pronta certo certa brasileiro brasileira alema
    estrangeiro estrangeira mae pai homem mulher pessoa obrigado obrigada ola oi bom boa tchau perfeito
    telefone telemovel nome endereco morada cidade professora aus und der die das ein eine nicht je suis
    btw lol thx thnx pls plz haha xx xxx tho tbh fyi asap jaja obg pas le les des non oui ja nein grazie merci danke
    """
)

#: Words of the language that are also names; in lower case they pass as names.
_ALSO_NAMES = word_set(
    """
    will may mia dan ali max min ola hope guy marco don mark sol rosa grant frank art bill jack drew pat
    rich sea ana eva sara ida vera nova ira grace joy page early buddy dean dolores mercedes consuelo
    paz luz pilar sal lima nice tours bath reading split cork
    """
)


def never(word: str) -> bool:
    """Whether the word cannot begin or belong to a name, however it is written."""
    folded = fold(word).strip(".'")
    return folded in NEVER or folded in WEEKDAYS


@lru_cache(maxsize=20_000)
def ordinary(word: str) -> bool:
    """Whether a word in lower case is an ordinary word rather than part of a name."""
    folded = fold(word).strip(".'")
    if never(folded):
        return True
    if folded in _ALSO_NAMES:
        return False
    if any(folded in STOPWORDS[code] or folded in FILLERS[code] for code in LANGUAGES):
        return True
    ends = folded.endswith(("ing", "ed", "ly", "tion")) and len(folded) > 4
    return ends or any(concept_of(folded, code) for code in LANGUAGES)
