package demo

import "tandem/internal/collab"

// A callTopic is a possible subject of a call, with its possible outcomes.
type callTopic struct {
	subject  string
	inbound  bool
	outcomes []string
}

// callTopics are the subjects of calls, by the customer's status.
var callTopics = map[collab.CustomerStatus][]callTopic{
	lead: {
		{"First conversation", false, []string{
			"Interested. Wants prices for two taps.", "Curious, but the budget is only made next year.", "Asked for a brochure and a reference nearby."}},
		{"Answer to the web form", false, []string{
			"Wrong number in the form; found the right one.", "Wants to see a unit before anything else.", "Was looking for bottled water. Listened anyway."}},
		{"Follow-up after the trade fair", false, []string{
			"Remembers the stand and the lemonade, not the prices.", "Send the calculation for 25 people."}},
		{"Asks what a softening plant costs", true, []string{
			"Gave a range. Will send the water bill.", "Only wanted a number for the bank."}},
	},
	prospect: {
		{"Questions about the offer", true, []string{
			"Explained the rental model. Prefers to buy.", "Wants the installation as a fixed price.", "Nothing open any more; decides on Friday."}},
		{"Price of the service contract", false, []string{
			"10 % off for three years would do it.", "Too dear without the cartridges; offered them included."}},
		{"Results of the water analysis", false, []string{
			"18 °dH, iron fine. Plant of size 2 is enough.", "Nitrate a little high; needs reverse osmosis after all."}},
		{"Decision about the trial", false, []string{
			"Trial for four weeks agreed.", "Wants to wait for the new kitchen.", "Yes, if we take the old unit away."}},
		{"Delivery time and installation", true, []string{
			"Three weeks, two hours on site. Fine.", "Needs it before the season. Promised to ask."}},
	},
	active: {
		{"Filter change due", false, []string{
			"Changes it themselves; cartridge sent.", "Appointment made.", "Was already done last week, our list is behind."}},
		{"Low pressure at the tap", true, []string{
			"Valve was half closed. Solved on the phone.", "Cartridge is full; replacement goes out today.", "Technician needed."}},
		{"A second site", true, []string{
			"Wants the same again. Offer by Wednesday.", "Not before next year, but thinks of us."}},
		{"Renewal of the service contract", false, []string{
			"Renewed for two years.", "Compares prices; has our number by Thursday.", "Renewed, with the smaller package."}},
		{"Invoice unclear", true, []string{
			"Charged twice indeed; credit note is on its way.", "Explained the minimum quantity. Content."}},
		{"Check-in after the installation", false, []string{
			"All well. Will write a review.", "A drip at the left tap, otherwise happy."}},
	},
	churned: {
		{"Why they are leaving", false, []string{
			"Price, and a technician who came too late.", "New owner, new supplier. Nothing to be done."}},
		{"Return of the rented taps", true, []string{
			"Collection on the 14th.", "Would rather buy them. Asked Ada for a price."}},
		{"New conditions", false, []string{
			"Friendly, but no.", "Would come back for a shorter contract."}},
	},
}

var missedOutcomes = []string{"Nobody answered; left a message.", "Engaged, three times.", "Voicemail is full."}

var cancelOutcomes = []string{"Asked by e-mail to leave it for now.", "Settled in writing.", "Ill; we call next month."}

// A meetingTopic is a possible subject of a meeting, with its possible notes. The meeting is at the
// customer's, unless the topic has a place of its own.
type meetingTopic struct {
	title, place, agenda string
	notes                []string
}

