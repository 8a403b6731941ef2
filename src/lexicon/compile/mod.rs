//! From tables to a [`LanguageLexicon`]. Every faulty row is reported with its file and line.

mod named;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use super::fold::fold;
use super::language::{Context, Cue, Good, LanguageLexicon, Measure, Organisation, Payload, Place, Role, ShareForm};
use super::matcher::{Matcher, Patterns, Vocabulary};
use super::sequences::{self, Anchored, PerList, Sequence};
use super::tables::{
    Boundaries, ClassRow, CueKind, CueRow, Frame, FrameRow, GoodsRow, LanguageSettings, MeasureRow, RoleRow, ShareRow,
    Side,
};
use super::template::{Content, Part, expand, orders, parse};
use super::{Extent, Lexicon, unknown_sector};
use crate::codes::{Channel, Language};
use crate::data::DataSource;
use crate::error::{Error, ErrorKind, Result};

/// Reads and compiles one language.
///
/// # Errors
/// With every fault of every table of the language.
pub fn compile(source: &DataSource, lexicon: &Lexicon, language: Language, extent: Extent) -> Result<LanguageLexicon> {
    let mut builder = Builder::new(source, lexicon);
    if extent == Extent::Places {
        builder.named(language)?;
        return builder.finish(language, LanguageSettings::places_only(language), BTreeMap::new());
    }
    let folder = format!("lexicon/{language}");
    let settings = settings(source, &format!("{folder}/language.toml"))?;
    builder.classes(&format!("{folder}/classes.csv"))?;
    builder.measures(&format!("{folder}/measures.csv"))?;
    builder.goods(&format!("{folder}/goods.csv"))?;
    builder.named(language)?;
    builder.cues(&format!("{folder}/cues.csv"))?;
    builder.roles(&format!("{folder}/roles.csv"))?;
    builder.shares(&format!("{folder}/shares.csv"))?;
    for word in &settings.coordination {
        add(&mut builder.function, word, Payload::Coordination);
    }
    for word in &settings.apposition {
        add(&mut builder.function, word, Payload::Apposition);
    }
    let mut frames: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for row in source.table::<FrameRow>("lexicon/frames.csv")? {
        let FrameRow { frame, relation, party, priority } = row.value;
        frames.entry((frame, relation)).or_default().push((party, priority));
    }
    builder.finish(language, settings, frames)
}

/// Particles stand at the end of the word they mark, so that they begin inside it.
fn function_boundaries(of_content: Boundaries) -> Boundaries {
    if of_content == Boundaries::Left { Boundaries::None } else { of_content }
}

fn settings(source: &DataSource, name: &str) -> Result<LanguageSettings> {
    let text = source.read(name)?;
    toml::from_str(&text).map_err(|cause| {
        let line = cause.span().map_or(1, |span| 1 + text[..span.start].matches('\n').count());
        Error::new(ErrorKind::Data, cause.message().to_owned())
            .at_line(source.display(name), line as u64)
            .hint("docs/lexicon.md lists the keys of language.toml")
    })
}

/// A spelling as texts have it once folded: `[la|l'] mine` is written with a blank and read without.
fn folded(spelling: &str) -> impl Iterator<Item = Cow<'_, str>> {
    if is_folded(spelling) {
        return [None, Some(Cow::Borrowed(spelling))].into_iter().flatten();
    }
    let mut form = fold(spelling);
    let joined = (form.contains('\'') && form.contains("' ")).then(|| form.replace("' ", "'").trim().to_owned());
    if form.trim().len() < form.len() {
        form = form.trim().to_owned();
    }
    [joined.map(Cow::Owned), Some(Cow::Owned(form))].into_iter().flatten()
}

/// Whether a spelling is in small letters of ASCII, with single blanks between: most are, and need no folding.
fn is_folded(spelling: &str) -> bool {
    let mut before = b' ';
    let is_same = |byte: u8| {
        let is_single = byte != b' ' || before != b' ';
        before = byte;
        is_single && (byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b' ')
    };
    spelling.bytes().all(is_same) && !spelling.ends_with(' ')
}

/// How much oftener a common word is met than one that is not, to choose what to look for first.
const COMMON: usize = 1000;

