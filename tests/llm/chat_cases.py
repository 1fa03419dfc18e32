"""Small businesses in the words of their owners, and what their customers type: (business, turns, answer).

The answer is to the last turn, the others were asked before; "" is an honest "I don't know".
"""

from apps.knowledge.chunks import split
from apps.llm.base import Passage
from sandbox.demo import business as demo

_TEXTS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "bikes": (demo.NAME, "en", tuple(demo.KNOWLEDGE.values())),
    "florist": (
        "Wild Thyme Flowers",
        "en",
        (
            """\
Wild Thyme is a small flower shop on Harcourt Street in Dublin run by Aoife Brennan. We make bouquets to order, \
do flowers for weddings and funerals and give workshops once a month.

Bouquets come in three sizes. The small one is 30 euro, the medium 45 and the large 65. A dozen red roses cost \
48 euro all year except in the week before Valentine's Day, when they are 72. All our bouquets are wrapped in \
paper, never in plastic, and come with a card on which we write whatever you like.

We deliver anywhere inside the M50 for 8 euro, and the same day if you order before one o'clock. Outside the M50 \
we can send letterbox flowers by post for 32 euro including postage, but these need two days. We don't deliver \
on Sundays. If nobody is at home the driver leaves the flowers with a neighbour and drops a note.

Wedding flowers start at 600 euro. Please get in touch at least three months before the date, and we will invite \
you to a consultation in the shop, which is free and takes about an hour. We only take on two weddings per \
weekend. Funeral wreaths can be ready in 24 hours and begin at 90 euro.

The shop is open from Tuesday to Saturday between ten and six. On Mondays we are closed and on Sundays we open \
from eleven to three. Over Christmas we close from the 25th until the 2nd of January.

Workshops take place on the first Thursday of each month at half past six in the evening. They cost 55 euro, all \
materials and a glass of wine included, and there is space for twelve people. Children from ten years on are \
welcome with an adult.

Cut flowers keep for about a week if you change the water every two days and keep them away from radiators. \
Lilies are poisonous to cats, so tell us if you have one. We do not sell artificial flowers. Our subscription \
brings a fresh bouquet to your door every second Friday for 40 euro and you can pause it whenever you like.""",
        ),
    ),
    "cowork": (
        "The Loom",
        "en",
        (
            """# The Loom coworking
The Loom is a co-working space in an old textile mill in Manchester's Ancoats, five minutes from Piccadilly \
station. There are 120 desks on three floors and a roof terrace.

# Memberships
A day pass is £22. The flex membership gives you ten days a month for £140 and the full-time membership with \
your own desk is £260 a month. Private offices for two to eight people start at £640 a month. All prices are \
plus VAT. There is no joining fee and you can leave with one month's notice.
Students and registered charities get 20% off the flex membership.

# What you get
Every membership includes wifi, coffee and tea, printing of up to 100 pages a month and access to the phone \
booths. Meeting rooms can be booked in the app at £18 an hour for six people and £35 an hour for the big one, \
which seats sixteen. Full-time members get four hours of meeting room time free each month. Lockers are £10 a \
month. We can receive your post and use of our address as your registered company address costs £25 a month.

# Opening
Full-time members and offices have access round the clock with their key fob. For everybody else we are open on \
weekdays from 8:00 to 19:00. Reception is staffed from 9 to 5. At weekends only full-time members can get in.

# House rules
Dogs are welcome on the ground floor as long as they are quiet. Please take phone calls in the booths. You may \
bring two guests a day free of charge; further guests need a day pass. We have a bike store in the basement and \
showers, but no car park; there is a public one on Jersey Street for about £12 a day.

If you would like to see the place, tours are every weekday at 11:00 and 16:00, and the first day is free to \
try.""",
        ),
    ),
    "driving": (
        "Greenlight Driving School",
        "en",
        (
            """About us
Greenlight Driving School has been teaching people to drive in Sheffield since 2004. We have seven instructors, \
three of them women, and all of them are fully qualified and DBS checked. You can ask for a female instructor \
when you book.

Lessons and prices
A one-hour manual lesson costs £36 and an automatic lesson is £39. If you pay for ten hours up front you get \
them for £340 in a manual car or £370 in an automatic. Lessons normally last two hours because learners get more \
out of them. Your first lesson is half price if you have never driven before. We also do motorway lessons and \
refresher courses for people who passed a while ago and lost their nerve; a refresher costs the same as a normal \
lesson.
Intensive courses of 20 hours in one week are £760, but they do not include the practical test fee of £62.

How it works
You must be 17 and have a provisional licence before we can take you out on the road. Please bring the licence \
with you to the first lesson and wear comfortable shoes. We pick you up from home, work or college anywhere \
within eight miles of the city centre and drop you off at the same place. There is usually a waiting list of \
about three weeks for evening and weekend slots, while weekday mornings are often free within a few days.
If you need to cancel a lesson give us at least 48 hours' notice, otherwise the full fee is due. You may use our \
car for the practical test; the hire is £80 and includes an hour's warm-up lesson.
We do not teach motorbikes, lorries or trailers.

Office
The office at 21 Abbeydale Road is staffed Monday to Thursday from 9am to 5pm and on Fridays until 4pm. Lessons \
themselves run seven days a week between 7am and 9pm. You can pay by card, bank transfer or cash to the \
instructor. Gift vouchers are available from £36 and are valid for one year. Pass rates last year were 68 \
percent first time.""",
        ),
    ),
    "posada": (
        "Posada El Tejo",
        "es",
        (
            """\
La Posada El Tejo es una casa de piedra del siglo XVIII en Potes, al pie de los Picos de Europa, con nueve \
habitaciones y un jardín grande. La llevan Marisa y Tomás.

La habitación doble cuesta 78 € la noche y la individual 60 €. En julio, agosto y Semana Santa la doble sube a \
98 €. La suite con chimenea vale 130 € todo el año. El desayuno no está incluido y cuesta 9 € por persona; se \
sirve de 8:30 a 10:30 con pan, mermelada casera y quesos de la zona. Una cama supletoria para un niño son 20 € \
más. Los menores de tres años no pagan.

Puede entrar en la habitación a partir de las tres de la tarde y debe dejarla antes de las doce. Si llega \
después de las diez de la noche avísenos y le dejamos la llave en una caja con código. En fines de semana de \
verano pedimos un mínimo de dos noches.

Para reservar pedimos una señal del 30 % por transferencia o Bizum. Si cancela con más de siete días de \
antelación le devolvemos todo; después perderá la señal. Al llegar puede pagar en efectivo o con tarjeta.

Se admiten perros pequeños por 8 € la noche, pero no pueden quedarse solos en la habitación. No tenemos piscina, \
aunque el río con zona de baño está a 300 metros. El aparcamiento es gratuito y está delante de la casa. Hay \
wifi en toda la casa, pero la cobertura del móvil es mala. La casa no tiene ascensor; la habitación número 1 \
está en la planta baja.

Servimos cenas de jueves a domingo a las nueve, con un menú de 22 € que hay que pedir antes del mediodía. \
Hacemos menú vegetariano si nos lo dice. Desde la posada salen tres rutas a pie y alquilamos bicicletas por 15 € \
al día. El teleférico de Fuente Dé queda a 25 minutos en coche. Cerramos en enero.""",
        ),
    ),
    "surf": (
        "Escola de Surf Maré Alta",
        "pt",
        (
            """\
A Maré Alta é uma escola de surf na praia de Carcavelos, a vinte minutos de comboio de Lisboa. Damos aulas todo \
o ano, de manhã e à tarde, conforme as ondas.

Uma aula de grupo dura hora e meia e custa 30 euros. O pacote de cinco aulas fica por 125 euros e é válido \
durante três meses. A aula particular custa 55 euros por pessoa, ou 80 euros para duas. Nos grupos há no máximo \
seis alunos por instrutor. O fato e a prancha estão incluídos em todas as aulas.

Aceitamos crianças a partir dos seis anos, desde que saibam nadar. Os menores precisam de uma autorização \
assinada pelos pais. Não é preciso ter experiência, a maioria dos nossos alunos nunca esteve em cima de uma \
prancha.

Para quem já sabe, alugamos pranchas por 10 euros à hora ou 25 euros o dia inteiro, e fatos por 5 euros à hora. \
Pedimos um documento de identificação como garantia.

A marcação faz-se por WhatsApp com um dia de antecedência. Se o mar estiver perigoso nós cancelamos e remarcamos \
sem custos. Se for o aluno a desmarcar com menos de doze horas, a aula é cobrada. O pagamento é feito na praia, \
em dinheiro ou MB Way; não temos terminal de cartão.

No verão organizamos campos de férias para miúdos dos 8 aos 14 anos, de segunda a sexta, das nove às cinco, por \
220 euros a semana, com almoço. Os irmãos têm 10% de desconto.

Traga fato de banho, toalha, protetor solar e água. Temos balneários com duche quente e cacifos. Estamos no \
apoio de praia número 4, ao lado do restaurante A Pastorinha. O estacionamento da marginal é pago de junho a \
setembro. Não damos aulas de kitesurf nem de bodyboard.""",
        ),
    ),
}


