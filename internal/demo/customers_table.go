package demo

import "tandem/internal/collab"

const (
	lead     = collab.CustomerLead
	prospect = collab.CustomerProspect
	active   = collab.CustomerActive
	churned  = collab.CustomerChurned
)

// A row is a customer at the end of the history. Its tags are separated by spaces; an empty text
// means that there is none.
//
// The addresses use domains that nobody can register, and the telephone numbers are from ranges
// that regulators reserve for fiction.
type row struct {
	name, company, email, phone, city string
	status                            collab.CustomerStatus
	tags, notes                       string
}

// customerRows are the customers. The first two have a story of their own.
var customerRows = []row{
	{"Jürgen Groß", "Brauerei Hopfenstern", "juergen.gross@hopfenstern.example", "+49 30 23125 014", "Berlin", active, "brewery key-account dach",
		"Two brewhouses, one taproom. Needs soft water below 4 °dH for the lager, so the softening plant is what counts; the taps are a bonus.\nPrefers calls before ten."},
	{"Saoirse Brennan", "Brennan & Daughters Bakery", "saoirse@brennanbakery.example", "+353 20 910 0417", "Cork", active, "bakery uk-ie",
		"Was about to leave over the price of the cartridges. Stays with the two-year contract."},
	{"Siobhán O'Connor", "Harbour Street Clinic", "s.oconnor@harbourstreet.example", "+353 20 914 2206", "Galway", active, "clinic uk-ie service-contract",
		"Twelve treatment rooms on three floors. Hygiene certificate due every January."},
	{"Chiara Bianchi", "Caffè Lanterna", "chiara@caffelanterna.example", "", "Genova", active, "hospitality",
		"Espresso machine needs 6–8 °dH, no lower. Opens at six, so service after three in the afternoon."},
	{"François Lefèvre", "Hôtel des Tilleuls", "f.lefevre@hoteldestilleuls.example", "+33 1 99 00 12 48", "Paris", prospect, "hospitality france",
		"Wants to be rid of 40,000 glass bottles a year. Decision with the owner, Mme Aubry, after the season."},
	{"Łukasz Wójcik", "Wójcik Logistyka", "l.wojcik@wojcik-logistyka.example", "", "Poznań", lead, "logistics trade-fair", ""},
	{"Zoë van den Berg", "Studio Kade 12", "zoe@kade12.example", "", "Rotterdam", active, "office",
		"Forty desks, one kitchen. Pays early, reads everything."},
	{"Håkon Sæther", "Fjordlys Catering", "hakon@fjordlys.example", "", "Bergen", prospect, "hospitality nordics",
		"Caters for ships; asks whether the unit can be bolted down."},
	{"Åsa Bergström", "Norrsken Klättercenter", "asa.bergstrom@norrsken.example", "+46 8 465 004 21", "Stockholm", active, "sports nordics", ""},
	{"Björn Öström", "Öströms Bageri", "bjorn@ostroms.example", "+46 31 390 06 44", "Göteborg", lead, "bakery nordics newsletter", ""},
	{"María José Núñez", "Clínica Dental Arrayán", "mj.nunez@arrayan.example", "", "Sevilla", prospect, "clinic",
		"Needs demineralised water for the autoclave. Compares us with bottled."},
	{"João Conceição", "Padaria Aurora", "joao@padaria-aurora.example", "", "Porto", lead, "bakery referral", ""},
	{"Ελένη Παπαδοπούλου", "Ξενοδοχείο Γαλήνη", "eleni@galini.example", "", "Θεσσαλονίκη", prospect, "hospitality seasonal",
		"Open from April to October; a contract has to pause in winter."},
	{"田中 由紀", "みどり工房株式会社", "tanaka@midori-kobo.example", "", "横浜", lead, "office export", "Writes in English. Wants to know who services the units in Japan."},
	{"Олена Коваль", "Кав'ярня «Ранок»", "olena@ranok.example", "", "Львів", lead, "hospitality", ""},
	{"Nguyễn Thị Mai", "Sen Xanh Kitchen", "mai@senxanh.example", "+44 20 7946 0321", "London", active, "hospitality uk-ie",
		"Three restaurants; the third opens soon and should get the same tap."},
	{"Käthe Brüggemann", "Brüggemann Feinkost", "k.brueggemann@feinkost-brueggemann.example", "+49 40 66969 217", "Hamburg", active, "retail dach", ""},
	{"Dr. Anneliese Weiß", "Praxis am Schlossgarten", "praxis@schlossgarten.example", "", "Karlsruhe", prospect, "clinic dach",
		"Asked twice for the test report of the UV lamp. Send it before the next call."},
	{"Tom Whitfield", "", "tom.whitfield@example.net", "+44 117 496 0182", "Bristol", lead, "private", ""},
	{"Amélie Rousseau", "Atelier Rousseau", "amelie@atelier-rousseau.example", "+33 4 65 71 20 09", "Lyon", active, "office france",
		"Architects. Specify our taps in their own projects, so treat them as a partner."},
	{"Marek Dvořák", "Pivovar Stříbrná Lípa", "dvorak@stribrnalipa.example", "", "Plzeň", prospect, "brewery trade-fair",
		"Saw the plant at Hopfenstern and wants the same, twice the size."},
	{"Zsófia Szűcs", "Duna Coworking", "zsofia@dunacowork.example", "", "Budapest", active, "office", ""},
	{"Mehmet Yılmaz", "Yılmaz Imbiss & Grill", "mehmet@yilmaz-grill.example", "+49 221 4710 338", "Köln", churned, "hospitality dach",
		"Left because the rented tap was out of order for nine days. Fair enough."},
	{"Ingrid Þórsdóttir", "Hverir Spa", "ingrid@hverir.example", "", "Reykjavík", lead, "hospitality nordics", "Their own water is better than ours. Wants sparkling only."},
	{"Grzegorz Chrząszcz", "Biuro Rachunkowe Chrząszcz", "biuro@chrzaszcz.example", "", "Łódź", lead, "office newsletter", ""},
	{"Heike Straßer", "Stadtwerke-Kantine Süd", "heike.strasser@kantine-sued.example", "+49 89 99998 120", "München", active, "canteen key-account dach",
		"1,400 meals a day. Service window Saturdays only; gate code with the porter."},
	{"Patrick Keane", "Keane Family Dental", "patrick@keanedental.example", "+1 212 555 0142", "New York", prospect, "clinic export", "Time difference: call after 15:00 our time."},
	{"Fatima Zahra El Amrani", "Riad Jasmin", "fatima@riadjasmin.example", "", "Marrakech", lead, "hospitality export", ""},
	{"ليلى حداد", "مقهى الياسمين", "layla@yasmine-cafe.example", "", "بيروت", prospect, "hospitality export",
		"Offer in English and Arabic, please."},
	{"Guðrún Jónsdóttir", "", "gudrun@example.org", "", "Akureyri", lead, "private newsletter", ""},
	{"Ruairí Mac Giolla", "Northquay Brewing", "ruairi@northquay.example", "+353 20 918 0055", "Belfast", active, "brewery uk-ie", ""},
	{"Sébastien Garçon", "Lycée Les Platanes", "s.garcon@lesplatanes.example", "+33 5 36 49 08 31", "Toulouse", prospect, "school france public",
		"Public tender: offers in writing only, deadline at noon sharp."},
	{"Wilhelmina de Vries", "De Vries Tandartsen", "w.devries@devries-tandartsen.example", "", "Utrecht", active, "clinic", ""},
	{"Niamh Gallagher", "Lough View Hotel", "niamh@loughview.example", "+353 20 911 7788", "Sligo", churned, "hospitality uk-ie",
		"Sold to a chain that has a supplier of its own. Niamh moved to another house; worth a call."},
	{"Antonín Růžička", "Sklárna Křišťál", "ruzicka@sklarna-kristal.example", "", "Liberec", lead, "industry", "Cooling water for two furnaces. Is that something we do at all?"},
	{"Birgit Hägele", "Gasthof zum Löwen", "birgit@loewen-hagele.example", "", "Tübingen", active, "hospitality dach",
		"Closed on Mondays and Tuesdays; then she has time to talk."},
	{"Émile Côté", "Boulangerie Côté", "emile@boulangerie-cote.example", "+33 1 99 00 47 15", "Rennes", active, "bakery france", ""},
	{"Priya Raghunathan", "Tamarind Yoga", "priya@tamarind.example", "+44 161 496 0775", "Manchester", active, "sports uk-ie referral",
		"Came through Sen Xanh. Sends us somebody new every few months."},
	{"Karl-Heinz Pütz", "Pütz & Söhne Sanitär", "kh.puetz@puetz-soehne.example", "+49 221 4710 902", "Köln", active, "partner dach",
		"Fits our units in the Rhineland. 12 % on the hardware, nothing on the cartridges."},
	{"Agnieszka Zając", "Szkoła Językowa Most", "agnieszka@most.example", "", "Kraków", prospect, "school", ""},
	{"Lars Ødegård", "Ødegård Trelast", "lars@odegard.example", "", "Trondheim", churned, "industry nordics", "Closed the branch. No hard feelings."},
	{"Beatriz Ibáñez", "Gimnasio Ribera", "beatriz@gimnasioribera.example", "", "Valencia", prospect, "sports",
		"Trial tap since three weeks; members like it, the treasurer does not know yet."},
	{"Vasile Țepeș", "Hotel Carpați", "v.tepes@hotelcarpati.example", "", "Brașov", lead, "hospitality trade-fair", ""},
	{"Margit Ülker", "Kita Regenbogen", "leitung@kita-regenbogen.example", "+49 69 90009 431", "Frankfurt", active, "school dach public",
		"Tap at a height of 70 cm. The children call it the dragon."},
	{"Oliver Ashworth", "Ashworth Legal", "o.ashworth@ashworthlegal.example", "+44 113 496 0240", "Leeds", prospect, "office uk-ie", ""},
	{"Mirela Đurić", "Apoteka Đurić", "mirela@duric.example", "", "Novi Sad", lead, "clinic", ""},
	{"Jean-Baptiste Nguema", "Clinique du Parc", "jb.nguema@cliniqueduparc.example", "+33 1 99 00 81 77", "Lille", active, "clinic france key-account",
		"Four sites on one contract. Every visit is booked with Mme Petit at the reception."},
	{"Sofie Kjærgaard", "Kjærgaard Keramik", "sofie@kjaergaard.example", "", "Aarhus", prospect, "industry nordics", "Clay does not like chlorine. Sample of the tap water is at the laboratory."},
	{"Ewa Śliwińska", "Piekarnia Śliwka", "ewa@sliwka.example", "", "Gdańsk", active, "bakery", ""},
	{"Hans-Jörg Rüegg", "Rüegg Treuhand", "hj.rueegg@rueegg-treuhand.example", "", "Winterthur", active, "office dach",
		"Invoices in francs. Counts the bubbles."},
	{"Georgina Fairclough", "Fairclough Veterinary", "georgina@faircloughvets.example", "+44 131 496 0366", "Edinburgh", active, "clinic uk-ie", ""},
	{"Matúš Kováč", "Kováč Transport", "matus@kovac-transport.example", "", "Bratislava", churned, "logistics", "Gave up the depot. The tap is still there; ask the landlord."},
	{"İpek Şahin", "Şahin Tekstil", "ipek@sahin-tekstil.example", "", "İzmir", prospect, "industry export",
		"Dye works: wants 3 m³ of soft water an hour. Ask Ada before promising anything."},
	{"Rosalie Dupont-Müller", "Weingut Dupont-Müller", "rosalie@dupont-mueller.example", "", "Colmar", active, "hospitality france dach", ""},
	{"Tadhg Ó Súilleabháin", "Cumann Spóirt Lir", "tadhg@lir.example", "+353 20 915 3091", "Tralee", prospect, "sports uk-ie", "Committee meets on the first Tuesday. Nothing happens in between."},
	{"Charlotte Meier-Lüdenscheid", "Museum am Wall", "c.meier@museumamwall.example", "+49 40 66969 508", "Bremen", prospect, "public dach",
		"Fountain for the foyer. Heritage protection has a say, so no drilling into the north wall."},
	{"Kwame Mensah", "Accra Roasters", "kwame@accraroasters.example", "+44 20 7946 0808", "London", churned, "hospitality uk-ie",
		"Went with a cheaper cartridge. Pressure dropped after six weeks, says their barista."},
	{"Anna-Lena Fürst", "Fürst & Partner", "al.fuerst@fuerst-partner.example", "", "Wien", active, "office dach referral", ""},
	{"Giulia D'Angelo", "Pasticceria D'Angelo", "giulia@pasticceriadangelo.example", "", "Napoli", prospect, "bakery hospitality", "Brother runs two more shops. Quote for three."},
	{"Erik Johansson", "Skärgårdens Konferens", "erik@skargardens.example", "+46 8 465 004 87", "Vaxholm", churned, "hospitality nordics seasonal", "Island without a ferry in winter; service cost more than we earned."},
}
