//! A sentence as the rules see it: words counted, what it names, what it states, clause by clause.

mod function_words;
mod lists;
mod naming;
mod settling;

use std::collections::BTreeSet;
use std::ops::{Range, RangeInclusive};

pub use function_words::Found as FunctionWords;

use super::scan::{Scan, within};
use crate::codes::{CountryCode, SectorId};
use crate::lexicon::language::{Cue, Good, Role};
use crate::lexicon::matcher::{Text, is_letter};
use crate::lexicon::tables::{Boundaries, CueKind, PlaceKind};
use crate::lexicon::{LanguageLexicon, Measure};

/// Words before a measure that opens its sentence: "after", "in an effort to".
const OPENING: usize = 3;

/// Words between the comma and the country that opens a main clause: "the ministry of".
const MAIN_SUBJECT_REACH: usize = 3;

/// Clauses that state a condition are numbered from here.
const CONDITIONS: usize = 1 << 20;

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

    /// Where the words between two spans lie: from one past the earlier to the first of the later.
    fn between(&self, other: &Span) -> RangeInclusive<usize> {
        let (earlier, later) = if self.words.start <= other.words.start { (self, other) } else { (other, self) };
        earlier.words.end..=later.words.start
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

/// Finds the words of spans that come in order of position, or nearly: each is looked for from the one before.
#[derive(Debug)]
pub struct WordCursor<'w> {
    starts: &'w [u32],
    at: usize,
}

impl<'w> WordCursor<'w> {
    /// In a sentence whose words begin at `starts`.
    pub fn new(starts: &'w [u32]) -> Self {
        Self { starts, at: 0 }
    }

    /// The words that hold `bytes` of the folded document.
    #[inline]
    pub fn words(&mut self, bytes: &Range<usize>) -> Range<usize> {
        let starts = self.starts;
        let is_behind = |at: usize| starts.get(at).is_some_and(|start| *start as usize <= bytes.start);
        while self.at > 0 && !is_behind(self.at) {
            self.at -= 1;
        }
        while is_behind(self.at + 1) {
            self.at += 1;
        }
        let first = self.at;
        // Few words belong to a span: they are counted.
        let rest = starts.get(first + 1..).unwrap_or_default();
        let more = rest.iter().take_while(|start| (**start as usize) < bytes.end).count();
        first..first + 1 + more
    }

    /// The same with its bytes.
    #[inline]
    pub fn span(&mut self, bytes: &Range<usize>) -> Span {
        Span { words: self.words(bytes), bytes: bytes.clone() }
    }
}

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

/// A sentence before what it names is looked at.
#[derive(Debug)]
pub struct Sighted<'a> {
    /// Its bytes in the folded document.
    pub bytes: Range<usize>,
    /// Where its words begin.
    pub words: Vec<u32>,
    /// The measures whose words are there.
    pub measures: Vec<FoundMeasure<'a>>,
}

impl Sighted<'_> {
    /// Whether any of its measures might be stated.
    pub fn may_state(&self, has_goods: bool) -> bool {
        self.measures.iter().any(|found| found.measure.may_be_stated(has_goods))
    }
}

/// The sentence.
#[derive(Debug)]
pub struct SentenceView<'a> {
    /// Bytes of the folded document.
    pub bytes: Range<usize>,
    /// Start byte of each word, in the folded document.
    words: Vec<u32>,
    /// What it may state: every measure whose words are there (`candidates`). After [`SentenceView::settle`]: what it states.
    pub measures: Vec<FoundMeasure<'a>>,
    /// What it is about.
    pub goods: Vec<(Span, &'a Good)>,
    /// Sectors of the companies it names, each once.
    pub trades: Vec<SectorId>,
    /// Countries.
    pub places: Vec<FoundPlace>,
    /// Cues.
    pub cues: Vec<(Span, Cue)>,
    /// Shares stated ("90 %", "two thirds"), in (0, 1].
    pub shares: Vec<(Span, f64)>,
    /// Marks of roles, each with the channels it stands for (a bit each, in the order of [`crate::codes::Channel::ALL`]).
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
    /// Words of conditions, each a clause of its own within another.
    conditions: Vec<Range<usize>>,
    /// Words before which a comma stands.
    commas: Vec<usize>,
    /// Those of them before which a colon stands.
    colons: Vec<usize>,
    /// Words before which a semicolon, a dash or a word that begins a clause stands.
    stops: Vec<usize>,
}

impl<'a> SentenceView<'a> {
    /// Looks at `bytes` of the folded document `text`, where `words` begin, for what it names.
    pub fn new(
        lexicon: &'a LanguageLexicon,
        text: &Text<'_>,
        scan: &Scan,
        Sighted { bytes, words, measures }: Sighted<'a>,
    ) -> Self {
        let by_character = lexicon.settings.boundaries == Boundaries::None;
        let mut view = Self {
            words,
            measures,
            goods: Vec::new(),
            trades: Vec::new(),
            places: Vec::new(),
            cues: Vec::new(),
            roles: Vec::new(),
            scale: if by_character { 2 } else { 1 },
            is_title: false,
            has_particles: lexicon.settings.boundaries == Boundaries::Left,
            answered_first: lexicon.settings.answered_first,
            shares: Vec::new(),
            clause_starts: Vec::new(),
            conditions: Vec::new(),
            commas: Vec::new(),
            colons: Vec::new(),
            stops: Vec::new(),
            bytes,
        };
        view.name(lexicon, within(&scan.names, &view.bytes, |hit| hit.range.clone()));
        view.leave_to_companies(text.folded);
        view
    }