/// Lets a spelling, folded, stand for `payload` too.
fn add(patterns: &mut Patterns, spelling: &str, payload: Payload) {
    for form in folded(spelling) {
        patterns.add(&form, payload);
    }
}

struct Builder<'a> {
    source: &'a DataSource,
    lexicon: &'a Lexicon,
    names: Patterns,
    words: Patterns,
    function: Patterns,
    class_ids: BTreeMap<String, u32>,
    /// Classes made of a part's own spellings.
    own_classes: BTreeMap<Vec<String>, u32>,
    /// Folded forms of each class, by its number.
    class_forms: Vec<Vec<String>>,
    measures: Vec<Measure>,
    sequences: Vec<Sequence>,
    goods: Vec<Good>,
    places: Vec<Place>,
    organisations: Vec<Organisation>,
    context: Vec<Context>,
    cues: Vec<Cue>,
    roles: Vec<Role>,
    shares: Vec<ShareForm>,
    abbreviations: Vec<String>,
    faults: Vec<Error>,
}

impl<'a> Builder<'a> {
    fn new(source: &'a DataSource, lexicon: &'a Lexicon) -> Self {
        Self {
            source,
            lexicon,
            names: Patterns::default(),
            words: Patterns::default(),
            function: Patterns::default(),
            class_ids: BTreeMap::new(),
            own_classes: BTreeMap::new(),
            class_forms: Vec::new(),
            measures: Vec::new(),
            sequences: Vec::new(),
            goods: Vec::new(),
            places: Vec::new(),
            organisations: Vec::new(),
            context: Vec::new(),
            cues: Vec::new(),
            roles: Vec::new(),
            shares: Vec::new(),
            abbreviations: Vec::new(),
            faults: Vec::new(),
        }
    }

    fn fault(&mut self, file: &str, line: u64, column: &str, message: String) {
        let error = Error::new(ErrorKind::Data, message).at_line(self.source.display(file), line).in_column(column);
        self.faults.push(error.hint("docs/lexicon.md says how a form is written"));
    }

    /// The spellings of a form without classes or gaps; a fault and nothing where it is malformed.
    fn spellings(&mut self, file: &str, line: u64, form: &str) -> Vec<String> {
        expand(form).unwrap_or_else(|message| {
            self.fault(file, line, "form", format!("`{form}`: {message}"));
            Vec::new()
        })
    }

    fn classes(&mut self, file: &str) -> Result<()> {
        for row in self.source.table::<ClassRow>(file)? {
            let next = self.class_forms.len() as u32;
            let class = *self.class_ids.entry(row.value.class.clone()).or_insert(next);
            let forms = self.spellings(file, row.line, &row.value.form);
            self.fill(class, &forms);
        }
        Ok(())
    }

    fn measures(&mut self, file: &str) -> Result<()> {
        for row in self.source.table::<MeasureRow>(file)? {
            let value = row.value;
            let severity = value.severity.unwrap_or(0.0);
            if !(0.0..=1.0).contains(&severity) || (value.channel.is_some() && value.severity.is_none()) {
                self.fault(file, row.line, "severity", format!("severity {severity} is not in 0–1, or is missing"));
            }
            if value.channel.is_some() && value.frame.is_none() {
                self.fault(file, row.line, "frame", "a measure needs a frame".into());
            }
            let orders = orders(&value.form)
                .and_then(|forms| forms.iter().map(|form| parse(form)).collect::<std::result::Result<Vec<_>, _>>());
            let orders = match orders {
                Ok(orders) => orders,
                Err(message) => {
                    self.fault(file, row.line, "form", format!("`{}`: {message}", value.form));
                    continue;
                }
            };
            let index = self.measures.len() as u32;
            self.measures.push(Measure {
                id: value.id,
                channel: value.channel,
                frame: value.frame.unwrap_or(Frame::Act),
                severity,
                status: value.status,
                requires: value.requires,
                line: row.line,
            });
            for parts in orders {
                self.form(file, row.line, index, parts);
            }
        }
        Ok(())
    }

