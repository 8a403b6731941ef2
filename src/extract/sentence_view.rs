//! A sentence as the rules see it: words counted, what it names, what it states, clause by clause.

use std::ops::Range;

use super::scan::{Hit, Scan, longest, within};
use super::shares;
use crate::codes::{Channel, CountryCode};
use crate::lexicon::language::{Cue, Good, Role};
use crate::lexicon::matcher::{Text, is_letter};
use crate::lexicon::tables::{Boundaries, CueKind, OrganisationKind, PlaceKind, Relation, Requirements, Side};
use crate::lexicon::{LanguageLexicon, Measure, Payload};

/// Something in a sentence, by words (first, one past the last) and by bytes of the folded text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Words of the sentence, counted from 0.
    pub words: Range<usize>,
    /// Bytes of the folded document.
    pub bytes: Range<usize>,
}

impl Span {
    /// Words between two spans; 0 when they touch or overlap.
    pub fn distance(&self, other: &Span) -> usize {
        if self.words.end <= other.words.start {
            other.words.start - self.words.end
        } else {
            self.words.start.saturating_sub(other.words.end)
        }
    }

    /// Whether the two share a byte.
    pub fn overlaps(&self, other: &Span) -> bool {
        self.bytes.start < other.bytes.end && other.bytes.start < self.bytes.end
    }

    /// Whether `other` lies within.
    pub fn holds(&self, other: &Span) -> bool {
        self.bytes.start <= other.bytes.start && other.bytes.end <= self.bytes.end
    }
}

/// A cue inside a word has at least two syllables of Hangul.
const PARTICLE: usize = 6;

/// References are in no list: their numbers begin here.
const REFERENCES: usize = 1 << 20;

/// Words that may stand between a company and the country of the next in a list.
const COMPANY_LIST_REACH: usize = 4;

/// Room is made for so many function words of a kind in a sentence.
const FUNCTION_WORDS: usize = 16;

/// A statement in the making.
#[derive(Debug, Clone)]
pub struct FoundMeasure<'a> {
    /// Where.
    pub span: Span,
    /// Which entry.
    pub measure: &'a Measure,
}

impl FoundMeasure<'_> {
    /// Whether this one, preferred, leaves no room for another of its channel in the same words.
    pub fn hides(&self, other: &FoundMeasure<'_>) -> bool {
        self.span.overlaps(&other.span)
            && (self.measure.channel.is_none() || self.measure.channel == other.measure.channel)
    }
}

/// A country named in the sentence.
#[derive(Debug, Clone)]
pub struct FoundPlace {
    /// Where.
    pub span: Span,
    /// Which country.
    pub country: CountryCode,
    /// How it is named; state bodies count as seats.
    pub kind: PlaceKind,
    /// Whether only a company stands for it (then it counts for concentration alone).
    pub is_company: bool,
    /// Members of one list ("Japan, Korea and Taiwan") share a number.
    pub list: usize,
}

