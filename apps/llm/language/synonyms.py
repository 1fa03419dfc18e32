"""The table of concepts: what customers call the same thing in our languages.

Data only: folded words; `_` joins the words of a phrase. A word belongs to the first concept that lists it.
"""

from apps.llm.language.words import word_set

CONCEPTS: dict[str, dict[str, str]] = {
    # What an answer must hold: see offline/features.py for how a passage shows it.
    "duration": {
        "en": "how_long how_fast how_quickly how_soon duration last lasts lasting",
        "es": "cuanto_tiempo cuanto_dura cuanto_tarda cuanto_tardan duracion dura duran tarda tardan demora",
        "pt": "quanto_tempo duracao dura duram demora demoram leva",
    },
    "distance": {"en": "how_far distance radius", "es": "distancia a_que_distancia", "pt": "distancia raio"},
    "price": {
        "en": "price pricing prices priced cost costs costing fee fees rate rates charge charges charging expensive "
        "cheap cheaper cheapest tariff fare how_much price_list prices_list what_do_i_pay what_would_i_pay",
        "es": "precio precios coste costo costos costes cuesta cuestan costaria vale valen tarifa tarifas cobran "
        "cobrais caro cara barato barata cuanto_cuesta cuanto_cuestan cuanto_vale cuanto_sale cuanto_es cuanto_seria "
        "cuanto_cobran cuanto_cobrais cuanto_me_cuesta cuanto_salen cuanto",
        "pt": "preco precos custo custos custa custam custaria valor valores tarifa taxa cobram caro barato "
        "quanto_custa quanto_custam quanto_e quanto_fica quanto_sai quanto_cobram quanto",
    },
    "when": {
        "en": "when what_time what_day which_day which_days what_days",
        "es": "cuando a_que_hora que_hora que_dia que_dias a_que_horas",
        "pt": "quando que_horas a_que_horas que_dia que_dias",
    },
    "hours": {
        "en": "hour hours open opens opening opened close closes closing closed schedule timetable opening_hours",
        "es": "horario horarios abren abre abris abierto abierta abiertos cierran cierra cerrais cerrado cerrada "
        "cerrados abrir cerrar apertura cierre abrimos cerramos",
        "pt": "horario horarios aberto aberta abertos abrem abre fecham fecha fechado fechada fechados abrir fechar "
        "funcionamento horario_de_atendimento horario_de_funcionamento abrimos fechamos",
    },
    "place": {
        "en": "where address located location locations situated directions find_you get_there how_do_i_get "
        "get_to_you based find_us",
        "es": "donde direccion ubicacion ubicados ubicado ubicada quedan queda localizacion como_llegar como_llego "
        "como_se_llega para_llegar encontramos se_encuentran",
        "pt": "onde endereco morada localizacao localizados localizado localizada fica ficam situado situada "
        "como_chegar como_chego como_se_chega para_chegar encontramos",
    },
    "phone": {
        "en": "phone telephone phone_number mobile_number",
        "es": "telefono telefonos movil celular numero_de_telefono",
        "pt": "telefone telefones telemovel celular numero_de_telefone",
    },
    "email": {"en": "email emails mail", "es": "email correo correo_electronico", "pt": "email correio_eletronico"},
    "website": {
        "en": "website web site webpage url online_shop",
        "es": "web pagina_web sitio_web",
        "pt": "site website pagina_web",
    },
    "hourly": {
        "en": "hourly per_hour an_hour by_the_hour each_hour",
        "es": "por_hora a_la_hora la_hora cada_hora",
        "pt": "por_hora a_hora cada_hora",
    },
    # What a business offers and how it works.
    "delivery": {
        "en": "deliver delivers delivered delivery deliveries shipping ship ships shipped courier send_it bring_it",
        "es": "entrega entregas entregan entregais envio envios envian enviais enviar reparto repartis reparten "
        "domicilio a_domicilio despacho mandan",
        "pt": "entrega entregas entregam envio envios enviam enviar frete domicilio ao_domicilio delivery",
    },
    "payment": {
        "en": "pay pays paying payment payments payable paid money card cards cash credit debit visa mastercard "
        "amex paypal "
        "contactless instalment instalments installment installments bizum apple_pay google_pay bank_transfer",
        "es": "pagar pago pagos paga pagan dinero tarjeta tarjetas efectivo credito debito transferencia "
        "transferencias "
        "plazos a_plazos bizum visa mastercard paypal",
        "pt": "pagar pago pagamento pagamentos paga cartao cartoes dinheiro credito debito pix multibanco mbway "
        "mb_way transferencia parcelar parcelas prestacoes visa mastercard",
    },
    "cancel": {
        "en": "cancel cancels cancelled canceled cancelling cancellation cancellations reschedule rescheduling "
        "postpone change_my_appointment move_my_appointment "
        "change_your_appointment move_your_appointment change_an_appointment move_an_appointment",
        "es": "cancelar cancelo cancela cancelan cancelacion cancelaciones anular anulo anulacion reprogramar "
        "cambiar_la_cita cambiar_mi_cita",
        "pt": "cancelar cancelo cancela cancelamento cancelamentos desmarcar desmarco remarcar reagendar",
    },
    "booking": {
        "en": "book booking bookings booked reserve reserved reservation reservations appointment appointments "
        "walkin walkins slot",
        "es": "reservar reserva reservas reservo cita citas turno turnos agendar cita_previa pedir_cita",
        "pt": "reservar reserva reservas reservo marcar marco marcacao marcacoes agendar agendamento agendamentos "
        "hora_marcada",
    },
    "refund": {
        "en": "refund refunds refunded return returns returned returning exchange exchanges money_back lose",
        "es": "devolver devolucion devoluciones devuelven devolvemos reembolso reembolsos cambio cambios perder pierdo "
        "pierde perdera perderia",
        "pt": "devolver devolucao devolucoes devolvem devolvemos reembolso reembolsos troca trocas trocar perder perco "
        "perde",
    },
    "parking": {
        "en": "park parking parked car_park garage parking_space",
        "es": "aparcar aparcamiento aparco parking estacionar estacionamiento parqueadero cochera plaza_de_garaje",
        "pt": "estacionar estacionamento estaciono parque_de_estacionamento parking garagem",
    },
    "discount": {
        "en": "discount discounts discounted offers deals promotion promotions promo voucher vouchers coupon "
        "special_offer special_offers reduced reduction",
        "es": "descuento descuentos oferta ofertas promocion promociones cupon cupones rebaja rebajas",
        "pt": "desconto descontos oferta ofertas promocao promocoes cupom cupao cupons",
    },
    "deposit": {
        "en": "deposit deposits down_payment upfront",
        "es": "deposito fianza anticipo senal por_adelantado",
        "pt": "deposito caucao sinal adiantado entrada_de",
    },
    "guarantee": {
        "en": "warranty warranties guarantee guaranteed guarantees",
        "es": "garantia garantias garantizan",
        "pt": "garantia garantias",
    },
    "gift": {
        "en": "gift gifts gift_card gift_cards gift_voucher gift_vouchers present",
        "es": "regalo regalos regalar tarjeta_regalo tarjetas_regalo vale_regalo",
        "pt": "presente presentes vale_presente cartao_presente oferecer",
    },
    "repair": {
        "en": "repair repairs repaired repairing fix fixes fixed fixing mend mending",
        "es": "reparar reparacion reparaciones reparan reparamos arreglar arreglo arreglos arreglan arreglais",
        "pt": "reparar reparacao reparacoes reparam consertar conserto consertos consertam arranjar arranjam arranjo",
    },
    "rent": {
        "en": "rent rents rental rentals renting hire hires hiring lease",
        "es": "alquilar alquiler alquileres alquilan alquilo alquilais alquilamos rentar renta rentan arriendo",
        "pt": "alugar aluguer aluguel alugueres alugam alugo alugamos locacao",
    },
    "trade": {
        "en": "buy buying purchase sell sells selling sold sale",
        "es": "comprar compro compra venden vendeis vender venta vendemos",
        "pt": "comprar compro compra vendem vender venda vendemos",
    },
    "quote": {
        "en": "quote quotes quotation estimate estimates",
        "es": "presupuesto presupuestos cotizacion",
        "pt": "orcamento orcamentos cotacao",
    },
    "order": {
        "en": "order orders ordering preorder",
        "es": "pedido pedidos encargar encargo encargos",
        "pt": "encomenda encomendas encomendar pedido pedidos",
    },
    "custom": {
        "en": "custom customised customized personalised personalized bespoke tailor-made made_to_order",
        "es": "personalizado personalizada personalizados personalizadas a_medida por_encargo",
        "pt": "personalizado personalizada personalizados personalizadas sob_medida por_encomenda sob_encomenda",
    },
    "service": {
        "en": "service services treatment treatments treat treats treating what_do_you_do what_do_you_offer",
        "es": "servicio servicios tratamiento tratamientos que_ofrecen",
        "pt": "servico servicos tratamento tratamentos que_oferecem",
    },
    "firm": {
        "en": "companies my_company our_company my_business our_business company_account company_address "
        "business_customers",
        "es": "empresas mi_empresa nuestra_empresa",
        "pt": "empresas minha_empresa nossa_empresa",
    },
    "team": {
        "en": "staff team employees",
        "es": "equipo personal plantilla empleados",
        "pt": "equipa equipe funcionarios",
    },
    "owner": {
        "en": "owner owners owns founder founded run_by led_by runs",
        "es": "dueno duena duenos propietario fundador dirige dirigida",
        "pt": "dono dona donos proprietario fundador dirige dirigida",
    },
    "pets": {
        "en": "pet pets dog dogs puppy animal animals",
        "es": "mascota mascotas perro perros animal animales",
        "pt": "animal animais cao caes cachorro cachorros estimacao pet pets",
    },
    "children": {
        "en": "child kid kids toddler toddlers baby babies son daughter teenager teenagers",
        "es": "nino nina ninos ninas hijo hija hijos hijas bebe bebes menores peques",
        "pt": "crianca criancas filho filha filhos filhas bebe bebes menores miudos",
    },
    "seniors": {
        "en": "senior seniors pensioner pensioners retired elderly",
        "es": "jubilado jubilados jubilada mayores pensionista pensionistas",
        "pt": "idoso idosos aposentado aposentados reformado reformados",
    },
    "guest": {
        "en": "guest guests friend friends companion",
        "es": "invitado invitados amigo amiga amigos acompanante",
        "pt": "convidado convidados amigo amiga amigos acompanhante",
    },
    "mountain": {"en": "mountain", "es": "montana", "pt": "montanha"},
    "student": {
        "en": "student students",
        "es": "estudiante estudiantes",
        "pt": "estudante estudantes",
    },
    "group": {
        "en": "group groups party parties",
        "es": "grupo grupos fiesta fiestas",
        "pt": "grupo grupos festa festas",
    },
    "age": {"en": "age ages aged how_old years_old", "es": "edad edades", "pt": "idade idades"},
    "people": {
        "en": "people persons participants",
        "es": "personas participantes",
        "pt": "pessoas participantes",
    },
    "weight": {"en": "weight weigh weighs heavy", "es": "peso pesa pesan", "pt": "peso pesa pesam"},
    "bring": {
        "en": "bring bringing",
        "es": "traer traiga traigo traigan llevar llevo",
        "pt": "trazer traga tragam trago levar levo",
    },
    "harm": {
        "en": "safe dangerous danger poisonous toxic harmful",
        "es": "peligroso peligrosa peligro toxico toxica toxicos venenoso venenosa",
        "pt": "perigoso perigosa perigo toxico toxica venenoso venenosa",
    },
    "seat": {"en": "seat seats", "es": "silla sillas sillita asiento asientos", "pt": "cadeira cadeirinha assento"},
    "allday": {"en": "24h 24_7 24hrs round_the_clock around_the_clock", "es": "24h 24_horas", "pt": "24h 24_horas"},
    "christmas": {
        "en": "christmas xmas christmas_day christmas_eve boxing_day",
        "es": "navidad navidades nochebuena dia_de_navidad",
        "pt": "natal vespera_de_natal dia_de_natal",
    },
    "newyear": {
        "en": "new_year new_years new_year's new_years_day new_year's_day new_years_eve new_year's_eve",
        "es": "ano_nuevo nochevieja fin_de_ano",
        "pt": "ano_novo reveillon passagem_de_ano",
    },
    "holiday": {
        "en": "holiday holidays bank_holiday bank_holidays public_holiday public_holidays",
        "es": "festivo festivos feriado feriados",
        "pt": "feriado feriados",
    },
    "emergency": {
        "en": "emergency emergencies urgent urgently",
        "es": "urgencia urgencias urgente emergencia emergencias",
        "pt": "urgencia urgencias urgente emergencia emergencias",
    },
    "insurance": {
        "en": "insurance insurances insured insurer insurers",
        "es": "seguro seguros aseguradora aseguradoras mutua",
        "pt": "seguro seguros seguradora seguradoras convenio convenios",
    },
    "spoken": {
        "en": "language languages speak speaks spoken",
        "es": "idioma idiomas hablan hablais habla hablamos",
        "pt": "idioma idiomas lingua linguas falam fala falamos",
    },
    "english": {"en": "english", "es": "ingles", "pt": "ingles"},
    "spanish": {"en": "spanish", "es": "espanol castellano", "pt": "espanhol"},
    "french": {"en": "french", "es": "frances", "pt": "frances"},
    "german": {"en": "german", "es": "aleman", "pt": "alemao"},
    "portuguese": {"en": "portuguese", "es": "portugues", "pt": "portugues"},
    "illness": {"en": "ill illness sick", "es": "enfermo enferma enfermedad", "pt": "doente doenca"},
    "change": {"en": "change changes changing switch swap", "es": "cambiar cambian", "pt": "mudar alterar"},
    "online": {
        "en": "online on_the_internet over_the_internet by_internet virtual virtually remotely",
        "es": "online en_linea por_internet virtual",
        "pt": "online pela_internet pela_net virtual",
    },
    "video": {
        "en": "video video_call zoom skype",
        "es": "video videollamada videollamadas zoom skype",
        "pt": "video videochamada videochamadas zoom skype",
    },
    "food": {"en": "food dish dishes", "es": "comida comidas plato platos", "pt": "comida comidas prato pratos"},
    "men": {
        "en": "man male mens",
        "es": "hombre hombres masculino caballero caballeros",
        "pt": "homem homens masculino",
    },
    "women": {
        "en": "woman female womens lady ladies",
        "es": "mujer mujeres femenino",
        "pt": "mulher mulheres feminino",
    },
    "wifi": {"en": "wifi internet wlan", "es": "wifi internet", "pt": "wifi internet"},
    "access": {
        "en": "wheelchair wheelchairs accessible accessibility disabled disability ramp lift elevator step_free",
        "es": "silla_de_ruedas accesible accesibilidad discapacidad discapacitados rampa ascensor",
        "pt": "cadeira_de_rodas acessivel acessibilidade deficiencia rampa elevador",
    },
    "transit": {
        "en": "bus buses train tram metro subway station public_transport",
        "es": "autobus tren tranvia metro estacion transporte_publico",
        "pt": "autocarro onibus comboio trem metro estacao transporte_publico",
    },
    "documents": {
        "en": "passport document documents paperwork identification photo_id what_id which_id my_id your_id "
        "need_id id_card",
        "es": "pasaporte documento documentos documentacion dni",
        "pt": "passaporte documento documentos documentacao rg",
    },
    "consultation": {
        "en": "consultation consultations consult first_visit first_meeting first_session initial_meeting",
        "es": "consulta consultas primera_visita",
        "pt": "consulta consultas primeira_visita",
    },
    "allergy": {
        "en": "allergy allergies allergic allergen allergens",
        "es": "alergia alergias alergico alergica alergeno alergenos",
        "pt": "alergia alergias alergico alergica alergeno alergenos",
    },
    "vegan": {"en": "vegan vegans", "es": "vegano vegana veganos veganas", "pt": "vegano vegana veganos veganas vegan"},
    "vegetarian": {
        "en": "vegetarian vegetarians veggie meatless",
        "es": "vegetariano vegetariana vegetarianos vegetarianas",
        "pt": "vegetariano vegetariana vegetarianos vegetarianas",
    },
    "gluten": {"en": "gluten coeliac celiac", "es": "gluten celiaco celiaca celiacos", "pt": "gluten celiaco celiacos"},
    "dairy": {"en": "dairy lactose milk", "es": "lactosa leche lacteos", "pt": "lactose leite laticinios"},
    "menu": {"en": "menu menus", "es": "menu carta", "pt": "menu cardapio ementa"},
    "breakfast": {"en": "breakfast", "es": "desayuno desayunos desayunar", "pt": "pequeno_almoco cafe_da_manha"},
    "lunch": {"en": "lunch", "es": "almuerzo almuerzos almorzar", "pt": "almoco almocos"},
    "dinner": {"en": "dinner", "es": "cena cenas cenar", "pt": "jantar jantares"},
    "cake": {"en": "cake cakes", "es": "tarta tartas pastel pasteles torta tortas", "pt": "bolo bolos torta"},
    "wedding": {"en": "wedding weddings", "es": "boda bodas", "pt": "casamento casamentos"},
    "birthday": {"en": "birthday birthdays bday", "es": "cumpleanos", "pt": "aniversario aniversarios"},
    "bread": {"en": "bread breads loaf", "es": "pan panes", "pt": "pao paes"},
    "coffee": {"en": "coffee coffees", "es": "cafe cafes", "pt": "cafe cafes"},
    "bicycle": {
        "en": "bike bikes bicycle bicycles cycle cycles",
        "es": "bicicleta bicicletas bici bicis",
        "pt": "bicicleta bicicletas bike bikes",
    },
    "electric": {
        "en": "electric",
        "es": "electrica electricas electrico electricos",
        "pt": "eletrica eletricas eletrico eletricos",
    },
    "helmet": {"en": "helmet helmets", "es": "casco cascos", "pt": "capacete capacetes"},
    "puncture": {
        "en": "puncture punctures punctured flat flats flat_tire flat_tires flat_tyre flat_tyres",
        "es": "pinchazo pinchazos pinchado pinchada rueda_pinchada",
        "pt": "furo furos furado furados pneu_furado",
    },
    "tire": {"en": "tire tires", "es": "rueda ruedas", "pt": "pneu pneus"},
    "brake": {"en": "brake brakes", "es": "freno frenos", "pt": "freio freios travao travoes"},
    "tooth": {"en": "tooth dental", "es": "diente dientes muela muelas dental", "pt": "dente dentes dental"},
    "dentist": {"en": "dentist dentists", "es": "dentista dentistas odontologo", "pt": "dentista dentistas"},
    "whitening": {"en": "whitening whiten bleaching", "es": "blanqueamiento", "pt": "branqueamento clareamento"},
    "cleaning": {"en": "cleaning cleanings hygiene", "es": "limpieza limpiezas", "pt": "limpeza limpezas higiene"},
    "orthodontics": {
        "en": "braces orthodontics orthodontist aligners invisalign",
        "es": "ortodoncia brackets alineadores",
        "pt": "ortodontia aparelho alinhadores",
    },
    "implant": {"en": "implant implants", "es": "implante implantes", "pt": "implante implantes"},
    "xray": {"en": "xray xrays radiograph", "es": "radiografia radiografias", "pt": "radiografia radiografias raio-x"},
    "doctor": {
        "en": "doctor doctors physician",
        "es": "doctor doctora medico medica",
        "pt": "doutor doutora medico medica",
    },
    "class": {
        "en": "class classes lesson lessons course courses workshop workshops session sessions",
        "es": "clase clases curso cursos taller talleres sesion sesiones",
        "pt": "aula aulas curso cursos oficina sessao sessoes",
    },
    "trial": {
        "en": "trial trials try_out taster first_class free_class first_lesson free_lesson day_pass",
        "es": "prueba pruebas probar primera_clase clase_gratis",
        "pt": "experimental experimentar teste primeira_aula aula_gratis",
    },
    "membership": {
        "en": "membership memberships member members subscription subscriptions monthly join sign_up",
        "es": "membresia membresias socio socios abono abonos cuota cuotas mensualidad inscripcion matricula",
        "pt": "mensalidade mensalidades socio socios assinatura inscricao matricula plano planos",
    },
    "trainer": {
        "en": "trainer trainers coach coaches instructor instructors personal_trainer personal_training",
        "es": "entrenador entrenadora entrenadores monitor monitores instructor",
        "pt": "treinador treinadora treinadores instrutor instrutores personal_trainer",
    },
    "pool": {"en": "pool swimming swim", "es": "piscina nadar natacion", "pt": "piscina nadar natacao"},
    "shower": {"en": "shower showers", "es": "ducha duchas", "pt": "chuveiro chuveiros duche duches"},
    "locker": {"en": "locker lockers", "es": "taquilla taquillas casillero", "pt": "cacifo cacifos armario armarios"},
    "towel": {"en": "towel towels", "es": "toalla toallas", "pt": "toalha toalhas"},
    "lawyer": {
        "en": "lawyer lawyers attorney attorneys solicitor solicitors",
        "es": "abogado abogada abogados abogadas",
        "pt": "advogado advogada advogados advogadas",
    },
    "divorce": {"en": "divorce divorces", "es": "divorcio divorcios", "pt": "divorcio divorcios"},
    "inheritance": {
        "en": "inheritance wills a_will my_will probate",
        "es": "herencia herencias testamento testamentos",
        "pt": "heranca herancas testamento testamentos",
    },
    "immigration": {
        "en": "immigration visas residence_permit",
        "es": "inmigracion extranjeria visado visados",
        "pt": "imigracao visto vistos",
    },
    "room": {"en": "room rooms", "es": "habitacion habitaciones", "pt": "quarto quartos"},
    "checkin": {"en": "checkin arrival", "es": "checkin entrada llegada", "pt": "checkin chegada"},
    "checkout": {"en": "checkout departure leave_the_room vacate", "es": "checkout salida", "pt": "checkout saida"},
    "tour": {
        "en": "tour tours excursion guided",
        "es": "tour excursion excursiones visita_guiada",
        "pt": "passeio passeios excursao visita_guiada",
    },
    "haircut": {
        "en": "haircut haircuts hair trim",
        "es": "corte cortes pelo cabello",
        "pt": "corte cortes cabelo",
    },
    "minimum": {"en": "minimum min", "es": "minimo minima", "pt": "minimo minima"},
    "maximum": {"en": "maximum max limit", "es": "maximo maxima limite", "pt": "maximo maxima limite"},
    "free": {"en": "free complimentary", "es": "gratis gratuito gratuita", "pt": "gratis gratuito gratuita"},
    "password": {"en": "password", "es": "contrasena clave", "pt": "senha"},
    "invoice": {
        "en": "invoice invoices receipt receipts",
        "es": "factura facturas recibo",
        "pt": "fatura faturas recibo",
    },
    "job": {
        "en": "job jobs vacancy vacancies hiring_staff careers",
        "es": "empleo vacante vacantes",
        "pt": "emprego vaga vagas",
    },
}

#: Concepts that colour a question without being its subject: missing in a passage, they cost little.
SOFT = word_set(
    "booking bring change children food guest group when age minimum maximum free service order people hourly quote"
)