    /// One form of a measure: whole words, or parts that are put together in the sentence.
    fn form(&mut self, file: &str, line: u64, measure: u32, parts: Vec<Part>) {
        match &parts[..] {
            [Part { content: Content::Spellings(spellings), .. }] => {
                for spelling in spellings {
                    add(&mut self.words, spelling, Payload::Measure(measure));
                }
            }
            _ => self.sequence(file, line, measure, parts),
        }
    }

    /// Adds forms to a class; a class not met before is made.
    fn fill(&mut self, class: u32, forms: &[String]) {
        if class as usize == self.class_forms.len() {
            self.class_forms.push(Vec::new());
        }
        let folded = forms.iter().flat_map(|form| folded(form)).map(Cow::into_owned);
        self.class_forms[class as usize].extend(folded);
    }

    /// For each class the sequences it is the anchor of: the part that is rarest in ordinary text. Anchors are looked for in whole
    /// documents, the other parts only in sentences where one stands.
    fn anchored(&self, settings: &LanguageSettings) -> Vec<Vec<Anchored>> {
        let common: HashSet<String> = settings.common.iter().map(|word| fold(word).trim().to_owned()).collect();
        let is_common = |form: &String| {
            let mut words = form.split(' ');
            settings.boundaries == Boundaries::None && form.chars().count() == 1
                || words.all(|word| common.contains(word))
        };
        let frequency: Vec<usize> = self
            .class_forms
            .iter()
            .map(|forms| forms.iter().map(|form| if is_common(form) { COMMON } else { 1 }).sum())
            .collect();
        let mut anchored = vec![Vec::new(); self.class_forms.len()];
        for sequence in self.sequences.iter().enumerate() {
            if let Some((class, one)) = Anchored::new(sequence, &self.measures, &frequency) {
                anchored[class as usize].push(one);
            }
        }
        anchored
    }

    fn sequence(&mut self, file: &str, line: u64, measure: u32, parts: Vec<Part>) {
        let mut classes = Vec::new();
        for part in parts {
            let class = match part.content {
                Content::Class(name) => match self.class_ids.get(&name) {
                    Some(class) => *class,
                    None => {
                        self.fault(file, line, "form", format!("no class `{name}` in classes.csv"));
                        return;
                    }
                },
                Content::Spellings(spellings) => {
                    let next = self.class_forms.len() as u32;
                    let class = *self.own_classes.entry(spellings.clone()).or_insert(next);
                    if class == next {
                        self.fill(class, &spellings);
                    }
                    class
                }
            };
            classes.push((class, part.gap));
        }
        self.sequences.push(Sequence { measure, parts: classes });
    }

    fn goods(&mut self, file: &str) -> Result<()> {
        let mut known: BTreeMap<Good, u32> = BTreeMap::new();
        for row in self.source.table::<GoodsRow>(file)? {
            if let Some(sector) = row.value.sector.filter(|sector| self.lexicon.sector(sector).is_none()) {
                self.faults.push(unknown_sector(self.source, file, row.line, &sector));
            }
            if let Some(material) = row.value.material.filter(|code| self.lexicon.material(code).is_none()) {
                self.fault(file, row.line, "material", format!("unknown material `{material}`"));
            }
            let good = Good { sector: row.value.sector, material: row.value.material };
            let next = self.goods.len() as u32;
            let index = *known.entry(good.clone()).or_insert(next);
            if index == next {
                self.goods.push(good);
            }
            for spelling in self.spellings(file, row.line, &row.value.form) {
                add(&mut self.names, &spelling, Payload::Good(index));
            }
        }
        Ok(())
    }

    fn cues(&mut self, file: &str) -> Result<()> {
        for row in self.source.table::<CueRow>(file)? {
            let spellings = self.spellings(file, row.line, &row.value.form);
            if row.value.kind == CueKind::Abbreviation {
                self.abbreviations.extend(spellings.iter().map(|spelling| fold(spelling)));
                continue;
            }
            let index = self.cues.len() as u32;
            self.cues.push(Cue { kind: row.value.kind, side: row.value.scope.unwrap_or(Side::Any) });
            for spelling in &spellings {
                add(&mut self.function, spelling, Payload::Cue(index));
            }
        }
        Ok(())
    }