/// The sentence.
#[derive(Debug)]
pub struct SentenceView<'a> {
    /// Bytes of the folded document.
    pub bytes: Range<usize>,
    /// Start byte of each word, in the folded document.
    words: Vec<usize>,
    /// What it may state: every measure whose words are there (`candidates`). After [`SentenceView::settle`]: what it states.
    pub measures: Vec<FoundMeasure<'a>>,
    /// What it is about.
    pub goods: Vec<(Span, &'a Good)>,
    /// Countries.
    pub places: Vec<FoundPlace>,
    /// Cues.
    pub cues: Vec<(Span, Cue)>,
    /// Shares stated ("90 %", "two thirds"), in (0, 1].
    pub shares: Vec<(Span, f64)>,
    /// Marks of roles, each with the channels it stands for (a bit each, in the order of [`Channel::ALL`]).
    pub roles: Vec<(Span, &'a Role, u8)>,
    /// How many units of this script a word of others takes: reaches are counted in words.
    pub scale: usize,
    /// Whether it is the document's title.
    pub is_title: bool,
    /// Whether particles follow the words they mark (Korean).
    pub has_particles: bool,
    /// Whether what is answered stands before the word for the answer.
    answered_first: bool,
    /// First words of clauses after the first.
    clause_starts: Vec<usize>,
    /// Words before which a comma stands.
    commas: Vec<usize>,
    /// Words before which a semicolon, a dash or a word that begins a clause stands.
    stops: Vec<usize>,
}

impl<'a> SentenceView<'a> {
    /// Looks at `bytes` of the folded document `text`.
    pub fn new(lexicon: &'a LanguageLexicon, text: &Text<'_>, bytes: Range<usize>, scan: &Scan) -> Self {
        let by_character = lexicon.settings.boundaries == Boundaries::None;
        let words = word_starts(lexicon, text, &bytes);
        let mut view = Self {
            words,
            measures: Vec::new(),
            goods: Vec::new(),
            places: Vec::new(),
            cues: Vec::new(),
            roles: Vec::new(),
            scale: if by_character { 2 } else { 1 },
            is_title: false,
            has_particles: lexicon.settings.boundaries == Boundaries::Left,
            answered_first: lexicon.settings.answered_first,
            shares: Vec::new(),
            clause_starts: Vec::new(),
            commas: Vec::new(),
            stops: Vec::new(),
            bytes,
        };
        view.name(lexicon, within(&scan.names, &view.bytes));
        view.leave_to_companies(text.folded);
        view
    }

    /// Number of the clause that holds a span.
    pub fn clause(&self, span: &Span) -> usize {
        self.clause_starts.partition_point(|start| *start <= span.words.start)
    }

    /// Commas between two spans.
    pub fn commas_between(&self, a: &Span, b: &Span) -> usize {
        let (from, to) =
            if a.words.start <= b.words.start { (a.words.end, b.words.start) } else { (b.words.end, a.words.start) };
        self.commas.iter().filter(|comma| (from..=to).contains(*comma)).count()
    }

    /// Whether a semicolon, a dash or the beginning of a clause stands between two spans.
    pub fn is_parted_between(&self, a: &Span, b: &Span) -> bool {
        let (from, to) =
            if a.words.start <= b.words.start { (a.words.end, b.words.start) } else { (b.words.end, a.words.start) };
        self.stops.iter().any(|stop| (from..=to).contains(stop))
    }

    /// Countries right after a comma between two spans: each is a new subject ("India halts exports, Indonesia lifts its ban").
    pub fn subjects_between(&self, a: &Span, b: &Span) -> usize {
        let (from, to) =
            if a.words.start <= b.words.start { (a.words.end, b.words.start) } else { (b.words.end, a.words.start) };
        let opens = |place: &&FoundPlace| {
            let start = place.span.words.start;
            from < start && start < to && self.commas.contains(&start) && !place.is_company
        };
        self.places.iter().filter(opens).count()
    }

    /// Cues of a kind, with where they stand.
    pub fn cues_of(&self, kind: CueKind) -> impl Iterator<Item = &(Span, Cue)> {
        self.cues.iter().filter(move |(_, cue)| cue.kind == kind)
    }

    /// The words that hold `bytes` of the folded document.
    pub fn span(&self, bytes: &Range<usize>) -> Span {
        let first = self.words.partition_point(|start| *start <= bytes.start).saturating_sub(1);
        let last = self.words.partition_point(|start| *start < bytes.end).max(first + 1);
        Span { words: first..last, bytes: bytes.clone() }
    }

    /// Words that point back (同国, "the kingdom", "from there") count as the country named last before them in the sentence,
    /// else as `country`, else as `home`, with whatever role marks them. One that a word marks as other than the subject ("buys half of it
    /// from there") is `country` first: the subject of its own sentence is another.
    pub fn resolve(&mut self, country: Option<CountryCode>, home: Option<CountryCode>) {
        let cues: Vec<(Span, Side)> =
            self.cues_of(CueKind::Reference).map(|(span, cue)| (span.clone(), cue.side)).collect();
        for (span, side) in cues {
            let overlaps =
                |place: &FoundPlace| place.span.bytes.start < span.bytes.end && span.bytes.start < place.span.bytes.end;
            if self.places.iter().any(overlaps) {
                continue;
            }
            let at = self.places.partition_point(|place| place.span.bytes.start < span.bytes.start);
            let before = self.places[..at].iter().rev().find(|place| !place.is_company).map(|place| place.country);
            let is_oblique = side == Side::Before
                || self.roles.iter().any(|(mark, role, _)| {
                    matches!(role.relation, Relation::Source | Relation::Aimed | Relation::Place | Relation::Partner)
                        && mark.distance(&span) <= role.gap as usize
                        && match role.side {
                            Side::Before => mark.bytes.end <= span.bytes.start,
                            Side::After | Side::Any => mark.bytes.start >= span.bytes.end,
                        }
                });
            let elsewhere = country.filter(|country| self.places.iter().all(|place| place.country != *country));
            let resolved = if is_oblique { elsewhere.or(before) } else { before };
            let Some(country) = resolved.or(country).or(home) else { continue };
            let list = REFERENCES + at;
            self.places.insert(at, FoundPlace { span, country, kind: PlaceKind::Name, is_company: false, list });
        }
    }

    /// The country of the dateline, where it stands in this sentence: "the ministry" of news sent from a capital is that country's.
    pub fn place_in(&self, dateline: &Range<usize>) -> Option<CountryCode> {
        let place = self.places.iter().find(|place| dateline.contains(&place.span.bytes.start))?;
        Some(place.country)
    }

    /// Leaves out the countries of the dateline: they only say where the news was sent from.
    pub fn leave_out(&mut self, dateline: &Range<usize>) {
        self.places.retain(|place| !dateline.contains(&place.span.bytes.start));
    }

    fn name(&mut self, lexicon: &'a LanguageLexicon, hits: &[Hit]) {
        if !hits.is_empty() {
            self.goods.reserve(hits.len());
            self.places.reserve(hits.len());
        }
        for hit in hits {
            let span = self.span(&hit.range);
            match hit.payload {
                Payload::Good(index) => self.goods.push((span, &lexicon.goods[index as usize])),
                Payload::Place(index) => {
                    let place = &lexicon.places[index as usize];
                    if let Some(country) = place.country.filter(|_| place.kind != PlaceKind::Region) {
                        self.place(span, country, place.kind, false);
                    }
                }
                Payload::Organisation(index) => {
                    let organisation = &lexicon.organisations[index as usize];
                    if let Some(country) = organisation.country {
                        let is_company = organisation.kind != OrganisationKind::State;
                        self.place(span, country, PlaceKind::Seat, is_company);
                    }
                }
                _ => {}
            }
        }
    }

    /// "Japan's Toyota", "Dutch ASML": a country right before its company stands for the company.
    fn leave_to_companies(&mut self, text: &str) {
        for i in 1..self.places.len() {
            let (state, company) = (&self.places[i - 1], &self.places[i]);
            let between = text.get(state.span.bytes.end..company.span.bytes.start).unwrap_or("-");
            let owns = company.is_company && state.country == company.country;
            if owns && matches!(between.trim(), "" | "'s" | "'" | "の" | "的") {
                self.places[i - 1].is_company = true;
            }
        }
        // "阿曼商务部": a ministry named in the same words in several countries is that of the country before it.
        for i in (1..self.places.len()).rev() {
            let (state, body) = (&self.places[i - 1], &self.places[i]);
            let between = text.get(state.span.bytes.end..body.span.bytes.start).unwrap_or("-");
            let is_anothers = body.kind == PlaceKind::Seat && !body.is_company && state.country != body.country;
            if is_anothers && !state.is_company && matches!(between, "" | " " | "'s " | "' " | "の" | "的") {
                self.places.remove(i);
            }
        }
    }

    fn place(&mut self, span: Span, country: CountryCode, kind: PlaceKind, is_company: bool) {
        let list = self.places.len();
        self.places.push(FoundPlace { span, country, kind, is_company, list });
    }

    /// Whether the sentence itself has the goods and countries a measure requires.
    pub fn names(&self, requires: Requirements) -> bool {
        let has_countries = || self.places.iter().any(|place| place.country != self.places[0].country);
        (!requires.goods || self.goods.iter().any(|(_, good)| good.sector.is_some()))
            && (!requires.country || !self.places.is_empty())
            && (!requires.countries || has_countries())
    }

    /// Whether goods and a state as such (its seat, capital or head) are named: then a sentence alone shows its topic.
    fn names_state(&self) -> bool {
        let is_state = |place: &FoundPlace| {
            !place.is_company && matches!(place.kind, PlaceKind::Seat | PlaceKind::Capital | PlaceKind::Head)
        };
        self.goods.iter().any(|(_, good)| good.sector.is_some()) && self.places.iter().any(is_state)
    }

    /// Whether a semicolon, a dash or the beginning of a clause parts the words of a span: then they are of two statements.
    fn is_parted(&self, span: &Span) -> bool {
        self.stops.iter().any(|stop| span.words.start < *stop && *stop < span.words.end)
    }

    /// Of the measures of one channel that overlap, keeps the longest that has what it requires: `has_motive`, a motive here or
    /// nearby; `has_goods`, goods of one sector in the sentence before; `context`, the channels stated elsewhere in the document.
    pub fn settle(&mut self, has_motive: bool, has_goods: bool, context: &[Channel]) {
        let mut found = std::mem::take(&mut self.measures);
        // A longer wording that lacks what it requires must not hide a shorter one that stands.
        found.retain(|found| {
            let requires = found.measure.requires;
            let has_context = || found.measure.channel.is_some_and(|channel| context.contains(&channel));
            let requires_here = Requirements { goods: requires.goods && !has_goods, ..requires };
            !self.is_parted(&found.span)
                && self.names(requires_here)
                && (!requires.motive || has_motive)
                && (!requires.context || has_context())
                && (!requires.topic || !context.is_empty() || self.names_state())
        });
        // Longest first; the more grave, then the earlier in the table, among equals.
        found.sort_by(|a, b| {
            (b.span.bytes.len(), a.span.bytes.start, a.measure.line).cmp(&(
                a.span.bytes.len(),
                b.span.bytes.start,
                b.measure.line,
            ))
        });
        let mut kept: Vec<FoundMeasure<'a>> = Vec::new();
        for candidate in found {
            if !kept.iter().any(|other| other.hides(&candidate)) {
                kept.push(candidate);
            }
        }
        kept.retain(|found| found.measure.channel.is_some());
        kept.sort_by_key(|found| (found.span.bytes.start, found.span.bytes.end));
        self.measures = kept;
    }

    /// Reads the cues, roles, shares, clauses and lists too: needed only in documents that state something.
    pub fn read_function_words(&mut self, lexicon: &'a LanguageLexicon, text: &Text<'_>) {
        let slice = &text.folded[self.bytes.clone()];
        let offset = self.bytes.start;
        let (mut cues, mut roles) = (Vec::with_capacity(FUNCTION_WORDS), Vec::with_capacity(FUNCTION_WORDS));
        let (mut joints, mut shares) = (Vec::with_capacity(FUNCTION_WORDS), Vec::new());
        let has_particles = self.has_particles;
        lexicon.function.find(text, &self.bytes, &lexicon.vocabulary, |bytes, payloads| {
            // Where particles follow words, a mark begins a word or follows a country at once; inside a word, a cue is no syllable.
            let begins_word = !has_particles || self.words.binary_search(&bytes.start).is_ok();
            let follows_place = begins_word || self.places.iter().any(|place| place.span.bytes.end == bytes.start);
            // "... 막았다고 교도통신이": an ending of two syllables may mark the country of the next word.
            let is_ending = |role: u32| {
                lexicon.roles[role as usize].side == Side::Before
                    && bytes.len() >= PARTICLE
                    && self.ends_word(slice, bytes.end)
            };
            for &payload in payloads {
                let hit = Hit { range: bytes.clone(), payload };
                match payload {
                    Payload::Cue(_) if begins_word || bytes.len() >= PARTICLE => cues.push(hit),
                    Payload::Role(role) if follows_place || is_ending(role) => roles.push(hit),
                    Payload::Share(_) => shares.push(hit),
                    Payload::Cue(_) | Payload::Role(_) => {}
                    other => joints.push((bytes.clone(), other == Payload::Coordination)),
                }
            }
        });
        let cues = longest(cues);
        self.cues.reserve_exact(cues.len());
        for hit in cues {
            if let Payload::Cue(index) = hit.payload {
                let span = self.span(&hit.range);
                let cue = lexicon.cues[index as usize];
                if cue.kind == CueKind::Clause {
                    // A connective inside the verb ends its clause: the next begins after it.
                    let starts = if cue.side == Side::After { span.words.end } else { span.words.start };
                    self.clause_starts.push(starts);
                    self.stops.push(starts);
                }
                self.cues.push((span, cue));
            }
        }
        for hit in longest(shares) {
            if let Payload::Share(index) = hit.payload
                && let Some(share) = shares::read(lexicon.shares[index as usize], slice, hit.range.start - offset)
            {
                self.shares.push((self.span(&hit.range), share));
            }
        }
        self.read_roles(lexicon, roles);
        let may_part = |(_, byte): &(usize, &u8)| MAY_PART[usize::from(**byte)];
        for (position, _) in slice.as_bytes().iter().enumerate().filter(may_part) {
            let Some(character) = slice[position..].chars().next() else { break };
            let word = || self.words.partition_point(|start| *start < position + offset);
            match character {
                // "수출 통제…한국은 면제": in a title, dots part two statements.
                '…' | '⋯' if !self.is_title => {}
                ';' | '；' | '—' | '–' | '…' | '⋯' => {
                    let word = word();
                    self.clause_starts.push(word);
                    self.stops.push(word);
                }
                // "刚果（金）": a bracket inside a name parts nothing.
                ',' | '，' | '、' | '،' | ':' | '：' | '(' | ')' | '（' | '）' if !self.is_named(position + offset) =>
                {
                    self.commas.push(word());
                }
                _ => {}
            }
        }
        self.part_conditions();
        self.clause_starts.sort_unstable();
        self.clause_starts.dedup();
        self.number_lists(slice, &joints, lexicon.settings.boundaries == Boundaries::None);
    }

    /// "If X ..., Y will ...": a condition is a clause of its own, up to its comma where the sentence begins with it.
    fn part_conditions(&mut self) {
        let conditions: Vec<(Range<usize>, Side)> =
            self.cues_of(CueKind::Hypothesis).map(|(span, cue)| (span.words.clone(), cue.side)).collect();
        for (words, side) in conditions {
            let starts = if side == Side::After { words.end } else { words.start };
            let ends = self.commas.iter().copied().find(|comma| *comma >= words.end);
            let ends = ends.filter(|_| side == Side::Before && words.start == 0);
            for stop in ends.into_iter().chain([starts]) {
                self.clause_starts.push(stop);
                self.stops.push(stop);
            }
        }
    }

    /// Whether `span` stands where this language puts what an answer (`answer`) is given to, with no comma between.
    pub fn is_answered_side(&self, span: &Span, answer: &Span) -> bool {
        let is_on_side = if self.answered_first {
            span.bytes.end <= answer.bytes.start
        } else {
            answer.bytes.end <= span.bytes.start
        };
        is_on_side && self.commas_between(span, answer) == 0 && self.clause(span) == self.clause(answer)
    }

    /// "China, Japan-bound exports barred": whether a title begins with this country and a comma.
    pub fn is_headed_by(&self, place: &FoundPlace) -> bool {
        let begins = self.is_title && place.span.words.start == 0;
        begins && !place.is_company && self.commas.contains(&place.span.words.end)
    }

    /// Numbers of the clauses that state a condition.
    pub fn conditions(&self) -> impl Iterator<Item = usize> {
        self.cues_of(CueKind::Hypothesis).map(|(span, _)| self.clause(span))
    }

    /// Whether a word of `slice`, the sentence's text, ends at a byte of the document.
    fn ends_word(&self, slice: &str, byte: usize) -> bool {
        slice.get(byte - self.bytes.start..).is_none_or(|rest| !rest.starts_with(char::is_alphanumeric))
    }

    /// Whether a byte lies within the name of a country, of which the last byte may be a bracket.
    fn is_named(&self, byte: usize) -> bool {
        self.places.iter().any(|place| place.span.bytes.contains(&byte))
    }

    /// The longest mark wins within each channel: a mark of coercion alone hides none of export controls, and a mark for all
    /// channels none for one.
    fn read_roles(&mut self, lexicon: &'a LanguageLexicon, hits: Vec<Hit>) {
        let role = |hit: &Hit| match hit.payload {
            Payload::Role(index) => Some(&lexicon.roles[index as usize]),
            _ => None,
        };
        let mut kept: Vec<(Hit, u8)> = Vec::with_capacity(hits.len());
        let groups = std::iter::once(None).chain(Channel::ALL.iter().map(Some));
        let is_bound = hits.iter().any(|hit| role(hit).is_some_and(|role| !role.channels.is_empty()));
        for (number, channel) in groups.enumerate().take(if is_bound { usize::MAX } else { 1 }) {
            let holds = |role: &Role| match channel {
                Some(channel) => role.channels.contains(channel),
                None => role.channels.is_empty(),
            };
            let mut group = hits.iter().filter(|hit| role(hit).is_some_and(holds)).cloned().peekable();
            if group.peek().is_none() {
                continue;
            }
            let group = group.collect();
            let channels = if number == 0 { u8::MAX } else { 1 << (number - 1) };
            if number == 0 {
                // Nothing is there yet that could be the same.
                kept.extend(longest(group).into_iter().map(|hit| (hit, channels)));
                continue;
            }
            for hit in longest(group) {
                match kept.iter_mut().find(|(other, _)| *other == hit) {
                    Some((_, others)) => *others |= channels,
                    None => kept.push((hit, channels)),
                }
            }
        }
        kept.sort_by(|a, b| {
            (a.0.range.start, a.0.range.end, a.0.payload).cmp(&(b.0.range.start, b.0.range.end, b.0.payload))
        });
        self.roles.reserve_exact(kept.len());
        for (hit, channels) in kept {
            if let Some(role) = role(&hit) {
                let span = self.span(&hit.range);
                self.roles.push((span, role, channels));
            }
        }
    }

    /// Countries joined by nothing but commas, list words and articles share a list number. Two countries that a comma alone
    /// parts are no list ("to please Bogota, Washington ..."); where `、` joins lists, a comma ends them.
    fn number_lists(&mut self, slice: &str, joints: &[(Range<usize>, bool)], commas_end_lists: bool) {
        let kinds: Vec<Joint> = (0..self.places.len())
            .map(|i| if i == 0 { Joint::None } else { self.joint(i, slice, joints, commas_end_lists) })
            .collect();
        for i in 1..self.places.len() {
            let is_longer = kinds[i - 1] != Joint::None || kinds.get(i + 1).is_some_and(|next| *next != Joint::None);
            if self.is_headed_by(&self.places[i - 1]) {
                continue;
            }
            if kinds[i] == Joint::Word || (kinds[i] == Joint::Comma && is_longer) {
                self.places[i].list = self.places[i - 1].list;
            }
        }
    }

    /// What joins a country to the one before it.
    fn joint(&self, i: usize, slice: &str, joints: &[(Range<usize>, bool)], commas_end_lists: bool) -> Joint {
        let (earlier, later) = (&self.places[i - 1], &self.places[i]);
        let (before, after) = (earlier.span.bytes.end, later.span.bytes.start);
        if before >= after {
            return Joint::None;
        }
        // "Tokyo Electron and the Dutch firm ASML"
        let follows_company = earlier.is_company && joints.iter().any(|(joint, _)| joint.start == before + 1);
        if follows_company && later.span.distance(&earlier.span) <= COMPANY_LIST_REACH {
            return Joint::Word;
        }
        let mut kind = Joint::None;
        let mut position = before;
        for character in slice[before - self.bytes.start..after - self.bytes.start].chars() {
            let at = position;
            position += character.len_utf8();
            match character {
                '、' | '·' | '・' | '/' => kind = Joint::Word,
                ',' | '，' if !commas_end_lists => kind = kind.max(Joint::Comma),
                _ if character.is_whitespace() => {}
                _ => match joints.iter().find(|(joint, _)| joint.start <= at && at < joint.end) {
                    Some((joint, true)) if joint.end <= after => kind = Joint::Word,
                    Some((joint, false)) if joint.end <= after => {}
                    _ => return Joint::None,
                },
            }
        }
        kind
    }
}

/// Bytes with which a sign that parts clauses or words begins; none of them stands inside a character.
static MAY_PART: [bool; 256] = {
    let mut table = [false; 256];
    let first = [b';', b',', b':', b'(', b')', 0xD8, 0xE2, 0xE3, 0xEF];
    let mut i = 0;
    while i < first.len() {
        table[first[i] as usize] = true;
        i += 1;
    }
    table
};

/// What stands between two countries of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Joint {
    /// Other words.
    None,
    /// A comma, with or without an article.
    Comma,
    /// A word or sign that joins a list.
    Word,
}

/// Start bytes of words: runs of letters and digits, or single characters in scripts without blanks.
fn word_starts(lexicon: &LanguageLexicon, text: &Text<'_>, bytes: &Range<usize>) -> Vec<usize> {
    if lexicon.settings.boundaries.are_of_words() {
        return text.word_starts(bytes);
    }
    let slice = &text.folded[bytes.clone()];
    let by_character = lexicon.settings.boundaries == Boundaries::None;
    let mut starts = Vec::with_capacity(slice.len() / 3);
    let mut inside = false;
    for (position, character) in slice.char_indices() {
        let letter = is_letter(character);
        if letter && (!inside || (by_character && !character.is_ascii())) || (!letter && character == '%') {
            starts.push(position + bytes.start);
        }
        inside = letter;
    }
    starts
}
