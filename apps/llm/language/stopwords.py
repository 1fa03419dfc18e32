"""Words that carry no meaning of their own in a question, per language, all folded.

Owns STOPWORDS (grammar), FILLERS (what people wrap a question in) and WEEKDAYS. Data only.
"""

from apps.llm.language.words import word_set

STOPWORDS: dict[str, frozenset[str]] = {
    "en": word_set(
        """
        a about above after again against all also am an and any are as at be because been before being
        below between both but by can cannot could did do does doing don down during each few for from
        further had has have having he her here hers herself him himself his how i if in into is it its
        itself just ll me more most my myself no nor not of off on once only or other our ours ourselves
        out over own per re s same she should so some such t than that the their theirs them themselves
        then there these they this those through to too under until up us ve very was we were what when
        where which while who whom whose why will with would you your yours yourself yourselves yes u ur
        im ive id dont cant whats wheres hows theres isn aren doesn won wouldn couldn didn shall may
        might must every till til yous yer ye ya u'll shes hes theyre youre thats whens whos r
        """
    ),
    "es": word_set(
        """
        a al algo algun alguna algunas alguno algunos ante antes aqui asi aun aunque cada como con
        contra cual cuales cualquier cuando cuanta cuantas cuanto cuantos de del desde donde dos durante
        e el ella ellas ellos en entre era eran es esa esas ese eso esos esta estaba estais estamos
        estan estar estas este esto estos estoy fue fueron ha hace hacia han has hasta hay he la las le
        les lo los mas me mi mia mias mio mios mis mucha muchas mucho muchos muy nada ni no nos nosotros
        nuestra nuestras nuestro nuestros o os otra otras otro otros para pero poco por porque pues que
        quien quienes se sea ser si sido siempre sin sobre sois somos son soy su sus suya suyo tal
        tambien tampoco tan tanto te tengo ti toda todas todo todos tu tus un una unas uno unos usted
        ustedes va vamos vosotros vuestra vuestras vuestro vuestros y ya yo
        """
    ),
    "pt": word_set(
        """
        a ao aos aquela aquelas aquele aqueles aquilo as ate com como da das de dela dele deles depois
        do dos e ela elas ele eles em entre era essa essas esse esses esta estao estas este estes estou
        eu foi for ha isso isto ja la lhe lhes mais mas me mesmo meu meus minha minhas muito muita
        muitos muitas na nao nas nem no nos nossa nossas nosso nossos num numa o os ou para pela pelas
        pelo pelos pode por porque pra pro qual quais qualquer quando quanta quantas quanto quantos que
        quem se sem ser seu seus so sao sua suas tambem tao te tem teu tenho todas todo todos tua tudo
        um uma umas uns voce voces vos onde sobre algum alguma alguns algumas
        """
    ),
}