    fn roles(&mut self, file: &str) -> Result<()> {
        for row in self.source.table::<RoleRow>(file)? {
            let mut channels = 0;
            for code in row.value.channels.as_deref().unwrap_or("").split_whitespace() {
                match code.parse::<Channel>() {
                    Ok(channel) => channels |= Role::bit(channel),
                    Err(error) => self.fault(file, row.line, "channels", error.to_string()),
                }
            }
            let index = self.roles.len() as u32;
            for spelling in &self.spellings(file, row.line, &row.value.form) {
                add(&mut self.function, spelling, Payload::Role(index));
            }
            self.roles.push(Role {
                name: row.value.name,
                relation: row.value.role,
                side: row.value.side,
                gap: row.value.gap,
                channels,
            });
        }
        Ok(())
    }

    fn shares(&mut self, file: &str) -> Result<()> {
        if !self.source.has(file) {
            return Ok(());
        }
        for row in self.source.table::<ShareRow>(file)? {
            let share = match (row.value.share, row.value.unit) {
                (Some(share), None) if share > 0.0 && share <= 1.0 => ShareForm::Whole(share),
                (None, Some(unit)) if unit > 0.0 && unit <= 1.0 => ShareForm::Unit(unit),
                _ => {
                    self.fault(file, row.line, "share", "a share or a unit in (0, 1], one of the two".into());
                    continue;
                }
            };
            let index = self.shares.len() as u32;
            for spelling in &self.spellings(file, row.line, &row.value.form) {
                add(&mut self.function, spelling, Payload::Share(index));
            }
            self.shares.push(share);
        }
        Ok(())
    }

    fn finish(
        mut self,
        language: Language,
        settings: LanguageSettings,
        frames: BTreeMap<(Frame, super::tables::Relation), Vec<(super::tables::Party, u8)>>,
    ) -> Result<LanguageLexicon> {
        if !self.faults.is_empty() {
            return Err(self.faults.into());
        }
        let mut anchored = self.anchored(&settings);
        let mut parts = Patterns::default();
        let classes = anchored.len();
        for (class, (forms, sequences)) in self.class_forms.into_iter().zip(&anchored).enumerate() {
            let patterns = if sequences.is_empty() { &mut parts } else { &mut self.words };
            for form in forms {
                patterns.add(&form, Payload::Class(class as u32));
            }
        }
        self.abbreviations.sort();
        self.abbreviations.dedup();
        let mut vocabulary = Vocabulary::new(settings.boundaries.are_of_words());
        let mut matcher = |patterns: Patterns, boundaries| Matcher::new(patterns, boundaries, &mut vocabulary);
        let names = matcher(self.names, settings.boundaries);
        let words = matcher(self.words, settings.boundaries);
        let parts = matcher(parts, settings.boundaries);
        let function = matcher(self.function, function_boundaries(settings.boundaries));
        let whole = PerList::of_measures(&words);
        let numbers = sequences::numbers(classes, [&parts, &words]);
        let renumber = |class: &mut u32| *class = numbers[*class as usize];
        self.sequences.iter_mut().flat_map(|sequence| &mut sequence.parts).for_each(|(class, _)| renumber(class));
        anchored.iter_mut().flatten().flat_map(|anchored| &mut anchored.others).for_each(renumber);
        let is_decoy = |measure: &u32| self.measures[*measure as usize].channel.is_none();
        Ok(LanguageLexicon {
            language,
            decoys: whole.iter().map(|measures| measures.iter().any(is_decoy)).collect(),
            whole,
            classes,
            anchor_classes: PerList::of_classes(&words, &numbers),
            anchored: PerList::of_anchors(&words, &anchored),
            part_classes: PerList::of_classes(&parts, &numbers),
            names,
            words,
            parts,
            function,
            vocabulary,
            measures: self.measures,
            sequences: self.sequences,
            goods: self.goods,
            places: self.places,
            organisations: self.organisations,
            context: self.context,
            cues: self.cues,
            roles: self.roles,
            shares: self.shares,
            abbreviations: self.abbreviations,
            frames,
            settings,
        })
    }
}