    /// Number of the clause that holds a span.
    pub fn clause(&self, span: &Span) -> usize {
        let holds = |c: &Range<usize>| c.contains(&span.words.start) && span.words.end <= c.end;
        if let Some(number) = self.conditions.iter().position(holds) {
            return CONDITIONS + number;
        }
        self.clause_starts.partition_point(|start| *start <= span.words.start)
    }

    /// Commas between two spans.
    pub fn commas_between(&self, a: &Span, b: &Span) -> usize {
        let between = a.between(b);
        self.commas.iter().filter(|comma| between.contains(*comma)).count()
    }

    /// Whether a semicolon, a dash or the beginning of a clause stands between two spans.
    pub fn is_parted_between(&self, a: &Span, b: &Span) -> bool {
        let between = a.between(b);
        self.stops.iter().chain(self.condition_bounds()).any(|stop| between.contains(stop))
    }

    /// Countries right after a comma between two spans: each is a new subject ("India halts exports, Indonesia lifts its ban").
    pub fn subjects_between(&self, a: &Span, b: &Span) -> usize {
        let between = a.between(b);
        let opens = |place: &&FoundPlace| {
            let start = place.span.words.start;
            *between.start() < start && start < *between.end() && self.commas.contains(&start) && !place.is_company
        };
        self.places.iter().filter(opens).count()
    }

    /// Cues of a kind, with where they stand.
    pub fn cues_of(&self, kind: CueKind) -> impl Iterator<Item = &(Span, Cue)> {
        self.cues.iter().filter(move |(_, cue)| cue.kind == kind)
    }

    /// The words that hold `bytes` of the folded document.
    pub fn span(&self, bytes: &Range<usize>) -> Span {
        let at = self.words.partition_point(|start| *start as usize <= bytes.start).saturating_sub(1);
        WordCursor { starts: &self.words, at }.span(bytes)
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

    /// "China, Japan-bound exports barred", "Uganda: gold stays at home": whether a title begins with this country and a comma, or
    /// a sentence with it and a colon.
    pub fn is_headed_by(&self, place: &FoundPlace) -> bool {
        let parts = if self.is_title { &self.commas } else { &self.colons };
        place.span.words.start == 0 && !place.is_company && parts.contains(&place.span.words.end)
    }

    /// "After banning nickel exports, Indonesia ...": whether a country opens the main clause behind a clause that the measure at
    /// `measure` opens and that names nobody before it.
    pub fn opens_main_clause(&self, place: &FoundPlace, measure: &Span) -> bool {
        let first = place.span.words.start;
        let is_led = self.places.iter().any(|other| other.span.bytes.start < measure.bytes.start);
        let comma = self.commas.iter().copied().find(|comma| *comma >= measure.words.end);
        // "Most of them Chinese firms" names no subject.
        let is_adjective = matches!(place.kind, PlaceKind::Adjective | PlaceKind::People);
        let reach = MAIN_SUBJECT_REACH - usize::from(is_adjective);
        self.counts_words()
            && measure.words.start <= OPENING
            && !is_led
            && comma.is_some_and(|c| c <= first && first <= c + reach)
    }

    /// Whether blanks part the words of its language, and word order alone tells subjects.
    fn counts_words(&self) -> bool {
        self.scale == 1 && !self.has_particles
    }

    /// Words at which conditions begin, and words at which what follows them does.
    fn condition_bounds(&self) -> impl Iterator<Item = &usize> {
        self.conditions.iter().flat_map(|condition| [&condition.start, &condition.end])
    }

    /// "If X does not yield, Y will ...": whether a condition names a country and another stands outside of it.
    pub fn depends_on_conduct(&self) -> bool {
        let conditions: Vec<usize> = self.conditions().collect();
        let is_in = |place: &&FoundPlace| !place.is_company && conditions.contains(&self.clause(&place.span));
        self.places
            .iter()
            .find(is_in)
            .is_some_and(|inside| self.places.iter().any(|other| other.country != inside.country && !is_in(&other)))
    }

    /// The countries it names, companies aside.
    pub fn countries(&self) -> BTreeSet<CountryCode> {
        self.places.iter().filter(|place| !place.is_company).map(|place| place.country).collect()
    }

    /// Numbers of the clauses that state a condition.
    pub fn conditions(&self) -> impl Iterator<Item = usize> {
        self.cues_of(CueKind::Hypothesis).map(|(span, _)| self.clause(span))
    }
}

/// Start bytes of words: runs of letters and digits, or single characters in scripts without blanks.
pub fn word_starts(lexicon: &LanguageLexicon, text: &Text<'_>, bytes: &Range<usize>) -> Vec<u32> {
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
            starts.push((position + bytes.start) as u32);
        }
        inside = letter;
    }
    starts
}