// meetingTopics are the subjects of meetings, by the customer's status.
var meetingTopics = map[collab.CustomerStatus][]meetingTopic{
	lead: {
		{"First visit", "", "1. Introductions\n2. Their current drinks and the costs\n3. A glass of ours", []string{
			"Good start. They pay more for bottles than they knew.", "Polite, no hurry. Call again in a month."}},
		{"Showroom tour", "Showroom", "1. Taps\n2. Plants\n3. Questions", []string{
			"Fell for the copper tap, of course.", "Brought the whole team; the sparkling one ran dry."}},
	},
	prospect: {
		{"Site survey", "", "1. Where the pipe comes in\n2. Space, socket, drain\n3. Photos for the technician", []string{
			"Socket is missing; their electrician does it.", "Tight behind the counter, but it fits. 62 cm."}},
		{"Offer walk-through", "Video call", "1. Buying or renting\n2. Service contract\n3. Next steps", []string{
			"They lean towards renting. Decision in two weeks.", "Want three references of the same trade."}},
		{"Tasting", "Showroom", "1. Tap water, filtered, sparkling\n2. Blind\n3. Verdict", []string{
			"8 of 10 chose ours.", "5 of 10 chose ours; the other five chose the coffee."}},
	},
	active: {
		{"Installation day", "", "1. Water off at 8:00\n2. Plant and taps\n3. Rinse, test, hand over", []string{
			"Done by noon. Handed over to the caretaker.", "One fitting was missing; the rest on Tuesday."}},
		{"Quarterly review", "Video call", "1. Consumption\n2. Service visits\n3. Next steps", []string{
			"Consumption up by a fifth. Bigger cartridge from now on.", "All quiet. They ask about a second tap."}},
		{"Staff training", "", "1. Cleaning\n2. Changing the cartridge\n3. Contacts for service", []string{
			"Six people trained, two of them before coffee.", "The night shift needs it again."}},
	},
	churned: {
		{"Collecting the equipment", "", "1. Empty and disconnect\n2. Count\n3. Sign", []string{
			"All parts there. A friendly good-bye.", "Two drip trays missing; let it go."}},
	},
}

// pipelineAgenda and pipelineNotes belong to the team's own meeting every Monday.
const pipelineAgenda = "1. New leads\n2. Open offers\n3. Help needed\n4. Anything broken"

var pipelineNotes = []string{
	"Every lead has somebody now. Breweries go well, schools go slowly.",
	"Offers older than three weeks get a call by Wednesday.",
	"Jonas takes the Nordics while Chloé is at the fair.",
	"Cartridges of size 3 are late. Tell customers before they ask.",
}

// A talk is what a comment is about: a type of entities, and whether they are over.
type talk struct {
	about collab.EntityType
	done  bool
}

// commentTexts are the texts of comments; a %s mentions somebody.
var commentTexts = map[talk][]string{
	{collab.TypeCustomer, false}: {
		"@%s, do you know them from before?",
		"Their new address is on the web site, not yet here. @%s, can you check?",
		"@%s they asked for you by name.",
		"Sent the brochure today.",
		"Nice people. Worth the drive.",
		"Careful with the discount here, they talk to Brüggemann.",
		"Budget is approved 👍",
		"Please write to both addresses, the first one bounces on Fridays.",
		"@%s I'd move this to the next quarter, what do you think?",
		"Agreed with the warehouse: two weeks at most.",
		"Zahlt pünktlich, fragt viel. Gute Mischung.",
		"Ne pas appeler entre midi et deux.",
		"@%s have they answered you?",
		"Met them at the station by chance. Still waiting for the landlord.",
	},
	{collab.TypeCall, false}: {
		"@%s can you take this one? I'm on the road.",
		"@%s the price is the one from the new list, isn't it?",
		"Ask for the water bill, please.",
		"Better after lunch, they bake until noon.",
		"Mention the new cartridge.",
	},
	{collab.TypeCall, true}: {
		"Line was terrible, I'll put the rest in writing.",
		"Got the colleague instead, just as good.",
		"The water bill has come, it is on the drive.",
		"@%s I promised them an answer from you by tomorrow.",
		"Tried twice before, third time lucky.",
		"@%s can you send them the brochure?",
	},
	{collab.TypeMeeting, false}: {
		"Parking is behind the building, ring at “Lager”.",
		"@%s bring the small demo unit, please.",
		"I have the key, be there ten minutes early.",
		"@%s they want to see the hygiene certificate.",
		"Can we move this by half an hour? Train is late.",
	},
	{collab.TypeMeeting, true}: {
		"Minutes are in the notes. Shout if I forgot something.",
		"@%s thanks for coming along!",
		"Photos are on the drive.",
		"@%s you have left your umbrella there.",
	},
}