FILLERS: dict[str, frozenset[str]] = {
    "en": word_set(
        """
        able accept actually allow allowed anybody anyone anything anyway available advance ask asking
        around away back bit business buddy came check come comes coming company couple currently day
        days dear detail details else etc exactly explain expect find get gets getting give gives giving
        go goes going gonna good great got guy guys happen happy help hear hey hi hello hope idea
        include included inclusive info information interested involve kind kinds know let like likes
        likely little long look looking lot love made make makes making many maybe mean mention mine
        moment month months much mum mother father dad wife husband partner need needed needs new next
        nice now number offer offering ok okay one ones option options people person place plan planning
        please pls plz policy possible possibly prefer provide provides question questions quick quickly
        really regarding right said saw say see shop sir soon sort sorry sound sounds still store stuff
        sure take takes taking tell thank thanks thing things think thinking time times today tomorrow
        tonight too toward towards trying two three four five six seven eight nine ten type types use
        using usual usually various want wanted wants way ways week weeks well wonder wondering work
        works working write year years yet you your madam maam somebody someone something somewhere
        without within whole whether another already always ever enough extra due run running keep put
        lets turn tried suitable friendly ready end ends set serve serves serving carry stock handle
        cover big small large local near nearby anytime regular normal standard main current
        first last minute minutes same different specific general particular show wish hoping care
        myself onto forever several deal dealing matter matters issue issues problem problems topic topics particularly
        typically sometimes often believe guess bother answer bought became become begin below beside
        best better bigger certain clear close-by colour correct curious decide describe directly
        earlier easy either especially even exact far feel figure fill final follow front full further
        given guessing hand head heard hold ideal important instance instead keen later lately lead less
        lower meet mind move nobody none nothing notice obviously opinion order-wise outside pick piece
        presently pretty previous probably proper quite rather reach read reason recently recommend
        related remain require required requires requirement rough roughly second seem seems several
        simple simply situation someday somehow specially stay steps stop suggest suppose system talk
        telling total understand unsure unfortunately upcoming wat wht whats wanna gotta abt yall cuz
        coz hiya tho thru tmrw tmw 2day pleas went wont wonderful worth wrong aim mostly originally
        happening happens based offered provided sold charged additional actual additionally advise
        lunchtime midday noon period hmm hm mmm umm um uh uhm eh er erm haha hahaha lol wow oh ah bad
        spot spots whereabouts lad lads folks
        afternoon morning evening night item items product products place-order near-by world chance
        exist exists existing hav
        """
    ),
    "es": word_set(
        """
        acepta aceptan acerca necesitar ademas ahora alguien algun anda aqui ayer ayuda ayudar bien buen buena
        buenas bueno buenos busco buscando caso chicos cosa cosas creo cuenta da dan dar de debo decir
        decirme deseo dia dias dice dime disponible disponibles disponen encontrar entonces favor forma
        funciona gracias gran grande gustaria hace hacen haceis hacer hago haria hemos hola hoy idea
        igual info informacion interesa interesado interesada ir luego manana manera marido mejor mes
        meses mismo momento necesario necesita necesito negocio nuevo nueva numero ofrece ofrecen
        ofreceis opcion opciones pasa pasar pedir pensando permite permiten persona personas pienso
        podeis podemos poder podria podrian pregunta preguntar preguntas pronto puede pueden puedo
        puedes pueda quería queria querria querer quiere quiero quisiera realmente saber seria seran
        sirve sirven sitio solo tener teneis tenemos tienda tiene tienen tienes tipo tipos tomar
        tres trabajan trabajais trae usa usan usar ustedes uso ver veces vez viene venir voy semana
        semanas ano anos incluye incluido incluida necesitamos hacerme hacerse haya algo exactamente
        cuatro cinco seis siete ocho nueve diez consultar comentar mencionar senor senora politica cerca
        dentro fuera antes despues minuto minutos especial atienden atiende atendeis atender
        avisar avisarme gente modo lado cualquiera ayudarme ayudan interesaria interesan tratan trata
        tratar disculpe disculpa perdon oye oiga aparte actualmente normalmente generalmente quedaria
        seguro posible posibles posibilidad hacerlo haga hagan propio propia mismos mismas varios varias
        producto productos articulo articulos noche tardes noches porfa porfavor xfa q x tb tmb pq xq k
        muchisimas venga nuestros local vuestra pedis vosotras elegir exacta exacto fin final sabe saben
        sabes sabeis mediodia jaja jajaja mmm eh uf lugar lugares problema problemas malo mala mal ahi
        alli nunca antelacion
        """
    ),
    "pt": word_set(
        """
        aceita aceitam acerca agora precisar ajuda ajudar alem alguem ali amanha ano anos antes aqui assim bem
        boa boas bom caso coisa coisas com consigo consegue conseguem dar de desejo dentro devo dia dias
        disponivel disponiveis dizer dois duas empresa encontrar entao esta estava estou existe existem
        fazer faz fazem forma funciona gente gostaria gostava grande haver hoje ideia igual incluido
        incluida inclui info informacao informacoes interessa interessado interessada ir jeito la loja
        maneira marido melhor mes meses momento necessario negocio nova novo numero obrigada obrigado
        oferece oferecem oi ola opcao opcoes parte perguntar pergunta perguntas permite permitem pessoa
        pessoas podem podemos poder poderia poderiam possivel posso precisa preciso precisamos pretendo
        procuro procurando quer queria querem quero realmente saber semana semanas seria serve servem so
        tenha tens ter teria tipo tipos tomar trabalham tres usa usam usar uso valeu vem ver vez vezes
        vindo vir vou voce favor quatro cinco seis sete oito nove dez gostaríamos senhor senhora
        politica perto minuto minutos especial atendem atende atender atendimento avisar povo
        modo lado qualquer ajudam interessam tratam trata tratar tratamos desculpe desculpa alias
        atualmente normalmente geralmente possiveis possibilidade faca facam fizer proprio propria
        mesmos mesmas varios varias produto produtos artigo artigos noite tardes noites pfv pf pff vc
        vcs tb tbm pq q blz td bjs escolher exato exata fim final sabe sabem sabes voces trabalha dao da
        faria querer usando cada possuem possui hum kkk kkkk rs rsrs lugar lugares problema problemas
        mau ma mal ai ali nunca
        antecedencia
        """
    ),
}

