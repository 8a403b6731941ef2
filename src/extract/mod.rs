//! A document read for what it says: [`Document`] → [`Reading`].
//!
//! The steps, in order: fold the text; find every name of the lexicon, and the words of measures where a country is named ([`scan`]); split into sentences where something
//! is stated; per sentence, put measures together ([`candidates`]), find who acts on whom ([`parties`]), in what state
//! ([`status`]), on which goods ([`goods`]), and make statements of it ([`statements`]), helped by what came before ([`memory`]); list what the document names and is about ([`entities`]).
//!
//! Nothing here knows a language or a country: those are tables (see [`crate::lexicon`]). Nothing here counts documents.

pub mod ablation;
pub mod candidates;
pub mod entities;
pub mod goods;
pub mod memory;
pub mod mention;
pub mod parties;
pub mod scan;
pub mod sentence;
pub mod sentence_view;
pub mod shares;
pub mod statements;
pub mod status;

use std::cell::Cell;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use crate::codes::{Channel, CountryCode, Polarity, SectorId, Status};
use crate::corpus::Document;
use crate::error::Result;
use crate::lexicon::fold::Folded;
use crate::lexicon::matcher::{Text, Token};
use crate::lexicon::tables::{CueKind, Requirements};
use crate::lexicon::{LanguageLexicon, Lexicon};
use ablation::Ablation;
use candidates::{Candidates, Workspace};
use entities::Layout;
use memory::Memory;
pub use mention::{Entity, EntityKind, Mention, Reading};
use scan::Scan;
use sentence_view::{FunctionWords, SentenceView, Sighted, word_starts};
use statements::Statement;

/// So many different words of another world (sport, kitchen, courtroom) make a document off topic.
const OFF_TOPIC: usize = 3;

/// Whether a document speaks of another world, where "sanctions" and "chips" are other things.
fn is_off_topic(views: &[SentenceView<'_>], text: &str) -> bool {
    let mut words: Vec<&str> = views
        .iter()
        .flat_map(|view| view.cues_of(CueKind::Offtopic))
        .map(|(span, _)| &text[span.bytes.clone()])
        .collect();
    words.sort_unstable();
    words.dedup();
    words.len() >= OFF_TOPIC
}

/// Sentences of a text long enough to say twice what it is about.
const LONG: usize = 5;

/// Sentences that open a text and say what it is about.
const OPENING: usize = 2;

/// Whether all that a long document states is one sentence behind its opening that aims at nobody: mostly an aside of a text on other
/// things. On labelled articles 14 such statements were right and 8 wrong; in 255 articles that state nothing, written to sound as
/// if they did, 40 stood, most of them all that was read there.
fn is_aside(stated: &[(u32, Statement)], sentences: usize, has_title: bool) -> bool {
    let title = usize::from(has_title);
    let Some((first, _)) = stated.first() else { return false };
    sentences - title >= LONG
        && *first as usize >= title + OPENING
        && stated.iter().all(|(number, statement)| number == first && statement.target.is_none())
}

/// The sentences as the rules see them; `None` where none of them can state anything.
fn views<'a>(
    lexicon: &'a LanguageLexicon,
    (folded, text): (&Folded, &Text<'_>),
    scan: &Scan,
    sentences: &[Range<usize>],
    workspace: &mut Workspace,
) -> Option<Vec<SentenceView<'a>>> {
    let mut candidates = Candidates::new(lexicon, scan, workspace);
    let mut sighted: Vec<Sighted<'_>> = Vec::with_capacity(sentences.len());
    for range in sentences {
        let bytes = folded.folded(range.start)..folded.folded(range.end);
        let mut sentence = Sighted { bytes, words: Vec::new(), measures: Vec::new() };
        if candidates.look(&sentence.bytes) {
            sentence.words = word_starts(lexicon, text, &sentence.bytes);
            sentence.measures = candidates.of(&sentence.words);
        }
        sighted.push(sentence);
    }
    if !sighted.iter().any(|sentence| sentence.may_state(scan.has_goods)) {
        return None;
    }
    let view = |mut sentence: Sighted<'a>| {
        if sentence.words.is_empty() {
            sentence.words = word_starts(lexicon, text, &sentence.bytes);
        }
        SentenceView::new(lexicon, text, scan, sentence)
    };
    Some(sighted.into_iter().map(view).collect())
}

