"""Invented businesses and what they wrote down: the knowledge for tests of the offline answerer."""

from apps.llm.base import Passage

_TEXTS: dict[str, tuple[str, str]] = {
    "bike": (
        "Pedal & Co",
        """# Pedal & Co bike rental

We rent city bikes, mountain bikes and e-bikes in the old town of Ghent.

Prices:
- City bike: €12 per day
- Mountain bike: €20 per day
- E-bike: €35 per day, €180 per week
- Helmet: free with every rental

Opening hours:
Monday to Friday: 9:00 - 18:30
Saturday: 10:00 - 17:00
Sunday: closed

We repair bikes while you wait. A flat tyre costs €15.
Our shop is at 14 Korenmarkt, next to the post office. There is no parking, but the Vrijdagmarkt car \
park is two minutes away.
A deposit of €50 per bike is required. You can pay by card, cash or Payconiq.
Cancellations are free up to 24 hours before the rental starts. After that we charge one day.
Children under 12 get a kids' bike for €8 per day. We also lend child seats at no extra charge.""",
    ),
    "bakery": (
        "Rosa's Bakery",
        """Rosa's Bakery is a family bakery in Porto, run by Rosa Almeida since 1987. We bake sourdough bread every \
morning from 7am. Our vegan carrot cake costs €24 for eight people and must be ordered two days ahead. A \
croissant is €1.60. We deliver within 5 km of the shop for €4; orders above €40 are delivered for free. \
The shop is open Tuesday to Sunday from 7:30 to 19:00. We are closed on Mondays. You find us at Rua das \
Flores 123, Porto. We do not offer gluten-free products because our kitchen uses wheat flour. For \
wedding cakes please book a tasting at least six weeks before. Custom birthday cakes start at €35.""",
    ),
    "dental": (
        "Clínica Dental Sonrisa",
        """Clínica Dental Sonrisa está en la Calle Mayor 5, 28013 Madrid, junto al metro Sol.
Horario: lunes a viernes de 9:00 a 20:00, sábados de 10:00 a 14:00. Domingos cerrado.
La primera visita es gratuita e incluye radiografía. Una limpieza dental cuesta 60 €. El blanqueamiento \
dental cuesta 250 € y dura una hora.
Un implante cuesta desde 900 €. Se puede pagar en 12 plazos sin intereses. Aceptamos tarjeta, efectivo y \
Bizum.
Trabajamos con Adeslas y Sanitas. En caso de urgencia llame al 612 345 678 y le atendemos el mismo día.
Para cancelar una cita avise con 24 horas de antelación. Atendemos a niños a partir de 3 años. La \
doctora Elena Ruiz dirige la clínica.""",
    ),
    "gym": (
        "Iron Gym",
        """Q: Do you have a pool?
A: Yes, a 25 metre pool, open from 6am to 9pm.

Q: How much is a membership?
A: A monthly membership costs R$ 120. There is no joining fee.

Q: Posso congelar o plano?
R: Sim, até 30 dias por ano.

Personal training: R$ 80 per session with Coach Bruno. First class free for new members. Lockers are \
free, bring your own padlock. Towels can be rented for R$ 5.
Yoga is on Tuesday and Thursday at 18:00; pilates on Friday at 9:00. Guests pay R$ 30 per day. Students \
get 20% off.""",
    ),
    "lawyers_pt": (
        "Prado & Lima",
        """Escritório Prado & Lima Advogados. Atendemos em Lisboa, na Avenida da Liberdade 110, 3.º andar.
O atendimento é de segunda a sexta, das 9h às 18h, apenas com hora marcada.
A primeira consulta custa 75 € e dura 45 minutos. Tratamos de divórcios, heranças, arrendamento e \
vistos.
Um divórcio por mútuo consentimento custa 650 € mais taxas. Aceitamos pagamento em três prestações.
Não tratamos de direito penal. Também atendemos por videochamada. Falamos português, inglês e francês.""",
    ),
    "vet": (
        "Paws Vet Clinic",
        """Paws Vet Clinic looks after cats, dogs, rabbits and small rodents. We do not treat horses or farm \
animals.
A standard check-up is £38 and takes about twenty minutes. Vaccinations start from £45. Neutering a cat \
costs £80; neutering a dog costs between £150 and £260 depending on weight.
We're open Monday to Friday 8am-7pm and Saturdays 9am-1pm. Outside these hours, call our emergency line \
on 0161 496 0000.
The clinic is on 22 Mill Lane, Stockport, with a free customer car park at the back.
New patients can register online at www.pawsvet.example or by phone. We accept all major pet insurers \
and can claim directly on your behalf.
Microchipping is done without an appointment every Thursday afternoon. Repeat prescriptions need 48 \
hours' notice.""",
    ),
    "hotel": (
        "Casa Azul",
        """Hotel Casa Azul

Check-in: from 15:00
Check-out: until 11:00
Breakfast: 7:30-10:30, included in the room price

Rooms
- Single room: 65 EUR per night
- Double room: 95 EUR per night
- Family suite (4 people): 150 EUR per night

Facilities
Wi-Fi is free in the whole building. The rooftop pool is open from May to October. There is no gym, but \
guests get a day pass for the gym next door for 8 EUR.
Pets up to 10 kg are allowed for an extra 12 EUR per night.
Private parking costs 10 EUR per day and must be reserved.
Airport transfer can be arranged for 30 EUR. Reception is staffed 24 hours.
Cancellation is free until 48 hours before arrival.""",
    ),
    "salon": (
        "Salão Estrela",
        """Salão Estrela fica na Rua Augusta 88, perto do metrô Consolação, em São Paulo.
Corte feminino: R$ 90. Corte masculino: R$ 55. Coloração a partir de R$ 180. Manicure R$ 35 e pedicure \
R$ 45.
Funcionamos de terça a sábado, das 9h às 19h. Não abrimos aos domingos e segundas.
Aceitamos Pix, cartão de crédito em até 3x e dinheiro.
O agendamento é feito pelo WhatsApp ou por telefone: (11) 3456-7890. Cancelamentos com menos de 4 horas \
pagam 50% do valor.
Fazemos penteados para noivas, com teste incluído, por R$ 450. Usamos apenas produtos veganos e sem \
crueldade animal.
Não fazemos alongamento de cílios.""",
    ),
    "restaurant": (
        "La Parra",
        """La Parra es un restaurante de cocina asturiana en Gijón, en la calle Marqués 14, frente a la iglesia de \
San Pedro.
Abrimos de miércoles a domingo, de 13:00 a 16:00 y de 20:00 a 23:30. Lunes y martes cerramos por \
descanso.
El menú del día cuesta 16 € e incluye bebida y postre; se sirve solo de miércoles a viernes al mediodía.
La fabada es nuestro plato más pedido (14 €). Tenemos platos sin gluten y dos opciones vegetarianas.
Se puede reservar por teléfono en el 985 12 34 56 o en nuestra web. Para grupos de más de 10 personas \
pedimos una señal de 50 €.
La terraza admite perros. No hacemos reparto a domicilio, pero sí comida para llevar.
Hay tronas para niños y menú infantil por 9 €.""",
    ),
    "school": (
        "Lingua Nova",
        """Lingua Nova teaches English, German and Portuguese to adults in Lisbon.

## Courses
Group courses run for 12 weeks and cost €320. Groups have at most eight students. Intensive courses take \
place every July.
Private lessons are €28 per hour, online or in our rooms.

## How to start
Everybody takes a free placement test before enrolling. You can enrol at any time of year for private \
lessons; group courses start in January, April and September.

## Exams
We prepare students for Cambridge and Goethe exams. The exam fee is not included in the course price.

## Other
Course books cost around €30. Students receive a certificate at the end. If you miss a class you can \
watch the recording for two weeks. We refund 80% of the fee if you withdraw before the second lesson. \
Our office is at Rua do Sol 9 and opens weekdays 10:00–20:00.""",
    ),
    "law": (
        "Hartley Legal",
        """Hartley Legal is a small law firm in Dublin led by Nuala Hartley. We advise on employment law, family \
law and wills. We do not take criminal cases.
The first consultation lasts 30 minutes and is free of charge. After that our hourly rate is €180. A \
simple will costs a fixed €150.
Please bring photo identification and any contracts to the first meeting. Meetings take place in person \
or by video call.
The office is at 7 Fitzwilliam Lane, second floor; there is a lift. Office hours are 9.30 to 17.30, \
Monday to Thursday, and until 16.00 on Fridays.
You can pay by bank transfer or card; instalments are possible for fees above €500. We usually answer \
e-mails within one working day.""",
    ),
}


def business(key: str) -> tuple[str, tuple[Passage, ...]]:
    """The business's name and its knowledge, one passage per paragraph as a search would bring them."""
    name, text = _TEXTS[key]
    paragraphs = [paragraph for paragraph in text.split("\n\n") if paragraph.strip()]
    return name, tuple(
        Passage(id=number, title=name, text=paragraph, score=1 - number / 100)
        for number, paragraph in enumerate(paragraphs, 1)
    )