def chat_business(key: str) -> tuple[str, str, tuple[Passage, ...]]:
    """The business's name, its bot's language and its knowledge, cut as when it is stored."""
    name, language, texts = _TEXTS[key]
    chunks = [chunk for text in texts for chunk in split(text.strip())]
    return name, language, tuple(Passage(number, name, chunk, 1.0) for number, chunk in enumerate(chunks, 1))


TYPED: list[tuple[str, tuple[str, ...], str]] = [
    (
        "bikes",
        ("How much is a puncture repair?",),
        "A puncture is repaired while you wait for £12, inner tube included.",
    ),
    ("bikes", ("do you fix flat tyres?",), "A puncture is repaired while you wait for £12, inner tube included."),
    (
        "bikes",
        ("can I rent a cargo bike for half a day and what would it cost?",),
        (
            "Cargo bike: £45 a day; it carries up to 80 kg and two children. Half a day (four "
            "hours) costs 60 % of the day price."
        ),
    ),
    (
        "bikes",
        ("Is there parking?",),
        ("There is no parking at the door; the Prince Street car park is 150 metres away and costs £3.20 an hour."),
    ),
    ("bikes", ("do you repair mopeds?",), "We do not repair mopeds or scooters."),
    (
        "bikes",
        ("what deposit do you take for an e-bike?",),
        (
            "You need a photo ID and a deposit of £100 per bike (£200 for electric and cargo "
            "bikes), taken on a card and given back when the bike comes back."
        ),
    ),
    ("bikes", ("can a 16 year old rent?",), "You must be 18 or older to rent; children ride with an adult."),
    ("bikes", ("do you deliver to Bath?",), "Delivery to Bath costs £30."),
    (
        "bikes",
        ("how late can I cancel?",),
        ("You may cancel free of charge until 18:00 on the day before; after that we keep half of the price."),
    ),
    ("bikes", ("discount for a group of 8?",), "Groups of six or more get 15 % off."),
    ("bikes", ("are you open on Christmas day?",), "We are closed on 25 and 26 December and on 1 January."),
    ("bikes", ("do you take cash?",), "We take cards, Apple Pay, Google Pay and cash."),
    ("bikes", ("how do I get there by bus?",), "The nearest bus stop is Prince Street, served by lines 24 and 25."),
    ("bikes", ("do you sell helmets?",), ""),
    ("bikes", ("what's your wifi password?",), ""),
    ("bikes", ("do i need to bring my own lock",), "A helmet and a lock come with every bike at no extra cost."),
    (
        "bikes",
        ("hi, r u open on sunday in november?",),
        "Hello! Sunday: 10:00 to 16:00 from April to September, closed from October to March.",
    ),
    ("bikes", ("what time do you close on saturdays",), "Saturday: 9:00 to 17:00."),
    ("bikes", ("are you open on new years day",), "We are closed on 25 and 26 December and on 1 January."),
    (
        "bikes",
        ("where are you",),
        (
            "Harbour Bikes is at 14 Narrow Quay, Bristol BS1 4QA, two minutes on foot from the "
            "Arnolfini. The nearest bus stop is Prince Street, served by lines 24 and 25. There is "
            "no parking at the door; the Prince Street car park is 150 metres away and costs £3.20 "
            "an hour."
        ),
    ),
    (
        "bikes",
        ("how much is the car park",),
        ("There is no parking at the door; the Prince Street car park is 150 metres away and costs £3.20 an hour."),
    ),
    (
        "bikes",
        ("how much weight can the cargo bike carry",),
        "Cargo bike: £45 a day; it carries up to 80 kg and two children.",
    ),
    (
        "bikes",
        ("how much is a full service and how long does it take?",),
        (
            "A full service costs £95 and takes three working days; the wheels are trued and all "
            "bearings are cleaned and greased."
        ),
    ),
    ("bikes", ("can you fix a yamaha e-bike motor",), ""),
    (
        "bikes",
        ("how much is delivery in bristol",),
        "We deliver rental bikes to any address in Bristol for £15, return included.",
    ),
    ("bikes", ("do you have tandems?",), ""),
    ("bikes", ("do you do guided tours",), ""),
    ("bikes", ("do you buy used bikes?",), ""),
    ("bikes", ("do you have mountain bikes",), ""),
    ("bikes", ("do you sell second hand bikes",), ""),
    (
        "bikes",
        (
            "what are your opening hours?",
            "and on sunday?",
        ),
        "Sunday: 10:00 to 16:00 from April to September, closed from October to March.",
    ),
    (
        "bikes",
        (
            "how much is a city bike?",
            "and the electric one?",
        ),
        "Electric bike: £39 a day, £165 a week.",
    ),
    (
        "bikes",
        (
            "do you deliver to bath?",
            "and to bristol?",
        ),
        "We deliver rental bikes to any address in Bristol for £15, return included.",
    ),
    (
        "bikes",
        (
            "a qué hora abren?",
            "y los domingos?",
        ),
        "Sunday: 10:00 to 16:00 from April to September, closed from October to March.",
    ),
    (
        "bikes",
        (
            "how much is a basic service?",
            "and the full one?",
        ),
        (
            "A full service costs £95 and takes three working days; the wheels are trued and all "
            "bearings are cleaned and greased."
        ),
    ),
    (
        "bikes",
        (
            "opening hours",
            "on christmas?",
        ),
        "We are closed on 25 and 26 December and on 1 January.",
    ),
    (
        "bikes",
        (
            "how much is a kids bike",
            "per week?",
        ),
        "Children's bike: £10 a day, £42 a week.",
    ),
    (
        "bikes",
        (
            "do you rent tandems?",
            "and cargo bikes?",
        ),
        "Cargo bike: £45 a day; it carries up to 80 kg and two children.",
    ),
    (
        "bikes",
        (
            "how much is a city bike?",
            "what about a tandem",
        ),
        "",
    ),
    (
        "bikes",
        (
            "are you open on saturday?",
            "until when?",
        ),
        "Saturday: 9:00 to 17:00.",
    ),
    (
        "florist",
        ("hey how much r the bouquets",),
        (
            "Hello!\n\nBouquets come in three sizes. The small one is 30 euro, the medium 45 and the "
            "large 65.\nOur subscription brings a fresh bouquet to your door every second Friday for"
            " 40 euro and you can pause it whenever you like."
        ),
    ),
    ("florist", ("do yous deliver on sunday",), "We don't deliver on Sundays."),
    (
        "florist",
        (
            "how much is the small bouquet",
            "and the large one",
        ),
        "Bouquets come in three sizes. The small one is 30 euro, the medium 45 and the large 65.",
    ),
    ("florist", ("getting married in june what do wedding flowers cost",), "Wedding flowers start at 600 euro."),
    ("florist", ("are lilies safe for my cat",), "Lilies are poisonous to cats, so tell us if you have one."),
    ("florist", ("do u sell plastic flowers",), "We do not sell artificial flowers."),
    (
        "florist",
        ("what if im not home when u deliver",),
        "If nobody is at home the driver leaves the flowers with a neighbour and drops a note.",
    ),
    ("florist", ("do you sell house plants",), ""),
    ("florist", ("can i pay by revolut",), ""),
    (
        "florist",
        ("how long do the flowers last",),
        ("Cut flowers keep for about a week if you change the water every two days and keep them away from radiators."),
    ),
    ("cowork", ("can i come in at weekends",), "At weekends only full-time members can get in."),
    ("cowork", ("is it 24h",), "Full-time members and offices have access round the clock with their key fob."),
    (
        "cowork",
        ("do i pay a joining fee and whats the notice period",),
        "There is no joining fee and you can leave with one month's notice.",
    ),
    ("cowork", ("do you have standing desks",), ""),
    (
        "cowork",
        (
            "how much is the flex membership",
            "and how many days is that",
        ),
        (
            "The flex membership gives you ten days a month for £140 and the full-time membership "
            "with your own desk is £260 a month."
        ),
    ),
    (
        "cowork",
        ("how many guests can i bring",),
        "You may bring two guests a day free of charge; further guests need a day pass.",
    ),
    ("cowork", ("do prices include vat",), "All prices are plus VAT."),
    (
        "driving",
        ("hi how much is a lesson",),
        (
            "Hello! A one-hour manual lesson costs £36 and an automatic lesson is £39. Intensive "
            "courses of 20 hours in one week are £760, but they do not include the practical test "
            "fee of £62."
        ),
    ),
    (
        "driving",
        ("im 16 can i start",),
        "You must be 17 and have a provisional licence before we can take you out on the road.",
    ),
    ("driving", ("do you pick up from rotherham",), ""),
    ("driving", ("do you do motorbike lessons",), "We do not teach motorbikes, lorries or trailers."),
    ("driving", ("do you teach theory test",), ""),
    ("driving", ("do you do lessons on sundays",), "Lessons themselves run seven days a week between 7am and 9pm."),
    (
        "posada",
        (
            "cuanto cuesta la doble",
            "y en agosto?",
        ),
        "En julio, agosto y Semana Santa la doble sube a 98 €.",
    ),
    (
        "posada",
        ("el desayuno esta incluido?",),
        (
            "El desayuno no está incluido y cuesta 9 € por persona; se sirve de 8:30 a 10:30 con "
            "pan, mermelada casera y quesos de la zona."
        ),
    ),
    (
        "posada",
        ("buenas! se pueden llevar perros? y teneis piscina",),
        (
            "¡Hola!\n\nSe admiten perros pequeños por 8 € la noche, pero no pueden quedarse solos en "
            "la habitación.\n\nNo tenemos piscina, aunque el río con zona de baño está a 300 metros."
        ),
    ),
    ("posada", ("tienen cuna para bebe",), ""),
    (
        "posada",
        ("llegamos a las 11 de la noche, hay problema?",),
        ("Si llega después de las diez de la noche avísenos y le dejamos la llave en una caja con código."),
    ),
    ("posada", ("haceis menu vegano?",), ""),
    ("posada", ("esta abierto en enero",), "Cerramos en enero."),
    (
        "posada",
        ("cuanto es la suite y tiene jacuzzi?",),
        (
            "La suite con chimenea vale 130 € todo el año. Sobre «tiene jacuzzi»: no tengo esa "
            "información, pero puedo preguntar a un compañero."
        ),
    ),
    (
        "surf",
        (
            "quanto é a aula de grupo?",
            "e a particular?",
        ),
        "A aula particular custa 55 euros por pessoa, ou 80 euros para duas.",
    ),
    (
        "surf",
        ("bom dia, o meu filho tem 5 anos, pode fazer?",),
        "Olá! Aceitamos crianças a partir dos seis anos, desde que saibam nadar.",
    ),
    ("surf", ("preciso levar prancha",), "O fato e a prancha estão incluídos em todas as aulas."),
    (
        "surf",
        ("posso pagar com cartao",),
        "O pagamento é feito na praia, em dinheiro ou MB Way; não temos terminal de cartão.",
    ),
    ("surf", ("o que preciso levar",), "Traga fato de banho, toalha, protetor solar e água."),
    ("surf", ("tem aula de yoga",), ""),
    ("surf", ("vendem pranchas usadas?",), ""),
    (
        "surf",
        ("até quando posso desmarcar sem pagar",),
        "Se for o aluno a desmarcar com menos de doze horas, a aula é cobrada.",
    ),
]