/// The sectors and the countries that the document names.
fn named(views: &[SentenceView<'_>]) -> (BTreeSet<SectorId>, BTreeSet<CountryCode>) {
    let sectors = views.iter().flat_map(|view| view.goods.iter().filter_map(|(_, good)| good.sector)).collect();
    let countries = views.iter().flat_map(|view| view.places.iter().map(|place| place.country)).collect();
    (sectors, countries)
}

/// The countries of a sentence that states a motive; `None` where it states none.
fn motive(view: &SentenceView<'_>) -> Option<BTreeSet<CountryCode>> {
    (statements::motive(view).is_some() || view.depends_on_conduct()).then(|| view.countries())
}

/// Sentences between a motive and an act between the same two countries.
const MOTIVE_REACH: usize = 3;

/// Whether a motive is stated in a sentence or beside it, or a little farther of two of its countries.
fn has_motive(motives: &[Option<BTreeSet<CountryCode>>], number: usize, view: &SentenceView<'_>) -> bool {
    let near = |reach: usize| &motives[number.saturating_sub(reach)..(number + reach + 1).min(motives.len())];
    let shares_two = |others: &BTreeSet<CountryCode>| others.intersection(&view.countries()).count() > 1;
    near(1).iter().any(Option::is_some) || near(MOTIVE_REACH).iter().flatten().any(shares_two)
}

/// The channels of which the document states a measure that needs no context of its own.
fn stated_channels(views: &[SentenceView<'_>]) -> Vec<Channel> {
    let stands = |view: &SentenceView<'_>, requires: Requirements| {
        !requires.context && !requires.topic && !requires.motive && view.names(requires)
    };
    let mut channels: Vec<Channel> = views
        .iter()
        .flat_map(|view| view.measures.iter().filter(|found| stands(view, found.measure.requires)))
        .filter_map(|found| found.measure.channel)
        .collect();
    channels.sort_unstable();
    channels.dedup();
    channels
}

/// Leaves out of each sentence the measures that cannot stand there.
fn rule_out(views: &mut [SentenceView<'_>], context: &[Channel]) {
    let goods: Vec<bool> = views.iter().map(SentenceView::names_goods).collect();
    for (number, view) in views.iter_mut().enumerate() {
        let nearby = number.saturating_sub(memory::GOODS_REACH)..(number + 2).min(goods.len());
        view.rule_out(goods[nearby].contains(&true), context);
    }
}

/// Memory that a thread keeps from one document to the next: to ask for it each time took a tenth of the time of a short one.
#[derive(Debug, Default)]
struct Scratch {
    folded: Folded,
    tokens: Vec<Token>,
    scan: Scan,
    workspace: Workspace,
}

/// The memory of a longer document, in bytes, is given back.
const KEPT: usize = 1 << 20;

thread_local! {
    static SCRATCH: Cell<Option<Box<Scratch>>> = Cell::default();
}

/// Certainty of each status, in [0, 1], in the order of [`Status::ALL`]; from the model file.
pub type Certainties = [f64; 6];

/// METHODS, section 2.
pub const DEFAULT_CERTAINTIES: Certainties = [1.0, 0.8, 0.6, 0.4, 0.0, 0.0];

/// Reads documents by a lexicon.
#[derive(Debug, Clone, Copy)]
pub struct Extractor<'a> {
    lexicon: &'a Lexicon,
    certainties: Certainties,
    ablation: Ablation,
    lists_entities: bool,
}

impl<'a> Extractor<'a> {
    /// An extractor with the certainties of the model.
    pub fn new(lexicon: &'a Lexicon, certainties: Certainties) -> Self {
        Self { lexicon, certainties, ablation: Ablation::None, lists_entities: true }
    }

    /// What a status counts, in the order of [`Status::ALL`](crate::codes::Status::ALL).
    pub fn certainties(&self) -> &Certainties {
        &self.certainties
    }

    /// The same without a part of it, to measure what the part is worth.
    #[must_use]
    pub fn without(self, ablation: Ablation) -> Self {
        Self { ablation, ..self }
    }

    /// The same for mentions alone, where nobody asks what else a document names: most documents are left sooner.
    #[must_use]
    pub fn mentions_only(self) -> Self {
        Self { lists_entities: false, ..self }
    }

    /// Reads a document; one in a language without a lexicon says nothing.
    ///
    /// # Errors
    /// When the tables of the document's language are faulty.
    pub fn read(&self, document: &Document) -> Result<Reading> {
        let Some(lexicon) = self.lexicon.language(document.language)? else { return Ok(Reading::default()) };
        if self.ablation == Ablation::Body {
            return self.without(Ablation::None).read(&ablation::lead(document));
        }
        let mut scratch = SCRATCH.take().unwrap_or_default();
        scratch.folded.refill(&document.text);
        let Scratch { folded, tokens, scan, workspace } = &mut *scratch;
        let text = lexicon.text_in(&folded.text, std::mem::take(tokens));
        let reading = self.read_words(lexicon, document, (folded, &text), (scan, workspace));
        *tokens = text.into_memory();
        if document.text.len() <= KEPT {
            SCRATCH.set(Some(scratch));
        }
        Ok(reading)
    }

    fn read_words(
        &self,
        lexicon: &LanguageLexicon,
        document: &Document,
        (folded, text): (&Folded, &Text<'_>),
        (scan, workspace): (&mut Scan, &mut Workspace),
    ) -> Reading {
        scan.find_names(lexicon, folded, text, &document.text);
        // Most documents state nothing: they are left here and in what follows, before the costlier reading.
        let may_state = scan.has_country(lexicon);
        if !may_state && !self.lists_entities {
            return Reading::default();
        }
        let layout = Layout::of(lexicon, document, folded, scan);
        let entities =
            if self.lists_entities { entities::list(lexicon, document, (folded, &layout), scan) } else { Vec::new() };
        if !may_state {
            return Reading { mentions: Vec::new(), entities };
        }
        scan.find_words(lexicon, text);
        if scan.words.is_empty() {
            return Reading { mentions: Vec::new(), entities };
        }
        scan.find_parts(lexicon, text);
        let dateline = layout.dateline();
        let dateline = folded.folded(dateline.start)..folded.folded(dateline.end);
        let mentions = self.mentions(lexicon, document, (folded, text), (scan, &dateline), workspace);
        Reading { mentions, entities }
    }

    fn mentions(
        &self,
        lexicon: &LanguageLexicon,
        document: &Document,
        (folded, text): (&Folded, &Text<'_>),
        (scan, dateline): (&Scan, &Range<usize>),
        workspace: &mut Workspace,
    ) -> Vec<Mention> {
        if !Candidates::new(lexicon, scan, workspace).are_in_document() {
            return Vec::new();
        }
        let sentences = sentence::split(&document.text, document.title_len, &lexicon.abbreviations);
        let Some(mut views) = views(lexicon, (folded, text), scan, &sentences, workspace) else { return Vec::new() };
        let ids = (Arc::<str>::from(document.id.as_str()), Arc::<str>::from(document.publisher.as_str()));
        let mut memory = Memory::default();
        let mut stated: Vec<(u32, Statement)> = Vec::new();
        let sent_from = views.iter().find_map(|view| view.place_in(dateline));
        if let (true, Some(title)) = (document.title_len > 0, views.first_mut()) {
            title.is_title = true;
        }
        views.iter_mut().for_each(|view| view.leave_out(dateline));
        let context = stated_channels(&views);
        rule_out(&mut views, &context);
        if !views.iter().any(SentenceView::may_state) {
            return Vec::new();
        }
        let mut found = FunctionWords::default();
        views.iter_mut().for_each(|view| view.read_function_words(lexicon, text, &mut found));
        if is_off_topic(&views, &folded.text) {
            return Vec::new();
        }
        if self.ablation == Ablation::Roles {
            views.iter_mut().for_each(|view| view.roles.clear());
        }
        let motives: Vec<Option<BTreeSet<CountryCode>>> = views.iter().map(motive).collect();
        // A title may leave to the first sentence what goods it speaks of.
        if let (true, Some(lead)) = (document.title_len > 0, views.get(1)) {
            memory.goods = goods::named(lead);
            memory.is_title = true;
        }
        let everywhere = (self.ablation == Ablation::Window).then(|| named(&views));
        for (number, view) in views.iter_mut().enumerate() {
            view.resolve(memory.country.or(memory.topic), sent_from.or(lexicon.settings.home));
            view.settle(has_motive(&motives, number, view), memory.has_one_sector());
            let view = &*view;
            let statements = match &everywhere {
                Some((sectors, countries)) => ablation::co_occurring(lexicon, view, sectors, countries),
                None => statements::read(lexicon, view, &memory),
            };
            memory::remember(view, &statements, &mut memory);
            memory.is_title = false;
            if number == 0 && document.title_len > 0 {
                memory.title_goods = memory.goods.clone();
            }
            for aimed in [statements::sufferers(view, &statements), statements::answered(&statements)] {
                statements::aim(&mut stated, number as u32, &aimed);
            }
            stated.extend(statements.into_iter().map(|statement| (number as u32, statement)));
        }
        statements::complete_targets(&mut stated);
        statements::drop_turned(&mut stated);
        if is_aside(&stated, sentences.len(), document.title_len > 0) {
            return Vec::new();
        }
        let place = |number: u32| (number, sentences[number as usize].clone());
        stated
            .into_iter()
            .map(|(number, statement)| self.mention(document, folded, &ids, place(number), statement))
            .collect()
    }

    fn mention(
        &self,
        document: &Document,
        folded: &Folded,
        (doc_id, publisher): &(Arc<str>, Arc<str>),
        (sentence, range): (u32, Range<usize>),
        statement: Statement,
    ) -> Mention {
        let certainty =
            Status::ALL.iter().position(|status| *status == statement.status).map_or(0.0, |i| self.certainties[i]);
        Mention {
            doc_id: doc_id.clone(),
            date: document.date,
            language: document.language,
            publisher: publisher.clone(),
            channel: statement.channel,
            sector: statement.sector,
            material: statement.material,
            origin: statement.origin,
            target: statement.target,
            status: statement.status,
            polarity: Polarity::of(statement.channel, statement.status),
            severity: statement.severity,
            certainty,
            weight: 1.0,
            sentence,
            start: folded.original(statement.bytes.start),
            end: folded.original(statement.bytes.end),
            lexeme: statement.lexeme,
            sentence_start: Some(range.start),
            evidence: document.text[range].to_owned(),
            share: statement.share,
        }
    }
}