#: Words that are the subject only when nothing else is: `What should I bring?`.
LIGHT = word_set(
    """
    late early temprano cedo bring bringing brought wear leave leaving left wait join start starts starting begin visit
    visiting     watch call called calling send arrive walk traer llevar lleva dejar dejo deja esperar empezar
    empiezan empieza comenzar llamar llamo enviar mandar llegar llevo trazer levar deixar deixo comecar
    comeca comecam ligar levo trago
    """
)

#: Words that tell variants of one thing apart: the whole question in `and the large one?`, else a shade of it.
VARIANTS = word_set(
    """
    small smaller smallest large larger largest big bigger biggest medium little full half basic standard
    regular normal premium short shorter long longer first second third last single double
    pequeno pequena pequenos pequenas grande grandes mediano mediana mediado completo completa basico basica
    corto corta largo larga primero primera segundo segunda ultimo ultima entero entera individual doble
    medio media longo longa curto curta primeiro primeira inteiro inteira duplo dupla
    """
)

#: Words that begin a question without a question mark.
QUESTION_OPENERS: dict[str, frozenset[str]] = {
    "en": word_set(
        """
        what when where which who whose why how do does did can could is are will would should may have
        has any whats wheres hows
        """
    ),
    "es": word_set(
        """
        que cual cuales cuando cuanto cuanta cuantos cuantas donde como quien quienes hay tienen tiene
        teneis puedo puede pueden podria aceptan hacen haceis abren cierran venden ofrecen es son estan
        """
    ),
    "pt": word_set(
        """
        que qual quais quando quanto quanta quantos quantas onde como quem ha tem posso pode podem
        poderia aceitam fazem abrem fecham vendem oferecem e sao ficam fica voces
        """
    ),
}

#: Monday is 0. Abbreviations count only beside another day or a time, because `sun` and `mar` are words.
WEEKDAYS: dict[str, int] = {
    word: number
    for number, words in enumerate(
        (
            "monday mondays lunes segunda segundas",
            "tuesday tuesdays martes terca tercas",
            "wednesday wednesdays miercoles quarta quartas",
            "thursday thursdays jueves quinta quintas",
            "friday fridays viernes sexta sextas",
            "saturday saturdays sabado sabados",
            "sunday sundays domingo domingos",
        )
    )
    for word in words.split()
}
SHORT_WEEKDAYS: dict[str, int] = {
    word: number
    for number, words in enumerate(
        (
            "mon lun seg",
            "tue tues mar ter",
            "wed mie qua",
            "thu thur thurs jue qui",
            "fri vie sex",
            "sat sab",
            "sun dom",
        )
    )
    for word in words.split()
}
#: January is 1.
MONTHS: dict[str, int] = {
    word: number
    for number, words in enumerate(
        (
            "january enero janeiro",
            "february febrero fevereiro",
            "march marzo marco",
            "april abril",
            "may mayo maio",
            "june junio junho",
            "july julio julho",
            "august agosto",
            "september septiembre setembro setiembre",
            "october octubre outubro",
            "november noviembre novembro",
            "december diciembre dezembro",
        ),
        1,
    )
    for word in words.split()
}
#: Words for several days at once.
DAY_GROUPS: dict[str, tuple[int, ...]] = {
    "weekday": (0, 1, 2, 3, 4),
    "weekdays": (0, 1, 2, 3, 4),
    "laborables": (0, 1, 2, 3, 4),
    "weekend": (5, 6),
    "weekends": (5, 6),
    "daily": (0, 1, 2, 3, 4, 5, 6),
    "everyday": (0, 1, 2, 3, 4, 5, 6),
    "diariamente": (0, 1, 2, 3, 4, 5, 6),
}

#: Frequent words of languages we do not speak, so that they are not taken for one of ours.
OTHER_LANGUAGES = word_set(
    """
    je vous nous est une les avec pour dans bonjour merci mon votre avez quel und ich der die das ist
    nicht ein eine wie wir haben sie hallo danke guten che sono il per gli della ciao grazie vorrei
    avete het een ik niet van zijn hoe wat jullie mijn hej jag och det
    """
)
#: Words that mark a language although they are no grammar.
MARKERS: dict[str, frozenset[str]] = {
    "en": word_set(
        """
        hi hello hey thanks thank please good morning afternoon evening bye pls name price
        """
    ),
    "es": word_set(
        """
        hola gracias buenos buenas dias tardes noches adios quiero tienen tienes puedo cuesta cuestan
        nombre llamo precio precios vivo correo quisiera gustaria hasta luego favor ustedes horario
        cuanto cuando donde
        """
    ),
    "pt": word_set(
        """
        oi ola obrigado obrigada bom boa dia tarde noite tchau quero voces tem posso custa custam nome
        chamo preco precos moro gostaria favor qual quanto onde horario ate logo tudo bem entrega
        """
    ),
}
